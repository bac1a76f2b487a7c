"""What an automation does beside writing: it gives out coupons, and lets another program know."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from shuke.actions import automations, consents, offers
from shuke.app import Project
from shuke.engage.automation import Automation
from shuke.engage.offers import OfferKind, Terms
from shuke.views import automations as view
from tests.channels.listening import Mailbox, Posts, web_server
from tests.engage import club
from tests.landing import land

TODAY = club.NOON.date()


@pytest.fixture
def hook() -> Iterator[Posts]:
    with web_server() as posts:
        yield posts


@pytest.fixture
def shop(tmp_path: Path, box: Mailbox, hook: Posts) -> Iterator[Project]:
    """Two members whose birthday is today, of a club that writes and tells another program."""
    channels = {
        "news": {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>"},
        "till": {"kind": "webhook", "url": hook.address, "secret": "oolong"},
    }
    project = club.found(tmp_path / "shop", channels=channels)
    club.members(project, 2)
    land(project, "registry",
        people=[{"record_id": n, "birth_date": TODAY.replace(year=1990)} for n in ("M000", "M001")],
        identifiers=[{"record_id": n, "kind": "email", "value": f"{n.lower()}@home.example"}
                     for n in ("M000", "M001")],
    )  # fmt: skip
    club.build(project)
    yield project
    project.operations.close()


def switch_on(project: Project, *then: dict[str, Any]) -> None:
    told = {"when": "birthday", "then": [*then], "holdout": 0.0, "quiet": None}
    automations.create(project, "birthday", Automation.from_json(told), viewer=club.viewer())
    automations.begin(project, "birthday", viewer=club.viewer())


def outcomes(project: Project) -> dict[tuple[int, str, str | None], int]:
    page = view.one(project, "birthday", viewer=club.viewer())
    return {(each.step, each.outcome, each.reason): each.times for each in page.steps}


def _text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body
    return str(body.get_content())


def test_each_gets_a_coupon_of_their_own_once_though_it_is_tried_again(shop: Project, box: Mailbox) -> None:
    terms = Terms(
        name="Ten off", kind=OfferKind.VALUE, value=Decimal(10), currency="GBP", starts=TODAY,
        ends=TODAY + timedelta(days=30),
    )  # fmt: skip
    number = offers.make(shop, terms, viewer=club.viewer())
    switch_on(shop, {"do": "offer", "channel": "news", "offer": number})
    club.send(shop)
    club.send(shop, now=club.NOON + timedelta(days=1))
    codes = [_text(letter).split("Your code: ")[1].split()[0] for letter in box.letters]
    assert len(codes) == len({*codes}) == 2
    assert outcomes(shop) == {(1, "done", None): 2}


def test_another_program_hears_of_those_who_agreed_and_of_no_name(shop: Project, hook: Posts) -> None:
    ids = club.customer_ids(shop)
    consents.say(shop, ids["M001"], purpose="marketing", channel="any", granted=False, how="phone",
        viewer=club.viewer())  # fmt: skip
    switch_on(shop, {"do": "webhook", "channel": "till"})
    club.send(shop)
    (told,) = map(json.loads, hook.bodies)
    assert told["automation"] == "birthday" and told["trigger"] == "birthday"
    assert told["customer_id"] in ids.values() and b"home.example" not in hook.bodies[0]
    assert outcomes(shop) == {(1, "done", None): 1, (1, "left_out", "no_consent"): 1}


def test_a_program_that_does_not_answer_is_told_when_it_does(shop: Project, hook: Posts) -> None:
    hook.code = 503
    switch_on(shop, {"do": "webhook", "channel": "till"}, {"do": "task", "title": "Call them"})
    club.send(shop)
    assert outcomes(shop) == {}
    hook.code = 200
    club.send(shop, now=club.NOON + timedelta(days=1))
    assert outcomes(shop) == {(1, "done", None): 2, (2, "done", None): 2}
    keys = [json.loads(body)["key"] for body in hook.bodies]
    assert len(keys) == 4 and len({*keys}) == 2
