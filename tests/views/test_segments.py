"""What people see of segments, and what they may."""

import shutil
from decimal import Decimal

import pytest

from shuke.access.audit import AuditFilter, read
from shuke.access.roles import Principal, Role
from shuke.actions import segments as actions
from shuke.app import Project, open_project
from shuke.errors import Denied, Overtaken, WrongCall
from shuke.views import segments as view
from shuke.views import tables
from shuke.views.query import Query
from shuke.views.segments import UnknownSegment
from shuke.views.viewer import Viewer
from tests import shop


@pytest.fixture
def own(project: Project, tmp_path) -> Project:
    return open_project(shutil.copytree(project.root, tmp_path / "shop"))


@pytest.fixture
def marketer() -> Viewer:
    return Viewer(Principal(8, "mo", frozenset({Role.MARKETER})), "console", shop.NOW)


def names(project: Project, segment: str, viewer: Viewer) -> set[str | None]:
    return {row["name"] for row in view.members(project, segment, Query(), viewer=viewer)}


def test_a_segment_has_size_value_and_members_before_it_is_built(own, owner):
    actions.save(own, "tea", "bought(product => 'TEA') and city is not null", viewer=owner, note="a try")
    (tea,) = view.listed(own, viewer=owner)
    assert (tea.name, tea.version, tea.customers, tea.note) == ("tea", 1, 2, "a try")
    assert tea.value and tea.entered is None and tea.failure is None
    assert "张伟" in names(own, "tea", owner)


def test_a_condition_is_measured_before_it_is_kept(own, owner):
    found = view.measure(own, "monetary > 40 and city = '杭州市'", viewer=owner)
    assert (found.customers, found.total, found.value) == (1, 4, Decimal("40.5"))
    assert found.wire["rules"][1] == {"field": "city", "operator": "=", "value": "杭州市"}
    assert view.rule(own, found.wire) == found.expression
    assert view.size(own, "city is null", viewer=owner) == 0


def test_every_version_is_kept_with_who_changed_what(own, owner, marketer):
    actions.save(own, "north", "city = 'Leeds'", viewer=owner, seen=0)
    actions.save(own, "north", "city in ('Leeds', 'York')", viewer=marketer, note="York, too", seen=1)
    with pytest.raises(Overtaken):
        actions.save(own, "north", "city = 'Bath'", viewer=owner, seen=1)
    versions = view.one(own, "north", viewer=owner).history
    assert [(v.number, v.who, v.note) for v in versions] == [(2, "mo", "York, too"), (1, "ann", "")]
    assert versions[1].expression == "city = 'Leeds'"
    logged = read(own.operations, AuditFilter(subject_kind="segment", subject_id="north"))
    assert [entry.event.verb for entry in logged] == ["segment.saved", "segment.saved"]


def test_a_list_says_whom_it_did_not_find(own, owner):
    given = ["07700 900123", "BOB@example.com", "till:T3", "nobody@example.com", "", "07700 900123"]
    kept = actions.save_list(own, "guests", given, viewer=owner)
    assert len(kept.customers.found) == 3 and kept.customers.unknown == ("nobody@example.com",)
    assert view.listed(own, viewer=owner)[0].customers == 3
    by_id = actions.save_list(own, "ids", kept.customers.found[:1], viewer=owner)
    assert by_id.customers.found == kept.customers.found[:1]
    with pytest.raises(WrongCall, match="None of the entries"):
        actions.save_list(own, "none", ["x"], viewer=owner)


def test_what_was_put_away_can_be_taken_up_again(own, owner):
    actions.save_list(own, "guests", ["till:T3"], viewer=owner)
    actions.save(own, "others", "not in_segment('guests')", viewer=owner)
    with pytest.raises(WrongCall, match="Segment others names guests"):
        actions.archive(own, "guests", viewer=owner)
    actions.archive(own, "others", viewer=owner)
    actions.archive(own, "guests", viewer=owner)
    assert view.listed(own, viewer=owner) == ()
    assert [one.name for one in view.listed(own, viewer=owner, archived=True)] == ["guests", "others"]
    with pytest.raises(UnknownSegment):
        view.members(own, "guests", Query(), viewer=owner)
    actions.restore(own, "guests", viewer=owner)
    assert view.one(own, "guests", viewer=owner).summary.customers == 1


@pytest.mark.parametrize("name", ["", "a b", "a'b", "x" * 61, "13800139000", "a,b", "-a"])
def test_a_name_is_one_word(own, owner, name):
    with pytest.raises(WrongCall, match="A segment's name"):
        actions.save(own, name, "city = 'Leeds'", viewer=owner)


def test_who_must_not_see_people_learns_nothing_of_them_by_a_segment(own, owner, stranger):
    actions.save(own, "anns", "name = 'Ann Lee'", viewer=owner, note="ask Ann")
    actions.save(own, "others", "not in_segment('anns')", viewer=owner)
    actions.save(own, "north", "city = 'Leeds'", viewer=owner)
    shown = {one.name: one for one in view.listed(own, viewer=stranger)}
    assert shown["anns"].expression is None and shown["anns"].customers is None and shown["anns"].note == ""
    assert shown["others"].customers is None
    assert shown["north"].customers is not None and shown["north"].expression == "city = 'Leeds'"
    assert view.one(own, "anns", viewer=stranger).history[0].expression is None
    for text in ("name = 'Ann Lee'", "in_segment('others')", "birth_date is not null"):
        with pytest.raises(Denied):
            view.measure(own, text, viewer=stranger)
    with pytest.raises(Denied):
        view.members(own, "anns", Query(), viewer=stranger)
    assert not any(one.is_personal for one in view.names(own, viewer=stranger))
    with pytest.raises(Denied):
        actions.save(own, "mine", "city = 'Leeds'", viewer=stranger)


def test_a_segment_narrows_only_rows_of_customers(own, owner):
    assert tables.rows(own, "rfm", Query(meant="city = '杭州市'"), viewer=owner).total == 1
    with pytest.raises(WrongCall, match="not of customers"):
        tables.rows(own, "retention", Query(meant="city = 'York'"), viewer=owner)
