from datetime import date
from typing import Any

from shuke.analyses.complaints import complaints, pattern, waiting_sentence
from tests.engine_fixtures import Row, Tables

TODAY = date(2026, 6, 30)


def said(who: str, moment: str, **further: Any) -> Row:
    return {"interaction_id": moment, "record_id": who, "at": moment, **further}


def made(desk: Tables, rows: list[Row], **asked: Any) -> dict[str, Row]:
    table = desk.made(
        complaints, desk.landed("interactions", rows), desk.identities(anna="A1", bert="B1"),
        as_of=TODAY, zone="Asia/Shanghai", **asked,
    )  # fmt: skip
    return {f"{row['day']} {row['customer_id']}": row for row in desk.rows(table)}


def test_a_complaint_is_found_by_its_words_and_waits_until_somebody_has_answered(engine):
    rows = [
        said("A1", "2026-01-01T02:00", kind="Complaint", status="Closed"),
        said("A1", "2026-01-02T02:00", topic="投诉", status="处理中"),
        said("A1", "2026-01-03T20:00", text="I am very DISAPPOINTED"),
        said("B1", "2026-01-04T02:00", kind="complaint", status="unresolved"),
        said("B1", "2026-01-05T02:00", kind="complaint", status="open", outcome="已解决"),
        said("B1", "2026-01-06T02:00", kind="inquiry", text="opening hours"),
        said("C1", "2026-01-07T02:00", kind="complaint"),  # nobody knows who that is
        said("B1", "2026-06-30T23:00", kind="complaint"),  # tomorrow in Shanghai
    ]
    found = made(engine, rows)
    assert {key: row["waiting"] for key, row in found.items()} == {
        "2026-01-01 anna": False, "2026-01-02 anna": True, "2026-01-04 anna": True,
        "2026-01-04 bert": True, "2026-01-05 bert": False,
    }  # fmt: skip
    assert found["2026-01-02 anna"]["topic"] == "投诉"


def test_a_company_may_give_words_of_its_own(duckdb):
    rows = [said("A1", "2026-01-01T02:00", text="a case (A.1)", status="ok+"), said("A1", "2026-01-02T02:00")]
    found = made(duckdb, rows, complaint=("(a.1)",), answered=("ok+",))
    assert {key: row["waiting"] for key, row in found.items()} == {"2026-01-01 anna": False}
    assert made(duckdb, rows, complaint=()) == {}
    assert pattern(("a.b", "")) == "a\\.b"


def test_the_sentence_counts_those_who_wait(duckdb):
    def told(rows: list[Row]) -> str:
        tables = duckdb.landed("interactions", rows), duckdb.identities(anna="A1")
        return waiting_sentence(duckdb.made(complaints, *tables, as_of=TODAY, zone="UTC")).en

    assert told([]) == "Nobody has complained."
    rows = [said("A1", f"2026-01-0{n}T02:00", kind="complaint") for n in (1, 2)]
    assert told([{**rows[0], "status": "closed"}, rows[1]]) == "1 of 2 complaints have no answer yet."
