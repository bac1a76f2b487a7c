import random
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.models import recency
from shuke.models.churn import at_risk_sentence, stayed_away
from shuke.models.churn_grading import graded
from tests.analyses.selling import sold, written
from tests.models.test_churn import TODAY, contract, foretold, rows

PEOPLE = st.lists(
    st.tuples(st.floats(0, 6).map(lambda s: round(s, 2)), st.integers(1, 40), st.floats(0, 1)),
    min_size=1, max_size=30,
)  # fmt: skip


@settings(max_examples=15)
@given(PEOPLE)
def test_longer_silence_never_means_a_lesser_chance(people):
    silence, customers, share = (np.array(column, dtype=float) for column in zip(*people, strict=True))
    curve = recency.fit(silence, np.round(customers * share), customers)
    told = curve.log_odds(np.linspace(-1, 8, 50))
    assert np.isfinite(told).all()
    assert (np.diff(told) >= -1e-9).all()


def test_the_curve_goes_through_the_shares_of_its_groups():
    silence = np.repeat(np.arange(1.0, 9.0), 100)
    gone = np.concatenate([np.arange(100) < 10 * n for n in range(1, 9)]).astype(float)
    curve = recency.fit(silence, gone, np.ones(800))
    told = 1 / (1 + np.exp(-curve.log_odds(np.arange(1.0, 9.0))))
    assert told == pytest.approx(np.arange(0.1, 0.9, 0.1), abs=0.005)


def shop(many: int, *, leaves: float, seed: int = 3) -> list:
    """Customers who all buy at random at one pace; each day some of them leave for good."""
    dice = random.Random(seed)
    bought = []
    for number in range(many):
        day, until = 700.0, 700 - dice.expovariate(leaves) if leaves else 0.0
        while day > max(until, 0):
            bought.append(sold(f"c{number:03}", TODAY - timedelta(days=int(day)), 10))
            day -= dice.expovariate(1 / 100)
    return bought


def test_where_the_rhythm_tells_nothing_it_steps_back_to_silence_and_says_so(duckdb):
    """They leave, and all have one pace: the length of silence is all that there is to know."""
    table = foretold(duckdb, shop(400, leaves=1 / 500), horizon=60)
    found = rows(duckdb, table)
    assert {row["method"] for row in found.values()} == {"recency"}
    by_silence = sorted(found.values(), key=lambda row: row["silent_days"])
    told = [row["gone"] for row in by_silence]
    assert told == sorted(told) and told[0] < 0.7 and told[-1] > 0.9
    assert by_silence[-1]["reason"].startswith("Silent for")
    assert "better than the length of silence, so that is used" in at_risk_sentence(table).en
    assert "仅按沉默时长" in at_risk_sentence(table).zh


def test_where_not_even_silence_tells_anything_all_have_the_rate_of_all(duckdb):
    """Nobody leaves, and all buy at one pace: whoever bought yesterday is as likely to come as anybody."""
    table = foretold(duckdb, shop(400, leaves=0), horizon=60)
    found = rows(duckdb, table)
    assert {row["method"] for row in found.values()} == {"rate"}
    chances = {row["gone"] for row in found.values()}
    assert len(chances) == 1 and chances.pop() == pytest.approx(np.exp(-60 / 100), abs=0.08)
    assert "better than the rate of all" in at_risk_sentence(table).en


CELLS = pd.DataFrame(
    {
        "chance": [0.9, 0.1], "called": [True, False], "silent_days": [90, 9], "kind": "purchases",
        "method": "recency", "horizon_days": 180, "customers": [100.0, 100.0], "gone": [80.0, 10.0],
    }
)  # fmt: skip


def test_the_naive_chance_is_the_rate_that_could_be_known_then():
    grade = graded(CELLS, {"purchases": 0.6}, days=180)
    found = {measure.name: measure for measure in grade.measures}
    assert found["brier"].value == pytest.approx((80 * 0.01 + 20 * 0.81 + 10 * 0.81 + 90 * 0.01) / 200)
    assert found["brier"].naive == pytest.approx((90 * 0.16 + 110 * 0.36) / 200)
    assert found["calibration"].value == pytest.approx(100 / 90)
    assert found["calibration"].naive == 1
    assert "better than the length of silence" in grade.sentence.en


def test_who_was_followed_for_too_short_a_time_is_graded_with_a_word_of_it():
    grade = graded(CELLS, {}, days=90)
    assert "calibration" not in {measure.name for measure in grade.measures}
    assert "followed for 90 of 180 days" in grade.sentence.en and "90 天" in grade.sentence.zh


def test_nobody_is_followed_for_longer_than_was_told(duckdb):
    bought = [sold(f"c{n}", "2026-01-01", 5) for n in range(4)]
    then = foretold(duckdb, bought, date(2026, 1, 1), horizon=30)
    later = [*bought, sold("c0", "2026-01-20", 5), sold("c1", "2026-03-20", 5)]
    tables = written(duckdb, later), duckdb.landed("contracts"), duckdb.identities()
    grade = stayed_away(then, *tables, at=date(2026, 1, 1), until=date(2026, 6, 1))
    (brier,) = [m for m in grade.measures if m.name == "brier"]
    chance = rows(duckdb, then)["c0"]["gone"]
    assert brier.value == pytest.approx((3 * (1 - chance) ** 2 + chance**2) / 4, abs=1e-3)


def test_where_nothing_tells_whose_contract_ends_all_have_the_rate_at_which_they_end(duckdb):
    """All pay the same for the same, and cancel by lot."""
    dice, contracts = random.Random(5), []
    for number in range(300):
        starts = date(2024, 1, 1) + timedelta(days=dice.randrange(500))
        ends = starts + timedelta(days=int(dice.expovariate(1 / 600)))
        contracts.append(contract(number, f"{starts}", cancelled=f"{ends}", monthly_fee=20, kind="phone"))
    found = rows(duckdb, foretold(duckdb, [], contracts=contracts))
    assert {row["method"] for row in found.values()} == {"hazard"}
    (chance,) = {row["gone"] for row in found.values()}
    assert chance == pytest.approx(1 - np.exp(-180 / 600), abs=0.06)
