"""What people decide about who is who outlives every build and every import."""

import shutil
from typing import Any

import pytest

from shuke.access.audit import Actor
from shuke.app import Project, open_project
from shuke.builds import pipeline, stewardship
from tests.builds.test_pipeline import NOW, empty, rows
from tests.landing import land

LIN = Actor("lin", "console")

pytestmark = pytest.mark.usefixtures("few_tables")
TILL = {
    "people": [{"record_id": "1"}, {"record_id": "2"}, {"record_id": "3"}],
    "identifiers": [{"record_id": r, "kind": "member_no", "value": "77"} for r in "23"],
}


@pytest.fixture
def project(tmp_path) -> Project:
    """A till that knows three people, of whom two have one card, and a build of it."""
    made = empty(tmp_path)
    land(made, "till", tables=TILL)
    return made


def whose(project: Project) -> dict[str, str]:
    """Record number -> customer id, after a build."""
    pipeline.build(project, now=NOW)
    return {row["record_id"]: row["customer_id"] for row in rows(project, "identities")}


def decide(project: Project, verb: Any, left: str, right: str) -> int:
    sides = ([f"till:{r}" for r in side] for side in (left, right))
    return stewardship.decide(project.operations, verb, *sides, by=LIN, now=NOW)


def from_the_landing_zone(project: Project) -> Project:
    """The project without a build: only what has landed and what people have done."""
    shutil.rmtree(project.builds.folder)
    project.operations.close()
    return open_project(project.root)


def again(project: Project) -> None:
    """Import the same file once more, as a source that sends everything every night does."""
    land(
        project, "till", tables={name: [{**r, "revises": True} for r in told] for name, told in TILL.items()}
    )


def test_a_merge_that_was_undone_is_still_undone_after_rebuilding_from_the_landing_zone(project):
    apart = whose(project)
    assert apart["1"] != apart["2"] == apart["3"]
    number = decide(project, "same", "1", "23")
    assert len(set(whose(project).values())) == 1
    stewardship.undo(project.operations, number, by=LIN, now=NOW)
    again(project)
    project = from_the_landing_zone(project)
    assert whose(project) == apart
    merged = {row["event"] for row in rows(project, "identity_history")}
    assert merged == {"issued", "merged", "revived"}


def test_a_split_and_a_never_survive_a_rebuild_and_a_new_import(project):
    one = whose(project)
    split, never = decide(project, "split", "2", "3"), decide(project, "different", "1", "2")
    again(project)
    parted = whose(from_the_landing_zone(project))
    assert len(set(parted.values())) == 3
    assert {parted[r] for r in "12"} == {one[r] for r in "12"}
    for number in (split, never):
        stewardship.undo(project.operations, number, by=LIN, now=NOW)
    assert whose(from_the_landing_zone(project)) == one
