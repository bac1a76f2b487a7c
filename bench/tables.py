"""Tables: how long does the build of each take, beside a query written by hand for the same rows?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from bench import company
from bench.measured import Measured, seconds
from shuke import catalogue
from shuke.app import Project
from shuke.dealings.purchases import ADJUSTMENTS, FEES, SHIPPING, VOID
from shuke.engine.duckdb import FORM
from shuke.engine.parquet import pieces
from shuke.festivals import spring_festival
from shuke.store.builds import Build
from shuke.tables import CANONICAL, IDENTIFIERS

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Compared:
    """One table, made twice from the same inputs."""

    rows: int
    ours: float
    theirs: float
    differences: int


def tables(folder: Path, *, rounds: int) -> Iterator[Measured]:
    """Build and query in turns, and compare what came of both row for row.

    What a table's build took is what its manifest says: computed, written and checked.
    """
    builds, found = [], []
    for _ in range(rounds):
        builds.append(company.built(folder))
        found.append(_compared(company.project(folder), folder))
    for name, last in found[-1].items():
        yield Measured(
            section="tables", name=name, aim=2.0, ours=tuple(r[name].ours for r in found),
            theirs=tuple(r[name].theirs for r in found),
            note=f"{last.rows:,} rows, " + (f"{last.differences:,} DIFFER" if last.differences else "equal"),
        )  # fmt: skip
    yield Measured(
        section="tables", name="all of these", aim=2.0,
        ours=tuple(sum(c.ours for c in r.values()) for r in found),
        theirs=tuple(sum(c.theirs for c in r.values()) for r in found),
    )  # fmt: skip
    yield Measured(section="company", name="build, all tables", ours=tuple(b.seconds for b in builds))
    peaks = tuple(b.peak for b in builds)
    yield Measured(section="memory", name="build, all tables", ours=peaks, unit="GiB", aim=4.0)


def _compared(project: Project, folder: Path) -> dict[str, Compared]:
    """Every table of the newest build for which there is a query, beside what the query takes and says."""
    build = project.builds.current()
    found = {}
    for name, made in build.manifest.tables.items():
        if (SQL / f"{name}.sql").exists():
            target = folder / f"{name}.parquet"
            with _inputs(project, build) as db:
                theirs = seconds(partial(db.execute, _copy(name, target)))
                different = _differences(db, name, build.path(name), target)
            found[name] = Compared(made.rows, made.seconds, theirs, different)
    return found


def _copy(name: str, target: Path) -> str:
    """The query, written in the same form as the engine writes a build, so that the queries alone differ."""
    return f"COPY ({(SQL / f'{name}.sql').read_text('utf-8')}) TO '{target}' ({FORM})"


def _inputs(project: Project, build: Build) -> duckdb.DuckDBPyConnection:
    """A database that sees the tables of a build and of the landing zone, with the engine's own limits."""
    db = duckdb.connect(
        config={
            "memory_limit": project.settings.memory, "preserve_insertion_order": False,
            "temp_directory": str(project.work / "bench"),
        }
    )  # fmt: skip
    for name, made in build.manifest.tables.items():
        if not made.failed:
            db.execute(f"CREATE VIEW {name} AS FROM read_parquet({pieces(build.path(name))})")
    batches = set(build.manifest.batches)
    for name in CANONICAL:
        if files := [str(path) for path in project.landing.files(name, batches=batches)]:
            db.execute(f"CREATE VIEW said_{name} AS FROM read_parquet({files}, union_by_name = true)")
    _known_to_the_code(db, build)
    return db


def _known_to_the_code(db: duckdb.DuckDBPyConnection, build: Build) -> None:
    """What is data to a query and stands in the code of the product."""
    as_of = build.manifest.as_of
    midnight = datetime.combine(as_of + timedelta(days=1), time(), ZoneInfo(build.manifest.zone))
    end = midnight.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
    db.execute(f"SET VARIABLE as_of = DATE '{as_of}'; SET VARIABLE day_end = TIMESTAMP '{end}'")
    words = {"shipping": SHIPPING, "fee": FEES, "adjustment": ADJUSTMENTS, "void": VOID}
    lives = {c.name: c.lives.days for c in CANONICAL["people"] if c.lives}
    _rows(db, "strong_kinds", "kind", [(kind.name,) for kind in IDENTIFIERS.values() if kind.strong])
    _rows(db, "words", "kind, word", [(kind, word) for kind, found in words.items() for word in found])
    _rows(db, "lives", "attribute, days", list(lives.items()))
    feasts = {year: spring_festival(year) for year in range(1990, 2050)}
    moved = [(feasts[y].replace(day=1), feasts[y]) for y in range(1991, 2050) if _moved(y)]
    then = [(feasts[y - 1].replace(day=1, year=y), feasts[y]) for y in range(1991, 2050) if _moved(y)]
    _rows(db, "feasts", "month, feast", moved + then)


def _moved(year: int) -> bool:
    return spring_festival(year).month != spring_festival(year - 1).month


def _rows(db: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    values = ", ".join("(" + ", ".join(map(_literal, row)) + ")" for row in rows)
    db.execute(f"CREATE TABLE {name} AS FROM (VALUES {values}) AS t({columns})")


def _literal(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    return f"'{value}'" if isinstance(value, str) else f"DATE '{value}'"


def _differences(db: duckdb.DuckDBPyConnection, name: str, ours: Path, theirs: Path) -> int:
    """How many keys have a row on one side only, or rows that say different things.

    Of the columns that are written by hand: a table may have grown others since.
    """
    declared = catalogue.derived().get(name) or CANONICAL[name.removeprefix(catalogue.LANDED)]
    key = declared.key if name in catalogue.derived() else ("key",)
    columns = db.read_parquet(pieces(ours))
    kinds = zip(columns.columns, map(str, columns.types), strict=True)
    by_hand = set(db.read_parquet(str(theirs)).columns)
    unlike = " OR ".join(_unlike(column, kind) for column, kind in kinds if column in by_hand)
    [(count,)] = db.sql(
        f"""
        SELECT count(*) FROM read_parquet({pieces(ours)}) AS ours FULL JOIN '{theirs}' AS theirs
        ON {" AND ".join(f'ours."{k}" = theirs."{k}"' for k in key)}
        WHERE {unlike}
        """
    ).fetchall()
    return int(count)


def _unlike(column: str, kind: str) -> str:
    """Whether two cells differ; in figures that are estimates, beyond the last digits."""
    a, b = f'ours."{column}"', f'theirs."{column}"::{kind}'
    near = f" AND coalesce(abs({a} - {b}) > 1e-9 * greatest(1, abs({a})), true)" if kind == "DOUBLE" else ""
    return f"({a} IS DISTINCT FROM {b}{near})"
