from datetime import date, timedelta

import numpy as np
import pytest

from shuke.analyses import score_intervals
from shuke.analyses.satisfaction import months, satisfaction, score_sentence
from shuke.analyses.survey_scores import answered_sentence, survey_scores
from tests.engine_fixtures import Row, Tables, close

AS_OF = date(2026, 6, 30)
NPS = "How likely are you to recommend us? 您有多大可能推荐我们？"


def answer(who: str, score: float, question: str = NPS, day: str = "2026-05-10", **further: object) -> Row:
    return {"record_id": who, "question": question, "score": score, "at": f"{day}T04:00", **further}


def scores(desk: Tables, answers: list[Row]):
    table = desk.made(
        survey_scores, desk.landed("responses", answers), desk.identities(anna="A1", bert="B1"),
        as_of=AS_OF, zone="Asia/Shanghai",
    )  # fmt: skip
    return desk.checkpoint(table)


def made(desk: Tables, answers: list[Row]):
    return desk.made(satisfaction, scores(desk, answers), as_of=AS_OF)


def year(desk: Tables, answers: list[Row]) -> dict[str, Row]:
    return {r["measure"]: r for r in desk.rows(made(desk, answers)) if r["period"] == "year"}


def test_a_question_is_told_by_its_words_and_its_scale_by_the_answers(engine):
    answers = [
        answer("A1", 10), answer("B1", 6), answer("Z9", 8),
        answer("A1", 4, "How satisfied are you with our service?"),
        answer("A1", 7, "It was easy to get help"), answer("B1", 6, "How much effort did it take?"),
        answer("A1", 5, "您信任我们吗"), answer("B1", 80, "Would you buy again?"),
        answer("A1", 2, "Would you recommend it?", product_id="pie"), answer("A1", 3, "How old is your cat?"),
        answer("A1", 9, day="2026-07-02"),  # not yet
        {"record_id": "A1", "question": "Why?", "answer": "no score"},
    ]  # fmt: skip
    found = {(r["measure"], r["score"]): r for r in engine.rows(scores(engine, answers))}
    assert {key: (r["lowest"], r["highest"], r["verdict"]) for key, r in found.items()} == {
        ("nps", 10): (0, 10, "good"), ("nps", 6): (0, 10, "bad"), ("nps", 8): (0, 10, "middling"),
        ("csat", 4): (1, 5, "good"), ("ces", 7): (1, 7, "good"), ("ces", 6): (1, 7, "bad"),
        ("trust", 5): (1, 5, "good"), ("renewal", 80): (0, 100, "good"),
        ("product", 2): (1, 5, "bad"), ("other", 3): (1, 5, "middling"),
    }  # fmt: skip
    assert found["csat", 4]["of_service"] and not found["nps", 10]["of_service"]
    assert found["nps", 8]["customer_id"] is None and found["nps", 6]["customer_id"] == "bert"
    assert close(found["ces", 6]["rating"], 1 / 6) and close(found["ces", 7]["rating"], 1.0)


def test_values_are_those_of_counting_by_hand(engine):
    answers = [
        *(answer("A1", 9, day=f"2026-05-{d:02}") for d in range(1, 7)),
        *(answer("B1", 3, day=f"2026-05-{d:02}") for d in range(1, 3)),
        *(answer("B1", 8, day=f"2025-05-{d:02}") for d in range(1, 3)),
        answer("A1", 5, "Satisfied?"), answer("B1", 1, "Satisfied?"),
        answer("A1", 7, "Easy?"), answer("B1", 5, "Easy?"),
    ]  # fmt: skip
    found = {(r["measure"], r["period"]): r for r in engine.rows(made(engine, answers))}
    assert {p for m, p in found if m == "nps"} == {"year", "year_before", "2026-05", "2025-05"}
    nps, csat, ces = (found[m, "year"] for m in ("nps", "csat", "ces"))
    assert (nps["answers"], nps["customers"], nps["value"]) == (8, 2, 50)
    assert nps["low"] < 50 < nps["high"] <= 100
    assert found["nps", "year_before"]["value"] == 0
    assert (csat["value"], ces["value"], ces["highest"]) == (50, 6, 7)
    assert (csat["good"], csat["middling"], csat["bad"]) == (1, 0, 1)


