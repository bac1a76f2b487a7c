from datetime import date
from typing import Any

from shuke.analyses.departures import departures, gone_sentence
from shuke.models.lifecycle import lifecycle
from shuke.profiles.customers import customers
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

TODAY = date(2026, 6, 30)


def made(
    desk: Tables, rows: list[Row], people: list[Row] | None = None, stand: list[Row] | None = None
) -> dict[str, Row]:
    who, stages = desk.derived(customers, people or []), desk.derived(lifecycle, stand or [])
    table = desk.made(departures, written(desk, rows), who, stages, as_of=TODAY)
    return {row["customer_id"]: row for row in desk.rows(table)}


def stands(who: str, status: str, **further: Any) -> Row:
    return {"customer_id": who, "status": status, **further}


def test_who_is_lost_and_since_when_is_what_their_status_says(engine):
    rows = [
        sold("here", "2026-05-01", 10), sold("here", "2026-06-01", 5), sold("gone", "2025-01-01", 10),
        sold("bound", "2025-01-01", 7), sold("back", "2026-05-01", -10), sold(None, "2026-05-01", 10),
        sold("soon", "2026-07-01", 10),
    ]  # fmt: skip
    stand = [
        stands("here", "due", silent_days=29, limit_days=90, since="2026-06-20"),
        stands("gone", "lost", silent_days=545, limit_days=100, since="2025-04-12"),
        stands("bound", "lost", basis="contract", since="2026-01-01"), stands("soon", "prospect"),
    ]  # fmt: skip
    found = made(engine, rows, stand=stand)
    assert {who: (row["lost"], row["lost_on"], row["tenure_days"]) for who, row in found.items()} == {
        "here": (False, None, 60), "gone": (True, date(2025, 4, 12), 101),
        "bound": (True, date(2026, 1, 1), 365),
    }  # fmt: skip
    here = found["here"]
    assert (here["buying_days"], here["spent"], here["silent_days"], here["limit_days"]) == (2, 15, 29, 90)


def test_what_was_known_when_they_came_is_kept(duckdb):
    rows = [
        sold("anna", "2025-04-02", 10, category=None, channel=None, source="till", region="North"),
        sold("anna", "2025-06-02", 10, category="Baby > Care", channel="app", discount=2),
        sold("bert", "2025-12-02", 10, category="Food", channel="app", region="South", discount=1),
    ]
    people = [{"customer_id": "bert", "gender": "male", "region": "West"}]
    found = made(duckdb, rows, people)
    names = ("gender", "region", "first_channel", "first_category", "first_season", "first_discounted")
    assert [found["anna"][name] for name in names] == [None, "North", "till", "Baby", "spring", "no"]
    assert [found["bert"][name] for name in names] == ["male", "West", "app", "Food", "winter", "yes"]


def test_what_comes_later_changes_nothing(duckdb):
    rows = [sold("anna", "2026-05-01", 10), sold("bert", "2026-06-01", 10)]
    later = [sold("anna", "2026-07-02", 5), sold("new", "2026-08-01", 5)]
    assert made(duckdb, rows) == made(duckdb, rows + later)


def test_without_purchases_nobody_is_lost(duckdb):
    nobody = duckdb.derived(customers, []), duckdb.derived(lifecycle, [])
    none = duckdb.made(departures, written(duckdb, []), *nobody, as_of=TODAY)
    assert duckdb.rows(none) == []
    assert gone_sentence(none).en == "Nobody has bought yet."
    assert made(duckdb, [sold("anna", "2026-01-01", -5)]) == {}
