from datetime import date, timedelta
from decimal import Decimal
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings

from shuke.errors import NotEnoughData
from shuke.models.contract_value import contracted
from shuke.models.lifetime_value import alive_map, as_it_came, lifetime_value, worth_sentence
from tests.analyses.selling import FIRST, PURCHASES, sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def told(
    desk: Tables, rows: list[Row], contracts: list[Row] | None = None, as_of: date = AS_OF, **asked: float
) -> dict[str, Row]:
    return {row["customer_id"]: row for row in desk.rows(made(desk, rows, contracts, as_of, **asked))}


def made(desk, rows, contracts=None, as_of=AS_OF, rates=(), **asked):
    owners = {row["record_id"]: row["record_id"] for row in contracts or []}
    tables = (
        written(desk, rows), desk.landed("contracts", contracts), desk.landed("exchange_rates", list(rates)),
        desk.identities(**owners),
    )  # fmt: skip
    return desk.checkpoint(desk.made(lifetime_value, *tables, as_of=as_of, currency="CNY", **asked))


def shoppers(many: int, *, seed: int = 7, days: int = 600) -> list[Row]:
    """Purchases of customers who buy at random and leave after any purchase: what BG/NBD is about."""
    dice = np.random.default_rng(seed)
    rows = []
    for n in range(many):
        rate, leaving = dice.gamma(1.5, 1 / 40), dice.beta(1.0, 4.0)
        day, price = float(dice.integers(0, days // 2)), dice.gamma(6, 10)
        while day < days:
            amount = round(price * dice.gamma(5) / 5, 2)
            rows.append(sold(f"{n:03}", AS_OF - timedelta(days=int(days - day)), amount))
            if dice.random() < leaving:
                break
            day += 1 + dice.exponential(1 / rate)
    return rows


@pytest.fixture(scope="module")
def company() -> list[Row]:
    return shoppers(250)


def test_a_model_that_foretells_better_than_the_rate_so_far_is_used(engine, company):
    found = told(engine, company)
    assert {row["method"] for row in found.values()} == {"bg_nbd"}
    assert {row["kind"] for row in found.values()} == {"purchases"}
    for row in found.values():
        assert 0 <= row["alive"] <= 1
        assert 0 <= row["alive_pareto"] <= 1
        assert row["purchases_3m"] <= row["purchases_6m"] <= row["purchases_12m"]
        assert row["purchases_12m_low"] <= row["purchases_12m_high"]
        assert row["value_12m_low"] <= row["value_12m_high"]
        assert row["value_12m"] <= row["residual_value"] + row["value_12m"] / 10
        assert float(row["value_12m"]) == pytest.approx(
            float(row["purchases_12m"]) * float(row["spend"]), abs=0.01
        )


def test_silence_says_more_of_who_used_to_buy_often(duckdb, company):
    often = [sold("often", AS_OF - timedelta(days=200 + 10 * n), 10) for n in range(12)]
    seldom = [sold("seldom", AS_OF - timedelta(days=200 + 100 * n), 10) for n in range(3)]
    found = told(duckdb, company + often + seldom)
    assert found["often"]["alive"] < found["seldom"]["alive"] / 2


def test_the_dearer_the_years_to_come_the_less_they_are_worth(duckdb, company):
    cheap, dear = (
        sum(row["residual_value"] for row in told(duckdb, company, discount_rate=rate).values())
        for rate in (0.0, 0.5)
    )
    assert dear < cheap


def test_totals_come_out_as_foretold_and_the_grade_says_how_well(duckdb, company):
    at = AS_OF - timedelta(days=182)
    grade = as_it_came(
        made(duckdb, [row for row in company if row["day"] <= at], as_of=at, days_ahead=182),
        written(duckdb, company), at=at, until=AS_OF,
    )  # fmt: skip
    measures = {m.name: m for m in grade.measures}
    assert set(measures) == {
        "purchases_error", "spend_error", "purchases_total", "alive_auc", "purchases_auc", "coverage",
        "value_coverage",
    }  # fmt: skip
    assert measures["purchases_error"].beats_naive
    assert measures["purchases_total"].value == pytest.approx(1, abs=0.25)
    assert measures["alive_auc"].value > 0.7
    for name in ("coverage", "value_coverage"):
        promised = measures[name].naive
        assert promised
        assert promised > 0.78
        assert measures[name].value == pytest.approx(promised, abs=0.1)
    assert grade.subjects == len({row["customer_id"] for row in company if row["day"] <= at})


def test_what_is_foretold_of_any_number_of_days_is_the_models_own_and_no_share_of_another(duckdb, company):
    half = told(duckdb, company, days_ahead=182)
    assert all(row["purchases_3m"] == pytest.approx(row["purchases_6m"]) for row in half.values())
    weeks = told(duckdb, company, days_ahead=273)
    between = [row for row in weeks.values() if row["purchases_12m"] > 0]
    assert all(row["purchases_6m"] < row["purchases_3m"] < row["purchases_12m"] for row in between)


def test_without_a_purchase_since_there_is_no_grade(duckdb):
    rows = [sold("anna", "2026-01-01", 10)]
    table = made(duckdb, rows, as_of=date(2026, 3, 1))
    with pytest.raises(NotEnoughData, match="None of the 1 customers"):
        as_it_came(table, written(duckdb, rows), at=date(2026, 3, 1), until=AS_OF)


def test_too_few_to_fit_go_on_at_their_rate(duckdb):
    rows = [sold("anna", day, 40) for day in ("2026-01-01", "2026-03-02", "2026-05-01")]
    rows += [sold("anna", "2026-05-01", 20), sold("anna", "2026-06-01", -30), sold("bert", "2026-06-29", 10)]
    found = told(duckdb, rows)
    anna, bert = found["anna"], found["bert"]
    assert (anna["method"], anna["frequency"], anna["silent_days"], anna["age_days"]) == (
        "baseline",
        3,
        60,
        180,
    )
    # Two repeats in 180 days; half of usual gap and half of silence.
    assert anna["purchases_3m"] == pytest.approx(2 / 180 * 91)
    assert anna["alive"] == pytest.approx(0.5)
    assert anna["average_spend"] == Decimal("36.6667")
    then = made(duckdb, rows[:2], as_of=date(2026, 4, 1))
    grade = as_it_came(then, written(duckdb, rows), at=date(2026, 4, 1), until=AS_OF)
    assert grade.sentence.en.endswith("than everybody's rate so far, so that is used.")
    assert (bert["purchases_12m"], bert["value_12m"], bert["purchases_12m_high"]) == (0, 0, 0)
    assert anna["alive_pareto"] is None


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [sold("anna", "2026-06-30", 10)],
        [sold("anna", "2026-06-01", -10)],
        [sold("anna", "2026-06-01", None)],
        [sold("anna", "2026-07-01", 10), sold(None, "2026-06-01", 10), sold("bert", None, 10)],
        [sold(f"{n}", "2026-06-01", 10) for n in range(60)],
        [sold(f"{n}", f"2026-0{month}-01", -5 * month) for n in range(60) for month in (1, 2)],
        [sold(f"{n}", f"2026-0{month}-01", 0) for n in range(60) for month in (1, 2, 5)],
        [sold("old", "1970-01-01", 10), sold("old", "2026-06-30", -500)],
    ],
)  # fmt: skip
def test_odd_shops_get_defined_figures(duckdb, rows):
    for row in told(duckdb, rows).values():
        for name, value in row.items():
            assert not (isinstance(value, float) and isnan(value)), name
            assert value is not None or name in ("alive_pareto", "monthly"), name
        assert float(row["value_12m"]) >= 0
    everybody = {r["customer_id"] for r in rows if not r["is_return"] and r["day"] and r["day"] <= AS_OF}
    assert set(told(duckdb, rows)) == everybody - {None}


