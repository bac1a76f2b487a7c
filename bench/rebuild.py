"""Rebuild: what does a build cost when little or nothing has changed?

python -m bench.rebuild DIR                of a copy of the project in DIR, and of a first build, in CPU s
python -m bench.rebuild DIR --tables 20    and the tables that take most of them where 1 % more lines came:
                                           of every build, and how many rows are others than before, of all
"""

import argparse
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shuke.app import Project, open_project
from shuke.builds import pipeline
from shuke.store.builds import Build
from shuke.store.landing import Receipt

MORE = "1 % more order lines"
#: One line in so many is bought once more.
_PART = 100


@dataclass
class Rebuilt:
    """What was new, the CPU seconds of the build and of each table, how many it made, and how many it has."""

    new: str
    seconds: float
    made: int
    tables: int
    each: dict[str, float]
    build: Build


@dataclass
class Spent:
    """CPU seconds by table, as a build reports which one it is at."""

    each: dict[str, float] = field(default_factory=dict)
    table: str = ""
    since: float = 0.0

    def __call__(self, table: str, _done: int, _all: int) -> None:
        now = time.process_time()
        if self.table:
            self.each[self.table] = self.each.get(self.table, 0.0) + now - self.since
        self.table, self.since = table, now


def measured(project: Project, *, now: datetime) -> list[Rebuilt]:
    """A first build, and what follows it."""
    found = [_built(project, "everything", now=now)]
    found.append(_built(project, "the ids that the first build issued", now=now))
    found.append(_built(project, "nothing", now=now))
    buy_again(project, now=now)
    found.append(_built(project, MORE, now=now))
    found.append(_built(project, "a day", now=now + timedelta(days=1)))
    return found


def _built(project: Project, new: str, *, now: datetime) -> Rebuilt:
    spent, started = Spent(), time.process_time()
    build = pipeline.build(project, now=now, report=spent)
    seconds = time.process_time() - started
    tables = build.manifest.tables.values()
    made = sum(table.build == build.number for table in tables)
    return Rebuilt(new, seconds, made, len(tables), spent.each, build)


def buy_again(project: Project, *, now: datetime) -> None:
    """Land some of the order lines once more, as lines of other orders."""
    some = pa.concat_tables(map(_some, project.landing.files("order_items")), promote_options="default")
    some = some.filter(pc.invert(some["revises"]))  # a line of which another version is there too
    with project.landing.delivery("again") as delivery:
        told = {
            "order_no": pc.binary_join_element_wise(some["order_no"], "again", "-"),
            "key": pc.binary_join_element_wise(some["key"], "again", "-"),
            "batch_id": pa.array([delivery.name] * len(some)),
        }
        for name, values in told.items():
            some = some.set_column(some.column_names.index(name), name, values)
        pq.write_table(some, delivery.batch / "order_items.0.parquet")
        delivery.land(
            Receipt(
                batch=delivery.name, source="again", files=(), received_at=now, read=len(some),
                loaded=len(some), unchanged=0, rejected=0, tables={"order_items": len(some)},
            )
        )  # fmt: skip


def _some(file: Path) -> pa.Table:
    """One in so many of the rows of a file, of which not all are held at once."""
    with pq.ParquetFile(file) as rows:
        # What every row of one file says need not be said in another.
        schema = pa.schema([field.with_nullable(True) for field in rows.schema_arrow])
        batches = (pa.Table.from_batches([batch]).cast(schema) for batch in rows.iter_batches())
        return pa.concat_tables([batch.take(pa.array(range(0, len(batch), _PART))) for batch in batches])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("project", type=Path)
    parser.add_argument("--tables", type=int, default=0)
    asked = parser.parse_args()
    folder = asked.project
    with tempfile.TemporaryDirectory() as aside:
        copy = Path(shutil.copytree(folder, Path(aside) / "project"))
        shutil.rmtree(copy / "data" / "builds", ignore_errors=True)
        found = measured(open_project(copy), now=datetime.now(UTC))
        _tell(found, asked.tables)


def _tell(found: list[Rebuilt], dearest: int) -> None:
    for each in found:
        share = each.seconds / found[0].seconds
        print(f"{each.new:40} {each.seconds:7.1f} s {share:6.2f}   {each.made} of {each.tables} tables")
    at = next(number for number, each in enumerate(found) if each.new == MORE)
    more, before = found[at], found[at - 1]
    whole = _whole(more.build) & _whole(before.build) & {*more.each}
    for name in sorted(whole, key=lambda name: -more.each[name])[:dearest]:
        taken = " ".join(f"{each.each.get(name, 0.0):7.2f}" for each in found)
        rows = more.build.manifest.tables[name].rows
        print(f"{name:40} {taken} {_others(more.build, before.build, name):11,} of {rows:,}")


def _whole(build: Build) -> set[str]:
    return {name for name, table in build.manifest.tables.items() if not table.failed}


def _others(now: Build, before: Build, table: str) -> int:
    """How many rows of a table are others than in the build before."""
    if now.path(table) == before.path(table):
        return 0
    rows = (
        f"SELECT * FROM read_parquet('{build.path(table)}/*.parquet', union_by_name = true)"
        for build in (now, before)
    )
    ((others,),) = duckdb.execute(f"SELECT count(*) FROM ({' EXCEPT ALL '.join(rows)})").fetchall()
    return int(others)


if __name__ == "__main__":
    main()
