"""What does a program read of the customer database?"""

import asyncio
import csv
import io
from contextlib import ExitStack
from decimal import Decimal

import openpyxl
import pyarrow.parquet as pq
import pytest
from fastapi import Request, Response
from starlette.testclient import TestClient
from starlette.types import Message

from shuke.access import audit
from shuke.api.disconnects import while_there
from shuke.app import Project
from shuke.engine.workers import WORKERS, QueryLimits, SqlQuery
from shuke.errors import WrongCall


def test_a_page_of_a_table_tells_how_many_rows_there_are(analyst: TestClient):
    page = analyst.get(
        "/api/tables/purchases", params={"limit": 2, "order_by": "amount", "descending": True}
    ).json()
    assert (page["total"], page["as_of"], page["build"]) == (7, "2026-11-21", 1)
    assert [row["amount"] for row in page["rows"]] == [45, 39.9]


@pytest.mark.parametrize("name", ["where", "filter"])
def test_all_conditions_must_hold(name: str, analyst: TestClient, viewer: TestClient):
    asked = {name: ["month:eq:2026-11-01", "is_return:eq:false"]}
    for reader in (analyst, viewer):
        rows = reader.get("/api/tables/purchases", params=asked).json()["rows"]
        assert sorted(row["order_no"] for row in rows) == ["A4", "A5", "B1"]


def test_an_analyst_may_write_sql_beside_conditions_and_a_viewer_may_not(
    analyst: TestClient, viewer: TestClient
):
    asked = {"where": ["month:eq:2026-11-01", "quantity < 0 or amount > 20", "not is_return"]}
    rows = analyst.get("/api/tables/purchases", params=asked).json()["rows"]
    assert rows and all(row["amount"] > 20 for row in rows)
    assert viewer.get("/api/tables/purchases", params=asked).status_code == 403


def test_a_condition_with_an_unknown_comparison_is_told_which_there_are(viewer: TestClient):
    answer = viewer.get("/api/tables/rfm", params={"where": "frequency:gte:2"})
    assert answer.status_code == 400
    assert "ge" in answer.json()["message"]


