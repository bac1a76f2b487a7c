"""What lands as source `shuke`, and how little of it."""

from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from shuke.access.audit import Actor
from shuke.builds import ledger, pipeline, stewardship
from tests.builds.test_pipeline import CUT, NOW, empty, rows
from tests.landing import land

LIN = Actor("lin", "console")

pytestmark = pytest.mark.usefixtures("few_tables")


@pytest.fixture
def project(tmp_path):
    made = empty(tmp_path)
    land(made, "till", people=[{"record_id": "1"}, {"record_id": "2"}])
    return made


def landed(project, name):
    return [row for path in project.landing.files(name) for row in pq.read_table(path).to_pylist()]


def decide(project, verb="same"):
    return stewardship.decide(project.operations, verb, ["till:1"], ["till:2"], by=LIN, now=NOW)


def undo(project, number):
    stewardship.undo(project.operations, number, by=LIN, now=NOW)


def test_nothing_lands_where_nothing_was_decided(project):
    assert ledger.land_decisions(project, now=NOW) == 0
    assert [r.source for r in project.landing.receipts()] == ["till"]


def test_a_decision_lands_once_and_its_undoing_once(project):
    number = decide(project)
    assert [ledger.land_decisions(project, now=NOW) for _ in range(2)] == [1, 0]
    undo(project, number)
    assert [ledger.land_decisions(project, now=NOW) for _ in range(2)] == [1, 0]
    told = [
        (r["decision"], r["side"], r["record"], r["revises"], r["withdrawn"])
        for r in landed(project, "decisions")
    ]
    assert told == [
        (number, "left", "till:1", False, False), (number, "right", "till:2", False, False),
        (number, "left", "till:1", True, True), (number, "right", "till:2", True, True),
    ]  # fmt: skip
    last = project.landing.receipts()[-1]
    assert (last.read, last.loaded, last.revisions, last.withdrawn) == (2, 2, {"decisions": 2}, 2)


def test_a_decision_that_was_undone_before_any_build_is_never_in_force(project):
    undo(project, decide(project))
    pipeline.build(project, now=NOW)
    assert len(landed(project, "decisions")) == 2
    assert rows(project, "landed_decisions") == []


def test_a_manifest_names_the_batch_of_the_decisions_that_its_build_obeys(project):
    decide(project)
    built = pipeline.build(project, now=NOW)
    [batch] = {row["batch_id"] for row in landed(project, "decisions")}
    assert built.manifest.batches[-1] == batch
    assert len(rows(project, "landed_decisions")) == 2


def test_a_build_that_looks_back_obeys_decisions_and_lands_no_change_of_an_id(project):
    pipeline.build(project, now=NOW)
    decide(project)
    pipeline.build(project, now=NOW, as_of=CUT - timedelta(days=1))
    assert len({row["customer_id"] for row in rows(project, "identities")}) == 1
    assert landed(project, "id_changes") == []


def test_an_id_that_changes_its_meaning_lands_once_with_the_reason(project):
    first = {row["record"]: row["customer_id"] for row in _built(project, "identities")}
    number = decide(project)
    kept, lost = sorted(first.values())
    changes = [row for row in _built(project, "identity_history") if row["event"] != "issued"]
    merged = {"issued_id": lost, "nth": 2, "event": "merged", "was": lost, "becomes": kept, "why": "decision"}
    assert changes == [merged | {"build": None}]
    undo(project, number)
    events = [row for row in _built(project, "identity_history") if row["event"] != "issued"]
    revived = {"nth": 3, "event": "revived", "was": kept, "becomes": lost, "why": "evidence"}
    assert events == [merged | {"build": 2}, merged | revived | {"build": None}]
    assert len(landed(project, "id_changes")) == 2


def _built(project, table):
    pipeline.build(project, now=NOW)
    return rows(project, table)
