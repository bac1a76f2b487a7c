"""What may people decide about who is who, and what is remembered of it?"""

import shutil
from pathlib import Path

import pytest

from shuke.access import audit
from shuke.access.roles import Principal, Role
from shuke.actions import identity as actions
from shuke.app import Project, open_project
from shuke.builds import pipeline
from shuke.errors import Denied, UnknownCustomer, WrongCall
from shuke.views import identity
from shuke.views.identity import named
from shuke.views.viewer import Viewer
from tests import shop


@pytest.fixture
def own(project: Project, few: None, tmp_path: Path) -> Project:
    """A copy of the shop, to decide about; builds of it look at who is who."""
    return open_project(Path(shutil.copytree(project.root, tmp_path / "shop")))


def customer_of(project: Project, record: str) -> str:
    known = project.open().table("identities")
    return str(known.filter(known.record_id == record).customer_id.execute().item())


def test_somebody_is_meant_by_record_number_or_customer_id(project: Project, owner: Viewer):
    opened = project.open()
    by_record, by_number = named(opened, "till:T1", viewer=owner), named(opened, " T1 ", viewer=owner)
    assert by_record == by_number and by_record.names == ("till:T1",) and not by_record.whole
    whole = named(opened, by_record.first.customer_id.lower(), viewer=owner)
    assert whole.whole and set(whole.names) == {"till:T1", "web:W1"}
    with pytest.raises(UnknownCustomer, match="Zoe"):
        named(opened, "Zoe", viewer=owner)


def test_a_number_of_two_sources_must_be_written_with_its_source(own: Project, owner: Viewer):
    shop.land(own, "fair", people=[{"record_id": "T1", "name": "Zoe"}])
    pipeline.build(own, now=shop.NOW, as_of=shop.AS_OF)
    with pytest.raises(WrongCall, match="fair, till"):
        named(own.open(), "T1", viewer=owner)
    assert named(own.open(), "fair:T1", viewer=owner).names == ("fair:T1",)


def test_a_decision_waits_for_the_next_build_and_says_so(own: Project, owner: Viewer):
    number = actions.merge(own, "T2", "W2", viewer=owner, note="the same voice")
    (decided,) = identity.decisions(own, viewer=owner)
    assert (decided.number, decided.verb, decided.left, decided.right) == (
        number,
        "same",
        ("till:T2",),
        ("web:W2",),
    )
    assert decided.pending and not decided.in_force and decided.note == "the same voice"
    pipeline.build(own, now=shop.NOW, as_of=shop.AS_OF)
    (decided,) = identity.decisions(own, viewer=owner)
    assert decided.in_force and not decided.pending
    assert customer_of(own, "T2") == customer_of(own, "W2")
    actions.undo(own, number, viewer=owner)
    (decided,) = identity.decisions(own, viewer=owner)
    assert decided.pending and decided.undone_by == "ann"
    pipeline.build(own, now=shop.NOW, as_of=shop.AS_OF)
    assert customer_of(own, "T2") != customer_of(own, "W2")


def test_a_record_split_off_is_a_customer_of_its_own_and_the_id_stays(own: Project, owner: Viewer):
    before = customer_of(own, "T1")
    actions.split(own, before, ["W1"], viewer=owner)
    pipeline.build(own, now=shop.NOW, as_of=shop.AS_OF)
    founder = named(own.open(), before, viewer=owner).first.record
    assert customer_of(own, "T1") != customer_of(own, "W1") and founder in ("till:T1", "web:W1")
    events = {c.event for c in identity.history(own, customer_of(own, "W1"), viewer=owner)}
    events |= {c.event for c in identity.history(own, customer_of(own, "T1"), viewer=owner)}
    assert {"issued", "split"} <= events


def test_only_records_of_the_customer_can_be_split_off_and_never_all(own: Project, owner: Viewer):
    customer = customer_of(own, "T1")
    with pytest.raises(WrongCall, match="till:T2 is not a record"):
        actions.split(own, customer, ["T2"], viewer=owner)
    with pytest.raises(WrongCall, match="must stay"):
        actions.split(own, customer, ["T1", "W1"], viewer=owner)


def test_never_names_every_record_of_a_customer(own: Project, owner: Viewer):
    actions.never(own, customer_of(own, "T1"), "T2", viewer=owner)
    (decided,) = identity.decisions(own, viewer=owner)
    assert (set(decided.left), decided.right) == ({"till:T1", "web:W1"}, ("till:T2",))


def test_a_viewer_decides_nothing_and_sees_no_names(own: Project, owner: Viewer, stranger: Viewer):
    actions.merge(own, "T2", "W2", viewer=owner, note="Bob says so")
    with pytest.raises(Denied):
        actions.merge(own, "T2", "T3", viewer=stranger)
    with pytest.raises(Denied):
        actions.undo(own, 1, viewer=stranger)
    (decided,) = identity.decisions(own, viewer=stranger)
    assert (decided.left, decided.right, decided.note) == (("***",), ("***",), "***")


def test_a_marketer_may_decide_and_it_is_written_down(own: Project):
    marketer = Viewer(Principal(3, "mia", frozenset({Role.MARKETER})), "console", shop.NOW)
    number = actions.merge(own, "T2", "W2", viewer=marketer)
    actions.undo(own, number, viewer=marketer)
    told = [(e.actor.who, e.event.verb) for e in audit.read(own.operations, limit=2)]
    assert told == [("mia", "identity.undone"), ("mia", "identity.same")]
