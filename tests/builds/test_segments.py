"""What builds make of segments, and what they take from them."""

from pathlib import Path

import pytest

from shuke.access.audit import Actor
from shuke.app import Project
from shuke.builds import pipeline, segment_log, unchanged
from shuke.errors import Overtaken
from shuke.graph import catalogue
from shuke.segments.segment import Segment
from shuke.store.builds import Build
from tests.builds.test_pipeline import NOW, TODAY, empty, sale
from tests.landing import land

ANN = Actor("ann", "cli")
NODES = {"customer_segments", "segment_versions", "segment_members", "segment_changes"}


@pytest.fixture
def project(few: None, tmp_path: Path) -> Project:
    project = empty(tmp_path / "shop", analyses=())
    people = [{"record_id": "1", "name": "Ann Lee", "city": "Leeds"}, {"record_id": "2", "city": "York"}]
    land(project, "till", people=people, order_items=[sale("A1", "2026-06-01")])
    return project


def define(project: Project, name: str, text: str | None, version: int = 1, **further) -> None:
    segment = Segment(name=name, version=version, expression=text, members=further.pop("members", ()))
    segment_log.write(project.operations, segment, by=ANN, now=NOW, verb="segment.saved", **further)


def build(project: Project, **asked) -> Build:
    return pipeline.build(project, now=NOW, **asked)


def rows(project: Project, table: str) -> set[tuple]:
    return {tuple(row.values()) for row in project.open().table(table).to_pyarrow().to_pylist()}


def test_without_segments_a_build_makes_nothing_of_them(project):
    assert not NODES & build(project).manifest.tables.keys()


def test_what_reads_the_members_of_segments_finds_none_where_there_are_no_segments(project):
    tables = {name: step for name, step in catalogue.derived().items() if name == "cost_to_serve"}
    readable, made = pipeline.with_segments(tables, [])
    assert readable == () and made.keys() == {"cost_to_serve"} | NODES


def test_a_build_tells_who_is_in_which_segment_and_who_came_in(project):
    define(project, "leeds", "city = 'Leeds'")
    define(project, "buyers", "bought() and not in_segment('leeds')")
    made = build(project).manifest.tables
    assert made.keys() >= NODES and not any(made[name].failed for name in NODES)
    ids = {
        row["city"]: row["customer_id"] for row in project.open().table("customers").to_pyarrow().to_pylist()
    }
    assert rows(project, "segment_members") == {("leeds", ids["Leeds"])}
    assert {row[:3] for row in rows(project, "segment_changes")} == {("leeds", ids["Leeds"], "entry")}


def test_a_segment_is_what_a_build_is_a_function_of(project):
    build(project)
    build(project)
    assert unchanged.again(project, now=NOW, as_of=None, engine=None)
    define(project, "leeds", "city = 'Leeds'")
    assert unchanged.again(project, now=NOW, as_of=None, engine=None) is None
    first = build(project).manifest.tables
    again = build(project).manifest.tables
    assert again["customer_segments"].fingerprint == first["customer_segments"].fingerprint
    assert rows(project, "segment_changes") == set()
    define(project, "leeds", "city = 'York'", version=2)
    edited = build(project).manifest.tables
    assert edited["customer_segments"].fingerprint != first["customer_segments"].fingerprint
    assert edited["customers"].fingerprint == first["customers"].fingerprint
    assert {row[2:4] for row in rows(project, "segment_changes")} == {
        ("entry", "definition"), ("exit", "definition")
    }  # fmt: skip


def test_a_build_that_looks_back_writes_no_change(project):
    define(project, "buyers", "bought()")
    build(project)
    made = build(project, as_of=TODAY.replace(year=TODAY.year - 1))
    assert made.manifest.looks_back and rows(project, "segment_changes") == set()
    build(project)
    assert rows(project, "segment_changes") == set()


def test_what_cannot_be_told_any_more_keeps_no_build_from_the_others(project, caplog):
    define(project, "leeds", "city = 'Leeds'")
    define(project, "gone", "nobody_knows = 1")
    build(project)
    assert {segment for segment, _ in rows(project, "segment_members")} == {"leeds"}
    assert "segment gone cannot be told" in caplog.text


def test_what_was_put_away_is_in_no_build(project):
    define(project, "leeds", "city = 'Leeds'")
    define(project, "all", "customer_id is not null")
    build(project)
    define(project, "leeds", "city = 'Leeds'", version=2, archived=True)
    build(project)
    assert {segment for segment, _ in rows(project, "segment_members")} == {"all"}
    assert rows(project, "segment_changes") == set()


def test_of_two_who_write_a_version_at_once_one_is_told(project):
    define(project, "leeds", "city = 'Leeds'")
    with pytest.raises(Overtaken):
        define(project, "leeds", "city = 'York'")
    assert [each.number for each in segment_log.history(project.operations, "leeds")] == [1]


def test_a_list_is_kept_with_its_version(project):
    define(project, "vip", None, members=("b", "a", "a"))
    define(project, "vip", None, version=2, members=("c",))
    assert segment_log.version(project.operations, "vip", 1).members == ("a", "b")
    (held,) = segment_log.in_force(project.operations)
    assert (held.version, held.members) == (2, ("c",))
