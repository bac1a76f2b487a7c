"""May a program work through alerts: know them, say what became of them, take them away as a file?"""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shuke.access import audit, users
from shuke.access.roles import Role
from shuke.app import Project, open_project
from shuke.builds import pipeline
from tests import shop
from tests.api.conftest import OWNER, Caller
from tests.few_tables import FEW, only


@pytest.fixture(scope="module")
def project(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tea shop, where two more came every week of the summer, and last in October; one had dearer tea."""
    root = Path(shutil.copytree(built, tmp_path_factory.mktemp("alerts") / "shop"))
    project = open_project(root)
    first = shop._utc(2026, 7, 1, 10)
    weeks = [
        (f"{who}{n}", first + timedelta(days=7 * week), who, "TEA", 1, price)
        for n, week in enumerate([*range(10), 14])
        for who, price in (("N1", "4.50"), ("N2", "45.00"))
    ]
    shop.land(
        project, "till",
        people=[{"record_id": "N1", "name": "Eve Moss"}, {"record_id": "N2", "name": "王芳"}],
        identifiers=[
            {"record_id": f"N{n}", "kind": "phone", "value": f"138 0013 800{n}"} for n in (1, 2)
        ],
        order_items=[*map(shop._line, weeks)],
    )  # fmt: skip
    with only(*FEW, "lapsing"):
        pipeline.build(project, now=shop.NOW, as_of=shop.AS_OF)
    for role in Role:
        users.create_user(project.operations, f"{role}-one", role, by=OWNER, now=shop.NOW)
    return project


def subjects(client: TestClient, **asked: str) -> list[str]:
    return [alert["subject"] for alert in client.get("/api/alerts", params=asked).json()["alerts"]]


def test_alerts_come_where_most_is_at_stake_first_with_name_and_phone_by_role(calling: Caller):
    seen = calling(Role.ANALYST).get("/api/alerts").json()["alerts"]
    stakes = [alert["at_stake"] for alert in seen]
    assert stakes == sorted(stakes, reverse=True) and len(stakes) == 2
    hidden = calling(Role.VIEWER).get("/api/alerts").json()["alerts"]
    for shown, masked in zip(seen, hidden, strict=True):
        assert shown["phone"] and masked["phone"] != shown["phone"] and "*" in masked["phone"]
        assert masked["name"] != shown["name"]


def test_a_look_at_names_and_phones_is_in_the_audit_log(project: Project, calling: Caller):
    calling(Role.ANALYST).get("/api/alerts")
    last = audit.read(project.operations)[0]
    assert (last.event.verb, last.event.subject_id, last.event.count) == ("looked_at_table", "alerts", 2)


def test_many_are_given_commented_on_and_put_to_sleep_at_once_and_it_can_be_read(calling: Caller):
    analyst = calling(Role.ANALYST)
    all_of_them = {"where": ["rule:eq:lapsing"]}
    given = analyst.post("/api/alert-assignments", json={**all_of_them, "assignee": "marketer-one"})
    assert given.json() == {"alerts": 2} and len(subjects(analyst, assignee="marketer-one")) == 2
    one = subjects(analyst)[0]
    only_one = {"where": [f"alert:in:lapsing:{one}"]}
    assert analyst.post("/api/alert-comments", json={**only_one, "comment": "rang twice"}).json() == {
        "alerts": 1
    }
    until = (shop.NOW + timedelta(days=9000)).date().isoformat()
    asleep = analyst.post("/api/alert-statuses", json={**only_one, "status": "snoozed", "until": until})
    assert asleep.json() == {"found": 1, "changed": 1}
    again = analyst.post("/api/alert-statuses", json={**only_one, "status": "snoozed", "until": until})
    assert again.json() == {"found": 1, "changed": 0}
    assert one not in subjects(analyst)

    told = analyst.get(f"/api/alerts/lapsing/{one}").json()
    assert told["alert"]["status"] == "snoozed" and told["alert"]["assignee"] == "marketer-one"
    happened = [(e["status"], e["assignee"], e["comment"], e["until"]) for e in reversed(told["entries"])]
    assert happened == [
        ("open", None, None, None),
        (None, "marketer-one", None, None),
        (None, None, "rang twice", None),
        ("snoozed", None, None, until),
    ]
    masked = calling(Role.VIEWER).get(f"/api/alerts/lapsing/{one}").json()
    assert "rang twice" not in str(masked), "a comment may name a person"
    analyst.post("/api/alert-statuses", json={**only_one, "status": "open"})


def test_a_snooze_needs_a_day_to_come(calling: Caller):
    sent = {"where": ["rule:eq:lapsing"], "status": "snoozed"}
    analyst = calling(Role.ANALYST)
    for until in ({}, {"until": "2020-01-01"}):
        said = analyst.post("/api/alert-statuses", json=sent | until)
        assert said.status_code == 400 and "a day after today" in said.json()["message"]
    assert len(subjects(analyst)) == 2


def test_a_list_is_taken_away_as_a_file_as_far_as_one_may_see_it(project: Project, calling: Caller):
    analyst = calling(Role.ANALYST)
    taken = analyst.get("/api/alerts-file", params={"format": "csv", "where": "status:eq:open"})
    header, *lines = taken.content.decode("utf-8-sig").splitlines()
    assert header.startswith('"alert","rule","subject_kind","subject","name","phone"') and len(lines) == 2
    assert "王芳" in taken.text
    assert audit.read(project.operations)[0].event.verb == "exported"
    for form in ("xlsx", "json", "parquet"):
        assert analyst.get("/api/alerts-file", params={"format": form}).status_code == 200
    assert calling(Role.VIEWER).get("/api/alerts-file").status_code == 403


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("/api/alert-statuses", {"where": ["colour:eq:red"], "status": "resolved"}, 404),
        ("/api/alert-statuses", {"where": ["source:eq:till"], "status": "resolved"}, 404),
        ("/api/alert-assignments", {"where": [], "assignee": "nobody"}, 400),
        ("/api/alert-comments", {"where": [], "comment": "  "}, 400),
        ("/api/alerts/lapsing/nobody", {"status": "resolved"}, 404),
    ],
)
def test_what_there_is_not_is_refused(calling: Caller, path: str, content: object, status: int):
    assert calling(Role.ANALYST).post(path, json=content).status_code == status


def test_who_may_only_look_changes_nothing(calling: Caller):
    viewer = calling(Role.VIEWER)
    for path, sent in (
        ("/api/alert-statuses", {"where": [], "status": "resolved"}),
        ("/api/alert-assignments", {"where": [], "assignee": "viewer-one"}),
        ("/api/alert-comments", {"where": [], "comment": "mine"}),
    ):
        assert viewer.post(path, json=sent).status_code == 403


def test_there_is_no_history_of_what_never_was(calling: Caller):
    assert calling(Role.ANALYST).get("/api/alerts/lapsing/nobody").status_code == 404


def test_a_rule_of_ones_own_is_made_read_and_switched_off(calling: Caller):
    analyst = calling(Role.ANALYST)
    rule = {
        "title": "Dear lines", "table": "purchases", "where": "amount >= 45", "subject": "customer_id",
        "money": "amount", "seen": 0,
    }  # fmt: skip
    assert analyst.post("/api/alert-rules/dear", json=rule).json()["number"] == 1
    assert analyst.post("/api/alert-rules/dear", json=rule).status_code == 409
    told = analyst.get("/api/alert-rules/dear").json()
    assert told["preview"]["findings"] >= 1 and told["versions"][0]["rule"]["where"] == "amount >= 45"
    assert analyst.post("/api/alert-rule-switches/dear", json={"on": False}).json()["on"] is False
    assert [(each["number"], each["on"]) for each in analyst.get("/api/alert-rules").json()] == [(2, False)]
    wrong = analyst.post("/api/alert-rules/dear", json=rule | {"where": "amounts > 1", "seen": 2})
    assert wrong.status_code == 400 and "Did you mean amount" in wrong.json()["message"]
    assert calling(Role.MARKETER).post("/api/alert-rules/dear", json=rule).status_code == 403
    assert calling(Role.VIEWER).get("/api/alert-rules/nothing").status_code == 404


def test_thresholds_are_read_set_and_tried(calling: Caller):
    analyst = calling(Role.ANALYST)
    names = {each["rule"] for each in analyst.get("/api/alert-settings").json()}
    assert {"credit", "lapsing"} <= names
    body = {"thresholds": {"grace": 2.5}, "remind_days": 3, "seen": 0, "note": "fewer"}
    assert analyst.post("/api/alert-settings/lapsing", json=body).json()["number"] == 1
    assert analyst.post("/api/alert-settings/lapsing", json=body).status_code == 409
    told = analyst.get("/api/alert-settings/lapsing").json()["summary"]
    grace = next(each for each in told["thresholds"] if each["name"] == "grace")
    assert (grace["value"], grace["set_by"], told["remind_days"]) == (2.5, "door", 3)
    wrong = analyst.post("/api/alert-settings/lapsing", json={"thresholds": {"grease": 1}})
    assert wrong.status_code == 400 and "no parameter grease" in wrong.json()["message"]
    span = {"thresholds": {"grace": 9}, "since": "2026-01-01", "until": "2026-01-31", "step": 30}
    assert analyst.post("/api/alert-replays/lapsing", json=span).status_code == 202
    assert analyst.get("/api/alert-settings/lapsing").json()["is_replaying"] is True
    assert calling(Role.MARKETER).post("/api/alert-settings/lapsing", json=body).status_code == 403
    assert calling(Role.MARKETER).post("/api/alert-replays/lapsing", json=span).status_code == 403
    assert calling(Role.VIEWER).get("/api/alert-settings/nothing").status_code == 404
