"""Tasks for people, who looks after whom, and whom to ring."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from shuke.access import audit
from shuke.access.roles import Principal, Role
from shuke.actions import consents, identity, segments, tasks
from shuke.app import Project
from shuke.engage.care import CareRule
from shuke.engage.tasks import TaskStatus, UnknownTask
from shuke.errors import Denied, UnknownCustomer, WrongCall
from shuke.views import call_lists
from shuke.views import tasks as view
from shuke.views.viewer import Viewer
from tests.engage import club

DUE = club.NOON.date() + timedelta(days=2)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Project]:
    project = club.found(tmp_path / "shop", channels={})
    club.members(project, 3)
    segments.save(project, "vip", "name = 'Member M002'", viewer=club.viewer())
    club.build(project)
    yield project
    project.operations.close()


def looked_after(project: Project, *, contact: str = "lin", priority: int = 50) -> None:
    rule = CareRule(segment="vip", contact=contact, priority=priority)
    tasks.look_after(project, rule, viewer=club.viewer())


def test_a_task_goes_to_who_looks_after_the_customer_and_comes_first(shop: Project) -> None:
    ids = club.customer_ids(shop)
    looked_after(shop)
    tasks.open_for(shop, [ids["M000"]], "Send the catalogue", DUE - timedelta(days=1), viewer=club.viewer())
    tasks.open_for(shop, [ids["M001"], ids["M002"]], "Thank them", DUE, viewer=club.viewer("wu"), comment="!")
    lines = view.listed(shop, viewer=club.viewer())
    assert [(line.called, line.assignee, line.priority) for line in lines] == [
        ("Member M002", "lin", 50), ("Member M000", "", 0), ("Member M001", "", 0),
    ]  # fmt: skip
    assert [line.called for line in view.mine(shop, viewer=club.viewer("lin"))] == ["Member M002"]
    assert not view.mine(shop, viewer=club.viewer("wu"))
    late = club.viewer(now=club.NOON + timedelta(days=2))
    assert [line.is_overdue for line in view.listed(shop, viewer=late)] == [False, True, False]


def test_what_becomes_of_tasks_is_kept_with_who_said_so(shop: Project) -> None:
    ids = club.customer_ids(shop)
    one, two = tasks.open_for(shop, [ids["M000"], ids["M001"]], "Call", DUE, viewer=club.viewer())
    assert tasks.change(shop, [one, two], assignee="wu", viewer=club.viewer()) == 2
    assert tasks.change(shop, [one, two], assignee="wu", viewer=club.viewer()) == 0
    tasks.change(shop, [one], status=TaskStatus.DONE, comment="spoke to her", viewer=club.viewer("wu"))
    assert [line.id for line in view.listed(shop, viewer=club.viewer())] == [two]
    (done,) = view.listed(shop, viewer=club.viewer(), status=TaskStatus.DONE)
    assert (done.who, done.comment) == ("wu", "spoke to her")
    said = [(each.who, each.status, each.assignee) for each in view.history(shop, one, viewer=club.viewer())]
    assert said == [("lin", "open", ""), ("lin", "open", "wu"), ("wu", "done", "wu")]
    tasks.change(shop, [one], status=TaskStatus.OPEN, viewer=club.viewer())
    assert len(view.listed(shop, viewer=club.viewer())) == 2
    verbs = [entry.event.verb for entry in audit.read(shop.operations)]
    assert {"task.opened", "task.assigned", "task.done", "task.open"} <= set(verbs)


def test_a_task_follows_who_the_customer_has_become(shop: Project) -> None:
    ids = club.customer_ids(shop)
    tasks.open_for(shop, [ids["M000"]], "Call", DUE, viewer=club.viewer())
    identity.merge(shop, ids["M000"], ids["M001"], viewer=club.viewer())
    club.build(shop, now=club.NOON + club.LATER)
    (line,) = view.listed(shop, viewer=club.viewer(), customer=ids["M001"])
    assert line.is_known
    assert line.customer_id in {ids["M000"], ids["M001"]}


def test_what_cannot_be_is_refused(shop: Project) -> None:
    ids = club.customer_ids(shop)
    with pytest.raises(UnknownCustomer):
        tasks.open_for(shop, ["C-nobody"], "Call", DUE, viewer=club.viewer())
    with pytest.raises(WrongCall, match="says what is to be done"):
        tasks.open_for(shop, [ids["M000"]], " ", DUE, viewer=club.viewer())
    with pytest.raises(UnknownTask):
        tasks.change(shop, [99], status=TaskStatus.DONE, viewer=club.viewer())
    with pytest.raises(WrongCall, match="no segment gold"):
        tasks.look_after(shop, CareRule(segment="gold", contact="lin", priority=1), viewer=club.viewer())
    with pytest.raises(WrongCall, match="0 to 100"):
        CareRule(segment="vip", contact="lin", priority=101)
    nobody = Viewer(Principal(7, "eve", frozenset({Role.VIEWER})), "console", club.NOON)
    with pytest.raises(Denied):
        tasks.open_for(shop, [ids["M000"]], "Call", DUE, viewer=nobody)
    with pytest.raises(Denied):
        call_lists.of_tasks(shop, viewer=nobody)


def test_who_may_not_see_people_sees_tasks_without_names(shop: Project) -> None:
    tasks.open_for(shop, [club.customer_ids(shop)["M000"]], "Call", DUE, viewer=club.viewer())
    nobody = Viewer(Principal(7, "eve", frozenset({Role.VIEWER})), "console", club.NOON)
    (line,) = view.listed(shop, viewer=nobody)
    assert "M000" not in line.called


def test_of_two_segments_the_more_important_counts_until_it_ends(shop: Project) -> None:
    segments.save(shop, "all", "name is not null", viewer=club.viewer())
    club.build(shop, now=club.NOON + club.LATER)
    looked_after(shop)
    tasks.look_after(shop, CareRule(segment="all", contact="wu", priority=10), viewer=club.viewer())
    tasks.open_for(shop, list(club.customer_ids(shop).values()), "Call", DUE, viewer=club.viewer())
    assert [line.assignee for line in view.listed(shop, viewer=club.viewer())] == ["lin", "wu", "wu"]
    ended = CareRule(segment="vip", contact="lin", priority=50, archived=True)
    tasks.look_after(shop, ended, viewer=club.viewer())
    assert {line.contact for line in view.listed(shop, viewer=club.viewer())} == {"wu"}


def test_a_call_list_has_who_agreed_to_be_rung_and_tells_of_the_others(shop: Project) -> None:
    ids = club.customer_ids(shop)
    looked_after(shop)
    for name in ("M000", "M002"):
        consents.say(shop, ids[name], purpose="marketing", channel="phone", granted=True, how="form",
            viewer=club.viewer())  # fmt: skip
    found = call_lists.of_segment(shop, "name is not null", viewer=club.viewer(), why="New year")
    rows = found.rows.to_pylist()
    assert [(row["name"], row["phone"], row["why"], row["contact"]) for row in rows] == [
        ("Member M002", "+447911100002", "New year", "lin"),
        ("Member M000", "+447911100000", "New year", None),
    ]  # fmt: skip
    assert found.left_out == {"no_consent": 1}
    consents.suppress(shop, "+447911100002", reason="asked", viewer=club.viewer())
    again = call_lists.of_segment(shop, "name is not null", viewer=club.viewer())
    assert again.left_out == {"no_consent": 1, "suppressed": 1}
    asked = call_lists.of_segment(shop, "name is not null", viewer=club.viewer(), purpose="service")
    assert (asked.rows.num_rows, asked.left_out) == (2, {"suppressed": 1})


def test_a_call_list_of_tasks_names_each_once_and_leaves_the_house_written_down(shop: Project) -> None:
    ids = club.customer_ids(shop)
    for title in ("Thank her", "Ask about the pot"):
        tasks.open_for(shop, [ids["M001"]], title, DUE, viewer=club.viewer())
    found = call_lists.of_tasks(shop, viewer=club.viewer(), purpose="service")
    file = io.BytesIO()
    assert call_lists.download(shop, found, file, file_format="xlsx", viewer=club.viewer()) == 1
    heading, row = openpyxl.load_workbook(file).active.iter_rows(values_only=True)
    told = dict(zip(heading, row, strict=True))
    assert (told["Why"], told["Phone"]) == ("Thank her; Ask about the pot", "+447911100001")
    last = audit.read(shop.operations)[0].event
    assert (last.verb, last.subject_kind, last.count) == ("exported", "call_list", 1)
    text = io.BytesIO()
    call_lists.download(shop, found, text, file_format="csv", viewer=club.viewer())
    assert b"Thank her" in text.getvalue()
