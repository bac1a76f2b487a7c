"""Do builds that make everything anew hold the same rows, to the last digit, on any number of threads?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest

from shuke import demo
from shuke.app import Project, init
from shuke.builds.pipeline import build
from shuke.collect.ingestion import ingest
from shuke.engine import DuckDB
from shuke.graph import code
from shuke.settings import Settings
from shuke.store.builds import Build
from shuke.views import builds
from shuke.views.viewer import at_home

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

#: Places are compared from fifty customers on.
TOO_FEW = {"places", "place_gaps"}


@contextmanager
def on(threads: int, *, upgrade: str) -> Iterator[None]:
    """Builds run on so many threads, among which even few rows are divided, and find no table standing."""
    opened = DuckDB.__init__

    def divided(engine: DuckDB, **options: Any) -> None:
        opened(engine, **options)
        engine._run(f"SET threads = {threads}")
        if threads > 1:
            engine._run("PRAGMA verify_parallelism")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DuckDB, "__init__", divided)
        patch.setattr(code, "libraries", lambda: upgrade)
        yield


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A made-up company of few customers, imported."""
    folder = tmp_path_factory.mktemp("first")
    company = demo.make(folder / "company", customers=300, seed=11, until=date(2026, 10, 31))
    project = init(folder / "project", Settings(name="Regular & Co."))
    for file in company.files:
        ingest(project, file.source, [file.path], now=NOW)
    return project


@pytest.mark.usefixtures("alone")
def test_builds_that_make_every_table_anew_are_the_same_to_the_last_digit_and_diff_says_so(project: Project):
    with on(1, upgrade="before"):
        build(project, now=NOW)  # issues ids, which the next one finds landed
        one = build(project, now=NOW)
    with on(4, upgrade="after"):
        other = build(project, now=NOW)
    anew = {name for name, made in other.manifest.tables.items() if made.build == other.number}
    assert anew == _with_rows(other) == _with_rows(one)
    assert [name for name in sorted(anew) if _rows_of_one_alone(one, other, name)] == []
    assert [name for name in sorted(anew) if not one.is_alike(other, name)] == []  # in one order, too
    told = builds.diff(project, one.number, other.number, viewer=at_home("Ann", "cli", now=NOW))
    assert {each.table for each in told if not each.same} == set()
    assert {each.table for each in told} == set(other.manifest.tables)


def _with_rows(build: Build) -> set[str]:
    """All tables but those for which so small a company has too few customers."""
    failed = {name for name, made in build.manifest.tables.items() if made.failed}
    assert failed <= TOO_FEW
    return set(build.manifest.tables) - failed


def _rows_of_one_alone(one: Build, other: Build, table: str) -> int:
    here, there = (f"from read_parquet('{build.path(table)}/*.parquet')" for build in (one, other))
    alone = f"(({here}) except all ({there})) union all (({there}) except all ({here}))"
    ((rows,),) = duckdb.connect().execute(f"select count(*) from ({alone})").fetchall()
    return int(rows)
