from datetime import date
from math import comb

import ibis.expr.types as ir
import numpy as np
import pytest

from shuke.analyses.complaints import complaints
from shuke.analyses.experiences import experiences
from shuke.analyses.false_discoveries import corrected
from shuke.analyses.rank_differences import rank_difference
from shuke.analyses.satisfaction_factors import factor_sentence, factors, satisfaction_factors
from shuke.analyses.survey_scores import survey_scores
from shuke.profiles.customers import customers
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def rated(who: str, rating: float, **further: object) -> Row:
    row = {"score_id": f"{who}-{rating}", "customer_id": who, "day": date(2026, 5, 10), "measure": "csat",
           "survey": "s", "question": "q", "rating": rating}  # fmt: skip
    return row | {"verdict": "good" if rating >= 0.75 else "bad" if rating <= 0.25 else "middling"} | further


def lived(desk: Tables, *, scores=(), people=(), complained=(), bought=(), calls=(), touches=(), **who: str):
    table = desk.made(
        experiences, desk.derived(survey_scores, list(scores)), desk.derived(customers, list(people)),
        desk.derived(complaints, list(complained)), written(desk, list(bought)),
        desk.landed("interactions", list(calls)), desk.landed("touches", list(touches)),
        desk.identities(**who), as_of=AS_OF, zone="UTC",
    )  # fmt: skip
    return desk.checkpoint(table)


def test_what_somebody_is_and_went_through_before_answering_marks_them(engine):
    table = lived(
        engine,
        scores=[rated("anna", 0.0), rated("anna", 1.0, day=date(2025, 1, 1)), rated("bert", 1.0),
         rated("bert", 0.5, measure="product"), rated("cleo", 1.0, day=date(2020, 1, 1))],
        people=[{"customer_id": "anna", "gender": "female", "birth_from": date(1990, 5, 1),
          "birth_until": date(1990, 5, 1)}, {"customer_id": "bert"}],
        complained=[{"complaint_id": "1", "customer_id": "anna", "day": date(2026, 5, 1), "waiting": True},
         {"complaint_id": "2", "customer_id": "bert", "day": date(2026, 5, 11), "waiting": True}],
        bought=[sold("anna", "2026-04-01", 9, order_id="1", category="Food > Tea", channel="till",
                     store_id="S1"),
         sold("anna", "2026-05-02", 9, order_id="2", discount=1),
         sold("bert", "2025-01-01", 9)],
        calls=[{"interaction_id": "1", "record_id": "A1", "at": "2026-05-01T00:00", "topic": "Delivery"},
         {"interaction_id": "2", "record_id": "B1", "at": "2026-05-01T00:00", "direction": "Outbound"}],
        touches=[{"touch_id": "1", "record_id": "A1", "at": "2026-05-01T00:00", "group": "control"}],
        anna="A1", bert="B1",
    )  # fmt: skip
    found = {(r["customer_id"], r["mark"], r["value"]) for r in engine.rows(table)}
    assert found == {
        ("anna", "", ""), ("anna", "gender", "female"), ("anna", "age", "30+"),
        ("anna", "complained", "yes"), ("anna", "unanswered", "yes"), ("anna", "category", "Food"),
        ("anna", "channel", "till"), ("anna", "store", "S1"), ("anna", "several", "yes"),
        ("anna", "discounted", "yes"), ("anna", "newcomer", "yes"), ("anna", "topic", "delivery"),
        ("bert", "", ""), ("bert", "approached", "yes"), ("bert", "nothing", "yes"),
    }  # fmt: skip
    standing = {r["customer_id"]: r["standing"] for r in engine.rows(table)}
    assert standing == {"anna": pytest.approx(0.25), "bert": pytest.approx(0.75)}


def marked(desk: Tables, ratings: dict[str, list[float]], mark: str = "returned") -> ir.Table:
    """So many ratings of those with the mark and of the others."""
    rows = []
    for group, given in ratings.items():
        for n, rating in enumerate(given):
            row = {"measure": "csat", "customer_id": f"{group}{n}", "day": AS_OF, "standing": rating,
                   "verdict": rated("", rating)["verdict"]}  # fmt: skip
            rows.append(row | {"mark": "", "value": ""})
            rows += [row | {"mark": mark, "value": "yes"}] if group == "with" else []
    return desk.derived(experiences, rows)


def found(desk: Tables, ratings: dict[str, list[float]], **asked: object) -> list[Row]:
    return desk.rows(desk.checkpoint(desk.made(satisfaction_factors, marked(desk, ratings), **asked)))


