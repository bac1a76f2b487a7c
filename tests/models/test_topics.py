import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from shuke.analyses.opinion_texts import opinion_texts
from shuke.models.text_words import words
from shuke.models.topic_model import assigned, learn, likeness, matched
from shuke.models.topics import OTHER, text_topics, topics
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)
SAID = {
    "parcel": [f"The parcel came {n} days late, delivery slow" for n in range(12)],
    "price": [f"Voucher {n} asks for discount, price too high" for n in range(12)],
    "快递": [f"快递晚了{n}天，配送太慢" for n in range(12)],
}
TEXTS = [text for group in SAID.values() for text in group]


def rows(texts: list[str]) -> list[Row]:
    return [{"opinion_id": f"{n:04}", "text": text, "day": AS_OF} for n, text in enumerate(texts)]


def made(desk: Tables, texts: list[str], names: list[Row] = [], earlier=None, **asked):  # noqa: B006
    said = desk.derived(opinion_texts, rows(texts))
    before = earlier if earlier is not None else desk.derived(topics, [])
    table = desk.made(topics, said, desk.landed("topic_names", names), before, as_of=AS_OF, **asked)
    return said, desk.checkpoint(table)


def about(desk: Tables, texts: list[str], *args, **asked) -> dict[str, int]:
    said, told = made(desk, texts, *args, **asked)
    found = desk.rows(desk.checkpoint(desk.made(text_topics, said, told)))
    return {texts[int(row["opinion_id"])]: row["topic_no"] for row in found}


def test_words_are_cut_in_either_language():
    assert words("The parcel came late") == ["parcel", "came", "late"]
    assert words("快递晚了三天") == ["快递", "三天"]
    assert words("😀 12 a") == []


def test_what_is_about_the_same_is_one_topic(engine):
    found = about(engine, TEXTS, max_topics=3)
    assert [len({found[text] for text in group}) for group in SAID.values()] == [1, 1, 1]
    assert len({*found.values()} - {OTHER}) == 3


def test_topics_keep_their_numbers_and_names_over_builds(duckdb):
    _, first = made(duckdb, TEXTS, max_topics=3)
    numbers = about(duckdb, TEXTS, max_topics=3)
    parcel = numbers[SAID["parcel"][0]]
    later = [*TEXTS, *(f"App crashes {n}, the login fails" for n in range(30))]
    names = [{"topic_no": parcel, "topic_name": "Late parcels", "is_pinned": False}]
    again = about(duckdb, later, names, first, max_topics=4)
    assert {text: again[text] for text in TEXTS} == numbers
    assert again[later[-1]] == max(numbers.values()) + 1
    _, told = made(duckdb, later, names, first, max_topics=4)
    (row,) = (row for row in duckdb.rows(told) if row["topic_no"] == parcel)
    assert row["name"] == "Late parcels" and "delivery" in row["words"]


def test_a_pinned_topic_stands_though_nobody_speaks_of_it(duckdb):
    _, first = made(duckdb, TEXTS, max_topics=3)
    number = about(duckdb, TEXTS, max_topics=3)[SAID["price"][0]]
    without = [text for text in TEXTS if "Voucher" not in text]
    pinned = [{"topic_no": number, "topic_name": None, "is_pinned": True}]
    _, told = made(duckdb, without, pinned, first, max_topics=2)
    kept = {row["topic_no"]: row for row in duckdb.rows(told)}
    assert kept[number]["pinned"] and kept[number]["texts"] == 0
    _, plain = made(duckdb, without, [], first, max_topics=2)
    assert number not in {row["topic_no"] for row in duckdb.rows(plain)}


@pytest.mark.parametrize("texts", [[], ["one"], ["some", "thing"] * 2, ["😀", "🎉", "12"], ["x" * 2000]])
def test_poor_texts_are_other(duckdb, texts):
    assert {*about(duckdb, texts).values()} <= {OTHER}


def test_what_is_said_often_in_the_same_words_is_a_topic(duckdb):
    assert {*about(duckdb, ["delivered late"] * 9 + ["x1", "x2"]).values()} == {OTHER, 1}


def test_a_topic_is_matched_to_the_one_it_is_most_like():
    one, other = {"late": 0.8, "parcel": 0.6}, {"price": 1.0}
    assert matched([other, one], [one, other]) == {0: 1, 1: 0}
    assert matched([{"new": 1.0}], [one, other]) == {} and likeness(one, one) == pytest.approx(1)


def test_topics_of_messages_to_a_bank_agree_with_how_people_sorted_them(shared_data: Path):
    """Banking77: learnt from the training messages without their labels, judged on the others."""
    folder = shared_data / "banking77"
    train, test = (
        list(csv.DictReader((folder / f"{name}.csv").read_text("utf-8").splitlines()))
        for name in ("train", "test")
    )
    found = learn([row["text"] for row in train], topics=77, smallest=3)
    told = assigned([row["text"] for row in test], found)
    kept = told.topic >= 0
    labels = np.array([row["category"] for row in test])
    right = sum(max(np.unique(labels[told.topic == n], return_counts=True)[1]) for n in set(told.topic[kept]))
    print(
        f"banking77: purity {right / kept.sum():.3f}, other {1 - kept.mean():.3f}, of {len(test)} unseen "
        f"texts"
    )
    assert right / kept.sum() > 0.35 and kept.mean() > 0.9
