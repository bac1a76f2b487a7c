"""May a program ask who is who, and say what people decided?"""

import pytest
from starlette.testclient import TestClient

from shuke.access.roles import Role
from tests.api.conftest import Caller


def test_who_is_who_is_told_in_figures(analyst: TestClient):
    told = analyst.get("/api/identity").json()
    assert (told["records"], told["customers"], told["decisions"]) == (5, 4, 0)


def test_an_explanation_holds_the_weights_and_the_way(analyst: TestClient):
    told = analyst.get("/api/identity/explain", params={"a": "T1", "b": "web:W1"}).json()
    assert told["together"] and {step["comparison"] for step in told["weights"]["steps"]} >= {"name", "phone"}
    assert len(told["path"]) == 1
    assert analyst.get("/api/identity/explain", params={"a": "T1", "b": "Zoe"}).status_code == 404


def test_a_decision_is_kept_told_and_taken_back(analyst: TestClient):
    made = analyst.post(
        "/api/identity/decisions", json={"verb": "different", "left": ["T2"], "right": ["W2"]}
    )
    assert made.status_code == 201
    number = made.json()["number"]
    (first, *_others) = analyst.get("/api/identity/decisions").json()["decisions"]
    assert (first["number"], first["verb"], first["left"]) == (number, "different", ["till:T2"])
    assert analyst.post(f"/api/identity/decisions/{number}/undo").status_code == 200
    again = analyst.post(f"/api/identity/decisions/{number}/undo")
    assert again.status_code == 400 and "could be undone" in again.json()["message"]


def test_a_split_names_the_customer_and_the_records_that_leave(analyst: TestClient):
    customer = analyst.get("/api/customers", params={"q": "T1"}).json()["customers"][0]["customer_id"]
    sent = {"verb": "split", "left": [customer], "right": ["web:W1"]}
    assert analyst.post("/api/identity/decisions", json=sent).status_code == 201


@pytest.mark.parametrize(
    "sent",
    [
        {"verb": "same", "left": ["T1", "T2"], "right": ["W2"]},
        {"verb": "marry", "left": ["T1"], "right": ["W2"]},
        {"verb": "same", "left": [], "right": ["W2"]},
        {"verb": "same", "left": ["T1"]},
    ],
)
def test_what_is_no_decision_is_refused(analyst: TestClient, sent: dict[str, object]):
    assert analyst.post("/api/identity/decisions", json=sent).status_code == 400


def test_a_viewer_looks_masked_and_decides_nothing(viewer: TestClient, calling: Caller):
    one = viewer.get("/api/tables/customers").json()["rows"][0]["customer_id"]
    told = viewer.get("/api/identity/explain", params={"a": "T1", "b": "W1"})
    assert told.status_code == 404
    assert viewer.get(f"/api/customers/{one}").status_code == 200
    sent = {"verb": "same", "left": ["T2"], "right": ["W2"]}
    assert viewer.post("/api/identity/decisions", json=sent).status_code == 403
    assert calling(Role.MARKETER).post("/api/identity/decisions", json=sent).status_code == 201


def test_the_history_of_an_id_is_told(analyst: TestClient):
    customer = analyst.get("/api/customers", params={"q": "T1"}).json()["customers"][0]["customer_id"]
    (issued,) = analyst.get(f"/api/customers/{customer}/history").json()["history"]
    assert (issued["event"], issued["issued_id"]) == ("issued", customer)
    assert analyst.get("/api/identity/reviews").json()["total"] == 0


def test_a_version_of_the_model_is_put_to_use_by_who_may_build(analyst: TestClient, viewer: TestClient):
    (shipped,) = analyst.get("/api/identity/models").json()["models"]
    assert (shipped["number"], shipped["in_use"], shipped["of_build"]) == (0, True, True)
    change = analyst.post("/api/identity/models/0/use").json()
    assert (change["customers"], change["merged"], change["split"]) == (4, 0, 0)
    assert viewer.post("/api/identity/models/0/use").status_code == 403
    assert viewer.post("/api/identity/models").status_code == 403
    few = analyst.post("/api/identity/models")
    assert few.status_code >= 400 and "300 matching pairs" in few.json()["message"]
