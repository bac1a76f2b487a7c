"""A campaign from its audience to the books: who is written to, who is left alone, and why."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from shuke.actions import campaigns, consents
from shuke.app import Project
from shuke.engage.campaign import CampaignStatus
from shuke.errors import Denied, WrongCall
from shuke.views import campaigns as view
from tests.channels.listening import Mailbox
from tests.engage import club
from tests.landing import land


def test_everybody_who_said_yes_gets_one_letter_in_their_name(shop: Project, box: Mailbox) -> None:
    club.members(shop, 3)
    club.build(shop)
    club.run(shop, "spring", club.campaign())
    assert sorted(letter["Subject"] for letter in box.letters) == [f"Dear Member M00{n}" for n in range(3)]
    assert [status for _, status, _ in club.book(shop)] == ["sent"] * 3
    page = view.one(shop, "spring", viewer=club.viewer())
    assert (page.summary.status, page.summary.sent, page.waiting) == (CampaignStatus.DONE, 3, 0)


def test_nobody_is_written_to_who_has_not_said_yes(shop: Project, box: Mailbox) -> None:
    club.members(shop, 4, consents=False)
    club.consent(shop, ["M001"])
    club.consent(shop, ["M002"], granted=False)
    club.consent(shop, ["M003"], channel="sms")
    club.build(shop)
    club.run(shop, "spring", club.campaign())
    assert [letter["To"] for letter in box.letters] == ["m001@home.example"]
    assert Counter(reason for _, _, reason in club.book(shop)) == {None: 1, "no_consent": 3}


def test_who_asks_for_a_receipt_gets_it_without_a_consent(shop: Project, box: Mailbox) -> None:
    club.members(shop, 2, consents=False)
    club.build(shop)
    club.run(shop, "recall", club.campaign(purpose="service", holdout=0.5))
    assert len(box.letters) == 2
    assert box.letters[0]["List-Unsubscribe"] is None


def test_who_unsubscribes_after_the_campaign_was_planned_is_left_alone(shop: Project, box: Mailbox) -> None:
    club.members(shop, 2)
    club.build(shop)
    club.run(shop, "spring", club.campaign())
    link = box.of("m000@home.example")[0]["List-Unsubscribe"].strip("<>")
    consents.unsubscribe(shop, link.rpartition("/u/")[2], now=club.NOON)
    club.run(shop, "summer", club.campaign(), now=club.NOON + club.LATER)
    assert len(box.of("m000@home.example")) == 1
    assert len(box.of("m001@home.example")) == 2
    club.build(shop, now=club.NOON + club.LATER)
    states = shop.open().table("consent_states").to_pyarrow().to_pylist()
    assert {row["channel"]: row["granted"] for row in states if not row["granted"]} == {"email": False}


def test_an_open_complaint_an_address_that_bounced_and_a_cap_keep_letters_back(
    shop: Project, box: Mailbox
) -> None:
    club.members(shop, 3)
    talk = {"interaction_id": "1", "record_id": "M000", "kind": "complaint", "at": club.BOUGHT}
    land(shop, "club", interactions=[talk])
    club.build(shop)
    consents.suppress(shop, "M001@home.example", reason="bounced", viewer=club.viewer())
    club.run(shop, "one", club.campaign(cap=1))
    club.run(shop, "two", club.campaign(cap=1))
    reasons = Counter((status, reason) for _, status, reason in club.book(shop))
    assert reasons == {
        ("withheld", "complaint"): 2, ("withheld", "suppressed"): 2, ("withheld", "capped"): 1,
        ("sent", None): 1,
    }  # fmt: skip
    club.run(shop, "three", club.campaign(cap=1), now=club.NOON + timedelta(days=7, minutes=1))
    assert len(box.of("m002@home.example")) == 2


def test_at_night_a_letter_waits_for_the_morning(shop: Project, box: Mailbox) -> None:
    club.members(shop, 1)
    club.build(shop)
    night = club.NOON.replace(hour=22)
    club.run(shop, "spring", club.campaign(), now=night)
    assert not box.letters
    assert not club.send(shop, now=night + timedelta(hours=9))
    club.send(shop, now=night + timedelta(hours=10))
    assert len(box.letters) == 1


def test_a_paused_campaign_waits_and_a_cancelled_one_is_over(shop: Project, box: Mailbox) -> None:
    club.members(shop, 3)
    club.build(shop)
    campaigns.create(shop, "spring", club.campaign(), viewer=club.viewer())
    campaigns.begin(shop, "spring", viewer=club.viewer())
    campaigns.pause(shop, "spring", viewer=club.viewer())
    club.send(shop)
    assert not box.letters
    campaigns.resume(shop, "spring", viewer=club.viewer(now=club.NOON + timedelta(hours=1)))
    club.send(shop, now=club.NOON + timedelta(hours=1))
    assert len(box.letters) == 3
    campaigns.create(shop, "summer", club.campaign(), viewer=club.viewer())
    campaigns.cancel(shop, "summer", viewer=club.viewer())
    with pytest.raises(WrongCall):
        campaigns.begin(shop, "summer", viewer=club.viewer())


def test_some_are_held_out_and_stay_so_whoever_they_are_merged_with(shop: Project, box: Mailbox) -> None:
    club.members(shop, 100)
    club.build(shop)
    club.run(shop, "spring", club.campaign(holdout=0.2))
    page = view.one(shop, "spring", viewer=club.viewer())
    assert page.arms == {"control": 20, "treated": 80}
    assert len(box.letters) == 80


def test_somebody_else_approves_where_that_is_asked(tmp_path: Path, box: Mailbox) -> None:
    news = {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>"}
    shop = club.found(tmp_path / "shop", channels={"news": news}, campaigns_need_approval=True)
    club.members(shop, 1)
    club.build(shop)
    campaigns.create(shop, "spring", club.campaign(), viewer=club.viewer("lin"))
    assert campaigns.begin(shop, "spring", viewer=club.viewer("lin")).status is CampaignStatus.SUBMITTED
    with pytest.raises(Denied):
        campaigns.begin(shop, "spring", viewer=club.viewer("lin"))
    back = campaigns.send_back(shop, "spring", viewer=club.viewer("wu"), note="too long")
    assert (back.status, back.note) == (CampaignStatus.DRAFT, "too long")
    campaigns.begin(shop, "spring", viewer=club.viewer("lin"))
    assert campaigns.begin(shop, "spring", viewer=club.viewer("wu")).status is CampaignStatus.SCHEDULED
    club.send(shop)
    assert len(box.letters) == 1
    shop.operations.close()


def test_before_it_begins_one_is_told_whom_it_would_reach(shop: Project) -> None:
    club.members(shop, 10, consents=False)
    club.consent(shop, ["M001", "M002"])
    club.build(shop)
    campaigns.create(shop, "spring", club.campaign(holdout=0.5, cost="0.10"), viewer=club.viewer())
    told = view.forecast(shop, "spring", viewer=club.viewer())
    assert (told.audience, told.control, told.to_send) == (10, 5, 1)
    assert told.withheld == {"no_consent": 8}
    assert str(told.cost) == "0.10"


def test_what_was_sent_and_who_was_held_out_is_known_to_the_next_build(shop: Project) -> None:
    club.members(shop, 10)
    club.build(shop)
    club.run(shop, "spring", club.campaign(holdout=0.2))
    club.build(shop, now=club.NOON + club.LATER)
    touches = shop.open().table("landed_touches").to_pyarrow().to_pylist()
    assert Counter((row["group"], row["status"]) for row in touches) == {
        ("treated", "sent"): 8,
        ("control", None): 2,
    }
    before = len(shop.landing.batches())
    club.build(shop, now=club.NOON + club.LATER)
    assert len(shop.landing.batches()) == before


def test_work_that_nobody_takes_is_told_of_and_what_is_taken_is_not(shop: Project, box: Mailbox) -> None:
    club.members(shop, 1)
    club.build(shop)
    campaigns.create(shop, "spring", club.campaign(), viewer=club.viewer())
    campaigns.begin(shop, "spring", viewer=club.viewer())
    later = club.viewer(now=club.NOON + timedelta(minutes=3))
    assert not view.is_unattended(shop, viewer=club.viewer())
    assert view.is_unattended(shop, viewer=later)
    club.send(shop)
    assert not view.is_unattended(shop, viewer=later)
