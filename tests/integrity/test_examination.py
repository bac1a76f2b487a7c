"""The doctor says what is not as it was left, and repairs it without deleting what somebody may want."""

import json
import os
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shuke import app
from shuke.access.audit import Actor
from shuke.app import Project, open_project
from shuke.builds import ledger, stewardship
from shuke.collect.withdrawal import withdraw
from shuke.errors import Damaged
from shuke.integrity.examination import examined
from shuke.settings import Settings
from shuke.store import disk
from tests.landing import land

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BY = Actor("lin", "cli")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A till that has told of two people, and nothing built."""
    made = app.init(tmp_path / "shop", Settings(name="Shop", language="en"))
    land(made, "till", people=[{"record_id": "1"}, {"record_id": "2"}])
    return made


def found(project: Project, *, repair: bool = False) -> dict[str, bool]:
    """Place -> whether it is grave; whether the disk is encrypted is the machine's affair."""
    every = examined(project.root, repair=repair).findings
    return {each.place: each.grave for each in every if each.place != "data"}


def test_a_project_is_sound_from_its_first_moment(project, tmp_path):
    assert found(app.init(tmp_path / "fresh", Settings(name="Fresh"))) == {}
    told = examined(project.root)
    assert (found(project), told.sound, dict(told.counts)) == ({}, True, {"batches": 1, "builds": 0})


def test_receipts_of_an_older_version_are_sound_and_get_their_digests(project):
    path = project.landing.folder / "000001-till" / "receipt.json"
    value = disk.read_json(path)
    landed = value.pop("landed")
    disk.write_json(path, value)
    assert found(project) == {"data/landing": False}
    assert examined(project.root).sound
    assert found(project, repair=True) == {}
    assert disk.read_json(path)["landed"] == landed


def test_an_old_receipt_that_its_files_contradict_gets_none(project):
    folder = project.landing.folder / "000001-till"
    value = disk.read_json(folder / "receipt.json")
    del value["landed"]
    disk.write_json(folder / "receipt.json", {**value, "tables": {"people": 3}})
    examined(project.root, repair=True)
    assert not project.landing.receipts()[0].landed
    assert found(project)["data/landing/000001-till/people.*.parquet"]


def test_a_receipt_that_is_made_again_counts_what_landed(project):
    before = project.landing.receipts()[0]
    path = project.landing.folder / "000001-till" / "receipt.json"
    path.write_text("{")
    examined(project.root, repair=True)
    after = project.landing.receipts()[0]
    assert (after.tables, after.loaded, after.received_at, after.source, after.landed) == (
        before.tables, before.loaded, before.received_at, before.source, before.landed
    )  # fmt: skip
    assert after.notes
    assert [kept.read_text() for kept in (project.data / "damaged").iterdir()] == ["{"]


def test_what_others_may_read_is_closed(project):
    for path, mode in ((project.data, 0o755), (project.root / "shuke.toml", 0o644)):
        path.chmod(mode)
    assert found(project) == {"shuke.toml": True}
    assert found(project, repair=True) == {}
    assert [stat.S_IMODE((project.root / p).stat().st_mode) for p in ("data", "shuke.toml")] == [0o700, 0o600]


def test_what_was_interrupted_is_removed_and_what_somebody_works_at_is_not(project):
    left = project.work / "landing" / "batch"
    left.mkdir(parents=True)
    left.parent.chmod(0o700)
    with disk.only_one(project.work / "landing.lock", doing="importing"):
        assert found(project) == {}
    assert found(project) == {"data/aside/landing": False}
    assert found(project, repair=True) == {}
    assert not left.exists()
    waiting = project.work / "uploads" / "token"
    waiting.mkdir(parents=True)
    old = (NOW - timedelta(days=300)).timestamp()
    os.utime(waiting, (old, old))
    assert found(project, repair=True) == {}
    assert waiting.exists()


@pytest.mark.parametrize("damage", ["deleted", "rubbish"])
def test_a_new_operations_database_has_the_decisions_that_landed(project, damage):
    kept = stewardship.decide(project.operations, "same", ["till:1"], ["till:2"], by=BY, now=NOW)
    stewardship.undo(project.operations, kept, by=BY, now=NOW + timedelta(days=1))
    stewardship.decide(project.operations, "different", ["till:1"], ["till:2"], by=BY, now=NOW)
    ledger.land_decisions(project, now=NOW)
    before = stewardship.decisions(project.operations)
    project.operations.close()
    path = project.data / "operations.db"
    path.unlink() if damage == "deleted" else path.write_bytes(b"rubbish " * 999)
    with pytest.raises(Damaged):
        _ = open_project(project.root).operations
    assert found(project, repair=True).get("data/operations.db") is None
    after = open_project(project.root).operations
    told = [(d.number, d.verb, d.left, d.right, d.at, d.undone_at) for d in stewardship.decisions(after)]
    assert told == [(d.number, d.verb, d.left, d.right, d.at, d.undone_at) for d in before]
    assert stewardship.decide(after, "different", ["till:1"], ["till:3"], by=BY, now=NOW) == 3
    after.close()


def test_settings_that_cannot_be_read_are_a_finding(project):
    (project.root / "shuke.toml").write_text("name = ")
    assert found(project) == {"shuke.toml": True}


def test_a_batch_that_nobody_can_bring_back_can_be_taken_back(project):
    land(project, "web", people=[{"record_id": "1"}])
    shutil.rmtree(project.landing.folder / "000001-till")
    assert found(project) == {"data/landing/000001": True}
    assert withdraw(project, "1", now=NOW).withdraws == "000001"
    assert found(project) == {}
    assert json.loads((project.landing.folder / "000003-lost~000001" / "receipt.json").read_text())["batch"]
