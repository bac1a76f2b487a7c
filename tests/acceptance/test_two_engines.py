"""Do DuckDB and a Spark with executors of its own make the same customer database, and Spark twice the same?

Every table of it: landed, worked out or fitted.
"""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from shuke import demo
from shuke.app import Project, init, open_project
from shuke.builds.pipeline import build
from shuke.collect.ingestion import ingest
from shuke.graph import catalogue
from shuke.graph.names import LANDED
from shuke.settings import Settings
from shuke.tables import CANONICAL
from shuke.views import builds
from shuke.views.viewer import at_home

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
CUSTOMERS, LINES = 10_000, 100_000
CLUSTER = "local-cluster[2,1,1024]"

#: Logarithms and powers end in other digits on another engine. A decimal, though made of floats, must not.
TOLERANCE = 1e-9

#: Tables of floats, which Spark makes twice.
AGAIN = (
    "thresholds", "motives", "next_purchase", "lifetime_value", "price_response", "departure_chances",
    "cross_sell",
)  # fmt: skip

#: Nearly every line of Java that Spark makes for a small table runs once: to compile it well takes longer.
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

#: Runs in a process of its own: one process has one Spark, and the other tests have theirs.
_BUILD = """
import sys
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

from shuke.app import open_project
from shuke.builds.pipeline import build
from shuke.graph import catalogue
from shuke.graph.inputs import Inputs
from shuke.graph.run import Run

root, now, engine, again, aside = sys.argv[1:]
project, once_more = open_project(root), set(again.split())
made = build(project, now=datetime.fromisoformat(now), engine=engine)
landed = [r for r in project.landing.receipts() if r.batch in made.manifest.batches]
run = Run(
    inputs=Inputs.of(project, landed, made.manifest.as_of), tables=catalogue.derived(project.root),
    opens=partial(project.engine, scratch=Path(aside) / "scratch", name=engine), family="spark",
    folder=Path(aside), given={n: made.path(n) for n in made.manifest.tables if n not in once_more},
)
with closing(run):
    run.make(only=once_more)
"""


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Project]:
    """The demo company, imported once and built by each engine."""
    folder = tmp_path_factory.mktemp("engines")
    company = demo.make(folder / "company", customers=CUSTOMERS, until=date(2026, 10, 31))
    here = init(folder / "duckdb", Settings(name="Regular & Co."))
    for file in company.files:
        ingest(here, file.source, [file.path], now=NOW)
    shutil.copytree(here.root, folder / "spark")
    with ThreadPoolExecutor(1) as beside:
        building = beside.submit(_build_on_spark, folder / "spark")
        build(here, now=NOW)
        done = building.result()
    # Warnings of Java and of Spark's own start-up are no concern of this test; what fails is shown.
    assert done.returncode == 0, done.stderr[-3000:]
    return here, open_project(folder / "spark")


def _aside(project: Path) -> Path:
    """Where the tables lie that Spark has made once more."""
    return project.with_name("again")


def _build_on_spark(project: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", _BUILD, project, NOW.isoformat(), CLUSTER, " ".join(AGAIN), _aside(project)],
        env={**os.environ, "JAVA_TOOL_OPTIONS": QUICK_JAVA},
        capture_output=True, text=True, timeout=2000, check=False,
    )  # fmt: skip


@pytest.mark.spark
@pytest.mark.timeout(2100)
def test_every_table_of_the_demo_is_the_same_on_duckdb_and_on_a_spark_cluster(twins: tuple[Project, Project]):
    here, there = (twin.builds.current() for twin in twins)
    assert (here.manifest.engine, there.manifest.engine) == ("duckdb", CLUSTER)
    assert here.manifest.tables["purchases"].rows >= LINES
    assert here.manifest.tables["identities"].rows >= CUSTOMERS
    assert [n for n, made in there.manifest.tables.items() if made.failed] == []
    differ = {
        name: found
        for name in here.manifest.tables
        if (found := _differences(name, here.path(name), there.path(name)))
    }
    assert differ == {}


@pytest.mark.spark
def test_what_spark_built_is_read_like_any_other_build(twins: tuple[Project, Project]):
    here, there = (twin.open().table("monthly_sales").order_by("month").to_pyarrow() for twin in twins)
    assert there.num_rows > 12
    assert here["net"].to_pylist() == there["net"].to_pylist()


@pytest.mark.spark
def test_what_spark_makes_once_more_is_the_same_to_the_last_digit(twins: tuple[Project, Project]):
    made, aside = twins[1].builds.current(), _aside(twins[1].root)
    alone = "select count(*) from (from {0} except all from {1})"
    for name in AGAIN:
        files = [f"read_parquet('{folder / '*.parquet'}')" for folder in (made.path(name), aside / name)]
        db = duckdb.connect()
        assert [_one(db, alone.format(*each)) for each in (files, files[::-1])] == [0, 0], name


@pytest.mark.spark
def test_diff_finds_nothing_that_differs_between_what_the_engines_made(twins: tuple[Project, Project]):
    here, there = twins
    shutil.copytree(there.builds.folder / "tables", here.builds.folder / "tables", dirs_exist_ok=True)
    copy = shutil.copytree(there.builds.current().folder, here.builds.folder / "000002")
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    (copy / "manifest.json").write_text(json.dumps(manifest | {"number": 2}), "utf-8")
    told = builds.diff(here, 1, 2, viewer=at_home("ann", "cli", now=NOW))
    assert len(told) == len(manifest["tables"])
    assert [each for each in told if not each.same] == []


def _differences(name: str, here: Path, there: Path) -> list[str]:
    """What one of two builds of a table has and the other has not."""
    declared = catalogue.derived().get(name) or CANONICAL[name.removeprefix(LANDED)]
    key = declared.key if name in catalogue.derived() else ("key",)
    floats = [n for n, kind in declared.schema.items() if kind.is_floating()]
    exact = ", ".join(f'"{n}"' for n in declared.schema.names if n not in floats)
    db = duckdb.connect()
    for side, folder in (("a", here), ("b", there)):
        db.execute(f"create view {side} as select * from read_parquet('{folder}/*.parquet')")
    told = [
        f"{count} rows only in {side}"
        for side, other in (("a", "b"), ("b", "a"))
        if (
            count := _one(
                db,
                f"select count(*) from (select {exact} from {side} except all select {exact} from {other})",
            )
        )
    ]
    same = " and ".join(f'a."{k}" is not distinct from b."{k}"' for k in key)
    for n in floats:
        apart = f'abs(a."{n}" - b."{n}") > {TOLERANCE} * greatest(1, abs(a."{n}"))'
        empty = f'(a."{n}" is null) <> (b."{n}" is null)'
        if count := _one(db, f"select count(*) from a join b on {same} where {apart} or {empty}"):
            told.append(f"{n} differs in {count} rows")
    return told


def _one(db: duckdb.DuckDBPyConnection, query: str) -> int:
    (row,) = db.execute(query).fetchall()
    return int(row[0])