@pytest.mark.parametrize(
    ("route", "status", "code"),
    [
        ("/api/tables/nothing", 404, "unknown_table"),
        ("/api/tables/rfm?order_by=colour", 404, "unknown_table"),
        ("/api/tables/rfm?filter=r=5", 400, "wrong_call"),
        ("/api/tables/rfm?limit=lots", 400, "wrong_call"),
        ("/api/tables/lapsing?grace=much", 400, "wrong_call"),
        ("/api/tables/rfm?colour=red", 400, "wrong_call"),
        ("/api/customers/C0000000000000000", 404, "unknown_customer"),
        ("/api/builds/1/diff/7", 400, "wrong_call"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_with_status_and_code(route: str, status: int, code: str, analyst: TestClient):
    answer = analyst.get(route)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["message"]


def test_a_further_parameter_answers_a_question_of_the_table(analyst: TestClient):
    assert analyst.get("/api/tables/lapsing", params={"grace": "1.5"}).status_code == 200


def test_a_viewer_sees_masks_and_finds_nobody_by_what_is_masked(viewer: TestClient):
    rows = viewer.get("/api/tables/customers").json()["rows"]
    assert {row["name"] for row in rows} == {"A***", "张*", "=***", None}
    assert viewer.get("/api/tables/customers", params={"filter": "name:contains:Ann"}).status_code == 403
    assert viewer.get("/api/tables/customers", params={"order_by": "phone"}).status_code == 403
    assert viewer.get("/api/tables/customers", params={"search": "bob@example.com"}).json()["total"] == 0
    assert viewer.get("/api/customers", params={"q": "07700 900123"}).json()["total"] == 0


def test_a_customer_is_found_and_told_with_provenance(analyst: TestClient, viewer: TestClient):
    (found,) = analyst.get("/api/customers", params={"q": "07700 900123"}).json()["customers"]
    told = analyst.get(f"/api/customers/{found['customer_id']}").json()
    assert told["golden"]["name"] == "Ann Lee" and {f["source"] for f in told["facts"]} == {"till", "web"}
    assert told["purchases"]["total"] == 4
    assert "2026-11-20T20:00:00Z" in {event["at"] for event in told["timeline"]["events"]}
    assert told["families"]["behaviour"]["orders"] == 4 and told["facts"][0]["reason"]
    then = analyst.get(f"/api/customers/{found['customer_id']}", params={"as_of": "2026-09-30"}).json()
    assert (then["as_of"], then["looks_back"], then["purchases"]["total"]) == ("2026-09-30", True, 1)
    masked = viewer.get(f"/api/customers/{found['customer_id']}").text
    assert not any(secret in masked for secret in ("Ann Lee", "900123", "Mill Lane"))


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_a_file_holds_all_rows_whatever_the_page(form: str, analyst: TestClient):
    answer = analyst.get("/api/tables/purchases", params={"format": form, "limit": 1})
    assert f'filename="purchases.{form}"' in answer.headers["Content-Disposition"]
    content = io.BytesIO(answer.content)
    if form == "csv":
        assert len(list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))) == 7
    elif form == "xlsx":
        assert openpyxl.load_workbook(content).active.max_row == 8
    else:
        assert pq.read_table(content).num_rows == 7


def test_the_overview_says_where_each_figure_comes_from(analyst: TestClient):
    told = analyst.get("/api/overview").json()
    figure = told["month"]["now"]
    conditions = [f"{c['column']}:{c['op']}:{c['value']}" for c in figure["where"]]
    rows = analyst.get(f"/api/tables/{figure['table']}", params={"filter": conditions, "limit": 1000}).json()[
        "rows"
    ]
    assert sum(Decimal(str(row[figure["column"]])) for row in rows) == Decimal(str(figure["value"]))


def test_the_analyses_answer_in_the_language_of_whoever_asks(analyst: TestClient):
    def answers(language: str) -> dict[str, str]:
        themes = analyst.get("/api/questions", headers={"Accept-Language": language}).json()
        return {each["name"]: each["answer"] for theme in themes for each in theme["questions"]}

    english, chinese = answers("en"), answers("zh-CN")
    assert english["monthly_sales"] and english["monthly_sales"] != chinese["monthly_sales"]


def test_sql_gives_rows_and_changes_nothing(analyst: TestClient):
    answer = analyst.post(
        "/api/sql", json={"query": "select city, count(*) as n from customers group by 1 order by 1"}
    )
    assert [row["n"] for row in answer.json()] == [1, 1, 1, 1]
    assert analyst.post("/api/sql", json={"query": "drop view customers"}).status_code == 400
    refused = analyst.post("/api/sql", json={"query": "select * from read_csv('/etc/passwd')"})
    assert refused.status_code == 400 and "read_csv" in refused.json()["message"]
    unknown = analyst.post("/api/sql", json={"query": "select * from sqlite_master"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_table")


def test_while_others_ask_in_sql_one_is_told_to_wait_and_everything_else_answers(
    analyst: TestClient, monkeypatch: pytest.MonkeyPatch
):
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(WORKERS.place())
        monkeypatch.setattr(WORKERS, "_patience", 0.05)
        crowded = analyst.post("/api/sql", json={"query": "select 1"})
        assert (crowded.status_code, crowded.json()["code"]) == (429, "crowded")
        assert analyst.get("/api/tables/rfm", params={"where": "monetary > 0"}).status_code == 429
        assert analyst.get("/api/tables/rfm", params={"where": "monetary:gt:0"}).status_code == 200
        assert analyst.get("/login").status_code == 200
    assert analyst.post("/api/sql", json={"query": "select 1 as n"}).json() == [{"n": 1}]


def test_who_hangs_up_is_worked_for_no_longer():
    async def hung_up() -> Message:
        return {"type": "http.disconnect"}

    def work() -> Response:
        list(
            WORKERS.answer(SqlQuery(sql="select count(*) from range(1000000000000)"), QueryLimits(seconds=60))
        )
        return Response()

    request = Request({"type": "http", "method": "GET", "headers": []}, hung_up)
    with pytest.raises(WrongCall, match="disconnected"):
        asyncio.run(while_there(request, work))


def test_the_dictionary_tells_every_column(analyst: TestClient):
    entries = analyst.get("/api/dictionary", params={"table": "rfm"}).json()
    assert {"column": "monetary", "unit": "currency", "type": "money"}.items() <= entries[5].items()


def test_looks_and_exports_are_in_the_log_under_the_door_api(project: Project, analyst: TestClient):
    analyst.get("/api/tables/customers")
    analyst.get("/api/tables/customers", params={"format": "csv"})
    verbs = [(e.event.verb, e.actor.door, e.actor.who) for e in audit.read(project.operations)[:2]]
    assert verbs == [("exported", "api", "analyst-one"), ("looked_at_table", "api", "analyst-one")]
