import json
from datetime import date, timedelta

import pytest

from shuke.alerts.lapsing import lapsing
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def every(customer: str, days: int, times: int, silent: int, amount: int = 10) -> list[Row]:
    """Somebody who bought so many times, every so many days, and last so many days ago."""
    last = AS_OF - timedelta(days=silent)
    return [sold(customer, last - timedelta(days=days * n), amount) for n in range(times)]


def warned(desk: Tables, rows: list[Row], **questions: float) -> dict[str, Row]:
    found = desk.rows(desk.made(lapsing, written(desk, rows), as_of=AS_OF, **questions))
    return {row["subject"]: row | {"evidence": json.loads(row["evidence"])} for row in found}


def test_who_is_silent_for_longer_than_their_rhythm_allows_is_warned_of(engine):
    uneven = [sold("uneven", AS_OF - timedelta(days=ago), 10) for ago in (41, 51, 71, 81, 101)]
    rows = [
        *every("on time", 10, 5, 11), *every("late", 10, 5, 12), *every("rich", 10, 5, 12, amount=500),
        *every("lost", 10, 5, 40), *every("last chance", 10, 5, 33), *every("too few", 10, 3, 15),
        *every("a day", 10, 5, 12)[:1] * 9, *uneven,
        *(row | {"is_return": True} for row in every("returner", 10, 5, 12)),
        *(row | {"kind": "shipping"} for row in every("payer", 10, 5, 12)),
        *(row | {"customer_id": None} for row in every("nobody", 10, 5, 12)),
        sold("late", AS_OF - timedelta(days=3), -10), sold("late", AS_OF + timedelta(days=1), 10),
    ]  # fmt: skip
    found = warned(engine, rows)
    # A gap of 10 days, always kept: 11 are allowed, a tenth more. Of gaps of 10 and 20: 15 and twice 5.77.
    assert {who: (row["since"], row["severity"]) for who, row in found.items()} == {
        "late": (date(2026, 6, 30), "medium"), "rich": (date(2026, 6, 30), "high"),
        "last chance": (date(2026, 6, 9), "medium"), "uneven": (date(2026, 6, 17), "medium"),
    }  # fmt: skip
    assert found["late"]["evidence"] == {
        "silent_days": 12,
        "usual_days": 10.0,
        "allowed_days": 11,
        "orders": 5,
    }
    assert found["uneven"]["evidence"] == {
        "silent_days": 41,
        "usual_days": 15.0,
        "allowed_days": 27,
        "orders": 5,
    }
    assert {(row["rule"], row["subject_kind"]) for row in found.values()} == {("lapsing", "customer")}


@pytest.mark.parametrize(
    ("silent", "warns"), [(11, False), (12, True), (33, True), (34, False), (900, False)]
)
def test_a_warning_is_early_or_it_is_none(duckdb, silent, warns):
    assert bool(warned(duckdb, every("anna", 10, 5, silent))) is warns


def test_a_company_says_itself_how_patient_it_is(duckdb):
    rows = [sold("anna", AS_OF - timedelta(days=ago), 10) for ago in (20, 30, 50)]
    assert warned(duckdb, rows) == {}
    assert set(warned(duckdb, rows, grace=0.0, least_gaps=2)) == {"anna"}
    assert warned(duckdb, rows, grace=0.0, least_gaps=2, lost=1.0) == {}
