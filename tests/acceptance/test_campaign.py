"""A campaign from its segment to its proof, in a real browser, with a real mail server."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from shuke.access import tokens, users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.access.tokens import TokenRequest
from shuke.actions import offers
from shuke.app import Project
from shuke.engage.offers import OfferKind, Terms
from tests.channels.listening import Mailbox, mail_server
from tests.console.company import PASSWORD
from tests.console.conftest import listening
from tests.engage import club
from tests.landing import land

pytestmark = pytest.mark.browser

MEMBERS = 240
#: The console has a clock of its own.
NOW = datetime.now(UTC).replace(microsecond=0)
ANN = Actor("ann", "cli")


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def shop(tmp_path: Path, box: Mailbox) -> Iterator[Project]:
    news = {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>"}
    project = club.found(tmp_path / "shop", channels={"news": news})
    club.members(project, MEMBERS, bought=_days(-20))
    club.build(project, now=NOW)
    invited = users.create_user(project.operations, "lin", Role.ADMIN, by=ANN, now=NOW)
    users.change_password(project.operations, invited.user, PASSWORD, by=ANN, now=NOW)
    yield project
    project.operations.close()


def test_a_campaign_from_its_segment_to_its_proof(shop: Project, box: Mailbox, chromium: Browser) -> None:
    today = NOW.date()
    _make_offer(shop, today)
    with listening(shop) as address:
        page = chromium.new_context(base_url=address, locale="en-GB").new_page()
        page.set_default_timeout(20_000)
        _log_in(page)
        _build_segment(page)
        _write_campaign(page)
        page.get_by_role("button", name="What would it do?").click()
        expect(page.locator("#forecast")).to_contain_text(
            f"Of {MEMBERS} customers {MEMBERS // 2} are held out"
        )
        page.fill("#customer", min(club.customer_ids(shop).values()))
        page.get_by_role("button", name="Preview").click()
        expect(page.locator("pre.letter")).to_contain_text("XXXX-XXXX-XXXX")
        page.get_by_role("button", name="Begin").click()
        expect(page.locator(".opening .tag")).to_have_text("scheduled")
        club.send(shop, now=datetime.now(UTC) + timedelta(minutes=1))
        assert len(box.letters) == MEMBERS // 2
        _redeem(shop, address, box)
        _come_back(shop, box)
        page.goto("/campaigns/spring")
        expect(page.get_by_text("Share who bought")).to_contain_text("more than without the message")


def _build_segment(page: Page) -> None:
    """By clicking alone."""
    page.goto("/segment-editor")
    editor = page.locator(".builder > .group")
    editor.get_by_role("button", name="+ Add group").click()
    group = editor.locator(".group")
    group.locator("[data-argument=within]").fill("60d")
    page.fill("#name", "buyers")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/segments/buyers")
    expect(page.locator("main")).to_contain_text("bought(within => '60d')")


def _write_campaign(page: Page) -> None:
    page.goto("/campaigns/new")
    page.fill("#name", "spring")
    page.fill("#audience", "in_segment('buyers')")
    page.fill("#subject-en", "Dear {{ customer.name }}")
    page.fill("#text-en", "Your code: {{ coupon }}. {{ unsubscribe }}")
    page.select_option("#offer", label="A pot for nothing")
    page.fill("#holdout", "50")
    for name in ("#quiet_from", "#quiet_until"):
        page.fill(name, "")
    page.get_by_role("button", name="Save the draft").click()
    page.wait_for_url("**/campaigns/spring")


def _redeem(shop: Project, address: str, box: Mailbox) -> None:
    """At the till, through the API: once, and the same call again is told the same."""
    (user,) = (user for user in users.list_users(shop.operations) if user.name == "lin")
    wish = TokenRequest(name="till", role=Role.ADMIN, expires_at=None)
    token = tokens.issue(shop.operations, user, wish, by=ANN, now=NOW)
    code = re.search(r"Your code: (\S+)\.", box.letters[0].get_content())
    assert code

    def call(key: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        return requests.post(
            f"{address}/api/coupons/{code[1]}/redeem", json={"amount": "5.00"}, headers=headers, timeout=20
        )

    first, again, other = call("order 1"), call("order 1"), call("order 2")
    assert (first.status_code, again.status_code) == (200, 200)
    assert other.status_code >= 400
    assert not first.json()["repeated"] and again.json()["repeated"]


def _come_back(shop: Project, box: Mailbox) -> None:
    """Whoever was written to buys again; of the others a few do."""
    written = {str(letter["To"]).partition("@")[0].upper() for letter in box.letters}
    others = sorted({f"M{n:03}" for n in range(MEMBERS)} - written)[: MEMBERS // 12]
    land(shop, "club", order_items=[club.order(name, _days(5)) for name in [*sorted(written), *others]])
    club.build(shop, now=NOW + timedelta(days=30))


def _make_offer(shop: Project, today: date) -> None:
    terms = Terms(
        name="A pot for nothing", kind=OfferKind.VALUE, value=Decimal(5), currency="GBP",
        starts=today - timedelta(days=1), ends=today + timedelta(days=60),
    )  # fmt: skip
    offers.make(shop, terms, viewer=club.viewer(now=NOW))


def _log_in(page: Page) -> None:
    page.goto("/login")
    page.fill("#name", "lin")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/")


def _days(number: int) -> datetime:
    """So many days from now, as it lands: UTC, without saying so."""
    return (NOW + timedelta(days=number)).replace(tzinfo=None)
