"""What became of messages: told once, shown, landed, and what follows; and links that are counted."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shuke.access import audit
from shuke.access.audit import AuditFilter
from shuke.actions import message_events
from shuke.app import Project
from shuke.channels.callback import hmac_of
from shuke.engage.message_events import Reached
from shuke.views import campaigns as view
from shuke.views import channels
from tests.channels.listening import Mailbox
from tests.console.conftest import serving
from tests.engage import club

LETTER = "<mjml><mj-body><mj-section><mj-column><mj-text>Tea: <a href='https://tea.example/new?a=1&amp;b=2'>new</a>"
LETTER += "</mj-text></mj-column></mj-section></mj-body></mjml>"


@pytest.fixture
def shop(tmp_path: Path, box: Mailbox) -> Iterator[Project]:
    news = {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>"}
    news["callback_secret"] = "secret"
    project = club.found(tmp_path / "shop", channels={"news": news}, track_clicks=True, track_opens=True)
    club.members(project, 3)
    club.build(project)
    yield project
    project.operations.close()


@pytest.fixture
def server(shop: Project) -> Iterator[TestClient]:
    with TestClient(serving(shop), headers={"Accept-Language": "en-GB"}) as client:
        yield client


def sent_as(box: Mailbox, number: int) -> str:
    return str(box.of(f"m00{number}@home.example")[0]["Message-ID"])


def event(reference: str, kind: str, **further: str) -> dict[str, str]:
    return {"message": reference, "event": kind, "at": club.NOON.isoformat(), **further}


def post(server: TestClient, *events: dict[str, str], secret: str = "secret", channel: str = "news"):
    body = json.dumps({"events": events}).encode()
    headers = {"X-Shuke-Signature": f"sha256={hmac_of(body, secret)}"}
    return server.post(f"/api/channels/{channel}/events", content=body, headers=headers)


def withdrawn(shop: Project) -> list[tuple[str, str]]:
    with shop.operations.reading() as connection:
        rows = connection.exec_driver_sql("SELECT customer_id, how FROM consent_changes WHERE NOT granted")
        return [(row[0], row[1]) for row in rows]


def test_what_a_provider_tells_is_counted_once_a_message(
    shop: Project, box: Mailbox, server: TestClient
) -> None:
    club.run(shop, "spring", club.campaign())
    first, second, third = (sent_as(box, n) for n in range(3))
    events = [
        event(first, "delivered"), event(first, "opened"), event(first, "opened", id="again"),
        event(second, "clicked"), event(third, "soft_bounced"), event("<of@another.example>", "opened"),
    ]  # fmt: skip
    assert post(server, *events).json() == {"new": 6, "known": 0}
    assert post(server, *events).json() == {"new": 0, "known": 6}
    page = view.one(shop, "spring", viewer=club.viewer())
    assert page.reached == Reached(delivered=2, opened=2, clicked=1, soft_bounced=1)
    (told,) = channels.listed(shop, viewer=club.viewer())
    assert (told.reports_to, told.events) == ("https://tea.example/api/channels/news/events", 6)


def test_an_address_that_is_none_is_not_written_to_again_and_a_complaint_is_a_no(
    shop: Project, box: Mailbox, server: TestClient
) -> None:
    club.run(shop, "spring", club.campaign())
    ids = club.customer_ids(shop)
    gone = event(sent_as(box, 0), "bounced", address="M000@home.example")
    ended = event(sent_as(box, 1), "unsubscribed")
    spam = event(sent_as(box, 2), "complained", address="m002@home.example")
    assert post(server, gone, ended, spam).status_code == 200
    assert set(withdrawn(shop)) == {(ids["M001"], "provider"), (ids["M002"], "provider")}
    club.run(shop, "autumn", club.campaign(), now=club.NOON + timedelta(days=30))
    assert {whom: reason for whom, _, reason in club.book(shop)[3:]} == {
        ids["M000"]: "suppressed", ids["M001"]: "no_consent", ids["M002"]: "no_consent",
    }  # fmt: skip
    (seen,) = audit.read(shop.operations, AuditFilter(verb="address.suppressed"), limit=1)
    assert seen.event.count == 2


def test_nobody_else_can_tell(shop: Project, box: Mailbox, server: TestClient) -> None:
    club.run(shop, "spring", club.campaign())
    gone = event(sent_as(box, 0), "bounced", address="m000@home.example")
    assert post(server, gone, secret="guessed").status_code == 403
    assert post(server, gone, channel="pigeon").status_code == 400
    unset = {**shop.settings.channels["news"], "callback_secret": ""}
    object.__setattr__(shop.settings, "channels", {"news": unset})
    assert post(server, gone, secret="").status_code == 403
    assert not view.one(shop, "spring", viewer=club.viewer()).reached


def test_a_file_of_events_is_read_as_the_provider_would_post_it(shop: Project, box: Mailbox) -> None:
    club.run(shop, "spring", club.campaign())
    content = json.dumps({"events": [event(sent_as(box, 0), "delivered")]}).encode()
    came = message_events.read(shop, "news", content, viewer=club.viewer())
    assert (came.new, came.known) == (1, 0)


def test_the_next_build_knows_who_opened_and_whose_came_back(shop: Project, box: Mailbox) -> None:
    club.run(shop, "spring", club.campaign())
    club.build(shop)
    events = [event(sent_as(box, 0), "clicked"), event(sent_as(box, 1), "bounced")]
    content = json.dumps({"events": events}).encode()
    message_events.read(shop, "news", content, viewer=club.viewer(now=club.NOON + timedelta(hours=1)))
    club.build(shop, now=club.NOON + club.LATER)
    rows = shop.open().table("landed_touches").to_pyarrow().to_pylist()
    told = [(row["status"], bool(row["opened_at"]), bool(row["clicked_at"])) for row in rows]
    assert sorted(told) == [("bounced", False, False), ("sent", False, False), ("sent", True, True)]
    before = len(shop.landing.batches())
    club.build(shop, now=club.NOON + club.LATER)
    assert len(shop.landing.batches()) == before


def test_links_lead_over_the_server_and_a_click_counts_once(
    shop: Project, box: Mailbox, server: TestClient
) -> None:
    words = {"subject": "Tea", "text": "See https://tea.example/new. {{ unsubscribe }}", "mjml": LETTER}
    club.run(shop, "spring", club.campaign(content={"en": words}))
    letter = box.of("m000@home.example")[0]
    plain, html = (part.get_content() for part in letter.iter_parts())
    (link,) = re.findall(r"https://tea\.example(/l/[\w.-]+)\b", plain)
    assert letter["List-Unsubscribe"].strip("<>") in plain
    followed = server.get(link, follow_redirects=False)
    assert (followed.status_code, followed.headers["location"]) == (302, "https://tea.example/new")
    server.get(link, follow_redirects=False)
    (in_html,) = re.findall(r'href="https://tea\.example(/l/[^"]+)"', html)
    assert (
        server.get(in_html, follow_redirects=False).headers["location"] == "https://tea.example/new?a=1&b=2"
    )
    (picture,) = re.findall(r'src="https://tea\.example(/o/[^"]+)"', html)
    assert server.get(picture).headers["content-type"] == "image/gif"
    assert view.one(shop, "spring", viewer=club.viewer()).reached == Reached(delivered=1, opened=1, clicked=1)
    assert server.get(link[:-1] + "x", follow_redirects=False).status_code >= 400


def test_without_being_switched_on_nothing_is_tracked_nor_what_is_no_marketing(
    tmp_path: Path, box: Mailbox
) -> None:
    words = {"en": {"subject": "Tea", "text": "https://tea.example/new", "mjml": LETTER}}
    for number, told in enumerate(({}, {"track_clicks": True, "track_opens": True})):
        news = {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>"}
        shop = club.found(tmp_path / f"shop{number}", channels={"news": news}, **told)
        club.members(shop, 1)
        club.build(shop)
        purpose = "service" if told else "marketing"
        club.run(shop, "spring", club.campaign(content=words, purpose=purpose))
        content = box.contents[-1].decode()
        assert "/l/" not in content
        assert "/o/" not in content
        shop.operations.close()
    assert len(box.letters) == 2