def test_poor_data_gives_wide_intervals_or_a_plain_reason(duckdb):
    assert duckdb.rows(made(duckdb, [])) == []
    assert score_sentence(made(duckdb, []).to_pandas()).en.startswith("Nobody has answered")
    assert "No survey" in answered_sentence(scores(duckdb, [])).en
    one = year(duckdb, [answer("A1", 7, "Easy?")])["ces"]
    assert one["value"] == 7 and one["low"] < 4 and one["high"] == 7
    alike = year(duckdb, [answer(f"X{n}", 5, "Satisfied?") for n in range(20)])["csat"]
    assert (alike["value"], alike["customers"]) == (100, 0) and 80 < alike["low"] < 90
    old = made(duckdb, [answer("A1", 7, day="2020-01-01")]).to_pandas()
    assert list(old.period) == ["2020-01"] and "Nobody" in score_sentence(old).en


def test_an_answer_without_a_date_counts_when_it_was_heard_of(duckdb):
    (row,) = duckdb.rows(scores(duckdb, [answer("A1", 7) | {"at": None, "collected_at": "2026-02-03"}]))
    assert row["day"] == date(2026, 2, 3)


def test_the_sentence_tells_of_the_year_before_only_what_is_beyond_chance(duckdb):
    def told(before: int) -> str:
        now = [answer(f"N{n}", 10 if n % 4 else 0) for n in range(200)]
        then = [answer(f"T{n}", before if n % 2 else 0, day="2025-03-01") for n in range(200)]
        return score_sentence(made(duckdb, now + then).to_pandas()).en

    assert told(10) == (
        "The net promoter score is 50 (between 37 and 61, of 200 answers), up from 0.0 a year before."
    )
    chart = months(made(duckdb, [answer("A1", 7), answer("A1", 4, "Satisfied?")]).to_pandas())
    assert len(chart.to_dict()["vconcat"]) == 2 and months(made(duckdb, []).to_pandas()).to_dict()


BAND = 3.29 * np.sqrt(0.05 * 0.95 / 2000)


@pytest.mark.parametrize("n", [60, 300])
def test_intervals_hold_what_is_true_in_95_of_100(n):
    rng = np.random.default_rng(7)
    bad, _fair, good = rng.multinomial(n, [0.2, 0.35, 0.45], size=2000).T
    low, high = score_intervals.net(good, bad, n)
    assert abs(np.mean((low <= 0.25) & (high >= 0.25)) - 0.95) <= BAND
    low, high = score_intervals.share(good, n)
    assert abs(np.mean((low <= 0.45) & (high >= 0.45)) - 0.95) <= BAND
    ratings = rng.choice([0, 0.25, 0.5, 0.75, 1], p=[0.1, 0.1, 0.2, 0.3, 0.3], size=(2000, n))
    low, high = score_intervals.mean(ratings.sum(1), (ratings**2).sum(1), n)
    assert abs(np.mean((low <= 0.65) & (high >= 0.65)) - 0.95) <= BAND


def test_a_net_promoter_score_is_held_by_three_answers_more():
    low, high = score_intervals.net(np.array([28.0]), np.array([12.0]), np.array([50.0]))
    # 28.75 and 12.75 of 53: 0.3019, of the variance 0.7830 − 0.0911 over 53.
    assert (low[0], high[0]) == (pytest.approx(0.0780, abs=1e-4), pytest.approx(0.5258, abs=1e-4))
    none = score_intervals.net(np.array([0.0]), np.array([0.0]), np.array([1.0]))
    assert none[0][0] < -0.5 and none[1][0] > 0.5


def test_days_of_a_year_are_365(duckdb):
    day = (AS_OF - timedelta(days=365)).isoformat()
    found = {r["period"] for r in duckdb.rows(made(duckdb, [answer("A1", 7, day=day)]))}
    assert found == {"year_before", day[:7]}