def test_who_had_to_return_goods_rates_lower(engine):
    (row,) = found(engine, {"with": [0.0] * 9 + [1.0] * 3, "without": [0.0] * 6 + [1.0] * 24})
    assert (row["customers"], row["others"], row["separates"]) == (12, 30, True)
    assert (row["good"], row["others_good"], row["bad"], row["others_bad"]) == (0.25, 0.8, 0.75, 0.2)
    assert row["difference"] == pytest.approx(0.25 * 0.2 - 0.75 * 0.8)
    assert row["low"] < row["difference"] < row["high"] < 0 and row["at_least"] == pytest.approx(-row["high"])


def test_too_few_are_not_compared_and_all_alike_do_not_differ(duckdb):
    assert found(duckdb, {"with": [0.0] * 5, "without": [1.0] * 30}) == []
    (row,) = found(duckdb, {"with": [1.0] * 15, "without": [1.0] * 30})
    assert (row["p"], row["separates"], row["difference"], row["at_least"]) == (1.0, False, 0.0, 0.0)
    empty = duckdb.made(satisfaction_factors, marked(duckdb, {})).to_pandas()
    assert empty.empty and "Too few" in factor_sentence(empty).en and factors(empty).to_dict()


def test_the_sentence_names_what_is_surest(duckdb):
    table = marked(duckdb, {"with": [0.0] * 12, "without": [0.0] * 6 + [1.0] * 24})
    frame = duckdb.made(satisfaction_factors, table).to_pandas()
    assert factor_sentence(frame).en == (
        "1 of 1 marks tell the satisfied from the dissatisfied. Most does “Returned goods”: of 12 such "
        "customers "
        "0% are satisfied, of the others 80%."
    )
    assert "以「退过货」最明显" in factor_sentence(frame).zh
    assert len(factors(frame).to_dict()["layer"]) == 3
    assert "None of 1" in factor_sentence(frame.assign(separates=False)).en


def test_the_rank_sum_is_that_of_scipy():
    from scipy.stats import mannwhitneyu

    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 6, 25), rng.integers(1, 7, 40)
    levels = np.arange(7)
    counts = [(x[:, None] == levels).sum(0)[:, None].astype(float) for x in (a, b)]
    told, theirs = rank_difference(*counts), mannwhitneyu(a, b, method="asymptotic")
    assert told.p[0] == pytest.approx(theirs.pvalue) and told.delta[0] == pytest.approx(
        2 * theirs.statistic / (25 * 40) - 1
    )


RUNS, CUSTOMERS, MARKS, LEVELS = 2000, 60, 25, 11
BAND = 3.29 * np.sqrt(0.05 * 0.95 / RUNS)


def test_where_nothing_is_true_false_findings_are_no_more_than_stated():
    """2,000 small runs, the ratings dealt out anew in each: where anything is found, all of it is false."""
    rng = np.random.default_rng(20)
    marks = (rng.random((CUSTOMERS, MARKS)) < rng.uniform(0.2, 0.8, MARKS)).astype(float)
    dealt = rng.permuted(np.tile(rng.integers(0, LEVELS, CUSTOMERS), (RUNS, 1)), axis=1)
    levels = (dealt[:, None, :] == np.arange(LEVELS)[:, None]).astype(float)
    with_it = levels @ marks
    p = rank_difference(with_it, levels.sum(2)[:, :, None] - with_it).p
    false = sum(bool((corrected(run, MARKS) <= 0.05).any()) for run in p)
    print(f"false findings in {false} of {RUNS} runs")
    assert 0 < false / RUNS <= 0.05 + BAND


def test_the_interval_of_a_difference_covers_what_is_true_and_a_difference_is_seen():
    rng, levels = np.random.default_rng(21), np.arange(11)
    shares, sizes = (0.6, 0.7), (40, 60)
    counts = [
        (rng.binomial(10, share, (RUNS, size, 1)) == levels).sum(1)[:, :, None].astype(float)
        for share, size in zip(shares, sizes, strict=True)
    ]
    told = rank_difference(*counts)
    chances = [np.array([comb(10, k) * s**k * (1 - s) ** (10 - k) for k in levels]) for s in shares]
    true = (chances[0][:, None] * chances[1] * np.sign(levels[:, None] - levels)).sum()
    assert abs(((told.low <= true) & (true <= told.high)).mean() - 0.95) <= BAND
    assert (told.p <= 0.05).mean() > 0.7
