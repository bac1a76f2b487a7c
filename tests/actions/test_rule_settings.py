"""Thresholds and reminders that people set: from which build on, who is told when, and who said so?"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from shuke.access import audit
from shuke.access.audit import AuditFilter
from shuke.access.roles import Principal, Role
from shuke.actions import rule_settings as actions
from shuke.actions import work
from shuke.alerts import flips, notices, rule_settings
from shuke.app import Project
from shuke.errors import Denied, Overtaken, WrongCall
from shuke.views import rule_settings as view
from shuke.views.alert_rules import UnknownRule
from shuke.views.viewer import Viewer
from tests.channels.listening import Mailbox, mail_server
from tests.engage import club
from tests.landing import land

NOON = club.NOON


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def shop(tmp_path: Path, box: Mailbox, empty_database: str) -> Iterator[Project]:
    """A club that answers, in which a member has waited eight days; `shuke.toml` says something of it."""
    mail = {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>"}
    finance = {"channel": "mail", "to": ["lin@tea.example"], "digest_days": 0, "remind_days": 7}
    project = club.found(
        tmp_path / "shop", channels={"mail": mail}, notices={"finance": finance}, database=empty_database,
        tables={"unanswered_complaint": {"forgotten_days": 300}},
    )  # fmt: skip
    club.members(project, 2)
    eight_days_ago = (NOON - timedelta(days=8)).replace(tzinfo=None)
    talk = {"interaction_id": "1", "record_id": "M000", "kind": "complaint", "at": eight_days_ago}
    earlier = (NOON - timedelta(days=60)).replace(tzinfo=None)
    answered = {
        "interaction_id": "2",
        "record_id": "M001",
        "kind": "complaint",
        "at": earlier,
        "status": "closed",
    }
    land(project, "club", interactions=[talk, answered])
    yield project
    project.operations.close()


def save(project: Project, thresholds: dict[str, Any] | None = None, **further: Any):
    return actions.save(project, "unanswered_complaint", thresholds or {}, viewer=club.viewer(), **further)


def waiting(project: Project) -> int:
    return sum(1 for s in _standing(project) if s.status is not flips.Status.RESOLVED)


def _standing(project: Project):
    with project.operations.reading() as connection:
        return list(flips.standing(connection, ["unanswered_complaint"]).values())


def test_a_threshold_holds_from_the_next_build_on(shop: Project) -> None:
    save(shop, {"deadline_days": "30"})
    club.build(shop)
    assert waiting(shop) == 0
    save(shop, {"deadline_days": 3})
    club.build(shop)
    assert waiting(shop) == 1
    save(shop)  # as the rule says: seven days
    before = shop.builds.current().manifest.settings
    club.build(shop)
    assert waiting(shop) == 1 and shop.builds.current().manifest.settings != before


def test_it_is_said_who_says_each(shop: Project) -> None:
    save(shop, {"deadline_days": "3"}, note="too many wait")
    page = view.one(shop, "unanswered_complaint", viewer=club.viewer())
    assert {t.name: (t.value, t.set_by, t.default) for t in page.summary.thresholds} == {
        "deadline_days": (3, "door", 7), "forgotten_days": (300, "file", 365)
    }  # fmt: skip
    assert [(h.number, h.who, h.note, dict(h.thresholds)) for h in page.history] == [
        (1, "lin", "too many wait", {"deadline_days": 3})
    ]
    (line,) = audit.read(shop.operations, AuditFilter(verb="alert_rule.set"), limit=5)
    assert line.event.subject_id == "unanswered_complaint"
    listed = {each.rule: each for each in view.listed(shop, viewer=club.viewer())}
    assert {t.set_by for t in listed["lapsing"].thresholds} == {"rule"}


def test_what_cannot_be_set_is_refused(shop: Project) -> None:
    for wrong, told in (
        ({"deadline": 3}, "has no parameter deadline"), ({"deadline_days": "soon"}, "a whole number"),
        ({"deadline_days": -1}, "from 0 on"), ({"deadline_days": float("nan")}, "from 0 on"),
    ):  # fmt: skip
        with pytest.raises(WrongCall, match=told):
            save(shop, wrong)
    with pytest.raises(WrongCall, match="from 0 to 365"):
        save(shop, remind_days=-1)
    with pytest.raises(UnknownRule):
        actions.save(shop, "credits", {}, viewer=club.viewer())
    marketer = Viewer(Principal(None, "mia", frozenset({Role.MARKETER})), "console", NOON)
    with pytest.raises(Denied):
        actions.save(shop, "credit", {}, viewer=marketer)
    save(shop, seen=0)
    with pytest.raises(Overtaken):
        save(shop, seen=0)


def test_reminders_go_by_the_rule_and_end_after_so_many(shop: Project, box: Mailbox) -> None:
    save(shop, remind_days=2, remind_times=2)
    club.build(shop)
    for day in range(30):
        _run(shop, day)
    assert [letter["Subject"] for letter in box.letters] == [
        "Mill Lane Tea: a new alert",
        *["Mill Lane Tea: an alert still waits for somebody"] * 2,
    ]


def test_a_rule_of_which_nothing_is_set_goes_by_the_notice(shop: Project, box: Mailbox) -> None:
    club.build(shop)
    for day in range(15):
        _run(shop, day)
    assert len(box.letters) == 3  # at once, after seven days, and after fourteen


def test_nobody_is_reminded_any_more_once_that_is_said(shop: Project, box: Mailbox) -> None:
    club.build(shop)
    _run(shop, 0)
    save(shop, remind_days=0)
    for day in range(1, 15):
        _run(shop, day)
    assert len(box.letters) == 1


def test_rules_are_reminded_of_each_in_its_own_time() -> None:
    def chosen(days: int | None, times: int | None = None) -> rule_settings.RuleSettings:
        return rule_settings.RuleSettings(
            rule="x", number=1, remind_days=days, remind_times=times, at=NOON, who="lin"
        )

    rules = {"credit": chosen(1), "expense": chosen(None, 1), "lapsing": chosen(0)}
    asked = ["credit", "expense", "lapsing", "quality_drop"]
    assert rule_settings.reminders(asked, rules, usual=7, sent=0) == {
        1: ["credit"], 7: ["expense", "quality_drop"]
    }  # fmt: skip
    assert rule_settings.reminders(asked, rules, usual=0, sent=1) == {1: ["credit"]}


def test_other_thresholds_are_tried_beside_those_that_hold(shop: Project) -> None:
    club.build(shop)
    span: dict[str, Any] = {"since": NOON.date() - timedelta(days=8), "until": NOON.date(), "step": 4}
    actions.try_out(shop, "unanswered_complaint", {"deadline_days": "2"}, viewer=club.viewer(), **span)
    assert view.one(shop, "unanswered_complaint", viewer=club.viewer()).is_replaying
    club.send(shop)
    page = view.one(shop, "unanswered_complaint", viewer=club.viewer())
    assert page.replay is not None and not page.is_replaying
    as_it_is, tried = page.replay["tried"]
    assert (as_it_is["thresholds"], tried["thresholds"]) == ({}, {"deadline_days": 2})
    assert [o["opened"] for o in tried["openings"]] == [NOON.date() - timedelta(days=4)]
    assert [o["opened"] for o in as_it_is["openings"]] == [NOON.date()]
    assert waiting(shop) == 1  # nothing was opened by that
    for wrong in (span | {"since": date(2020, 1, 1)}, span | {"until": date(2027, 1, 1), "step": 90}):
        with pytest.raises(WrongCall):
            actions.try_out(shop, "unanswered_complaint", {}, viewer=club.viewer(), **wrong)


def _run(project: Project, day: int) -> None:
    """What is due on that day, but for replays."""
    now = NOON + timedelta(days=day)
    while work.work(project, worker="test", clock=lambda: now, only=[notices.NOTICE]):
        pass
