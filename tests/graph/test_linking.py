"""A build makes what has changed and what depends on it; all else stands, and the rows are the same."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import shuke
from shuke import app
from shuke.access.audit import Actor
from shuke.app import Project
from shuke.builds import pipeline, stewardship
from shuke.builds.stewardship import Verb
from shuke.collect.withdrawal import withdraw
from shuke.errors import Undecided
from shuke.graph import catalogue, grown
from shuke.graph.names import is_delta
from shuke.store.builds import Build
from shuke.tables import Derived
from tests.builds.test_pipeline import GOOD, NOW, TODAY, empty, own, rows, sale, sales
from tests.few_tables import FEW, only
from tests.landing import Row, land

TABLES = (*FEW, "rfm", "lapsing", "monthly_sales", "quality_trend")


@pytest.fixture(autouse=True)
def some_tables() -> Iterator[None]:
    with only(*TABLES):
        yield


def made(build: Build) -> set[str]:
    """The tables that a build has not found standing."""
    return {name for name, table in build.manifest.tables.items() if table.build == build.number}


def person(record: str, name: str = "王芳") -> Row:
    return {"record_id": record, "name": name, "birth_date": TODAY - timedelta(days=12000 + int(record))}


def phone(record: str, number: str) -> Row:
    return {"record_id": record, "kind": "phone", "value": number}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two people and two lines, built twice: by the second build everything that issues ids has settled."""
    shop = empty(tmp_path / "shop")
    land(
        shop, "till", people=[person("1"), person("2")], order_items=sales(TODAY, TODAY),
        identifiers=[phone("1", "13800139000"), phone("2", "13800139001")],
    )  # fmt: skip
    for _ in range(2):
        pipeline.build(shop, now=NOW)
    return shop


def test_the_first_build_makes_everything_and_the_second_only_what_tells_of_the_first(tmp_path):
    shop = empty(tmp_path)
    land(shop, "till", people=[person("1")], order_items=sales(TODAY))
    first = pipeline.build(shop, now=NOW)
    assert made(first) == set(first.manifest.tables)
    assert made(pipeline.build(shop, now=NOW)) == {
        "landed_issued_ids", "customer_ids", "identity_history"
    }  # fmt: skip


def test_a_build_of_nothing_new_makes_nothing_and_takes_no_room(project):
    before = pipeline.build(project, now=NOW)
    folders = set((project.builds.folder / "tables").iterdir())
    again = pipeline.build(project, now=NOW)
    assert made(again) == set()
    assert set((project.builds.folder / "tables").iterdir()) == folders
    assert {n: t.files for n, t in again.manifest.tables.items()} == {
        n: t.files for n, t in before.manifest.tables.items()
    }
    assert list(again.folder.iterdir()) == [again.folder / "manifest.json"]


def test_a_new_line_makes_what_is_made_from_lines(project):
    land(project, "till", order_items=[sale("B1", TODAY)], received=NOW)
    changed = made(pipeline.build(project, now=NOW))
    assert {"landed_order_items", "purchases", "rfm", "monthly_sales", "lapsing"} <= changed
    assert not changed & {
        "landed_people",
        "normalised_records",
        "identities",
        "facts",
        "customers",
        "customer_ids",
    }


def files(build: Build, name: str) -> set[int]:
    """The files of a table, by what they are on the disk."""
    return {path.stat().st_ino for path in build.path(name).glob("*.parquet")}


LINES = "landed_order_items"


@pytest.mark.usefixtures("alone")
def test_a_landed_table_that_only_grew_still_consists_of_the_files_that_it_had(project, monkeypatch):
    had = files(project.builds.current(), LINES)
    land(project, "till", order_items=[sale("B1", TODAY)], received=NOW)
    grown_ = pipeline.build(project, now=NOW)
    assert had < files(grown_, LINES)
    assert len(rows(project, LINES)) == 3
    assert [*grown_.faults(thorough=True)] == []
    monkeypatch.setattr(grown, "MOST_FILES", 2)
    land(project, "till", order_items=[sale("B2", TODAY)], received=NOW)
    assert len(files(pipeline.build(project, now=NOW), LINES)) == 1
    assert len(rows(project, LINES)) == 4


