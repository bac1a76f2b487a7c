"""Segments: how long does it take to size one, and to tell the members, entries and exits of a hundred?

    python -m bench.segments FOLDER --times 13

FOLDER holds a company with a build, as `bench.company` makes it; each of its customers is taken so many
times, with all that they bought and said. Sizes are asked as the console asks them, warm; the pass over a
hundred segments is made and written as a build does it, after one of the day before.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import duckdb
import ibis.expr.types as ir
from rich.console import Console

from bench import company, report
from bench.measured import CpuClock, Measured
from shuke.engine import Engine, open_engine
from shuke.engine.parquet import pieces
from shuke.engine.reader import Reader
from shuke.graph import catalogue
from shuke.segments import definitions, membership
from shuke.segments.definitions import Readable
from shuke.segments.segment import Segment
from shuke.segments.vocabulary import Vocabulary
from shuke.store.builds import Build
from shuke.tables import Derived
from shuke.tables.declared import as_declared

#: By which a customer, and what is theirs, is known.
_THEIRS = ("customer_id", "issued_id", "record", "record_id", "order_id", "line_id", "key")

SIZED = (
    "tier = 'champions'",
    "city like '%a%' and status in ('due', 'overdue') and value_12m > 100",
    "plan is not null or income is not null",
    "last_seen > '90d' and not due_this_week",
    "bought(category => 'Baby', since => '5y', until => '1y') and not contacted(within => '14d')",
    "count_of(event => 'search', within => '30d') >= 3",
    "spent_on(within => '1y') > 1000",
    "spent_on() > 1000",
    "bought(at_least => 5)",
    "(tier = 'loyal' or bought(within => '90d', at_least => 2)) and not (city is null or got_in_touch() > 2)",
)

#: Seconds to size a segment of 1.4 million customers, and seconds of CPU for a hundred at once.
SIZE, PASS = 1.0, 20.0


def hundred() -> list[Segment]:
    """A hundred conditions of ten kinds, on attributes and on what was done."""
    kinds = (
        "monetary > {n} * 100", "recency_days between {n} and {m}", "value_12m >= {n} and status = 'due'",
        "bought(within => '{d}d')", "spent_on(within => '{m}d') > {n} * 100",
        "last_order < '{m}d' and tier = 'loyal'", "not contacted(within => '{m}d') and frequency_ > {n}",
        "count_of(within => '{m}d') > {k}", "bought(within => '{d}d', at_least => 2)",
        "starts_with(city, '{letter}') and orders > {k}",
    )  # fmt: skip
    found = []
    for place in range(100):
        n, k = place // 10 + 1, place // 20
        text = kinds[place % 10].replace("frequency_", "rfm.frequency").replace("{n} * 100", str(n * 500))
        text = text.format(n=n * 20, m=n * 30, d=n * 3, k=k, letter="abcdefghij"[n - 1])
        found.append(Segment(name=f"segment-{place:02d}", version=1, expression=text))
    return found


def segments(folder: Path, work: Path, *, times: int, rounds: int) -> Iterator[Measured]:
    """Sizes, and the pass; the tables that they read lie in `work`."""
    build = company.project(folder).builds.current()
    tables = catalogue.derived()
    vocabulary = Vocabulary({name: step for name, step in tables.items() if name in build.manifest.tables})
    sized = [Segment(name=f"size{n}", version=1, expression=text) for n, text in enumerate(SIZED)]
    every = definitions.read([*sized, *hundred()], vocabulary)
    if every.failed:
        raise SystemExit("; ".join(map(str, every.failed.values())))
    needed = (*membership.needs(every.readable), "customer_ids")
    files = {name: work / name for name in needed}
    for name, target in files.items():
        _copy(build, name, target, times=times)
    known = {one.segment.name: one for one in every.readable}
    as_of, zone = build.manifest.as_of, build.manifest.zone
    reader = Reader(files)
    for one in sized:
        yield _sized(reader, known[one.name], as_of, zone, rounds=rounds)
    reader.close()
    yield from _passed(tuple(known[one.name] for one in hundred()), files, tables, as_of, zone, work)


def _copy(build: Build, name: str, target: Path, *, times: int) -> None:
    """A table of a build, its customers so many times; the first copy keeps its name."""
    target.mkdir(parents=True)
    with duckdb.connect() as db:
        db.execute("SET enable_progress_bar = false")
        rows = db.read_parquet(pieces(build.path(name)))
        another = "CASE again WHEN 0 THEN '' ELSE '~' || again END"
        named = ", ".join(f"{c} || {another} AS {c}" for c in _THEIRS if c in rows.columns)
        query = (
            f"SELECT * EXCLUDE (again) REPLACE ({named}) FROM rows, range({times}) AS t(again) ORDER BY again"
        )
        db.execute(f"COPY ({query}) TO '{target / 'part-0.parquet'}' (FORMAT parquet)")


def _sized(reader: Reader, one: Readable, as_of: date, zone: str, *, rounds: int) -> Measured:
    took, found = [], 0
    for _ in range(rounds + 1):
        with CpuClock() as clock:
            wide, columns = membership.marked([one], reader.table, as_of=as_of, zone=zone)
            rows = wide.filter(wide[columns[one.segment.name]]).count()
            found = int(rows.to_pyarrow().as_py())
        took.append(clock)
    warm = took[1:]
    return Measured(
        section="size of a segment", name=str(one.condition), ours=tuple(c.seconds for c in warm), aim=SIZE,
        note=f"{found:,} customers; {min(c.cpu for c in warm):.2f} s of CPU",
    )  # fmt: skip


def _passed(  # noqa: PLR0917
    asked: tuple[Readable, ...], files: dict[str, Path], tables: dict[str, Derived], as_of: date, zone: str,
    work: Path,
) -> Iterator[Measured]:  # fmt: skip
    """The tables of segments as a build makes them, beside those of a build thirty days before."""
    with closing(open_engine("duckdb", scratch=work / "scratch")) as engine:
        before = _made(engine, asked, files, tables, as_of - timedelta(days=1), zone, work / "before", {})
        now = _made(engine, asked, files, tables, as_of, zone, work / "now", before.folders)
    for name, clock in now.clocks.items():
        rows = duckdb.read_parquet(pieces(now.folders[name])).shape[0]
        yield Measured(
            section="100 segments in a build", name=name, ours=(clock.cpu,), unit="CPU s",
            note=f"{rows:,} rows; {clock.seconds:.1f} s",
        )  # fmt: skip
    whole = sum(clock.cpu for clock in now.clocks.values())
    yield Measured(
        section="100 segments in a build", name="all", ours=(whole,), unit="CPU s", aim=PASS
    )  # fmt: skip


class _Pass:
    """The tables of segments of one build, and what each took."""

    def __init__(self) -> None:
        self.folders: dict[str, Path] = {}
        self.clocks: dict[str, CpuClock] = {}


def _made(  # noqa: PLR0917
    engine: Engine, asked: tuple[Readable, ...], files: dict[str, Path], tables: dict[str, Derived],
    as_of: date, zone: str, work: Path, before: dict[str, Path],
) -> _Pass:  # fmt: skip
    done = _Pass()

    def table(name: str) -> ir.Table:
        last = name.removeprefix("last_build_")
        step = membership_tables.get(last) or tables.get(last)
        schema = step.schema if step else catalogue.declaration(tables, last).schema  # type: ignore[union-attr]
        place = before.get(last) if last != name else done.folders.get(name) or files.get(name)
        return engine.read([place] if place else [], schema)

    membership_tables = {step.name: step for step in membership.tables_of(asked)}
    for step in membership_tables.values():
        supplied = {"segments": asked, "as_of": as_of, "zone": zone, "looks_back": False}
        answers = {name: value for name, value in supplied.items() if name in step.keywords}
        with CpuClock() as clock:
            rows = as_declared(step(*map(table, step.reads), **answers), step)
            engine.write(rows, work / step.name, by=step.laid_out_by, key=step.key)
        done.folders[step.name], done.clocks[step.name] = work / step.name, clock
    return done


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.segments", description=__doc__)
    parser.add_argument("folder", type=Path, help="a company with a build")
    parser.add_argument("--times", type=int, default=1, help="take each customer so many times")
    parser.add_argument("--rounds", type=int, default=3, help="how often each size is asked")
    parser.add_argument("--work", type=Path, help="a folder with room for tables")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shuke-bench-", dir=asked.work) as work:
        found = list(segments(asked.folder, Path(work), times=asked.times, rounds=asked.rounds))
    report.shown(found, Console(width=150), title=f"each customer {asked.times} times")


if __name__ == "__main__":
    main()
