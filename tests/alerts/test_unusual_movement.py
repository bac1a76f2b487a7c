import json
from datetime import date, timedelta

import numpy as np
import pytest

from shuke.alerts.baselines import departures
from shuke.alerts.daily_measures import daily_measures
from shuke.alerts.unusual_movement import unusual_movement
from shuke.analyses.complaints import complaints
from shuke.analyses.false_discoveries import corrected
from shuke.dealings.purchases import purchases
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 7, 1)
LAST = AS_OF - timedelta(days=1)
DAYS = 500


def ordinary(*, heavy: bool = False, seed: int = 7, days: int = DAYS) -> dict[str, np.ndarray]:
    """A shop with weekdays and seasons, in which nothing ever happens."""
    chance, day = np.random.default_rng(seed), np.arange(days)
    week = np.array([1, 0.9, 0.9, 1, 1.2, 1.6, 1.5])[day % 7] * (1 + 0.2 * np.sin(2 * np.pi * day / 365.25))
    orders = chance.poisson(week * chance.gamma(20, 1 / 20, days) * 40)
    worth = [(chance.pareto(2.2, n) * 60 if heavy else chance.lognormal(4, 1, n)).sum() for n in orders]
    return {
        "sales": np.array(worth), "orders": orders.astype(float),
        "buyers": chance.poisson(orders * 0.8).astype(float),
        "new_customers": chance.poisson(orders * 0.1).astype(float),
        "returns": chance.poisson(week * 2) * chance.gamma(2, 40, days),
        "complaints": chance.poisson(0.4, days).astype(float),
    }  # fmt: skip


def rows(series: dict[str, np.ndarray]) -> list[Row]:
    return [
        {"measure": measure, "day": LAST - timedelta(days=len(values) - 1 - n), "value": float(value)}
        for measure, values in series.items()
        for n, value in enumerate(values)
        if value > 0
    ]


def found(desk: Tables, series: dict[str, np.ndarray], before: list[Row] | None = None) -> dict[str, Row]:
    sold = [{"source": "till", "kind": "goods", "day": AS_OF, "amount": 9}]
    made = desk.made(
        unusual_movement, desk.derived(daily_measures, rows(series)), desk.derived(purchases, sold),
        desk.derived(unusual_movement, before or []), as_of=AS_OF,
    )  # fmt: skip
    return {row["subject"]: row | {"evidence": json.loads(row["evidence"])} for row in desk.rows(made)}


def test_a_day_on_which_hardly_anything_was_sold_is_found_with_what_is_missing(engine):
    series = ordinary()
    assert not found(engine, series)
    usual = series["sales"][-1]
    series["sales"][-1] *= 0.05
    told = found(engine, series)
    assert set(told) == {"sales"}
    one = told["sales"]
    assert (one["subject_kind"], one["severity"], one["since"]) == ("measure", "high", LAST)
    assert 0.5 * usual < one["at_stake"] < 2 * usual
    assert one["evidence"]["days"] == 1 and -97 < one["evidence"]["change_percent"] < -90


def test_a_week_that_is_half_of_the_usual_is_found_where_no_day_of_it_is(engine):
    series = ordinary()
    series["orders"][-7:] = np.round(series["orders"][-7:] * 0.45)
    told = found(engine, series)
    assert told["orders"]["evidence"]["days"] == 7 and told["orders"]["severity"] == "high"


def test_more_complaints_are_worse_and_more_buyers_are_not(engine):
    series = ordinary()
    series["complaints"][-7:] = 12
    series["buyers"][-1] *= 6
    told = found(engine, series)
    assert (told["complaints"]["severity"], told["buyers"]["severity"]) == ("high", "medium")
    assert told["complaints"]["at_stake"] is None


def test_what_was_found_stays_for_a_week_since_the_day_it_was_found(engine):
    series = ordinary()
    series["sales"][-4] *= 0.02
    assert not found(engine, series), "nobody is told late"
    before = [{"rule": "unusual_movement", "subject": "sales", "since": LAST - timedelta(days=3)}]
    assert found(engine, series, before)["sales"]["since"] == LAST - timedelta(days=3)
    late = ordinary()
    late["sales"][-9] *= 0.02
    assert not found(engine, late, before)


@pytest.mark.parametrize("heavy", [False, True])
def test_where_nothing_moves_hardly_ever_anything_is_found(heavy: bool):
    """By the bound that is stated: of 400 looks at quiet companies, four by chance, and twice that."""
    looks = fired = 0
    for seed in range(8):
        series = ordinary(heavy=heavy, seed=seed, days=900)
        for end in range(560, 900, 7):
            p = [
                d[-1].p for v in series.values() for n in (1, 7) if (d := departures(v[:end], days=n, last=7))
            ]
            looks += 1
            fired += bool((corrected(np.array(p), 12) <= 0.01).any())
    assert looks > 380 and fired <= 8


def test_a_season_that_comes_every_year_is_expected_and_one_that_does_not_is_not():
    day = np.arange(1100)
    noise = np.exp(np.random.default_rng(1).normal(0, 0.05, len(day)))
    rush = np.where((day % 364) // 7 % 4 == 0, 3.0, 1.0)  # every fourth week of a year, and with the year
    yearly = 100 * noise * np.where(rush > 1, 3.0, 1.0)
    cut = int(np.flatnonzero(rush[:1090] > 1)[-1]) + 1
    known = departures(yearly[:cut], days=1, last=1)[0]
    assert 200 < known.expected < 450 and known.p > 0.01


def test_too_short_a_history_or_one_that_does_not_move_says_nothing():
    assert departures(np.ones(100), days=1, last=7) == []
    assert departures(np.ones(900), days=1, last=7) == []


def test_the_measures_of_a_day(engine):
    sold = [
        {"line_id": "1", "order_id": "A", "customer_id": "anna", "day": date(2026, 6, 1), "amount": 10},
        {"line_id": "2", "order_id": "A", "customer_id": "anna", "day": date(2026, 6, 1), "amount": 5},
        {"line_id": "3", "customer_id": "anna", "day": date(2026, 6, 2), "amount": 7},
        {"line_id": "4", "customer_id": "bert", "day": date(2026, 6, 2), "amount": 3},
        {"line_id": "5", "customer_id": "anna", "day": date(2026, 6, 2), "amount": -4, "is_return": True},
        {"line_id": "6", "day": date(2026, 6, 2), "amount": 2, "kind": "shipping"},
        {"line_id": "7", "day": date(2026, 7, 9), "amount": 100},
    ]  # fmt: skip
    lines = [{"kind": "goods", "is_return": False, **line} for line in sold]
    complained = [{"complaint_id": "K", "customer_id": "anna", "day": date(2026, 6, 2), "waiting": True}]
    made = engine.made(
        daily_measures, engine.derived(purchases, lines), engine.derived(complaints, complained), as_of=AS_OF
    )
    assert {(r["day"].day, r["measure"]): r["value"] for r in engine.rows(made)} == {
        (1, "sales"): 15, (1, "orders"): 1, (1, "buyers"): 1, (1, "new_customers"): 1,
        (2, "sales"): 10, (2, "orders"): 2, (2, "buyers"): 2, (2, "new_customers"): 1, (2, "returns"): 4,
        (2, "complaints"): 1,
    }  # fmt: skip