@pytest.mark.usefixtures("alone")
def test_a_landed_table_is_written_anew_where_a_row_of_it_is_said_otherwise(project):
    had = files(project.builds.current(), LINES)
    land(project, "till", order_items=[sale("A0", TODAY) | {"revises": True}], received=NOW)
    assert not had & files(pipeline.build(project, now=NOW), LINES)
    assert len(rows(project, LINES)) == 2


@pytest.mark.usefixtures("alone")
def test_a_landed_table_is_written_anew_where_a_day_keeps_rows_back(project):
    had = files(project.builds.current(), LINES)
    land(project, "till", order_items=[sale("Z1", TODAY + timedelta(days=3))], received=NOW)
    kept_back = files(pipeline.build(project, now=NOW), LINES)
    land(project, "till", order_items=[sale("B1", TODAY)], received=NOW)
    later = files(pipeline.build(project, now=NOW + timedelta(days=3)), LINES)
    assert not had & kept_back
    assert not kept_back & later
    assert len(rows(project, LINES)) == 4


@pytest.mark.usefixtures("alone")
def test_a_landed_table_is_written_anew_where_a_batch_was_taken_back(project):
    back = land(project, "till", order_items=[sale("B1", TODAY)], received=NOW)
    had = files(pipeline.build(project, now=NOW), LINES)
    withdraw(project, back, now=NOW)
    land(project, "till", order_items=[sale("B2", TODAY)], received=NOW)
    assert not had & files(pipeline.build(project, now=NOW), LINES)
    assert len(rows(project, LINES)) == 3


def test_a_new_person_makes_what_is_made_from_people(project):
    land(project, "web", people=[person("9", "李雷")], received=NOW)
    changed = made(pipeline.build(project, now=NOW))
    assert {"landed_people", "normalised_records", "identities", "customers", "customer_ids"} <= changed
    assert "landed_order_items" not in changed


def test_a_new_day_makes_only_what_asks_for_the_day(project):
    tables = catalogue.derived()
    changed = made(pipeline.build(project, now=NOW + timedelta(days=1)))
    assert "rfm" in changed
    assert all("as_of" in tables[name].keywords or _depends(name, changed) for name in changed)
    assert not changed & {"purchases", "identities", "monthly_sales", "landed_order_items", "customers"} or (
        "facts" in changed  # whose facts may be believed until a day
    )


def _depends(name: str, changed: set[str]) -> bool:
    return bool(set(catalogue.derived()[name].reads) & changed)


def test_a_row_beyond_the_day_ties_a_landed_table_to_it(project):
    land(project, "till", order_items=[sale("Z1", TODAY + timedelta(days=3))], received=NOW)
    pipeline.build(project, now=NOW)
    assert len(rows(project, "purchases")) == 2
    later = pipeline.build(project, now=NOW + timedelta(days=3))
    assert {"landed_order_items", "purchases"} <= made(later)
    assert len(rows(project, "purchases")) == 3


def test_what_the_company_decides_makes_the_table_that_it_decides(project):
    other = replace(project, settings=replace(project.settings, tables={"lapsing": {"grace": 9.0}}))
    assert made(pipeline.build(other, now=NOW)) == {"lapsing"}


def test_a_decision_is_a_change(project):
    stewardship.decide(project.operations, "same", ["till:1"], ["till:2"], by=Actor("anna", "cli"), now=NOW)
    assert "identities" in made(pipeline.build(project, now=NOW))
    assert len({row["customer_id"] for row in rows(project, "identities")}) == 1


def test_going_back_to_an_older_build_links_what_it_had(project):
    first = project.builds.current().number
    land(project, "till", order_items=[sale("B1", TODAY)], received=NOW)
    pipeline.build(project, now=NOW)
    project.builds.point(first)
    assert made(pipeline.build(project, now=NOW)) == set()
    assert len(rows(project, "purchases")) == 3


