import json
from datetime import date, timedelta

from shuke.alerts.unanswered_complaint import unanswered_complaint
from shuke.analyses.complaints import complaints
from shuke.dealings.purchases import purchases
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def complaint(number: str, who: str, ago: int, *, waiting: bool = True, topic: str = "delivery") -> Row:
    return {
        "complaint_id": number, "customer_id": who, "day": AS_OF - timedelta(days=ago), "waiting": waiting,
        "topic": topic,
    }  # fmt: skip


def found(desk: Tables, *told: Row, **asked: int) -> dict[str, Row]:
    sold = [
        {"customer_id": who, "kind": kind, "day": AS_OF - timedelta(days=ago), "amount": amount}
        for who, kind, ago, amount in (
            ("anna", "goods", 10, 80), ("anna", "goods", 20, -30), ("anna", "shipping", 10, 5),
            ("anna", "goods", 365, 999),
        )
    ]  # fmt: skip
    made = desk.made(
        unanswered_complaint, desk.derived(complaints, [*told]), desk.derived(purchases, sold), as_of=AS_OF,
        **asked,
    )  # fmt: skip
    return {row["subject"]: row | {"evidence": json.loads(row["evidence"])} for row in desk.rows(made)}


def test_who_waits_beyond_the_deadline_is_found_once_by_the_oldest(engine):
    told = (
        complaint("1", "anna", 8), complaint("2", "anna", 40, topic='a "torn" box'),
        complaint("3", "bert", 7), complaint("4", "cleo", 30, waiting=False),
        complaint("5", "dora", 366), complaint("6", "emil", 8),
    )  # fmt: skip
    rows = found(engine, *told)
    assert {who: (r["since"], r["severity"], r["at_stake"]) for who, r in rows.items()} == {
        "anna": (AS_OF - timedelta(days=32), "high", 50),
        "emil": (AS_OF, "medium", None),
    }
    assert rows["anna"]["evidence"] == {"waiting_days": 40, "complaints": 2, "topic": "a torn box"}
    assert set(found(engine, *told, deadline_days=30)) == {"anna"}


def test_where_nobody_writes_down_that_one_was_answered_nothing_is_known(engine):
    assert not found(engine, complaint("1", "anna", 8), complaint("2", "bert", 40))
    assert not found(engine)
