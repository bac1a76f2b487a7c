"""A build with nothing new names the tables of the one in force, and whatever is new is noticed."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from shuke.access.audit import Actor
from shuke.app import Project, open_project
from shuke.builds import pipeline, unchanged
from shuke.builds.stewardship import decide
from shuke.errors import Damaged
from shuke.graph import code
from shuke.settings import FILE
from shuke.store import disk
from shuke.store.builds import Build
from tests.builds.test_pipeline import ANALYSIS, GOOD, NOW, TODAY, empty, sale
from tests.few_tables import FEW, only
from tests.house.test_start import HEAVY, loaded
from tests.landing import land

Change = Callable[[Project], object]


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop that was built until a build found the ids landed that the first had issued."""
    with only(*FEW, "tier_moves"):
        project = empty(tmp_path_factory.mktemp("settled") / "shop", analyses=("tier_moves",))
        land(project, "till", people=[{"record_id": "1"}], order_items=[sale("A1", "2026-06-01")])
        for _ in range(2):
            pipeline.build(project, now=NOW)
    return project.root


@pytest.fixture
def project(settled: Path, tmp_path: Path) -> Project:
    return open_project(shutil.copytree(settled, tmp_path / "shop"))


def again(project: Project, **asked) -> Build | None:
    return unchanged.again(open_project(project.root), **{"now": NOW, "as_of": None, "engine": None, **asked})


def test_with_nothing_new_the_tables_are_those_of_the_build_in_force(project):
    before = project.builds.current().manifest
    made = again(project, now=NOW + timedelta(hours=1))
    assert made is not None
    assert project.builds.current().number == made.number == before.number + 1
    assert made.manifest == replace(before, number=made.number, built_at=NOW + timedelta(hours=1))


def test_what_stands_is_found_as_a_build_that_looks_at_every_table_finds_it(project):
    made = again(project)
    assert made is not None
    with only(*FEW, "tier_moves"):
        looked = pipeline.build(open_project(project.root), now=NOW)
    assert looked.manifest == replace(made.manifest, number=looked.number)


def keep_apart(project: Project) -> None:
    decide(project.operations, "different", ["till:1"], ["till:2"], by=Actor("lin", "cli"), now=NOW)


def set_currency(project: Project) -> None:
    said = (project.root / FILE).read_text("utf-8")
    (project.root / FILE).write_text(said.replace('"CNY"', '"EUR"'), "utf-8")


def write_analysis(project: Project) -> None:
    (project.root / "analyses").mkdir()
    (project.root / "analyses" / "cities.py").write_text(ANALYSIS.format(area="analyses", body=GOOD), "utf-8")


def learn(project: Project) -> None:
    with project.models.making() as making:
        disk.write_json(making.version / "model.json", project.model().to_json())
        making.keep()
    project.models.use(1)


def fail_by_chance(project: Project) -> None:
    path = project.builds.current().folder / "manifest.json"
    told = json.loads(path.read_bytes())
    told["tables"]["tier_moves"] |= {"failed": "MemoryError", "fingerprint": "", "files": {}}
    path.write_text(json.dumps(told))


@pytest.mark.parametrize(
    "change",
    [
        lambda project: land(project, "till", people=[{"record_id": "2"}]),
        keep_apart,
        lambda project: project.builds.point(1),
        lambda project: (project.builds.folder / "flipped").unlink(),
        set_currency,
        write_analysis,
        learn,
        fail_by_chance,
    ],
    ids=[
        "a batch", "a decision", "a roll-back", "alerts not seen to", "a setting", "an analysis", "a model",
        "a table that failed by chance",
    ],
)  # fmt: skip
def test_what_is_new_is_noticed(project, change):
    change(project)
    assert again(project) is None


@pytest.mark.parametrize(
    "asked", [{"now": NOW + timedelta(days=1)}, {"as_of": TODAY}, {"engine": "local[2]"}], ids=str
)
def test_what_is_asked_otherwise_is_noticed(project, asked):
    assert again(project, **asked) is None


@pytest.mark.parametrize("changed", ["whole", "libraries"])
def test_other_code_is_noticed(project, monkeypatch, changed):
    monkeypatch.setattr(code, changed, lambda: "another")
    assert again(project) is None


def test_what_looks_at_the_build_before_is_made_once_more(project):
    land(project, "till", order_items=[sale("A2", "2026-06-02")])
    with only(*FEW, "tier_moves"):
        pipeline.build(project, now=NOW)  # whose moves are those from the shop of before
        assert again(project) is None
        assert pipeline.build(project, now=NOW).manifest.tables["tier_moves"].build == 4
    assert again(project) is not None


def test_no_engine_is_loaded_to_see_that_nothing_is_new(project):
    asked = f"""
from datetime import datetime
import shuke.cli.build
from shuke.app import open_project
from shuke.builds import unchanged
now = datetime.fromisoformat({NOW.isoformat()!r})
assert unchanged.again(open_project({str(project.root)!r}), now=now, as_of=None, engine=None)
"""
    assert loaded(asked).intersection(HEAVY) == {"sqlalchemy"}


def test_a_table_that_is_gone_is_said_rather_than_named(project):
    shutil.rmtree(project.builds.current().path("customers"))
    with pytest.raises(Damaged, match="customers"):
        again(project)
