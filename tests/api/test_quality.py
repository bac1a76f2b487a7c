"""What does a program learn of how good the data is?"""

from concurrent.futures import ThreadPoolExecutor

from starlette.testclient import TestClient


def test_eight_who_ask_first_all_get_an_answer(viewer: TestClient):
    """Of a server that has just begun: what it keeps, it has not worked out yet."""
    asked = ["/api/quality", "/api/quality", "/api/alerts", "/api/overview"] * 2
    with ThreadPoolExecutor(len(asked)) as clients:
        answers = list(clients.map(viewer.get, asked))
    assert [answer.status_code for answer in answers] == [200] * len(asked)


def test_a_score_comes_with_the_conditions_that_find_what_is_wrong(viewer: TestClient):
    told = viewer.get("/api/quality", params={"source": "till"}).json()
    assert {s["source"] for s in told["scores"]} == {"till"} and [s["name"] for s in told["sources"]] == [
        "till"
    ]
    score = next(s for s in told["scores"] if s["attribute"] == "phone" and s["dimension"] == "completeness")
    filters = [f"{c['column']}:{c['op']}:{c['value']}" for c in score["where"]]
    rows = viewer.get(f"/api/tables/{score['rows']}", params={"filter": filters}).json()
    assert rows["total"] == score["of"] - score["good"] == 1


def test_a_source_of_which_nothing_is_known_is_not_found(viewer: TestClient):
    refused = viewer.get("/api/quality", params={"source": "nobody"})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_source")
