"""By hand: what would an analyst's query for the same rows be, and does it say the same?"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow.parquet as pq

from shuke.analyses import adoption_opinions, complaints, life_rules, loss_reasons, motives, product_ladders
from shuke.app import Project
from shuke.dealings.goods import ADJUSTMENTS, FEES, SHIPPING
from shuke.engine.duckdb import FORM
from shuke.engine.parquet import pieces
from shuke.festivals import spring_festival
from shuke.graph import catalogue
from shuke.graph.names import LANDED
from shuke.store.builds import Build
from shuke.tables import CANONICAL, IDENTIFIERS

SQL = Path(__file__).parent / "sql"

#: What an analyst of the demo company would take for a sale of which nothing came.
VOID = ("refunded", "cancelled", "已退款", "已取消", "交易关闭")


def there_is(name: str) -> bool:
    return (SQL / f"{name}.sql").exists()


def rows(folder: Path) -> int:
    return sum(pq.read_metadata(piece).num_rows for piece in pieces(folder))


def view(db: duckdb.DuckDBPyConnection, name: str, folder: Path) -> None:
    """Let queries see the files of a folder under a name."""
    db.execute(f"CREATE OR REPLACE VIEW {name} AS FROM read_parquet({pieces(folder)})")


def copy(db: duckdb.DuckDBPyConnection, name: str, target: Path) -> None:
    """Run the query, and write what it says in the form of a build, so that the queries alone differ."""
    *before, query = (SQL / f"{name}.sql").read_text("utf-8").split(";\n")
    for statement in before:
        db.execute(statement)
    db.execute(f"COPY ({query}) TO '{target}' ({FORM})")


def inputs(project: Project, build: Build) -> duckdb.DuckDBPyConnection:
    """A database that sees the tables of a build and of the landing zone, with the engine's own limits."""
    db = duckdb.connect(
        config={
            "memory_limit": project.settings.memory, "preserve_insertion_order": False,
            "temp_directory": str(project.work / "bench"),
        }
    )  # fmt: skip
    db.execute("SET enable_progress_bar = false")
    for name, made in build.manifest.tables.items():
        if not made.failed:
            view(db, name, build.path(name))
            db.execute(f"CREATE VIEW earlier_{name} AS FROM {name}")
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
    said = {
        "complains": complaints.COMPLAINT, "answered": complaints.ANSWERED, "waits": complaints.UNANSWERED,
        "of_product": motives.PRODUCT_WORDS, "of_service": motives.SERVICE_WORDS,
        "of_price": motives.PRICE_WORDS, "lost_to_competitor": loss_reasons.COMPETITOR,
        "lost_by_moving": loss_reasons.MOVED, "lost_by_price": loss_reasons.PRICE,
        "lost_by_service": loss_reasons.SERVICE, "lost_by_quality": loss_reasons.QUALITY,
        "lost_by_range": loss_reasons.OUT_OF_RANGE, "praises": adoption_opinions.PRAISE,
        "blames": adoption_opinions.BLAME, "makes": sorted(product_ladders.MAKES, key=len, reverse=True),
    }  # fmt: skip
    for name, found in said.items():
        db.execute(f"SET VARIABLE {name} = '{'|'.join(found)}'")
    words = {"shipping": SHIPPING, "fee": FEES, "adjustment": ADJUSTMENTS, "void": VOID}
    lives = {c.name: c.ttl.days for c in CANONICAL["people"] if c.ttl}
    home, rest = life_rules.pattern(life_rules.MOVED), life_rules.pattern(life_rules.RETIRED)
    rules = [
        (n, r.stage, life_rules.pattern(r.sign), life_rules.pattern(r.wanted), r.least, r.most, home, rest)
        for n, r in enumerate(map(life_rules.read, life_rules.RULES))
    ]
    _rows(db, "life_rules", "rule, stage, sign, wanted, least, most, home, rest", rules)
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


def differences(db: duckdb.DuckDBPyConnection, name: str, ours: Path, theirs: Path) -> int:
    """How many keys have a row on one side only, or rows that say different things.

    Of the columns that are written by hand: a table may have grown others since.
    """
    declared = catalogue.derived().get(name) or CANONICAL[name.removeprefix(LANDED)]
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
