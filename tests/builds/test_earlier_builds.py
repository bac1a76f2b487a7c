"""What a build reads of the build before it: the tables of the one in force, whichever that is."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shuke.app import Project
from shuke.builds import pipeline
from shuke.graph import catalogue
from shuke.graph.inputs import Inputs
from shuke.graph.names import LAST_BUILD
from shuke.graph.run import Run
from tests.builds.test_pipeline import NOW, empty
from tests.engine_fixtures import Row, Tables
from tests.landing import land

pytestmark = pytest.mark.usefixtures("few_tables")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, few_tables: None) -> Project:
    """A till with two builds: in the first it knew one person, in the second two. The second is in force."""
    made = empty(tmp_path_factory.mktemp("earlier"))
    for record in "12":
        land(made, "till", people=[{"record_id": record}])
        pipeline.build(made, now=NOW)
    return made


def earlier(project: Project, desk: Tables, name: str, *columns: str) -> list[Row]:
    return found(project, desk, LAST_BUILD + name, *columns)


def found(project: Project, desk: Tables, name: str, *columns: str) -> list[Row]:
    """The rows of a table that a build on this engine, begun now, is given by that name."""
    before = project.builds.current() if project.builds.pointed else None
    engine: Any = desk.engine
    with project.builds.making() as making:
        run = Run(
            inputs=Inputs.of(project, project.landing.receipts(), NOW.date()), tables=catalogue.derived(),
            family="any", opens=lambda: engine, folder=making.scratch, previous=before,
        )  # fmt: skip
        return desk.rows(run.table(name), *columns)


def records(project: Project, desk: Tables) -> list[str]:
    return [row["record"] for row in earlier(project, desk, "identities", "record")]


def test_a_build_reads_the_tables_of_the_build_in_force(project, engine):
    assert records(project, engine) == ["till:1", "till:2"]
    project.builds.point(1)
    try:
        assert records(project, engine) == ["till:1"]
    finally:
        project.builds.point(2)


def test_before_the_first_build_every_table_is_empty_and_has_its_columns(tmp_path: Path, engine):
    fresh = empty(tmp_path)
    for name in ("identities", "scored_pairs", "normalised_records"):
        columns = catalogue.derived()[name].schema.names
        assert earlier(fresh, engine, name, *columns) == []


def test_a_build_goes_on_from_the_one_in_force_with_what_has_landed_since(tmp_path: Path, duckdb):
    shop = empty(tmp_path)
    given = (("new_people", "record_id"), ("previous_identities", "record_id"))
    looked_at = []
    for record in "12":
        land(shop, "till", people=[{"record_id": record}])
        looked_at.append([[r["record_id"] for r in found(shop, duckdb, *name)] for name in given])
        pipeline.build(shop, now=NOW)
    assert looked_at == [[["1"], []], [["2"], ["1"]]]


def test_where_settings_have_changed_or_a_batch_is_gone_all_is_looked_at_anew(tmp_path: Path, duckdb):
    shop = empty(tmp_path)
    gone = land(shop, "web", people=[{"record_id": "0"}])
    land(shop, "till", people=[{"record_id": "1"}])
    pipeline.build(shop, now=NOW)
    assert found(shop, duckdb, "new_people") == []
    other = replace(shop, settings=replace(shop.settings, country="CN"))
    shutil.rmtree(shop.landing.folder / gone)
    for changed, records in ((other, ["1"]), (shop, ["1"])):
        assert [r["record_id"] for r in found(changed, duckdb, "new_people")] == records
        assert found(changed, duckdb, "previous_identities") == []
        assert found(changed, duckdb, "last_build_identities", "record") != []
