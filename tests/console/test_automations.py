"""Automations and tasks as people have them: written in a form, switched on, ticked off."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from shuke.access import users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.actions import automations, campaigns, segments
from shuke.app import Project
from shuke.engage.automation import Automation
from shuke.engage.campaign import Campaign, CampaignStatus
from shuke.views import automations as view
from tests.console.company import PASSWORD
from tests.console.conftest import log_in, serving, token
from tests.engage import club

ANN = Actor("ann", "cli")
WRITTEN = {
    "name": "welcome", "trigger": "segment_entered", "segment": "late",
    "unless": "contacted(within => '14d')",
    "cool_down_days": "30", "max_age_days": "7", "limit": "", "priority": "5", "purpose": "marketing",
    "quiet_from": "21:00", "quiet_until": "08:00", "cap": "3", "cap_days": "7", "silent_days": "",
    "holdout": "5", "do-0": "message", "wait-0": "2d", "channel-0": "news", "cost-0": "0.05",
    "subject-en-0": "Tea", "text-en-0": "Tea for {{ customer.name }}", "do-1": "task", "wait-1": "3d",
    "title-1": "Ring them", "due_days-1": "2", "do": "save",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """With two members, a segment, and users who may and may not run campaigns."""
    news = {"kind": "webhook", "url": "http://127.0.0.1:9/hook"}
    project = club.found(Path(tmp_path_factory.mktemp("doors")) / "shop", channels={"news": news})
    club.members(project, 2)
    segments.save(project, "late", "bought(within => '2d')", viewer=club.viewer())
    segments.save(project, "all", "name is not null", viewer=club.viewer())
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


def _send(browser: TestClient, path: str, **fields: Any):
    page = browser.get("/automations/new").text
    return browser.post(path, data={"csrf": token(page), **fields}, follow_redirects=False)


@pytest.mark.parametrize(
    ("wrong", "answer"),
    [
        ({"name": " "}, "Give the automation a name"),
        ({"segment": ""}, "needs segment"),
        ({"segment": "gold"}, "no segment gold"),
        ({"trigger": "alert_opened", "rule": "gold"}, "no rule gold"),
        ({"trigger": "product_to_be_replaced"}, "needs table replacements"),
        ({"trigger": "birthday", "days_before": "soon"}, "days_before = soon"),
        ({"unless": "citi = 'Leeds'"}, "Did you mean"),
        ({"wait-0": "soon"}, "wait = soon"),
        ({"text-en-0": "{{ config }}"}, "speaks of config"),
        ({"text-en-0": "", "subject-en-0": ""}, "needs content"),
        ({"channel-0": "pigeon"}, "no channel pigeon"),
        ({"title-1": ""}, "needs title"),
        ({"holdout": "many"}, "a value of the wrong kind"),
        ({"priority": "high"}, "priority = high"),
        ({"do-0": "none", "do-1": "none"}, "does not say what is done"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(
    browser: TestClient, wrong: dict[str, str], answer: str
) -> None:
    said = _send(browser, "/automations/new", **{**WRITTEN, "name": f"new {sorted(wrong)}", **wrong})
    assert said.status_code == 400
    assert answer in said.text.replace("&#39;", "'")
    assert 'value="0.05"' in said.text or "do-0" in wrong


def test_one_is_written_tried_on_the_past_switched_on_paused_rewritten_and_ended(
    browser: TestClient, shop: Project
) -> None:
    more = _send(browser, "/automations/new", **{**WRITTEN, "do": "more"})
    assert 'name="do-2"' in more.text
    assert _send(browser, "/automations/new", **WRITTEN).headers["location"] == "/automations/welcome"
    page = view.one(shop, "welcome", viewer=club.viewer())
    assert page.document["when"] == {"trigger": "segment_entered", "segment": "late"}
    assert [(step["do"], step["wait"]) for step in page.document["then"]] == [
        ("message", "2d"),
        ("task", "3d"),
    ]
    _send(browser, "/automations/welcome", do="simulate")
    assert "being tried on the past" in browser.get("/automations/welcome").text
    now = browser.get("/automations/welcome")
    assert "Tea for {{ customer.name }}" in now.text
    for deed, status in (("begin", "sending"), ("pause", "paused")):
        _send(browser, "/automations/welcome", do=deed)
        assert view.one(shop, "welcome", viewer=club.viewer()).summary.status == status
    _send(browser, "/automations/welcome", **{**WRITTEN, "wait-0": "1w"})
    rewritten = view.one(shop, "welcome", viewer=club.viewer())
    assert rewritten.summary.status is CampaignStatus.DRAFT
    assert rewritten.document["then"][0]["wait"] == "7d"
    assert "welcome" in browser.get("/automations").text
    assert "welcome" not in browser.get("/campaigns").text
    _send(browser, "/automations/welcome", do="cancel")
    assert "ended" in browser.get("/automations/welcome").text
    assert _send(browser, "/automations/welcome", do="fly").status_code == 400


def test_what_is_sent_back_says_why(tmp_path: Path) -> None:
    news = {"kind": "webhook", "url": "http://127.0.0.1:9/hook"}
    project = club.found(tmp_path / "shop", channels={"news": news}, campaigns_need_approval=True)
    club.members(project, 1)
    club.build(project)
    invited = users.create_user(project.operations, "lin", Role.ADMIN, by=ANN, now=club.NOON)
    users.change_password(project.operations, invited.user, PASSWORD, by=ANN, now=club.NOON)
    greet = Automation.from_json({"when": "birthday", "then": [{"do": "task", "title": "Greet them"}]})
    automations.create(project, "greet", greet, viewer=club.viewer("wu"))
    automations.begin(project, "greet", viewer=club.viewer("wu"))
    letter = {"audience": "name is not null", "channel": "news", "content": {"en": {"text": "Tea"}}}
    campaigns.create(project, "spring", Campaign.from_json(letter), viewer=club.viewer("wu"))
    campaigns.begin(project, "spring", viewer=club.viewer("wu"))
    with TestClient(serving(project), headers={"Accept-Language": "en-GB"}) as lin:
        log_in(lin, "lin")
        for place in ("/automations/greet", "/campaigns/spring"):
            assert 'name="note"' in lin.get(place).text
            _send(lin, place, do="send-back", note="too warm a tone")
            told = lin.get(place).text
            assert "too warm a tone" in told
            assert 'value="begin"' in told
    project.operations.close()


def test_a_viewer_reads_and_does_nothing(shop: Project, browser: TestClient) -> None:
    _send(browser, "/automations/new", **{**WRITTEN, "name": "seen"})
    with TestClient(serving(shop), headers={"Accept-Language": "en-GB"}) as vera:
        log_in(vera, "vera")
        assert vera.get("/automations/seen").status_code == 200
        assert vera.get("/automations/new").status_code == 403
        assert "New task" not in vera.get("/tasks").text
        assert vera.get("/call-list.csv").status_code == 403


def test_tasks_are_opened_given_and_ended_in_bulk(browser: TestClient, shop: Project) -> None:
    ids = sorted(club.customer_ids(shop).values())
    _send(browser, "/care", segment="all", contact="lin", priority="40", do="name")
    assert "looked after by" in browser.get("/tasks").text.lower()
    _send(browser, "/new-tasks", customers=" ".join(ids), title="Thank them", due_on="2099-12-24")
    page = browser.get("/tasks?assigned=mine").text
    assert page.count(">Thank them</a>") == 2
    assert page.count("Member M00") == 2
    own = browser.get(f"/customers/{ids[0]}").text
    assert "Thank them</a>" in own
    assert "Looked after by lin" in own
    assert "priority 40" in own
    _send(browser, "/new-tasks", customers=ids[0], title="Ask about the pot", due_on="2099-12-25")
    assert "Ask about the pot</a>" in browser.get(f"/customers/{ids[0]}").text
    assert "Ask about the pot</a>" not in browser.get(f"/customers/{ids[1]}").text
    assert "Ask about the pot" not in browser.get("/tasks?overdue=1").text
    numbers = [each.split('"')[0] for each in page.split('type="checkbox" name="task" value="')[1:]]
    _send(browser, "/tasks", task=numbers, do="assign", assignee="vera", back="/tasks?assigned=mine")
    assert "Thank them" not in browser.get("/tasks?assigned=mine").text
    _send(browser, "/tasks", task=numbers[:1], do="done", comment="spoke to her")
    assert "spoke to her" in browser.get("/tasks?assigned=all&status=done").text
    assert _send(browser, "/tasks", do="done").status_code == 400
    calls = browser.get("/call-list.csv?purpose=service")
    assert calls.text.count("Thank them") == 1
    assert browser.get("/call-list.xlsx?segment=all&purpose=service").content[:2] == b"PK"
    _send(browser, "/care", segment="all", contact="lin", priority="40", do="end")