@settings(max_examples=10)
@given(PURCHASES)
def test_histories_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, rows):
    desk, as_of = Tables(duckdb_engine, tmp_path_factory.mktemp("value")), FIRST + timedelta(days=90)
    expected = {}
    for who in {row["customer_id"] for row in rows} - {None}:
        hers = [
            row
            for row in rows
            if row["customer_id"] == who and row["kind"] == "goods" and row["day"] and row["day"] <= as_of
        ]
        days = {row["day"] for row in hers if not row["is_return"]}
        if days:
            spent = float(sum((row["amount"] or 0 for row in hers), Decimal(0)))
            expected[who] = (
                len(days), (as_of - max(days)).days, (as_of - min(days)).days, round(spent / len(days), 2),
            )  # fmt: skip
    names = ("frequency", "silent_days", "age_days")
    found = {
        who: (*(row[name] for name in names), round(float(row["average_spend"]), 2))
        for who, row in told(desk, rows, as_of=as_of).items()
    }
    assert set(found) == set(expected)
    for who, figures in found.items():
        assert figures == pytest.approx(expected[who], abs=0.011)


def contract(who: str, starts: str, **further: object) -> Row:
    return {
        "contract_no": f"{who} {starts}",
        "record_id": who,
        "starts": starts,
        "monthly_fee": 10,
        **further,
    }


