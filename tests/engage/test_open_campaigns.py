"""A campaign that takes in who comes to its audience: drawn once, written to once, counted since then."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shuke.actions import campaign_entries, campaigns
from shuke.actions.campaign_entries import coming
from shuke.app import Project
from shuke.engage import campaigns as rows
from shuke.engage.books import Assigned
from shuke.engage.campaign import CampaignStatus
from shuke.errors import Denied, WrongCall
from shuke.store import campaign_rows
from shuke.views import campaigns as view
from tests.channels.listening import Mailbox
from tests.engage import club
from tests.landing import land

WEEK = timedelta(days=7)
OPEN = (club.NOON + 2 * WEEK).isoformat()
FROM_LEEDS = "city = 'Leeds'"


@pytest.fixture
def shop(tmp_path: Path, box: Mailbox, empty_database: str) -> Iterator[Project]:
    """A club whose books are kept in SQLite, or in PostgreSQL."""
    news = {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>"}
    project = club.found(tmp_path / "shop", channels={"news": news}, database=empty_database)
    club.members(project, 40)
    yield project
    project.operations.close()


def move_to_leeds(project: Project, numbers: range, *, now: datetime = club.NOON) -> None:
    """So many members say where they live, and a build hears of it."""
    people = [
        {"record_id": f"M{n:03}", "name": f"Member M{n:03}", "city": "Leeds", "revises": True}
        for n in numbers
    ]
    land(project, "club", people=people)
    club.build(project, now=now)


def test_who_comes_later_is_drawn_by_the_same_rule_and_written_to_once(shop: Project, box: Mailbox) -> None:
    move_to_leeds(shop, range(10))
    club.run(shop, "leeds", club.campaign(audience=FROM_LEEDS, holdout=0.5, open_until=OPEN))
    assert _arms(shop) == {"control": 5, "treated": 5}
    later = club.NOON + WEEK
    move_to_leeds(shop, range(10, 20), now=later)
    club.send(shop, now=later)
    club.build(shop, now=later)  # the same customers are there again
    club.send(shop, now=later)
    page = view.one(shop, "leeds", viewer=club.viewer())
    assert (page.arms, page.came_later) == ({"control": 10, "treated": 10}, 10)
    assert Counter(letter["To"] for letter in box.letters).most_common(1)[0][1] == 1
    assert len(box.letters) == 10
    assert page.summary.status is CampaignStatus.SENDING


def test_it_ends_by_itself_at_its_time_and_takes_in_nobody_after(shop: Project, box: Mailbox) -> None:
    move_to_leeds(shop, range(2))
    club.run(shop, "leeds", club.campaign(audience=FROM_LEEDS, open_until=OPEN))
    club.send(shop, now=club.NOON + 2 * WEEK)
    assert _status(shop) is CampaignStatus.DONE
    move_to_leeds(shop, range(2, 4), now=club.NOON + 2 * WEEK)
    club.send(shop, now=club.NOON + 2 * WEEK)
    assert len(box.letters) == 2


def test_one_that_does_not_say_so_takes_in_nobody(shop: Project, box: Mailbox) -> None:
    move_to_leeds(shop, range(2))
    campaigns.create(shop, "leeds", club.campaign(audience=FROM_LEEDS), viewer=club.viewer())
    campaigns.begin(shop, "leeds", viewer=club.viewer())
    club.send(shop, only=["campaign"])  # it has begun, and its letters wait
    move_to_leeds(shop, range(2, 4))
    club.send(shop)
    assert (_status(shop), len(box.letters)) == (CampaignStatus.DONE, 2)


def test_one_that_runs_is_opened_and_closed_again(shop: Project, box: Mailbox) -> None:
    move_to_leeds(shop, range(2))
    night = club.NOON.replace(hour=22)
    club.run(shop, "leeds", club.campaign(audience=FROM_LEEDS), now=night)
    campaigns.take_in(shop, "leeds", club.NOON + WEEK, viewer=club.viewer(now=night))
    move_to_leeds(shop, range(2, 4), now=night)
    club.send(shop, now=night + timedelta(hours=12))
    assert (_status(shop), len(box.letters)) == (CampaignStatus.SENDING, 4)
    morning = night + timedelta(hours=12)
    campaigns.take_in(shop, "leeds", None, viewer=club.viewer(now=morning))
    club.send(shop, now=morning)
    assert _status(shop) is CampaignStatus.DONE
    with pytest.raises(WrongCall, match="only one that was begun and is not over"):
        campaigns.take_in(shop, "leeds", club.NOON + WEEK, viewer=club.viewer(now=morning))


def test_who_came_while_it_was_paused_is_taken_in_when_it_goes_on(shop: Project, box: Mailbox) -> None:
    move_to_leeds(shop, range(2))
    club.run(shop, "leeds", club.campaign(audience=FROM_LEEDS, open_until=OPEN))
    campaigns.pause(shop, "leeds", viewer=club.viewer())
    move_to_leeds(shop, range(2, 4))
    club.send(shop)
    assert len(box.letters) == 2
    campaigns.resume(shop, "leeds", viewer=club.viewer())
    club.send(shop)
    assert len(box.letters) == 4


def test_two_workers_that_look_at_once_draw_nobody_twice(shop: Project, box: Mailbox) -> None:
    move_to_leeds(shop, range(1))
    club.run(shop, "leeds", club.campaign(audience=FROM_LEEDS, holdout=0.5, open_until=OPEN))
    before, opened = len(box.letters), shop.open()
    with shop.operations.reading() as connection:
        standing = rows.one(connection, "leeds")
    move_to_leeds(shop, range(1, 20))
    first = coming(shop, shop.open(), standing, now=club.NOON)
    second = [type(a)(**{**vars(a), "arm": _other(a.arm)}) for a in first]  # as another build would draw
    for entering in (first, second):
        with shop.operations.writing() as connection:
            campaign_entries.take_in(connection, standing, entering, now=club.NOON)
    club.send(shop)
    treated = sum(1 for a in first if a.arm == "treated")
    assert len(box.letters) - before == treated
    assert {status for _, status, _ in club.book(shop)} == {"sent"}
    assert opened.build.number < shop.open().build.number


def test_one_that_is_closed_while_it_looks_who_has_come_takes_in_nobody(
    shop: Project, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_to_leeds(shop, range(2))
    club.run(shop, "leeds", club.campaign(audience=FROM_LEEDS, open_until=OPEN))
    move_to_leeds(shop, range(2, 4))

    def slowly(*looked: Any, **by: Any) -> list[Assigned]:
        found = coming(*looked, **by)
        campaigns.take_in(shop, "leeds", None, viewer=club.viewer())
        return found

    monkeypatch.setattr(campaign_entries, "coming", slowly)
    club.send(shop)
    assert (_status(shop), len(box.letters)) == (CampaignStatus.DONE, 2)


def test_each_is_counted_from_the_day_on_which_they_came(shop: Project, box: Mailbox) -> None:
    move_to_leeds(shop, range(1))
    club.run(shop, "leeds", club.campaign(audience=FROM_LEEDS, holdout=0.5, open_until=OPEN))
    later = club.NOON + WEEK
    move_to_leeds(shop, range(1, 20), now=later)
    club.send(shop, now=later)
    numbers = {whom: number for number, whom in club.customer_ids(shop).items()}
    with shop.operations.reading() as connection:
        came = [row for row in _assigned(connection) if row.at == later and row.arm == "treated"]
    bought = numbers[came[0].customer_id]
    early, late = (club.NOON.replace(tzinfo=None) + timedelta(days=days) for days in (3, 8))
    land(shop, "club", order_items=[club.order(bought, early), club.order(bought, late)])
    club.build(shop, now=later + WEEK)
    (orders,) = (r for r in view.results(shop, "leeds") if r["metric"] == "orders")
    assert orders["treated_mean"] * orders["treated"] == pytest.approx(1)  # not the one before they came


def test_it_is_somebody_else_who_lets_it_go_on_where_that_is_asked(tmp_path: Path, box: Mailbox) -> None:
    news = {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>"}
    shop = club.found(tmp_path / "two", channels={"news": news}, campaigns_need_approval=True)
    club.members(shop, 1)
    club.build(shop)
    campaigns.create(shop, "leeds", club.campaign(), viewer=club.viewer("lin"))
    campaigns.begin(shop, "leeds", viewer=club.viewer("lin"))
    campaigns.begin(shop, "leeds", viewer=club.viewer("wu"))
    club.send(shop, only=["campaign"])
    with pytest.raises(Denied):
        campaigns.take_in(shop, "leeds", club.NOON + WEEK, viewer=club.viewer("lin"))
    opened = campaigns.take_in(shop, "leeds", club.NOON + WEEK, viewer=club.viewer("wu"))
    assert opened.campaign.open_until == club.NOON + WEEK
    shop.operations.close()


@pytest.mark.parametrize(
    ("further", "told"),
    [
        ({"open_until": "2026-12-01T09:00"}, "open_until = 2026-12-01T09:00 cannot be used"),
        ({"open_until": OPEN, "starts": OPEN}, "open_until is not after starts"),
    ],
)
def test_a_time_that_is_none_is_refused(further: dict[str, str], told: str) -> None:
    with pytest.raises(WrongCall, match=told):
        club.campaign(**further)


def test_one_whose_time_is_past_does_not_begin(shop: Project) -> None:
    club.build(shop)
    campaigns.create(shop, "leeds", club.campaign(open_until=OPEN), viewer=club.viewer())
    with pytest.raises(WrongCall, match="is past"):
        campaigns.begin(shop, "leeds", viewer=club.viewer(now=club.NOON + 2 * WEEK))


def _arms(shop: Project) -> dict[str, int]:
    return dict(view.one(shop, "leeds", viewer=club.viewer()).arms)


def _status(shop: Project) -> CampaignStatus:
    return view.one(shop, "leeds", viewer=club.viewer()).summary.status


def _other(arm: str) -> str:
    return "control" if arm == "treated" else "treated"


def _assigned(connection):
    return connection.execute(campaign_rows.assignments.select()).all()
