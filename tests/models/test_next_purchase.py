from datetime import date, timedelta
from math import exp, gamma, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from shuke.errors import NotEnoughData
from shuke.models import interpurchase_times
from shuke.models.interpurchase_times import InterpurchaseModel, InterpurchaseTimes
from shuke.models.next_purchase import came_when_expected, due, next_purchase, weeks_to_come
from tests.analyses.selling import PURCHASES, sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def made(desk, rows, as_of=AS_OF, **asked):
    return desk.checkpoint(desk.made(next_purchase, written(desk, rows), as_of=as_of, **asked))


def told(desk: Tables, rows: list[Row], **asked: float) -> dict[str, Row]:
    """Those of whom a date is told."""
    return {who: row for who, row in everybody(desk, rows, **asked).items() if row["expected_on"]}


def everybody(desk: Tables, rows: list[Row], **asked: float) -> dict[str, Row]:
    return {row["customer_id"]: row for row in desk.rows(made(desk, rows, **asked))}


def regulars(many: int, *, seed: int = 5) -> list[Row]:
    """Purchases of customers who each keep to a gap of their own, give or take a third."""
    dice = np.random.default_rng(seed)
    rows = []
    for n in range(many):
        usual, day = dice.gamma(6, 6), float(dice.integers(0, 60))
        while day < 365:
            rows.append(sold(f"{n:03}", AS_OF - timedelta(days=int(365 - day)), 10))
            day += 1 + usual * dice.gamma(9) / 9
    return rows


@pytest.fixture(scope="module")
def company() -> list[Row]:
    return regulars(80)


def test_dates_come_from_each_customers_own_rhythm(engine, company):
    often = [sold("often", AS_OF - timedelta(days=5 + 10 * n), 10) for n in range(20)]
    seldom = [sold("seldom", AS_OF - timedelta(days=3 + 50 * n), 10) for n in range(6)]
    found = told(engine, [*company, *often, *seldom, sold("once", AS_OF, 10)])
    assert {row["method"] for row in found.values()} == {"rhythm", "pooled"}
    for row in found.values():
        assert AS_OF < row["earliest_on"] <= row["expected_on"] <= row["latest_on"]
    often_on, seldom_on = (found[who]["expected_on"] - AS_OF for who in ("often", "seldom"))
    assert timedelta(4) <= often_on <= timedelta(7)
    assert timedelta(40) <= seldom_on <= timedelta(55)
    assert (found["often"]["due_this_week"], found["seldom"]["due_this_week"]) == (True, False)
    assert (found["often"]["gaps"], found["often"]["mean_gap"], found["often"]["last_gap"]) == (19, 10, 10)
    assert (found["once"]["method"], found["once"]["mean_gap"]) == ("pooled", None)


def test_who_has_been_silent_for_too_long_is_not_expected(duckdb, company):
    quiet = [sold("quiet", AS_OF - timedelta(days=25 + 10 * n), 10) for n in range(20)]
    late = [sold("late", AS_OF - timedelta(days=13 + 10 * n), 10) for n in range(20)]
    found = told(duckdb, company + quiet + late)
    assert "quiet" not in found
    whole = everybody(duckdb, company + quiet + late)
    assert whole["quiet"]["limit_days"] < 25 and whole["quiet"]["expected_on"] is None
    assert whole["late"]["rhythm_days"] < whole["late"]["late_days"] < whole["late"]["limit_days"]
    assert "quiet" in told(duckdb, company + quiet, tail_probability=0.0)


def test_the_grade_compares_with_the_mean_and_the_last_gap(duckdb, company):
    at = AS_OF - timedelta(days=90)
    table = made(duckdb, [row for row in company if row["day"] <= at], as_of=at)
    grade = came_when_expected(table, written(duckdb, company), at=at, until=AS_OF)
    measures = {m.name: m for m in grade.measures}
    assert measures["date_error_last"].beats_naive
    assert measures["coverage"].value == pytest.approx(0.8, abs=0.15)
    assert measures["back"].value > 0.8 and measures["back"].naive == pytest.approx(0.9, abs=0.02)
    assert 30 < grade.subjects <= 80
    with pytest.raises(NotEnoughData, match="None of those expected within 90 days"):
        came_when_expected(table, written(duckdb, []), at=at, until=AS_OF)