def test_a_contract_is_worth_its_fees_for_as_long_as_contracts_last(engine):
    stayed = [contract(f"stay{n}", "2025-01-01") for n in range(8)]
    left = [contract(f"left{n}", "2025-01-01", cancelled="2025-12-31") for n in range(4)]
    mixed = [
        contract("both", "2026-01-01", currency="USD"), contract("twice", "2026-01-01", ends="2026-03-01"),
        contract("twice", "2026-03-01", monthly_fee=5), contract("later", "2026-08-01"),
        contract("odd", "2026-01-01", currency="ZZZ"),
    ]  # fmt: skip
    bought = [sold("both", "2026-05-01", 30), sold("both", "2026-06-30", 30), sold("anna", "2026-06-01", 5)]
    dollars = [{"currency": "USD", "day": "2026-01-01", "rate": 7}, {"currency": "USD", "day": "2026-09-01"}]
    table = made(engine, bought, stayed + left + mixed, rates=dollars)
    found = {row["customer_id"]: row for row in engine.rows(table)}
    assert set(found) == {*(f"stay{n}" for n in range(8)), "both", "twice", "odd", "anna"}
    assert {found[who]["kind"] for who in found if who != "anna"} == {"contract"}
    assert {who: int(found[who]["monthly"] or 0) for who in ("stay0", "both", "twice", "odd", "anna")} == {
        "stay0": 10, "both": 70, "twice": 5, "odd": 0, "anna": 0,
    }  # fmt: skip
    assert 20 < found["stay0"]["value_3m"] < 30
    assert found["stay0"]["value_3m_high"] == 30
    assert found["stay0"]["value_12m_low"] <= found["stay0"]["value_12m"] < 120
    assert found["both"]["value_12m"] > 7 * found["stay0"]["value_12m"] * Decimal("0.8")
    assert found["both"]["purchases_12m"] == pytest.approx(365 / 60)
    assert (found["both"]["alive"], found["both"]["method"], found["both"]["frequency"]) == (1, "tenure", 2)


def test_fees_add_up_to_the_cent_whichever_contract_comes_first(engine):
    fees = [
        contract("anna", f"2026-01-0{n}", monthly_fee=fee) for n, fee in enumerate(("0.1", "0.2", "0.3"), 1)
    ]
    for rows in (fees, fees[::-1]):
        held = contracted(
            engine.landed("contracts", rows), engine.landed("exchange_rates", []),
            engine.identities(anna="anna"), as_of=AS_OF, currency="CNY",
        )  # fmt: skip
        assert [row["monthly"] for row in engine.rows(held)] == [Decimal("0.6")]


def test_the_order_in_which_purchases_stand_changes_nothing(duckdb, company):
    assert told(duckdb, company) == told(duckdb, company[::-1])


def test_the_picture_shows_who_has_left_and_its_sentence_what_they_are_worth(duckdb, company):
    table = made(duckdb, company)
    assert alive_map(table).to_dict()["mark"]["type"] == "rect"
    assert "of which the best fifth of them will bring" in worth_sentence(table).en
    assert worth_sentence(made(duckdb, [])).en == "Nobody has bought yet."
    alone = worth_sentence(made(duckdb, [sold("anna", "2026-06-30", 10)]))
    assert "1 customers are worth" in alone.en
    assert "以往的购买频率" in alone.zh


def test_that_spend_goes_with_frequency_is_said(duckdb):
    dice = np.random.default_rng(3)
    rows = [
        sold(f"{n}", AS_OF - timedelta(days=int(dice.integers(0, 400))), 10 * (1 + n // 10))
        for n in range(100)
        for _ in range(2 + n // 10)
    ]
    table = made(duckdb, rows)
    assert table.spend_correlation.max().execute() > 0.3
    if table.method.max().execute() != "baseline":
        assert "which the model of spend denies" in worth_sentence(table).en


def test_where_everybody_goes_on_as_before_their_rate_foretells_best_and_is_used(duckdb):
    """Each comes after so many days exactly, and nobody ever leaves."""
    gaps, start = [30, 45, 60, 91] * 20, AS_OF - timedelta(days=700)
    rows = [
        sold(f"{n}", start + timedelta(days=day), 10)
        for n, gap in enumerate(gaps)
        for day in range(0, 701, gap)
    ]
    found = told(duckdb, rows)
    assert {row["method"] for row in found.values()} == {"baseline"}
    for n, gap in enumerate(gaps):
        assert found[f"{n}"]["purchases_3m"] == pytest.approx(91 / gap, rel=0.1)
    assert "No model foretold" in worth_sentence(made(duckdb, rows)).en
