"""An automation from an occasion to what was done: once, for who it is by then, unless something keeps it."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from shuke.actions import automations, builds, consents, identity, imports, segments
from shuke.app import Project, open_project
from shuke.engage import tasks
from shuke.engage.automation import Automation
from shuke.engage.campaign import CampaignStatus
from shuke.errors import Denied, WrongCall
from shuke.views import automations as view
from shuke.views.automation_runs import runs
from tests.channels.listening import Mailbox
from tests.engage import club
from tests.landing import land

TODAY = club.NOON.date()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def letter(**further: Any) -> dict[str, Any]:
    content = {"en": {"subject": "Dear {{ customer.name }}", "text": "Tea. {{ unsubscribe }}"}}
    return {"do": "message", "channel": "news", "content": content} | further


def automation(*then: dict[str, Any], **further: Any) -> Automation:
    told = {"when": "birthday", "then": list(then or (letter(),)), "holdout": 0.0, "quiet": None}
    return Automation.from_json(told | further)


def born(project: Project, names: list[str], day: date) -> None:
    land(project, "registry", people=[{"record_id": n, "birth_date": day} for n in names],
        identifiers=[{"record_id": n, "kind": "email", "value": f"{n.lower()}@home.example"} for n in names],
    )  # fmt: skip


def switch_on(project: Project, name: str, written: Automation, *, now: Any = club.NOON) -> None:
    automations.create(project, name, written, viewer=club.viewer(now=now))
    automations.begin(project, name, viewer=club.viewer(now=now))


def birthdays(project: Project, number: int, *, born_on: date = TODAY) -> None:
    """So many members whose birthday is today."""
    club.members(project, number)
    born(project, [f"M{n:03}" for n in range(number)], born_on.replace(year=1990))
    club.build(project)


def test_a_birthday_is_told_once_however_often_one_builds_and_again_a_year_later(
    shop: Project, box: Mailbox
) -> None:
    birthdays(shop, 2)
    switch_on(shop, "birthday", automation())
    club.send(shop)
    for hours in (1, 2):
        later = club.NOON.replace(tzinfo=None) + hours * HOUR - DAY * hours
        land(shop, "club", order_items=[club.order("M000", later)])
        club.build(shop, now=club.NOON + hours * HOUR)
        club.send(shop, now=club.NOON + hours * HOUR)
    assert sorted(one["To"] for one in box.letters) == ["m000@home.example", "m001@home.example"]
    year = club.NOON.replace(year=2027)
    land(shop, "club", order_items=[club.order("M000", year.replace(tzinfo=None) - 3 * DAY)])
    club.build(shop, now=year)
    club.send(shop, now=year)
    assert len(box.of("m000@home.example")) == 2


def test_two_who_become_one_while_they_wait_and_a_process_that_ends_make_one_letter(
    shop: Project, box: Mailbox
) -> None:
    birthdays(shop, 3)
    switch_on(shop, "birthday", automation(letter(wait="2d")))
    club.send(shop)
    assert not box.letters
    found = runs(shop, "birthday", viewer=club.viewer(), limit=2)
    assert (found.total, len(found.runs)) == (3, 2)
    waiting = [*found.runs, *runs(shop, "birthday", viewer=club.viewer(), offset=2).runs]
    assert sorted((run.called, run.waits_for, run.waits_to, run.due_at) for run in waiting) == [
        (f"Member M{n:03}", 1, "message", club.NOON + 2 * DAY) for n in range(3)
    ]
    ids = club.customer_ids(shop)
    identity.merge(shop, ids["M000"], ids["M001"], viewer=club.viewer())
    club.build(shop, now=club.NOON + DAY)
    shop.operations.close()
    again = open_project(shop.root)
    club.send(again, now=club.NOON + 2 * DAY)
    assert len(box.letters) == 2
    assert len(box.of("m002@home.example")) == 1
    merged = again.open().table("customer_ids").to_pyarrow().to_pylist()
    (now,) = {row["customer_id"] for row in merged if row["issued_id"] in (ids["M000"], ids["M001"])}
    assert now in {customer for customer, _, _ in club.book(again)}
    page = view.one(again, "birthday", viewer=club.viewer())
    assert {(step.outcome, step.reason): step.times for step in page.steps} == {
        ("done", None): 2, ("ended", "already"): 1,
    }  # fmt: skip
    every = runs(again, "birthday", viewer=club.viewer()).runs
    assert sorted((run.customer_id == now, *((e.step, e.outcome) for e in run.ended)) for run in every) == [
        (False, (1, "done")), (True, (1, "done")), (True, (1, "ended")),
    ]  # fmt: skip
    assert {run.due_at for run in every} == {None}
    club.build(again, now=club.NOON + 2 * DAY)
    club.send(again, now=club.NOON + 3 * DAY)
    assert len(box.letters) == 2
    again.operations.close()


def test_who_says_no_or_is_withdrawn_while_they_wait_gets_nothing(shop: Project, box: Mailbox) -> None:
    club.members(shop, 2)
    gone = land(shop, "fair", people=[{"record_id": "F1", "birth_date": TODAY.replace(year=1980)}],
        identifiers=[{"record_id": "F1", "kind": "email", "value": "f1@home.example"}],
        consents=[{"record_id": "F1", "purpose": "marketing", "granted": True, "at": club.AGREED}],
    )  # fmt: skip
    born(shop, ["M000", "M001"], TODAY.replace(year=1990))
    club.build(shop)
    switch_on(shop, "birthday", automation(letter(wait="1d"), {"do": "task", "title": "Call them"}))
    club.send(shop)
    consents.say(shop, club.customer_ids(shop)["M000"], purpose="marketing", channel="any", granted=False,
        how="phone", viewer=club.viewer())  # fmt: skip
    imports.withdraw(shop, gone, viewer=club.viewer())
    club.build(shop, now=club.NOON + HOUR)
    club.send(shop, now=club.NOON + DAY)
    club.send(shop, now=club.NOON + 2 * DAY)
    assert [one["To"] for one in box.letters] == ["m001@home.example"]
    assert {(status, reason) for _, status, reason in club.book(shop)} == {
        ("sent", None), ("withheld", "no_consent"),
    }  # fmt: skip
    with shop.operations.reading() as connection:
        assert len(tasks.listed(connection)) == 2  # of M000 and M001; nothing is to be done for who is gone


def test_whom_the_automation_excepts_by_then_is_left_alone_for_good(shop: Project, box: Mailbox) -> None:
    birthdays(shop, 2)
    written = automation(letter(wait="1d"), letter(wait="1d"), unless="bought(within => '5d')")
    switch_on(shop, "birthday", written)
    club.send(shop)
    land(shop, "club", order_items=[club.order("M000", club.NOON.replace(tzinfo=None) + HOUR)])
    club.build(shop, now=club.NOON + 12 * HOUR)
    club.send(shop, now=club.NOON + DAY)
    club.send(shop, now=club.NOON + 3 * DAY)
    assert [one["To"] for one in box.letters] == ["m001@home.example"] * 2


def test_what_an_automation_wrote_itself_does_not_keep_its_next_letter_back(
    shop: Project, box: Mailbox
) -> None:
    birthdays(shop, 1)
    written = automation(letter(), letter(wait="2d"), unless="contacted(within => '14d')")
    switch_on(shop, "birthday", written)
    club.send(shop)
    club.build(shop, now=club.NOON + DAY)
    assert shop.open().table("landed_touches").count().to_pyarrow().as_py() == 2
    club.send(shop, now=club.NOON + 2 * DAY)
    assert len(box.letters) == 2


def test_who_comes_into_a_segment_is_met_and_who_has_left_again_is_not(shop: Project, box: Mailbox) -> None:
    club.members(shop, 2)
    segments.save(shop, "late", "bought(within => '2d')", viewer=club.viewer())
    club.build(shop)
    when = {"trigger": "segment_entered", "segment": "late"}
    switch_on(shop, "welcome", automation(letter(wait="4d"), when=when))
    switch_on(shop, "at-once", automation(when=when))
    bought = club.NOON.replace(tzinfo=None) + HOUR
    land(shop, "club", order_items=[club.order("M001", bought)])
    club.build(shop, now=club.NOON + DAY)
    club.send(shop, now=club.NOON + DAY)
    assert [one["To"] for one in box.letters] == ["m001@home.example"]
    club.build(shop, now=club.NOON + 4 * DAY)
    club.send(shop, now=club.NOON + 6 * DAY)
    assert len(box.letters) == 1
    steps = view.one(shop, "welcome", viewer=club.viewer()).steps
    assert [(step.outcome, step.reason) for step in steps] == [("ended", "over")]


def test_some_are_held_out_and_nothing_is_done_for_them(shop: Project, box: Mailbox) -> None:
    birthdays(shop, 20)
    switch_on(shop, "birthday", automation(letter(), {"do": "task", "title": "Call"}, holdout=0.5))
    club.send(shop)
    page = view.one(shop, "birthday", viewer=club.viewer())
    assert page.arms == {"control": 10, "treated": 10}
    assert (len(box.letters), page.summary.entered, page.summary.sent) == (10, 10, 10)
    with shop.operations.reading() as connection:
        assert len(tasks.listed(connection)) == 10
    later = club.NOON + DAY
    club.build(shop, now=later)
    results = view.one(shop, "birthday", viewer=club.viewer(now=later)).results
    assert {(row["treated"], row["control"], row["delivered"]) for row in results} == {(10, 10, 10)}


def test_of_two_the_more_important_writes_today_and_the_other_tomorrow(shop: Project, box: Mailbox) -> None:
    birthdays(shop, 1)
    subject = {"en": {"subject": "First", "text": "Tea. {{ unsubscribe }}"}}
    switch_on(shop, "second", automation(priority=1))
    switch_on(shop, "first", automation(letter(content=subject, wait="3h"), priority=9))
    club.send(shop)
    assert not box.letters
    club.send(shop, now=club.NOON + 4 * HOUR)
    assert [one["Subject"] for one in box.letters] == ["First"]
    club.send(shop, now=club.NOON + DAY)
    assert [one["Subject"] for one in box.letters] == ["First", "Dear Member M000"]


def test_no_more_than_the_limit_enter_on_a_day_and_none_is_forgotten(shop: Project, box: Mailbox) -> None:
    birthdays(shop, 5)
    switch_on(shop, "birthday", automation(limit=2))
    for day, sent in ((0, 2), (1, 4), (2, 5)):
        club.send(shop, now=club.NOON + day * DAY)
        assert len(box.letters) == sent


def test_nobody_enters_again_while_they_rest(shop: Project, box: Mailbox) -> None:
    club.members(shop, 1)
    segments.save(shop, "late", "bought(within => '2d')", viewer=club.viewer())
    club.build(shop)
    when = {"trigger": "segment_entered", "segment": "late"}
    switch_on(shop, "resting", automation(when=when, cool_down_days=30))
    switch_on(shop, "eager", automation(when=when, cool_down_days=0))
    for day in (1, 10):
        now = club.NOON + day * DAY
        land(shop, "club", order_items=[club.order("M000", now.replace(tzinfo=None) - HOUR)])
        club.build(shop, now=now)
        club.send(shop, now=now)
        if day == 1:
            club.build(shop, now=now + 5 * DAY)
    entered = {s.name: s.entered for s in view.listed(shop, viewer=club.viewer())}
    assert entered == {"resting": 1, "eager": 2}


def test_a_build_that_looks_back_begins_nothing_and_nothing_is_done_by_it(
    shop: Project, box: Mailbox
) -> None:
    birthdays(shop, 1, born_on=TODAY - 10 * DAY)
    switch_on(shop, "birthday", automation())
    club.send(shop)
    builds.build(shop, as_of=TODAY - 10 * DAY, viewer=club.viewer(now=club.NOON + HOUR))
    club.send(shop, now=club.NOON + HOUR)
    assert not box.letters


def test_a_paused_one_waits_an_edited_one_is_a_draft_and_an_ended_one_is_over(
    shop: Project, box: Mailbox
) -> None:
    birthdays(shop, 1)
    switch_on(shop, "birthday", automation())
    automations.pause(shop, "birthday", viewer=club.viewer())
    assert not club.send(shop).failed
    edited = automations.edit(shop, "birthday", automation(letter(wait="1d")), viewer=club.viewer())
    assert (edited.status, edited.version) == (CampaignStatus.DRAFT, 2)
    with pytest.raises(WrongCall):
        automations.edit(shop, "birthday", automation(when="birthdays"), viewer=club.viewer())
    automations.begin(shop, "birthday", viewer=club.viewer(now=club.NOON + HOUR))
    club.send(shop, now=club.NOON + HOUR)
    automations.cancel(shop, "birthday", viewer=club.viewer(now=club.NOON + HOUR))
    club.send(shop, now=club.NOON + 2 * DAY)
    assert not box.letters
    assert not view.one(shop, "birthday", viewer=club.viewer()).summary.waiting


def test_where_campaigns_need_approval_a_second_person_switches_it_on(tmp_path: Path, box: Mailbox) -> None:
    news = {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>"}
    shop = club.found(tmp_path / "shop", channels={"news": news}, campaigns_need_approval=True)
    birthdays(shop, 1)
    switch_on(shop, "birthday", automation())
    with pytest.raises(Denied):
        automations.begin(shop, "birthday", viewer=club.viewer())
    assert not club.send(shop)
    automations.begin(shop, "birthday", viewer=club.viewer("wu"))
    club.send(shop)
    assert len(box.letters) == 1
    shop.operations.close()