def test_where_there_is_too_little_the_mean_gap_is_used(duckdb):
    rows = [sold("anna", day, 10) for day in ("2026-04-01", "2026-05-11", "2026-06-20")]
    rows += [sold("anna", "2026-06-25", -10), sold("bert", "2026-06-30", 5), sold("old", "2020-01-01", 5)]
    found = told(duckdb, rows)
    assert set(found) == {"anna", "bert"}
    anna, bert = found["anna"], found["bert"]
    assert (anna["method"], anna["expected_on"]) == ("baseline", date(2026, 7, 30))
    assert (anna["earliest_on"], anna["latest_on"]) == (date(2026, 7, 4), date(2026, 9, 30))
    assert bert["expected_on"] == date(2026, 8, 9)
    assert "No model foretold" in due(made(duckdb, rows)).en


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [sold("anna", "2026-06-30", 10)],
        [sold("anna", "2026-06-01", -10), sold("bert", None, 10), sold(None, "2026-06-01", 10)],
        [sold(f"{n}", "2026-06-01", 10) for n in range(40)],
    ],
)  # fmt: skip
def test_nobody_is_expected_where_nobody_has_come_twice(duckdb, rows):
    assert told(duckdb, rows) == {}
    assert due(made(duckdb, rows)).zh == "暂无可预计回购的客户。"


def test_where_all_keep_the_same_gap_all_are_expected_after_it(duckdb):
    rows = [sold(f"{n}", AS_OF - timedelta(days=7 * m), 10) for n in range(20) for m in range(8)]
    assert {row["expected_on"] for row in told(duckdb, rows).values()} == {AS_OF + timedelta(days=7)}


def test_where_the_mean_gap_foretells_better_than_any_model_it_is_used(duckdb):
    """Each customer comes after so many days exactly, some often and some seldom."""
    gaps = [4, 11, 23, 48, 90] * 8
    rows = [sold(f"{n}", AS_OF - timedelta(days=gap * m), 10) for n, gap in enumerate(gaps) for m in range(5)]
    found = told(duckdb, rows)
    assert {row["method"] for row in found.values()} == {"baseline"}
    assert all(found[f"{n}"]["expected_on"] == AS_OF + timedelta(days=gap) for n, gap in enumerate(gaps))
    assert {row["returns"] for row in found.values()} == {None}
    assert "No model foretold" in due(made(duckdb, rows)).en


@settings(max_examples=10)
@given(PURCHASES)
def test_gaps_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, rows):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("gaps"))
    found = everybody(desk, rows)
    days: dict[str, set[date]] = {}
    for row in rows:
        if row["customer_id"] and row["day"] and row["kind"] == "goods" and not row["is_return"]:
            days.setdefault(row["customer_id"], set()).add(row["day"])
    gaps = {
        who: [(b - a).days for a, b in zip(sorted(d), sorted(d)[1:], strict=False)] for who, d in days.items()
    }
    if any(gaps.values()):
        assert {who: row["gaps"] for who, row in found.items()} == {w: len(g) for w, g in gaps.items()}
        assert {who: row["last_gap"] for who, row in found.items()} == {
            w: g[-1] if g else None for w, g in gaps.items()
        }


@given(st.integers(0, 30), st.floats(0.5, 9), st.floats(1.2, 6), st.floats(0.0, 2))
@settings(max_examples=15)
def test_a_quantile_is_that_of_the_share_which_has_not_come_yet(count, k, q, silence):
    model, x, s = InterpurchaseModel(k, q, 20.0), np.array([float(count)]), np.array([silence])
    if model.gone(x, s)[0] < 0.99:
        longer = model.quantile(0.3, x, s)
        law = stats.betaprime(k, k * count + q)
        assert law.sf(longer[0]) == pytest.approx(0.7 * law.sf(silence), rel=1e-4)


