import random
from datetime import date, timedelta
from typing import Any

import pytest

from shuke.errors import NotEnoughData
from shuke.models.churn import at_risk_sentence, chances, churn, stayed_away
from shuke.models.lifetime_value import lifetime_value
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables
from tests.models import standing

TODAY = date(2026, 6, 30)
START = date(2024, 7, 1)


def foretold(desk: Tables, bought: list[Row], as_of: date = TODAY, **lists: Any) -> Any:
    """The table as of a day, of whom all are identified by their own number."""
    told = standing.chances(desk, bought, as_of, **lists)
    lives = standing.stood(desk, bought, as_of, **lists)
    table = desk.made(churn, told, lives, desk.derived(lifetime_value, lists.get("values", [])))
    return desk.checkpoint(table)


def rows(desk: Tables, table: Any) -> dict[str, Row]:
    return {row["customer_id"]: row for row in desk.rows(table)}


def company(count: int = 240) -> tuple[list[Row], list[Row], dict[str, date]]:
    """Buyers each of a rhythm of their own, some of whom leave; half of these complain on their last day."""
    dice = random.Random(7)
    bought, complained, left = [], [], {}
    for number in range(count):
        who, rhythm = f"c{number:03}", dice.choice([12, 25, 60])
        day = START + timedelta(days=dice.randrange(300))
        ends = day + timedelta(days=int(dice.expovariate(1 / 300)))
        left[who] = ends
        if dice.random() < 0.5 and ends < TODAY:
            complained.append({"complaint_id": who, "customer_id": who, "day": ends, "waiting": True})
        while day <= min(ends, TODAY):
            bought.append(sold(who, day, 10))
            day += timedelta(days=max(1, int(dice.gauss(rhythm, rhythm / 4))))
    return bought, complained, left


def test_who_is_silent_beyond_their_rhythm_is_gone_rather_than_who_is_silent_for_long(engine):
    bought, complained, left = company()
    worth = [{"customer_id": who, "value_12m": 100, "alive": 0.5} for who in left]
    found = rows(engine, foretold(engine, bought, complained=complained, values=worth))
    assert {row["method"] for row in found.values()} <= {"rhythm", "model_and_rhythm"}
    assert {row["kind"] for row in found.values()} == {"purchases"}
    gone = [row["gone"] for who, row in found.items() if left[who] < TODAY - timedelta(days=120)]
    here = [row["gone"] for who, row in found.items() if left[who] > TODAY]
    assert sum(gone) / len(gone) > 0.8 and sum(here) / len(here) < 0.3
    for row in found.values():
        assert 0 <= row["gone"] <= 1 and row["reason"] and row["reason_zh"]
        assert abs(float(row["value_at_risk"]) - 100 * row["gone"]) < 1e-3
    worst = max(found.values(), key=lambda row: row["gone"])
    assert f"{worst['silent_days']}" in worst["reason"] and f"{worst['silent_days']}" in worst["reason_zh"]


def test_what_is_foretold_is_graded_by_who_came_back(duckdb):
    bought, complained, _ = company()
    cut = TODAY - timedelta(days=90)
    known = [row for row in complained if row["day"] <= cut]
    then = foretold(duckdb, [row for row in bought if row["day"] <= cut], cut, complained=known)
    tables = written(duckdb, bought), duckdb.landed("contracts"), duckdb.identities()
    grade = stayed_away(then, *tables, at=cut, until=TODAY)
    auc, brier, away = grade.measures
    assert auc.beats_naive and brier.beats_naive and away.beats_naive
    assert auc.value > 0.85 and grade.subjects == len(rows(duckdb, then))
    assert grade.sentence.en.startswith("Of 100 customers called lost,")
    with pytest.raises(NotEnoughData):
        stayed_away(then.limit(0), *tables, at=cut, until=TODAY)


def test_what_comes_later_changes_nothing(duckdb):
    bought, complained, _ = company(120)
    cut = TODAY - timedelta(days=60)
    known = [row for row in complained if row["day"] <= cut]
    past = foretold(duckdb, [row for row in bought if row["day"] <= cut], cut, complained=known)
    assert rows(duckdb, past) == rows(duckdb, foretold(duckdb, bought, cut, complained=known))


def test_complaints_are_named_where_they_weigh_most(duckdb):
    bought, complained, _ = company()
    fresh = [sold("fresh", TODAY - timedelta(days=n), 10) for n in (1, 31, 61, 91)]
    told = [*complained, {"complaint_id": "x", "customer_id": "fresh", "day": "2026-06-29", "waiting": True}]
    row = rows(duckdb, foretold(duckdb, bought + fresh, complained=told))["fresh"]
    assert row["reason"] == "Complaints in 180 days: 1, still waiting for an answer: 1"
    assert row["reason_zh"] == "180 天内投诉 1 次，未答复 1 次" and row["complaints"] == 1


