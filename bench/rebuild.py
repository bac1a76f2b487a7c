"""Rebuild: what does a build cost when little or nothing has changed?

python -m bench.rebuild DIR      of a copy of the project in DIR, beside a first build of it, in CPU seconds
"""

import argparse
import shutil
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from shuke.app import Project, open_project
from shuke.builds import pipeline
from shuke.store.landing import Receipt

#: One line in so many is bought once more.
_PART = 100


def measured(project: Project, *, now: datetime) -> list[tuple[str, float, int, int]]:
    """What was new, the CPU seconds of the build, how many tables it made, and how many it has."""
    found = [_built(project, "everything", now=now)]
    found.append(_built(project, "the ids that the first build issued", now=now))
    found.append(_built(project, "nothing", now=now))
    buy_again(project, now=now)
    found.append(_built(project, "1 % more order lines", now=now))
    found.append(_built(project, "a day", now=now + timedelta(days=1)))
    return found


def _built(project: Project, new: str, *, now: datetime) -> tuple[str, float, int, int]:
    started = time.process_time()
    build = pipeline.build(project, now=now)
    seconds = time.process_time() - started
    tables = build.manifest.tables.values()
    return new, seconds, sum(table.build == build.number for table in tables), len(tables)


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
    folder = parser.parse_args().project
    with tempfile.TemporaryDirectory() as aside:
        copy = Path(shutil.copytree(folder, Path(aside) / "project"))
        shutil.rmtree(copy / "data" / "builds", ignore_errors=True)
        found = measured(open_project(copy), now=datetime.now(UTC))
    first = found[0][1]
    for new, seconds, made, tables in found:
        print(f"{new:40} {seconds:7.1f} s {seconds / first:6.2f}   {made} of {tables} tables")


if __name__ == "__main__":
    main()