def test_the_likelihood_is_that_of_gamma_gaps_at_a_gamma_pace():
    k, q, scale, gaps = 2.0, 3.0, 40.0, (20.0, 35.0)

    def height(pace):
        each = [pace**k * g ** (k - 1) * exp(-pace * g) / gamma(k) for g in gaps]
        return each[0] * each[1] * scale**q * pace ** (q - 1) * exp(-scale * pace) / gamma(q)

    seen = InterpurchaseTimes(np.array([2.0]), np.array([55.0]), np.array([sum(map(log, gaps))]), np.ones(1))
    value, slopes = interpurchase_times._likelihood(seen, np.array([k, q, scale]))
    assert value == pytest.approx(log(integrate.quad(height, 0, 2)[0]), rel=1e-6)
    for n, step in enumerate(np.eye(3) * 1e-6):
        up, down = (
            interpurchase_times._likelihood(seen, np.array([k, q, scale]) + way * step)[0] for way in (1, -1)
        )
        assert slopes[n] == pytest.approx((up - down) / 2e-6, rel=1e-4)


def test_the_picture_and_its_sentence_say_who_is_due(duckdb, company):
    table = made(duckdb, company)
    assert weeks_to_come(table).to_dict()["mark"]["type"] == "bar"
    assert "are due this week" in due(table).en


def leavers(many: int, *, seed: int = 8) -> list[Row]:
    """Regulars, of whom one in five leaves after each purchase."""
    dice = np.random.default_rng(seed)
    rows = []
    for n in range(many):
        day = float(dice.integers(0, 600))
        while day < 720:
            rows.append(sold(f"{n:03}", AS_OF - timedelta(days=int(720 - day)), 10))
            day += 1000 if dice.random() < 0.2 else 1 + 30 * dice.gamma(9) / 9
    return rows


def test_it_promises_no_more_than_those_who_may_have_left_can_keep(duckdb):
    """A date holds of those who come; how many come is told beside it, and both are graded."""
    bought, at = leavers(400), AS_OF - timedelta(days=120)
    table = made(duckdb, [row for row in bought if row["day"] <= at], as_of=at)
    found = duckdb.rows(table)
    assert all(0 <= row["returns"] <= 1 for row in found)
    fresh = [row["returns"] for row in found if (at - row["last_day"]).days < 7]
    late = [
        row["returns"]
        for row in found
        if row["expected_on"] and (at - row["last_day"]).days > row["late_days"]
    ]
    assert sum(fresh) / len(fresh) == pytest.approx(0.8, abs=0.06) and max(late) < min(fresh)
    grade = came_when_expected(table, written(duckdb, bought), at=at, until=AS_OF)
    back = {measure.name: measure for measure in grade.measures}["back"]
    assert back.naive and back.naive < 0.8
    assert back.value == pytest.approx(back.naive, abs=0.12)


@settings(max_examples=15)
@given(st.integers(0, 12), st.floats(0, 0.95), st.floats(0.3, 5), st.floats(0.5, 9))
def test_who_comes_again_is_by_chance_of_those_who_have_not_left(count, past, a, b):
    """By going through all chances of leaving, one by one."""
    leave = stats.beta(a, b).ppf((np.arange(5000) + 0.5) / 5000)
    weight = (1 - leave) ** count
    again = (weight * (1 - leave) * (1 - past)).sum()
    plain = again / (again + (weight * leave).sum())
    told = interpurchase_times.DropoutModel(a, b).returns(np.array([float(count)]), np.array([past]))
    assert told[0] == pytest.approx(plain, abs=0.02)


def test_how_many_leave_is_learnt_from_all_that_came_and_did_not():
    """Of a million with chances beta (2, 6), followed for ten purchases, as many as are to be expected."""
    count = np.arange(11.0)
    stays = np.exp(special.betaln(2, 6 + count) - special.betaln(2, 6))
    customers = 1e6 * np.append(stays[:-1] - stays[1:], stays[-1])
    # Who has left has been silent for longer than any gap; who was followed to the end has just bought.
    past = np.where(count < 10, 1 - 1e-12, 0.0)
    found = interpurchase_times.leaving(count, past, customers)
    assert found
    assert found.a == pytest.approx(2, rel=0.01)
    assert found.b == pytest.approx(6, rel=0.01)
    assert interpurchase_times.leaving(np.zeros(0), np.zeros(0), np.zeros(0)) is None
