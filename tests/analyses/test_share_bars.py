"""Which share of each group has which verdict, in a picture?"""

from typing import Any

import pytest

from shuke.analyses.opportunities import opportunities, win_rates
from shuke.analyses.survey_scores import survey_scores, verdicts
from shuke.languages import speaking
from shuke.models.sentiments import praise_and_blame, sentiments
from tests.engine_fixtures import Row, Tables


def drawn(chart: Any) -> list[Row]:
    written: dict[str, Any] = chart.to_dict()
    (rows,) = written["datasets"].values()
    return sorted(rows, key=lambda row: (row["group"], row["place"]))


@pytest.mark.parametrize(
    ("language", "title", "worst"), [("en", "Trusts us", "dissatisfied"), ("zh", "信任", "不满意")]
)
def test_answers_are_counted_by_what_they_measure_and_their_verdict(duckdb: Tables, language, title, worst):
    given = [("trust", "good"), ("trust", "good"), ("trust", "bad"), ("nps", "middling"), ("nps", None)]
    rows = [
        {"score_id": str(n), "measure": measure, "verdict": how} for n, (measure, how) in enumerate(given)
    ]
    with speaking(language):
        shown = drawn(verdicts(duckdb.derived(survey_scores, rows)))
    of_trust = [(row["verdict"], row["answers"]) for row in shown if row["group"] == title]
    assert of_trust[-1] == (worst, 1) and [n for _, n in of_trust] == [2, 1]
    assert sum(row["answers"] for row in shown) == 4  # what has no verdict is not drawn


def test_texts_are_counted_by_where_they_were_said(duckdb: Tables):
    said = [("answer", "blame"), ("answer", "praise"), ("contact", "unknown")]
    rows = [
        {"opinion_id": str(n), "origin": origin, "sentiment": how} for n, (origin, how) in enumerate(said)
    ]
    shown = drawn(praise_and_blame(duckdb.derived(sentiments, rows)))
    assert [(row["group"], row["verdict"]) for row in shown] == [
        ("call, visit or message", "cannot be told"), ("survey answer", "praise"), ("survey answer", "blame"),
    ]  # fmt: skip


def test_the_parts_of_which_most_is_decided_stand_in_the_picture(duckdb: Tables):
    few = [{"by": "product", "part": f"P{n:02}", "won": 0, "lost": 1, "win_rate": 0.0} for n in range(40)]
    many = {"by": "staff", "part": "S1", "won": 30, "lost": 10, "win_rate": 0.75}
    rows = [{"win_low": 0.0, "win_high": 1.0, "differs": False, **row} for row in (*few, many)]
    chart = win_rates(duckdb.derived(opportunities, rows).to_pandas()).to_dict()
    (shown,) = chart["datasets"].values()
    assert len(shown) == 20 and shown[-1]["what"] == "employee · S1"
