from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.analyses.adoption_opinions import adoption_opinions, rating_dots, rating_sentence
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Tables, close

AS_OF = date(2026, 6, 30)


def took(who: str, day, code: str = "pie"):
    return sold(who, day, 9, product_id=code, product_name=f"The {code}")


#: Anna bought the pie twice, Bert and Cleo once long ago, Dora but lately.
BOUGHT = [
    took("anna", "2024-01-01", "bread"), took("anna", "2026-01-10"), took("anna", "2026-02-01"),
    took("bert", "2026-01-10"), took("cleo", "2026-01-11"), took("dora", "2026-06-20"),
]  # fmt: skip
WHO = {"anna": "1", "bert": "2", "cleo": "3", "dora": "4", "emil": "5"}


def rating(record, score, answer=None, question="stars", product="pie"):
    return {
        "record_id": record,
        "question": question,
        "score": score,
        "answer": answer,
        "product_id": product,
    }


def made(desk, rows, responses=(), contacts=(), **asked):
    table = desk.made(
        adoption_opinions, written(desk, rows), desk.landed("products"),
        desk.landed("responses", list(responses)), desk.landed("interactions", list(contacts)),
        desk.identities(**WHO), as_of=AS_OF, **asked,
    )  # fmt: skip
    # Computed, for Spark finds the tables of this process only then.
    return desk.checkpoint(table)


def groups(desk, *args, **further):
    return {row["group"]: row for row in desk.rows(made(desk, *args, **further))}


def test_who_bought_again_is_heard_beside_who_did_not(engine):
    responses = [
        rating("1", 5, "Very good, 好吃"), rating("2", 2, "Not good"), rating("3", 1),
        # Neither a buyer's, nor of the product.
        rating("5", 1), rating("1", 1, product="bread"), rating("1", 3, product=None),
        rating("1", 10, question="nps"), rating("2", 3, question="nps"), rating("3", 9, question="nps"),
    ]  # fmt: skip
    contacts = [
        {"interaction_id": "1", "record_id": "2", "product_id": "pie", "kind": "Complaint", "text": "太贵了"},
        {"interaction_id": "2", "record_id": "3", "product_id": "pie", "topic": "产品投诉"},
        {"interaction_id": "3", "record_id": "3", "product_id": "pie", "topic": "question"},
    ]
    found = groups(engine, BOUGHT, responses, contacts)
    counts = ("customers", "rated", "texts", "praise", "blame", "complaints")
    assert {group: tuple(row[c] for c in counts) for group, row in found.items()} == {
        "again": (1, 2, 1, 1, 0, 0), "once": (2, 4, 2, 0, 2, 2), "recent": (1, 0, 0, 0, 0, 0),
    }  # fmt: skip
    assert close(found["again"]["rating"], 1.0) and close(
        found["once"]["rating"], (0.4 + 0.2 + 0.3 + 0.9) / 4
    )
    assert (found["again"]["nps"], found["once"]["nps"], found["recent"]["nps"]) == (100, 0, None)
    assert found["once"]["rating_low"] < found["once"]["rating"] < found["once"]["rating_high"]
    assert found["recent"]["rating"] is None


def test_patience_tells_who_has_had_time_to_buy_again(duckdb):
    assert groups(duckdb, BOUGHT, observation_days=5).keys() == {"again", "once"}
    assert groups(duckdb, BOUGHT, observation_days=400).keys() == {"again", "recent"}


def test_one_rating_has_no_interval(duckdb):
    row = groups(duckdb, BOUGHT, [rating("1", 4)])["again"]
    assert (row["rating"], row["rating_low"], row["rating_high"]) == (pytest.approx(0.8), None, None)


def test_without_a_new_product_the_table_is_empty(duckdb):
    assert groups(duckdb, []) == {}
    assert groups(duckdb, [took("anna", "2024-01-01")], [rating("1", 4)]) == {}


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("1234"), st.integers(0, 10)), max_size=12))
def test_means_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, answers):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("said"))
    responses = [rating(who, score, question="q") for who, score in answers]
    found = groups(desk, BOUGHT, responses)
    best = 5 if max((score for _, score in answers), default=0) <= 5 else 10
    for group, members in (("again", "1"), ("once", "23"), ("recent", "4")):
        scores = [score for who, score in answers if who in members]
        assert found[group]["rated"] == len(scores)
        assert close(found[group]["rating"], sum(scores) / len(scores) / best) if scores else True
        if scores and best == 10:
            net = sum(score >= 9 for score in scores) - sum(score <= 6 for score in scores)
            assert close(found[group]["nps"], 100 * net / len(scores))


def test_the_picture_and_its_sentence_hold_the_two_against_each_other(duckdb):
    table = made(duckdb, BOUGHT, [rating("1", 5), rating("2", 2), rating("3", 1)]).to_pandas()
    assert len(rating_dots(table).to_dict()["layer"]) == 2
    assert (
        rating_sentence(table).en
        == "Who bought a new product again gave it 100% of the best rating, who did not 30%."
    )
    assert "满分的 100%，未再购买的客户为 30%" in rating_sentence(table).zh
    assert rating_sentence(table[table.group == "again"]).en.startswith("Too few have rated")