def test_what_recalls_other_builds_takes_no_kept_build_its_table_away(project):
    first = project.builds.current()
    told = rows(project, "quality_trend")
    pipeline.build(project, now=NOW + timedelta(days=1))
    back = pipeline.build(project, now=NOW + timedelta(days=1), as_of=TODAY)
    assert rows(project, "quality_trend") != told  # for it recalls the day after
    assert [*first.faults(thorough=True)] == []
    assert rows(project, "quality_trend", build=first.number) == told
    assert back.path("quality_trend") != first.path("quality_trend")


def test_an_analysis_of_the_companys_own_is_made_when_its_file_changes(project):
    own(project, GOOD)
    assert made(pipeline.build(project, now=NOW)) == {"cities"}
    assert made(pipeline.build(project, now=NOW)) == set()
    own(project, GOOD.replace(">=", ">"))
    assert made(pipeline.build(project, now=NOW)) == {"cities"}


def test_what_failed_by_chance_is_tried_again_and_what_cannot_be_made_is_not(project):
    own(project, 'raise ValueError("no luck")')
    for _ in range(2):
        build = pipeline.build(project, now=NOW)
        assert build.manifest.tables["cities"].failed == "ValueError: no luck"
        assert build.manifest.tables["cities"].fingerprint == ""
    own(project, 'return purchases.select("city").distinct()')
    for _ in range(2):
        build = pipeline.build(project, now=NOW)
        assert "does not have its columns lines" in str(build.manifest.tables["cities"].failed)
    assert made(build) == set()


def test_builds_that_are_dropped_leave_no_table_behind(tmp_path):
    shop = empty(tmp_path, builds_kept=1)
    for number in range(3):
        land(shop, "till", order_items=[sale(f"B{number}", TODAY)])
        pipeline.build(shop, now=NOW)
    kept = [shop.builds.open(number) for number in shop.builds.numbers()]
    assert [build.number for build in kept] == [2, 3]  # the last that was read stays until the next
    named = {build.path(name) for build in kept for name in build.manifest.tables}
    assert set((shop.builds.folder / "tables").iterdir()) == named


@dataclass
class Shop:
    """A project in which something happens from build to build."""

    project: Project
    now: datetime = NOW
    deliveries: int = 0
    landed: set[Any] = field(default_factory=set)

    def line(self, before: int, lines: int) -> None:
        self.deliveries += 1
        day = TODAY - timedelta(days=10 * before)
        orders = [sale(f"{self.deliveries}-{n}", day) for n in range(lines)]
        land(self.project, "till", order_items=orders)

    def person(self, record: int, name: str) -> None:
        said = person(str(record), name) | {"revises": self._again(record)}
        land(self.project, "web", people=[said], received=self.now)

    def phone(self, record: int, number: str) -> None:
        said = phone(str(record), number) | {"revises": self._again((record, number))}
        land(self.project, "web", identifiers=[said], received=self.now)

    def _again(self, key: Any) -> bool:
        """Whether something of the same key has landed, as an import finds out."""
        again = key in self.landed
        self.landed.add(key)
        return again

    def decides(self, verb: Verb, record: int) -> None:
        by = Actor("anna", "cli")
        operations = self.project.operations
        with suppress(Undecided):  # it contradicts what was decided before
            stewardship.decide(operations, verb, ["till:1"], [f"web:{record}"], by=by, now=self.now)

    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    def settles_on(self, grace: float) -> None:
        settings = replace(self.project.settings, tables={"lapsing": {"grace": grace}})
        self.project = replace(self.project, settings=settings)

    def goes_back(self) -> None:
        self.project.builds.point(self.project.builds.numbers()[0])


