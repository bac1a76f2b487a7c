"""Where a customer stands, worked out from what they bought by the tables that a build makes it from."""

import random
from datetime import date, timedelta
from typing import Any

import ibis
import pytest
from hypothesis import given, settings

from shuke.analyses.keep_list import keep_list
from shuke.models.churn import churn
from shuke.models.departure_chances import departure_chances
from shuke.models.inactivity import InactivityModel
from shuke.models.lifecycle import customers_by_status, lifecycle, standing
from shuke.models.lifetime_value import lifetime_value
from shuke.models.next_purchase import next_purchase
from shuke.tables.statuses import ACTIVE, EVER, STATUSES
from shuke.views.labels import answering
from tests.analyses.selling import FIRST, PURCHASES, sold
from tests.engine_fixtures import Row, Tables
from tests.models.standing import stood
from tests.models.test_churn import contract

TODAY = date(2026, 6, 30)


def found(desk: Tables, bought: list[Row], as_of: date = TODAY, **lists: Any) -> dict[str, Row]:
    return {row["customer_id"]: row for row in desk.rows(stood(desk, bought, as_of, **lists))}


def every(who: str, gap: int, times: int, silent: int) -> list[Row]:
    """Somebody who bought so many times, every so many days, and last so many days ago."""
    return [sold(who, TODAY - timedelta(days=silent + gap * n), 10) for n in range(times)]


def test_a_young_company_goes_by_the_own_rhythm_of_each(engine):
    """Of gaps of ten days: due after 10, overdue after 23, lost after 29."""
    silent = {"active": 10, "due": 11, "due_still": 23, "overdue": 24, "overdue_still": 29, "lost": 30}
    bought = [row for who, days in silent.items() for row in every(who, 10, 3, days)]
    told = found(engine, bought)
    stands = {who: row["status"] for who, row in told.items()}
    assert stands == {who: who.removesuffix("_still") for who in silent}
    assert {row["basis"] for row in told.values()} == {"rhythm"}
    assert {who: (TODAY - row["since"]).days for who, row in told.items()} == {
        "active": 10, "due": 0, "due_still": 12, "overdue": 0, "overdue_still": 5, "lost": 0,
    }  # fmt: skip
    lost = told["lost"]
    assert (
        lost["reason"]
        == "Silent for 30 days; the usual gap is about 10 days, and beyond 29 days they are given up"
    )
    assert lost["reason_zh"] == "已沉默 30 天；通常约 10 天，超过 29 天视为流失"
    assert lost["expected_on"] is None and told["due"]["expected_on"]


def test_who_has_hardly_begun_or_come_back_is_told_apart(duckdb):
    rows = [*every("regular", 10, 9, 2), *every("fresh", 1, 1, 3)]
    rows += [*every("back", 10, 3, 100), sold("back", TODAY - timedelta(days=4), 10)]
    rows += [
        sold("undated", None, 10),
        sold("returner", TODAY, -5),
        sold("later", TODAY + timedelta(days=1), 10),
    ]
    people = [{"customer_id": "known", "first_seen": "2026-01-01T20:00"}, {"customer_id": "later"}]
    told = found(duckdb, rows, people=people)
    assert {who: row["status"] for who, row in told.items()} == {
        "regular": "active", "fresh": "new", "back": "returned", "undated": "unknown", "returner": "unknown",
        "known": "prospect", "later": "prospect",
    }  # fmt: skip
    assert told["known"]["since"] == date(2026, 1, 2)  # in Shanghai
    assert told["back"]["reason"] == "Bought 4 days ago, after a silence of 96 days"
    assert told["undated"]["reason_zh"] == "购买过，但日期不明"


def test_who_is_under_contract_follows_its_end(engine):
    contracts = [
        contract(1, "2025-01-01", ends="2027-01-01"), contract(2, "2025-01-01", ends="2026-03-01"),
        contract(3, "2025-01-01", cancelled="2026-03-01"), contract(4, "2025-01-01", ends="2026-06-25"),
        contract(5, "2026-07-01"), contract(6, "2025-01-01"), contract(7, "2025-01-01", ends="2026-06-25"),
    ]  # fmt: skip
    rows = [
        sold("K1", "2025-01-01", 10), sold("K3", "2026-06-20", 10), *every("K4", 10, 5, 7),
        sold("K7", "2026-06-20", 10),
    ]  # fmt: skip
    told = found(engine, rows, contracts=contracts)
    assert {who: (row["status"], row["basis"]) for who, row in told.items()} == {
        "K1": ("contract", "contract"), "K2": ("lost", "contract"), "K3": ("new", "rhythm"),
        "K4": ("active", "rhythm"), "K6": ("contract", "contract"), "K7": ("lost", "contract"),
    }  # fmt: skip
    assert told["K2"]["since"] == date(2026, 3, 1) and told["K2"]["gone"] is None
    assert told["K1"]["reason"] == "A contract is in force until 2027-01-01"
    assert told["K6"]["reason"] == "A contract without an end is in force"
    assert told["K7"]["reason_zh"] == "合同已于 2026-06-25 终止"


def company() -> list[Row]:
    """Buyers each of a rhythm of their own, of whom some leave."""
    dice, bought = random.Random(7), []
    for number in range(240):
        rhythm = dice.choice([12, 25, 60])
        day = date(2024, 7, 1) + timedelta(days=dice.randrange(300))
        ends = day + timedelta(days=int(dice.expovariate(1 / 300)))
        while day <= min(ends, TODAY):
            bought.append(sold(f"c{number:03}", day, 10))
            day += timedelta(days=max(1, int(dice.gauss(rhythm, rhythm / 4))))
    return bought


