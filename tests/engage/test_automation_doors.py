"""Automations and tasks as programs have them: written, switched on, opened and ended."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from shuke.access import tokens, users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.access.tokens import TokenRequest
from shuke.actions import segments
from shuke.app import Project
from tests.console.conftest import serving
from tests.engage import club

ANN = Actor("ann", "cli")
DOCUMENT: dict[str, Any] = {
    "when": "birthday", "then": [{"do": "message", "channel": "news", "content": {"en": {"text": "Tea"}}}],
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """With two members and a segment of both."""
    news = {"kind": "webhook", "url": "http://127.0.0.1:9/hook"}
    project = club.found(Path(tmp_path_factory.mktemp("doors")) / "shop", channels={"news": news})
    club.members(project, 2)
    segments.save(project, "all", "name is not null", viewer=club.viewer())
    club.build(project)
    users.create_user(project.operations, "lin", Role.ADMIN, by=ANN, now=club.NOON)
    yield project
    project.operations.close()


@pytest.fixture
def program(shop: Project) -> Iterator[TestClient]:
    user = next(user for user in users.list_users(shop.operations) if user.name == "lin")
    wish = TokenRequest(name="program", role=Role.ADMIN, expires_at=None)
    secret = tokens.issue(shop.operations, user, wish, by=ANN, now=club.NOON)
    with TestClient(serving(shop), headers={"Authorization": f"Bearer {secret}"}) as client:
        yield client


def test_a_program_writes_one_and_switches_it_on(program: TestClient) -> None:
    made = program.post("/api/automations", json={"name": "api", "document": DOCUMENT})
    assert (made.status_code, made.json()["status"]) == (201, "draft")
    assert program.post("/api/automations", json={"name": "api", "document": DOCUMENT}).status_code == 400
    assert program.post("/api/automations", json={"name": "x", "document": {"a": 1}}).status_code == 400
    cooler = {**DOCUMENT, "cool_down_days": 1}
    assert program.put("/api/automations/api", json={"document": cooler}).json()["version"] == 2
    assert program.post("/api/automations/api/begin").json()["status"] == "sending"
    assert program.post("/api/automations/api/simulation", json={"days": 14}).status_code == 202
    assert program.post("/api/automations/api/simulation", json={"days": 2, "every": 7}).status_code == 400
    page = program.get("/api/automations/api").json()
    assert (page["summary"]["trigger"], page["is_simulating"]) == ("birthday", True)
    assert program.get("/api/automations/api/runs").json() == {"runs": [], "total": 0}
    assert "api" in [each["name"] for each in program.get("/api/automations").json()["automations"]]
    assert program.post("/api/automations/api/fly").status_code == 400
    assert program.post("/api/automations/api/cancel").json()["status"] == "cancelled"
    assert program.get("/api/campaigns/api").status_code in (400, 404)


def test_a_program_opens_tasks_and_learns_what_became_of_them(program: TestClient, shop: Project) -> None:
    (one, two) = sorted(club.customer_ids(shop).values())
    told = {"title": "Call", "due_on": "2026-12-24", "assignee": "wu", "rule": "credit"}
    opened = program.post("/api/tasks", json={"customers": [one, two], **told}).json()["tasks"]
    found = program.get("/api/tasks", params={"assignee": "wu"}).json()["tasks"]
    assert [(each["id"], each["origin"], each["origin_name"]) for each in found] == [
        (number, "alert", "credit") for number in opened
    ]
    done = program.post("/api/task-changes", json={"tasks": opened, "status": "done"})
    assert done.json() == {"changed": 2}
    changes = program.get(f"/api/tasks/{opened[0]}").json()["changes"]
    assert [each["status"] for each in changes] == ["open", "done"]
    assert program.get("/api/tasks/999").status_code in (400, 404)
    ann = {"customer": one, "status": "done"}
    assert [each["id"] for each in program.get("/api/tasks", params=ann).json()["tasks"]] == opened[:1]
    rule = {"segment": "all", "contact": "wu", "priority": 7}
    named = program.post("/api/care", json=rule).json()["rules"]
    assert [(each["segment"], each["contact"], each["priority"]) for each in named] == [("all", "wu", 7)]
    assert program.get("/api/care").json()["rules"] == named


def test_a_program_takes_a_call_list_with_who_may_be_rung(program: TestClient) -> None:
    asked = {"segment": "name is not null", "purpose": "service", "why": "New year", "format": "json"}
    rows = program.get("/api/call-list", params=asked).json()
    assert [(row["name"], row["why"]) for row in rows] == [
        ("Member M000", "New year"), ("Member M001", "New year"),
    ]  # fmt: skip
    assert program.get("/api/call-list", params=asked | {"purpose": "other"}).status_code == 400
    as_csv = program.get("/api/call-list", params={"segment": "name is null"})
    assert as_csv.headers["content-type"].startswith("text/csv")