def test_a_shop_without_a_past_goes_by_silence_against_the_usual_gap(duckdb):
    bought = [sold("anna", TODAY - timedelta(days=n), 10) for n in (60, 70, 80)] + [sold("bert", TODAY, 1)]
    found = rows(duckdb, foretold(duckdb, bought))
    assert {row["method"] for row in found.values()} == {"prior"}
    # mean gap of all 10 days, so Anna's (20 + 10) / 3 = 10; the odds are (60 + 1) / (2 × (10 + 1))
    odds = 61 / 22
    assert abs(found["anna"]["gone"] - odds / (1 + odds)) < 1e-9 and found["bert"]["gone"] < 0.05
    assert found["anna"]["value_at_risk"] is None  # nobody has worked out what she is worth
    assert found["anna"]["reason"] == "Silent for 60 days; the usual gap is about 10 days"


@pytest.mark.parametrize(
    "bought",
    [
        [], [sold("anna", "2026-01-01", -5)], [sold("anna", "2026-06-30", 5)], [sold(None, "2026-01-01", 5)],
        [sold(f"c{n}", "2026-01-01", 5) for n in range(300)], [sold("anna", "1990-01-01", 0)],
    ],
)  # fmt: skip
def test_the_strangest_shops_get_a_defined_answer(duckdb, bought):
    table = foretold(duckdb, bought)
    for row in duckdb.rows(table):
        assert 0 <= row["gone"] <= 1 and row["reason"]
    assert at_risk_sentence(table).en and "nan" not in at_risk_sentence(table).zh
    assert chances(table).to_dict()["mark"]["type"] == "bar"


def contract(number: int, starts: str, **further: Any) -> Row:
    return {"contract_no": str(number), "record_id": f"K{number}", "starts": starts, **further}


def under_contract(count: int) -> list[Row]:
    """Contracts without an end; the dear ones are cancelled sooner."""
    dice = random.Random(11)
    found = []
    for number in range(count):
        dear = number % 2 == 0
        starts = date(2024, 1, 1) + timedelta(days=dice.randrange(500))
        cancelled = starts + timedelta(days=int(dice.expovariate(1 / (250 if dear else 4000))))
        fee = 90 if dear else 20
        found.append(contract(number, f"{starts}", cancelled=f"{cancelled}", monthly_fee=fee, kind="phone"))
    return found


def test_contracts_teach_a_classifier_which_feature_makes_customers_leave(duckdb):
    contracts = under_contract(300)
    found = rows(duckdb, foretold(duckdb, [], contracts=contracts))
    assert {row["method"] for row in found.values()} == {"classifier"}
    assert {row["kind"] for row in found.values()} == {"contract"}
    running = {row["record_id"] for row in contracts if row["cancelled"] > "2026-06-30"}
    assert set(found) == running & {row["record_id"] for row in contracts if row["starts"] <= "2026-06-30"}
    dear = [row for who, row in found.items() if int(who[1:]) % 2 == 0]
    fair = [row for who, row in found.items() if int(who[1:]) % 2]
    assert min(row["gone"] for row in dear) > max(row["gone"] for row in fair)
    assert all("ays 90 a month" in row["reason"] and "月费 90" in row["reason_zh"] for row in dear)
    assert not any("month; pays" in row["reason"] for row in fair)


def test_a_cancellation_yet_to_come_is_not_known(duckdb):
    contracts = under_contract(300)
    blind = [row if row["cancelled"] <= "2026-06-30" else row | {"cancelled": None} for row in contracts]
    assert rows(duckdb, foretold(duckdb, [], contracts=contracts)) == rows(
        duckdb, foretold(duckdb, [], contracts=blind)
    )


def test_too_few_ended_contracts_leave_the_rate_at_which_they_end(engine):
    contracts = [
        contract(1, "2026-01-01"), contract(2, "2026-01-01", cancelled="2026-03-02"),
        contract(3, "2026-01-01", ends="2026-06-30"), contract(4, "2026-01-01", ends="2026-07-01"),
    ]  # fmt: skip
    bought = [sold("K1", "2026-06-01", 5), sold("K2", "2026-06-01", 5)]
    found = rows(engine, foretold(engine, bought, contracts=contracts))
    assert {who: (row["kind"], row["method"]) for who, row in found.items()} == {
        "K1": ("contract", "hazard"), "K2": ("purchases", "prior"), "K4": ("contract", "hazard"),
    }  # fmt: skip
    assert found["K1"]["usual_days"] is None and found["K1"]["silent_days"] is None
    # two ended in 180 + 60 + 180 + 180 days
    expected = 1 - 2.718281828459045 ** (-(2.5 / (600 + 365.25)) * 180)
    assert abs(found["K1"]["gone"] - expected) < 1e-9


def test_contracts_are_graded_by_whether_they_went_on(duckdb):
    cut = date(2026, 1, 1)
    contracts = under_contract(300)
    then = foretold(duckdb, [], cut, contracts=contracts)
    people = duckdb.identities(**{row["record_id"]: row["record_id"] for row in contracts})
    grade = stayed_away(
        then, written(duckdb, []), duckdb.landed("contracts", contracts), people, at=cut, until=TODAY
    )
    assert [measure.name for measure in grade.measures] == [
        "auc_contracts",
        "brier",
        "stayed_away",
        "calibration",
    ]
    assert grade.measures[0].value > 0.6 and grade.measures[1].beats_naive
