from datetime import date

import numpy as np
import pytest

from shuke.analyses.opinion_texts import opinion_texts
from shuke.models.sentiment_model import FEWEST, fit
from shuke.models.sentiments import sentiment_sentence, sentiments
from tests.engine_fixtures import Row, Tables

GOOD = ["质量好", "很好用", "味道不错", "非常满意", "物有所值", "服务热情"]
BAD = ["质量差", "不好用", "味道不对", "很失望", "不值这个价", "服务态度差"]
WORDS = [f"{what}{more}" for what in ("", "这次", "东西", "整体") for more in ("，", "。")]


def said(n: int, text: str, verdict: str | None = None, language: str = "zh", **further: object) -> Row:
    return {"opinion_id": f"{n:04}", "text": text, "verdict": verdict, "language": language,
            "origin": "answer", "is_complaint": False, "day": date(2026, 5, 1)} | further  # fmt: skip


def judged(desk: Tables, rows: list[Row]) -> dict[str, Row]:
    table = desk.checkpoint(desk.made(sentiments, desk.derived(opinion_texts, rows)))
    return {row["opinion_id"]: row for row in desk.rows(table)}


def rated() -> list[Row]:
    both = [(text, verdict) for group, verdict in ((GOOD, "good"), (BAD, "bad")) for text in group]
    return [said(n, w + text, v) for n, (text, v, w) in enumerate((t, v, w) for t, v in both for w in WORDS)]


def test_a_plain_complaint_in_english_is_blame_though_nobody_has_rated_anything(engine):
    found = judged(engine, [
        said(1, "it stopped working after two days", language="en"), said(2, "Great value", language="en"),
        said(3, "It is a lamp", language="en"), said(4, "很好"), said(5, "😀", language=""),
    ])  # fmt: skip
    assert [(row["sentiment"], row["method"]) for row in found.values()] == [
        ("blame", "vader"), ("praise", "vader"), ("neutral", "vader"),
        ("unknown", "none"), ("unknown", "none"),
    ]  # fmt: skip


def test_chinese_is_learnt_from_what_customers_rated_and_graded_on_what_was_not_seen(duckdb):
    found = judged(duckdb, [*rated(), said(8000, "用起来很好用"), said(8001, "东西质量差")])
    assert (found["8000"]["sentiment"], found["8001"]["sentiment"]) == ("praise", "blame")
    assert {row["method"] for row in found.values()} == {"learnt"}
    graded = [row for row in found.values() if row["rated"]]
    right = np.mean([row["rated"] == row["held_out"] for row in graded])
    print(f"Chinese, {len(graded)} rated texts: {right:.2f} of the unseen told rightly")
    assert right > 0.9


def test_where_the_learnt_is_no_better_than_chance_it_steps_back(duckdb):
    rng = np.random.default_rng(5)
    texts = ["".join(map(chr, rng.integers(0x4E00, 0x9FA5, 6))) for _ in range(80)]
    rows = [said(n, text, "good" if rng.random() < 0.8 else "bad") for n, text in enumerate(texts)]
    assert {row["method"] for row in judged(duckdb, rows).values()} == {"none"}


def test_a_text_rated_both_ways_teaches_nothing_and_a_complaint_is_blame(duckdb):
    rows = [
        said(1, "ok", "good", "en"),
        said(2, "ok", "bad", "en"),
        said(3, "rude", None, "en", is_complaint=True),
    ]
    found = judged(duckdb, rows)
    assert [found[f"{n:04}"]["rated"] for n in (1, 2, 3)] == [None, None, "blame"]


def test_nothing_is_learnt_from_too_few(duckdb):
    assert fit(["a"] * FEWEST + ["b"], np.array([True] * FEWEST + [False])) is None
    assert judged(duckdb, []) == {}
    table = duckdb.made(sentiments, duckdb.derived(opinion_texts, [said(1, "x" * 2000, language="en")]))
    assert sentiment_sentence(table).en == "Of 1 texts 0 praise and 0 blame."


def test_the_same_texts_give_the_same_model_whatever_their_order(duckdb):
    rows = rated()
    one, other = judged(duckdb, rows), judged(duckdb, rows[::-1])
    assert [row["score"] for row in one.values()] == pytest.approx([other[key]["score"] for key in one])
