"""What do people say of customers, and what becomes of it?"""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from shuke.access import audit
from shuke.access.roles import Principal, Role
from shuke.actions import annotations as actions
from shuke.actions import saved_lists as keeping
from shuke.app import Project, open_project
from shuke.builds import pipeline
from shuke.engage.annotations import AnnotationKind
from shuke.engage.saved_lists import UnknownList
from shuke.errors import Denied, UnknownCustomer, WrongCall
from shuke.views import annotations, customer_list, saved_lists, tables
from shuke.views import customer as customers
from shuke.views.find import find
from shuke.views.query import Condition, Query
from shuke.views.viewer import Viewer, at_home
from tests import shop

ANN = at_home("ann", "cli", now=shop.NOW)
LATER = at_home("ann", "cli", now=shop.NOW + timedelta(hours=1))
VAL = Viewer(Principal(7, "val", frozenset({Role.VIEWER})), "console", shop.NOW)


@pytest.fixture
def own(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return open_project(Path(shutil.copytree(shop.shared(tmp_path_factory), tmp_path / "shop")))


def ann_lee(project: Project) -> str:
    (row,) = find(project, "ann@example.com", viewer=ANN)
    return str(row["customer_id"])


def test_what_is_said_stands_with_who_said_it_until_it_is_taken_back(own: Project):
    who = ann_lee(own)
    assert actions.say(own, [who], AnnotationKind.TAG, "whole  sale", viewer=ANN) == 1
    assert actions.say(own, [who], AnnotationKind.TAG, "whole sale", viewer=LATER) == 0, "it stands already"
    actions.say(own, [who], AnnotationKind.NOTE, "Ring in the morning.", viewer=ANN)
    actions.say(own, [who], AnnotationKind.NOTE, "Ring at noon.", viewer=LATER)
    told = annotations.of(own, who, viewer=ANN)
    assert [(tag.value, tag.who, tag.at) for tag in told.tags] == [("whole sale", "ann", shop.NOW)]
    assert told.note and (told.note.value, told.note.at) == ("Ring at noon.", LATER.now)
    masked = annotations.of(own, who, viewer=VAL)
    assert masked.note and masked.note.value == "***"
    assert actions.say(own, [who], AnnotationKind.TAG, "whole sale", viewer=LATER, withdrawn=True) == 1
    assert actions.say(own, [who], AnnotationKind.NOTE, "", viewer=LATER) == 1
    assert annotations.of(own, who, viewer=ANN) == annotations.Annotations(owner=None, note=None, tags=())
    verbs = {entry.event.verb for entry in audit.read(own.operations)}
    assert {"customer.tag_given", "customer.tag_taken_back", "customer.note_given"} <= verbs
    assert "noon" not in str(audit.read(own.operations))


@pytest.mark.parametrize(
    ("kind", "value"),
    [(AnnotationKind.TAG, "a,b"), (AnnotationKind.TAG, " "), (AnnotationKind.OWNER, "nobody known")],
)
def test_what_cannot_be_said_is_refused(own: Project, kind: AnnotationKind, value: str):
    with pytest.raises(WrongCall):
        actions.say(own, [ann_lee(own)], kind, value, viewer=ANN)


def test_of_nobody_and_by_who_may_not_nothing_is_said(own: Project):
    with pytest.raises(UnknownCustomer):
        actions.say(own, ["C0"], AnnotationKind.TAG, "vip", viewer=ANN)
    with pytest.raises(Denied):
        actions.say(own, [ann_lee(own)], AnnotationKind.TAG, "vip", viewer=VAL)


def test_the_next_build_takes_it_in_and_lists_are_filtered_by_it_and_by_any_figure(own: Project):
    who = ann_lee(own)
    for tag in ("vip", "choir"):
        actions.say(own, [who], AnnotationKind.TAG, tag, viewer=ANN)
    pipeline.build(own, now=LATER.now, as_of=shop.AS_OF)
    (row,) = tables.rows(own, "customer_labels", viewer=ANN)
    assert (row["customer_id"], row["tags"], row["note"]) == (who, "choir, vip", None)
    tagged = (Condition("customer_labels.tags", "contains", "vip"), Condition("rfm.frequency", "ge", 1))
    found = customer_list.look(own, Query(filters=tagged, order_by="rfm.monetary"), viewer=ANN)
    assert [each["customer_id"] for each in found.rows] == [who]
    assert found.rows[0]["customer_labels.tags"] == "choir, vip"
    actions.say(own, [who], AnnotationKind.TAG, "vip", viewer=LATER, withdrawn=True)
    actions.say(own, [who], AnnotationKind.TAG, "tenor", viewer=LATER)
    again = customer_list.look(own, Query(filters=tagged), viewer=ANN)
    assert again.rows[0]["customer_labels.tags"] == "choir, tenor", "what is new is shown at once"
    pipeline.build(own, now=LATER.now + timedelta(hours=1), as_of=shop.AS_OF)
    assert tables.rows(own, "customer_labels", viewer=ANN).rows["tags"].to_pylist() == ["choir, tenor"]


def test_a_list_is_kept_under_a_name_and_columns_by_each_reader(own: Project):
    number = keeping.save(own, " Lost  regulars ", [("filter", "lifecycle.status:eq:lost")], viewer=ANN)
    (kept,) = saved_lists.listed(own, viewer=VAL)
    assert (kept.name, kept.query) == ("Lost regulars", (("filter", "lifecycle.status:eq:lost"),))
    with pytest.raises(Denied):
        keeping.save(own, "mine", [], viewer=VAL)
    keeping.put_away(own, number, viewer=ANN)
    assert saved_lists.listed(own, viewer=VAL) == ()
    with pytest.raises(UnknownList):
        saved_lists.one(own, number, viewer=VAL)


def test_a_customer_is_said_in_one_sentence(own: Project):
    seen = customers.customer(own, ann_lee(own), viewer=ANN)
    assert seen.sentence == (
        "Active, customer since 2026, buys about every 26 days, worth £60 in twelve months."
    )
    assert len(seen.days["purchases"]) == 4 and len(seen.days["contacts"]) == 1