NUMBERS = some.sampled_from(["13800139000", "13800139001"])
EVENT = some.one_of(
    some.tuples(some.just(Shop.line), some.integers(0, 3), some.integers(1, 3)),
    some.tuples(some.just(Shop.person), some.integers(1, 4), some.sampled_from(["王芳", "李雷"])),
    some.tuples(some.just(Shop.phone), some.integers(1, 4), NUMBERS),
    some.tuples(some.just(Shop.decides), some.sampled_from(["same", "different"]), some.integers(2, 3)),
    some.tuples(some.just(Shop.days_pass), some.integers(0, 2)),
    some.tuples(some.just(Shop.settles_on), some.sampled_from([2.0, 9.0])),
    some.tuples(some.just(Shop.goes_back)),
)

#: What tells of the builds before, of which a first one has none.
REMEMBERING = {"customer_ids", "identity_history", "quality_trend", "landed_issued_ids", "landed_id_changes"}


@pytest.mark.usefixtures("alone")
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(events=some.lists(EVENT, min_size=2, max_size=5))
def test_builds_that_link_and_go_on_hold_the_rows_of_a_first_build(tmp_path_factory, events):
    folder = tmp_path_factory.mktemp("linked")
    shop = Shop(empty(folder / "shop"))
    land(shop.project, "till", people=[person("1")], order_items=sales(TODAY))
    linked = pipeline.build(shop.project, now=shop.now)
    for event, *given_ in events:
        event(shop, *given_)
        linked = pipeline.build(shop.project, now=shop.now)
    builds = shop.project.builds
    assert all(not [*builds.open(number).faults(thorough=True)] for number in builds.numbers())
    anew = Project(shutil.copytree(shop.project.root, folder / "anew"), shop.project.settings)
    shutil.rmtree(anew.builds.folder)
    first = pipeline.build(anew, now=shop.now)
    assert made(first) == set(first.manifest.tables)
    for name in sorted(set(first.manifest.tables) - REMEMBERING):
        assert _rows(first, name) == _rows(linked, name), name


def _rows(build: Build, name: str) -> list[str]:
    parts = build.path(name).glob("*.parquet")
    return sorted(repr(row) for part in parts for row in pq.read_table(part).to_pylist())


def test_a_change_of_the_code_makes_what_depends_on_it(tmp_path):
    """As in a new version: where a phone is no longer a sign of who somebody is, the next build knows it."""
    code = shutil.copytree(Path(shuke.__file__).parent, tmp_path / "code" / "shuke")
    shop = empty(tmp_path / "shop", analyses=())
    land(
        shop, "till", people=[{"record_id": "1"}, {"record_id": "2"}],
        identifiers=[phone("1", "13800139000"), phone("2", "13800139000")],
    )  # fmt: skip
    assert _customers(shop, code) == 1
    people = code / "tables" / "people.py"
    strong = 'IdentifierKind("phone", Text("Phone", "电话"), True'
    before = people.read_text("utf-8")
    assert strong in before
    people.write_text(before.replace(strong, strong.replace("True", "False")), "utf-8")
    assert _customers(shop, code) == 2


def _customers(shop: Project, code: Path) -> int:
    """How many customers a build by this code finds."""
    command = [sys.executable, "-c", "from shuke.cli import main; main()", "build"]
    path = {**os.environ, "PYTHONPATH": str(code.parent)}
    subprocess.run(command, cwd=shop.root, env=path, check=True, capture_output=True)
    return app.open_project(shop.root).builds.current().manifest.tables["customers"].rows


def test_tables_that_tell_no_more_than_what_is_new_are_known_by_what_they_read():
    tables: dict[str, Derived] = catalogue.derived()
    assert {name for name, table in tables.items() if is_delta(table)} == {"changed_records"}
    assert {name: table.carries_over for name, table in tables.items() if table.carries_over} == {
        "identities": ("landed_issued_ids",),
        **{
            name: (f"last_build_{name}",)
            for name in (
                "quality_trend", "credit", "expense", "sales_progress", "customer_segments",
                "segment_versions", "topics", "unusual_movement",
            )
        },
    }  # fmt: skip
