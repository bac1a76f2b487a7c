import random
from datetime import date, timedelta
from itertools import pairwise
from math import ceil, sqrt
from typing import Any

from hypothesis import given, settings

from shuke.analyses.departures import departures, gone_sentence
from shuke.profiles.customers import customers
from tests.analyses.selling import FIRST, PURCHASES, sold, written
from tests.engine_fixtures import Row, Tables

TODAY = date(2026, 6, 30)


def made(desk: Tables, rows: list[Row], people: list[Row] | None = None, **asked: Any) -> dict[str, Row]:
    who = desk.derived(customers, people or [])
    table = desk.made(departures, written(desk, rows), who, **{"as_of": TODAY, **asked})
    return {row["customer_id"]: row for row in desk.rows(table)}


def rhythm(who: str, start: date, gaps: list[int]) -> list[Row]:
    days = [start + timedelta(days=sum(gaps[:n])) for n in range(len(gaps) + 1)]
    return [sold(who, day, 10) for day in days]


def test_a_customer_is_lost_when_silent_beyond_their_own_rhythm_or_that_of_all(engine):
    rows = [
        *rhythm("often", date(2026, 1, 1), [30, 30, 40, 20]),  # until 1 May: sixty days of silence
        *rhythm("late", date(2026, 1, 1), [45, 45, 45]),  # until 16 May: 45 days of silence
        *rhythm("seldom", date(2025, 1, 1), [60] * 4), *rhythm("rare", date(2025, 1, 1), [100] * 5),
        *rhythm("much", date(2026, 1, 1), [10] * 18),
        sold("once", "2026-05-01", 10), sold("gone", "2025-01-01", 10),
        sold("back", "2026-05-01", -10), sold(None, "2026-05-01", 10), sold("soon", "2026-07-01", 10),
    ]  # fmt: skip
    found = made(engine, rows, shortest=20)
    # own gaps: mean 30 and deviation √(200/3) make 46.3; the 95 % longest of all 34 gaps are 100 days
    often = found["often"]
    assert (often["limit_days"], often["own_rhythm"], often["lost"]) == (47, True, True)
    assert often["lost_on"] == date(2026, 5, 1) + timedelta(days=48)
    assert often["tenure_days"] == 120 + 48
    assert found["late"]["limit_days"] == 45 and not found["late"]["lost"]
    assert (found["once"]["limit_days"], found["once"]["own_rhythm"]) == (100, False)
    assert not found["once"]["lost"] and found["once"]["tenure_days"] == 60
    assert found["gone"]["lost_on"] == date(2025, 1, 1) + timedelta(days=101)
    assert found["much"]["limit_days"] == 20
    assert set(found) == {"often", "late", "seldom", "rare", "much", "once", "gone"}


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


@settings(max_examples=15)
@given(PURCHASES)
def test_departures_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, rows):
    desk, as_of = Tables(duckdb_engine, tmp_path_factory.mktemp("departures")), FIRST + timedelta(days=95)
    found = made(desk, rows, as_of=as_of, shortest=5, fallback=40)
    seen = {
        who: (row["limit_days"], row["lost"], row["lost_on"], row["tenure_days"])
        for who, row in found.items()
    }
    assert seen == _by_hand(rows, as_of)


def _by_hand(rows: list[Row], as_of: date) -> dict[str, Any]:
    days: dict[str, set[date]] = {}
    for row in rows:
        counts = row["customer_id"] and row["kind"] == "goods" and not row["is_return"]
        if counts and row["day"] and row["day"] <= as_of:
            days.setdefault(row["customer_id"], set()).add(row["day"])
    gaps = {who: _gaps(sorted(of)) for who, of in days.items()}
    every = sorted(gap for of in gaps.values() for gap in of)
    common = 40
    if len(every) >= 20:
        common = max(5, next(g for n, g in enumerate(every, 1) if n >= 0.95 * len(every)))
    found = {}
    for who, of in gaps.items():
        limit = max(5, ceil(_mean(of) + 2 * _deviation(of) - 1e-6)) if len(of) >= 3 else common
        lost = (as_of - max(days[who])).days > limit
        lost_on = max(days[who]) + timedelta(days=limit + 1) if lost else None
        found[who] = (limit, lost, lost_on, ((lost_on or as_of) - min(days[who])).days)
    return found


def _gaps(days: list[date]) -> list[int]:
    return [(after - before).days for before, after in pairwise(days)]


def _mean(of: list[int]) -> float:
    return sum(of) / len(of)


def _deviation(of: list[int]) -> float:
    return sqrt(sum((gap - _mean(of)) ** 2 for gap in of) / (len(of) - 1))


def test_what_comes_later_changes_nothing(duckdb):
    dice = random.Random(3)
    rows = [sold(f"c{n % 7}", date(2026, 1, 1) + timedelta(days=dice.randrange(170)), 5) for n in range(60)]
    later = [sold("c1", "2026-07-02", 5), sold("new", "2026-08-01", 5)]
    assert made(duckdb, rows) == made(duckdb, rows + later)


def test_without_purchases_nobody_is_lost(duckdb):
    none = duckdb.made(departures, written(duckdb, []), duckdb.derived(customers, []), as_of=TODAY)
    assert duckdb.rows(none) == []
    assert gone_sentence(none).en == "Nobody has bought yet."
    back = made(duckdb, [sold("anna", "2026-01-01", -5)])
    assert back == {}
