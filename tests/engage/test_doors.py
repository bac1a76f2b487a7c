"""Campaigns at the doors: what is wrong is said, what was written stays, and programs may do the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shuke.access import audit, tokens, users
from shuke.access.audit import Actor, AuditFilter
from shuke.access.roles import Role
from shuke.access.tokens import TokenRequest
from shuke.app import Project
from shuke.engage import unsubscribing
from shuke.engage.unsubscribing import Link
from tests.console.company import PASSWORD
from tests.console.conftest import log_in, serving, token
from tests.engage import club

ANN = Actor("ann", "cli")
WRITTEN = {
    "name": "spring", "audience": "customer_id is not null", "channel": "news", "subject-en": "Tea",
    "text-en": "Tea for {{ customer.name }}", "purpose": "marketing", "holdout": "5", "do": "save",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """With two members, and users who may and may not run campaigns."""
    news = {"kind": "webhook", "url": "http://127.0.0.1:9/hook"}
    project = club.found(Path(tmp_path_factory.mktemp("doors")) / "shop", channels={"news": news})
    club.members(project, 2)
    club.build(project)
    for name, role in (("lin", Role.ADMIN), ("vera", Role.VIEWER)):
        invited = users.create_user(project.operations, name, role, by=ANN, now=club.NOON)
        users.change_password(project.operations, invited.user, PASSWORD, by=ANN, now=club.NOON)
    yield project
    project.operations.close()


@pytest.fixture
def browser(shop: Project) -> Iterator[TestClient]:
    with TestClient(serving(shop), headers={"Accept-Language": "en-GB"}) as client:
        log_in(client, "lin")
        yield client


@pytest.fixture
def program(shop: Project) -> Iterator[TestClient]:
    user = next(user for user in users.list_users(shop.operations) if user.name == "lin")
    wish = TokenRequest(name="program", role=Role.ADMIN, expires_at=None)
    secret = tokens.issue(shop.operations, user, wish, by=ANN, now=club.NOON)
    with TestClient(serving(shop), headers={"Authorization": f"Bearer {secret}"}) as client:
        yield client


def _send(browser: TestClient, path: str, **fields: str):
    page = browser.get("/campaigns/new").text
    return browser.post(path, data={"csrf": token(page), **fields}, follow_redirects=False)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"audience": "citi = 'Leeds'"}, "Did you mean"),
        ({"text-en": "{{ customer.nme }}"}, "speaks of customer.nme"),
        ({"text-en": "{{ config }}"}, "speaks of config"),
        ({"text-en": "{% for a in [1] %}" * 3 + "{% endfor %}" * 3}, "nests"),
        ({"text-en": "{% for x in y %}"}, "cannot be read"),
        ({"text-en": "", "subject-en": ""}, "lacks content"),
        ({"channel": "pigeon"}, "no channel pigeon"),
        ({"holdout": "many"}, "is not a number"),
        ({"cap": "0"}, "cap = 0"),
        ({"cost": "a penny"}, "cost = a penny"),
        ({"cost": "-1"}, "cost = -1"),
        ({"name": " "}, "Give the campaign a name"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(
    browser: TestClient, wrong: dict[str, str], told: str
) -> None:
    answer = _send(browser, "/campaigns/new", **{**WRITTEN, "name": f"new {sorted(wrong)}", **wrong})
    assert answer.status_code == 400
    assert told in answer.text


def test_a_draft_is_written_changed_looked_at_and_cancelled(browser: TestClient, shop: Project) -> None:
    assert _send(browser, "/campaigns/new", **WRITTEN).headers["location"] == "/campaigns/spring"
    assert "Tea for {{ customer.name }}" in browser.get("/campaigns/spring").text
    _send(browser, "/campaigns/spring", **{**WRITTEN, "text-en": "Green tea for {{ customer.name }}"})
    customer = min(club.customer_ids(shop).values())
    looked = _send(browser, "/campaigns/spring", do="preview", customer=customer)
    assert "Green tea for Member M00" in looked.text
    (seen,) = audit.read(shop.operations, AuditFilter(verb="looked_at_customer"), limit=1)
    assert seen.event.subject_id == customer
    assert "There is no customer" in _send(browser, "/campaigns/spring", do="preview", customer="nobody").text
    _send(browser, "/campaigns/spring", do="cancel")
    assert "cancelled" in browser.get("/campaigns/spring").text
    assert "spring" in browser.get("/campaigns").text


def test_a_viewer_reads_and_writes_nothing(shop: Project, browser: TestClient) -> None:
    _send(browser, "/campaigns/new", **{**WRITTEN, "name": "seen"})
    with TestClient(serving(shop), headers={"Accept-Language": "en-GB"}) as vera:
        log_in(vera, "vera")
        assert vera.get("/campaigns/seen").status_code == 200
        assert "New campaign" not in vera.get("/campaigns").text
        assert vera.get("/campaigns/new").status_code == 403


def test_a_program_writes_a_campaign_and_is_told_what_it_would_do(program: TestClient) -> None:
    told = {"audience": "customer_id is not null", "channel": "news", "content": {"en": {"text": "Tea"}}}
    made = program.post("/api/campaigns", json={"name": "api", "campaign": told})
    assert (made.status_code, made.json()["status"]) == (201, "draft")
    assert program.post("/api/campaigns", json={"name": "api", "campaign": told}).status_code == 400
    assert program.post("/api/campaigns", json={"name": "x", "campaign": {"colour": 1}}).status_code == 400
    assert program.get("/api/campaigns/api/forecast").json()["audience"] == 2
    assert program.put("/api/campaigns/api", json={"campaign": {**told, "cap": 1}}).json()["version"] == 2
    assert program.post("/api/campaigns/api/fly").status_code == 400
    assert program.post("/api/campaigns/api/cancel").json()["status"] == "cancelled"
    assert "api" in {each["name"] for each in program.get("/api/campaigns").json()["campaigns"]}
    assert program.get("/api/campaigns/nothing").status_code == 404
    assert program.post("/api/suppressions", json={"address": "m000@home.example"}).status_code == 201


def test_one_that_is_scheduled_is_opened_from_every_door(browser: TestClient, program: TestClient) -> None:
    _send(browser, "/campaigns/new", **{**WRITTEN, "name": "open", "starts": "2199-01-01T09:00"})
    assert "only one that was begun" in program.put("/api/campaigns/open/open-until", json={}).text
    _send(browser, "/campaigns/open", do="begin")
    _send(browser, "/campaigns/open", do="take-in", open_until="2199-02-01T09:00")
    told = program.get("/api/campaigns/open").json()["document"]["open_until"]
    assert told == "2199-02-01T09:00:00+00:00"
    assert "is drawn into an arm, written to once" in browser.get("/campaigns/open").text
    until = {"until": "2199-03-01T09:00:00+08:00"}
    assert program.put("/api/campaigns/open/open-until", json=until).json()["version"] == 3
    _send(browser, "/campaigns/open", do="take-in", open_until="")
    assert "Only those who were in the audience" in browser.get("/campaigns/open").text


def test_a_link_that_is_looked_at_ends_nothing_and_one_that_is_posted_to_does(shop: Project) -> None:
    customer = min(club.customer_ids(shop).values())
    link = Link(customer_id=customer, purpose="marketing", channel="email")
    address = f"/u/{unsubscribing.token(link, key=shop.key)}"
    with TestClient(serving(shop), headers={"Accept-Language": "en-GB"}) as stranger:
        assert "Unsubscribe" in stranger.get(address).text
        assert not _withdrawn(shop)
        ended = stranger.post(address, data={"List-Unsubscribe": "One-Click"})
        assert "no more of these messages" in ended.text
        stranger.post(address)
        assert _withdrawn(shop) == [customer]
        assert stranger.get(address[:-1] + "x").status_code >= 400


def _withdrawn(shop: Project) -> list[str]:
    with shop.operations.reading() as connection:
        rows = connection.exec_driver_sql("SELECT customer_id FROM consent_changes").all()
    return [row[0] for row in rows]