def test_with_a_past_to_learn_from_lost_is_who_is_more_likely_gone_than_not(duckdb):
    told = found(duckdb, company())
    assert {row["basis"] for row in told.values()} == {"model"}
    lost = {who: row for who, row in told.items() if row["status"] == "lost"}
    assert len(lost) > 50
    for row in lost.values():
        assert row["gone"] >= 0.5 and row["silent_days"] > row["limit_days"] >= row["late_days"]
        assert row["last_day"] < row["since"] <= TODAY
        assert row["since"] == row["last_day"] + timedelta(days=row["limit_days"] + 1)
    for row in told.values():
        assert row["status"] == "lost" or row["limit_days"] is None or row["silent_days"] <= row["limit_days"]
        assert row["expected_on"] is None or row["status"] != "lost"


def test_the_day_since_which_somebody_is_lost_is_about_the_day_on_which_they_were_called_so(duckdb):
    """A build of the day itself would have said so: the model then knew less, but not much."""
    bought = company()
    told = [row for row in found(duckdb, bought).values() if row["status"] == "lost"]
    cut = TODAY - timedelta(days=60)
    then = {
        who: row["status"] for who, row in found(duckdb, [r for r in bought if r["day"] <= cut], cut).items()
    }
    agreed = [(row["since"] <= cut) == (then.get(row["customer_id"]) == "lost") for row in told]
    assert sum(agreed) / len(agreed) > 0.9


def test_what_comes_later_changes_nothing(duckdb):
    bought, cut = company(), TODAY - timedelta(days=60)
    contracts = [contract(1, "2025-01-01", ends="2026-06-01"), contract(2, "2026-06-01")]
    then = [row for row in bought if row["day"] <= cut]
    past, whole = (
        {
            who: row | {"usual_days": row["usual_days"] and round(row["usual_days"], 6), "gone": None}
            for who, row in told.items()
        }
        for told in (
            found(duckdb, then, cut, contracts=contracts[:1]),
            found(duckdb, bought, cut, contracts=contracts),
        )
    )
    assert past == whole


@settings(max_examples=6)
@given(PURCHASES)
def test_everybody_who_bought_has_one_status_and_whoever_did_not_none_of_a_buyer(
    duckdb_engine, tmp_path_factory, rows
):
    desk, as_of = Tables(duckdb_engine, tmp_path_factory.mktemp("statuses")), FIRST + timedelta(days=95)
    told = found(desk, rows, as_of, people=[{"customer_id": "anna"}])
    goods = [row for row in rows if row["customer_id"] and row["kind"] == "goods"]
    past = [row for row in goods if row["day"] is None or row["day"] <= as_of]
    bought = {row["customer_id"] for row in past if row["day"] and not row["is_return"]}
    traded = {row["customer_id"] for row in past}
    assert set(told) == traded | {"anna"}
    for who, row in told.items():
        assert row["status"] in STATUSES and row["reason"] and row["reason_zh"]
        expected = "known" if who in bought else "unknown" if who in traded else "prospect"
        assert (row["status"] if expected != "known" else "known") == expected
        assert (row["status"] in ("prospect", "unknown")) == (who not in bought)


@pytest.mark.parametrize("rows", [[], [sold("anna", "2026-01-01", 5)], [sold(None, "2026-01-01", 5)]])
def test_the_smallest_shops_have_their_sentence_and_picture(duckdb, rows):
    table = stood(duckdb, rows, TODAY)
    assert standing(table).en and "nan" not in standing(table).zh
    assert customers_by_status(table).to_dict()["mark"]["type"] == "bar"


def test_the_words_of_the_statuses_are_those_that_its_note_explains():
    note = lifecycle["status"].note
    assert note
    for code in STATUSES:
        assert f"`{code}`" in note.en and f"`{code}`" in note.zh
    assert {*EVER, "prospect"} == {*STATUSES} and {*ACTIVE} < {*EVER}


def test_every_table_that_tells_a_chance_of_staying_away_tells_it_over_the_same_days():
    """What else a model believes of who is there is a step of its working-out, and no answer."""
    told = [table["gone"] for table in (departure_chances, churn, lifecycle, keep_list)]
    days = [table["horizon_days"] for table in (departure_chances, churn, lifecycle, keep_list)]
    assert {*told} == {departure_chances["gone"]} and {*days} == {departure_chances["horizon_days"]}
    assert not {"alive", "alive_pareto"} & {column.name for column in answering(lifetime_value.columns)}
    assert "returns" not in {column.name for column in answering(next_purchase.columns)}


def test_whom_no_silence_within_ten_years_makes_lost_is_given_no_limit(engine):
    silences = ibis.memtable({"log": [5.0, 9.0]}).mutate(silence=0.0, overdue=0.0, rhythm=0.0)
    curve = InactivityModel("rhythm", 0.0, {}, {}, pace=(1.0, 0.0))
    assert curve.tipping(silences, -silences.log).execute().isna().tolist() == [False, True]
    silent = {"never": (0.2, None), "later": (0.2, 300), "gone": (0.8, None)}
    told = [
        {"customer_id": who, "gone": gone, "lost_after": after, "method": "rhythm", "horizon_days": 180}
        for who, (gone, after) in silent.items()
    ]
    bought = [row for who in silent for row in every(who, 10, 3, 40)]
    rows = found(engine, bought, told=told)
    assert {who: (row["status"], row["limit_days"]) for who, row in rows.items()} == {
        "never": ("overdue", None), "later": ("overdue", 300), "gone": ("lost", 29),
    }  # fmt: skip
