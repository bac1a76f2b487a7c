import json
from datetime import date
from typing import Any

from shuke.alerts.lapsing import lapsing
from shuke.models.lifecycle import lifecycle
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables


def stands(who: str, status: str = "overdue", **further: Any) -> Row:
    """Somebody silent for 14 days where 10 are usual and 12 not unusual."""
    usual = {"since": "2026-06-28", "buying_days": 5, "silent_days": 14, "usual_days": 10.04, "late_days": 12}
    return {"customer_id": who, "status": status, **usual, **further}


def warned(desk: Tables, stand: list[Row], bought: list[Row] | None = None, **asked: float) -> dict[str, Row]:
    tables = written(desk, bought or []), desk.derived(lifecycle, stand)
    found = desk.rows(desk.made(lapsing, *tables, as_of=date(2026, 7, 12), **asked))
    return {row["subject"]: row | {"evidence": json.loads(row["evidence"])} for row in found}


def test_who_is_overdue_by_a_rhythm_of_their_own_is_warned_of(engine):
    others = [stands(status, status) for status in ("new", "active", "due", "returned", "contract", "lost")]
    stand = [*others, stands("late"), stands("rich"), stands("seldom", buying_days=3)]
    bought = [
        sold("late", "2026-06-16", 10), sold("rich", "2026-06-16", 500), sold("late", "2026-06-17", -900),
        sold("late", "2026-06-16", 900, kind="shipping"),
    ]  # fmt: skip
    found = warned(engine, stand, bought)
    assert {who: (row["since"], row["severity"]) for who, row in found.items()} == {
        "late": (date(2026, 6, 28), "medium"), "rich": (date(2026, 6, 28), "high"),
    }  # fmt: skip
    told = {"silent_days": 14, "usual_days": 10.0, "allowed_days": 12, "orders": 5}
    assert found["late"]["evidence"] == told
    assert {who: row["at_stake"] for who, row in found.items()} == {"late": 10, "rich": 500}
    assert {(row["rule"], row["subject_kind"]) for row in found.values()} == {("lapsing", "customer")}


def test_a_company_says_itself_how_patient_it_is(duckdb):
    seldom = [stands("anna", buying_days=3)]
    assert warned(duckdb, seldom) == {}
    assert set(warned(duckdb, seldom, min_gaps=2)) == {"anna"}
    assert warned(duckdb, seldom, min_gaps=2, grace=1.0)["anna"]["since"] == date(2026, 6, 29)
    assert warned(duckdb, seldom, min_gaps=2, grace=2.0) == {}
