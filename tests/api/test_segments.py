"""May a program define segments, and get to know who is meant?"""

import pytest
from starlette.testclient import TestClient


@pytest.fixture(scope="module")
def north(analyst: TestClient) -> str:
    sent = {"expression": "city in ('Leeds', 'York')", "note": "where we deliver", "seen": 0}
    assert analyst.post("/api/segments/north", json=sent).status_code == 200
    return "north"


def test_a_segment_is_defined_measured_listed_and_read(analyst: TestClient, north: str):
    (shown,) = [one for one in analyst.get("/api/segments").json() if one["name"] == north]
    page = analyst.get("/api/segments/north").json()
    assert shown["customers"] == 1 and page["summary"]["expression"] == "city in ('Leeds', 'York')"
    assert page["wire"]["rules"] == [{"field": "city", "operator": "in", "value": ["Leeds", "York"]}]
    members = analyst.get("/api/segments/north/members").json()
    assert members["total"] == 1 and members["rows"][0]["city"] in ("Leeds", "York")


def test_rules_of_a_builder_and_text_are_one(analyst: TestClient):
    rules = {"combinator": "or", "rules": [
        {"field": "city", "operator": "=", "value": "Leeds"},
        {"field": "bought", "operator": "=", "value": True, "arguments": {"product": "TEA"}},
    ]}  # fmt: skip
    by_rules = analyst.post("/api/segment-size", json={"rules": rules}).json()
    assert by_rules["expression"] == "city = 'Leeds' or bought(product => 'TEA')"
    assert analyst.post("/api/segment-size", json={"expression": by_rules["expression"]}).json() == by_rules
    assert analyst.post("/api/segments/tea", json={"rules": rules}).json()["version"]["number"] == 1


def test_a_list_says_what_was_not_found(analyst: TestClient):
    sent = {"customers": ["till:T1", "nobody@example.com"]}
    assert analyst.post("/api/segments/listed", json=sent).json()["unknown"] == ["nobody@example.com"]


def test_a_version_that_was_not_seen_is_not_overwritten(analyst: TestClient, north: str):
    sent = {"expression": "city = 'Bath'", "seen": 0}
    assert analyst.post(f"/api/segments/{north}", json=sent).status_code == 409


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"expression": "citi = 'Leeds'"}, "Did you mean city"),
        ({"expression": "city = 'a'; drop table users"}, "cannot be read"),
        ({"expression": "city = 'a'", "rules": {}}, "Give either"),
        ({}, "Give either"),
        ({"rules": {"combinator": "and", "rules": []}}, "at least one condition"),
    ],
)
def test_what_is_no_condition_is_refused_in_words(analyst: TestClient, sent, said):
    for address in ("/api/segment-size", "/api/segments/new"):
        refused = analyst.post(address, json=sent)
        assert refused.status_code == 400 and said in refused.json()["message"]


def test_a_viewer_sees_sizes_and_defines_nothing(viewer: TestClient, north: str):
    assert viewer.post("/api/segments/mine", json={"expression": "city = 'Leeds'"}).status_code == 403
    assert viewer.post(f"/api/segments/{north}/archive").status_code == 403
    assert viewer.post("/api/segment-size", json={"expression": "name = 'Ann Lee'"}).status_code == 403
    assert viewer.get(f"/api/segments/{north}").json()["summary"]["customers"] == 1


def test_what_is_put_away_is_gone_until_it_is_taken_up_again(analyst: TestClient):
    analyst.post("/api/segments/brief", json={"expression": "city = 'Bath'"})
    assert analyst.post("/api/segments/brief/archive").json()["archived"] is True
    assert analyst.get("/api/segments/brief/members").status_code == 404
    assert analyst.post("/api/segments/brief/restore").json()["number"] == 3
    assert analyst.get("/api/segments/nobody").status_code == 404


def test_names_are_those_that_conditions_may_ask_by(analyst: TestClient):
    told = {one["name"]: one for one in analyst.get("/api/segment-names").json()}
    assert told["city"]["table"] == "customers" and told["monetary"]["type"] == "money"


def test_too_few_are_not_compared(analyst: TestClient):
    compared = analyst.post("/api/segment-comparison", json={"here": "city = 'Leeds'"})
    alike = analyst.post("/api/segment-lookalikes", json={"expression": "city = 'Leeds'"})
    for refused in (compared, alike):
        assert refused.status_code == 422 and "at least 30 customers" in refused.json()["message"]
