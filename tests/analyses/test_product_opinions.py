from datetime import date

import pytest

from shuke.analyses.opinions import opinions
from shuke.analyses.product_opinions import product_opinions, product_sentence, rating_dots
from shuke.analyses.survey_scores import survey_scores
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)
WHO = {"anna": "A1", "bert": "B1"}


def made(desk: Tables, *, scores=(), said=(), bought=(), products=(), answers=(), owned=()):
    table = desk.made(
        product_opinions, desk.derived(survey_scores, list(scores)), desk.derived(opinions, list(said)),
        written(desk, list(bought)), desk.landed("products", list(products)),
        desk.landed("responses", list(answers)), desk.landed("possessions", list(owned)),
        desk.identities(**WHO), as_of=AS_OF,
    )  # fmt: skip
    return desk.checkpoint(table)


def stars(n: int, rating: float, product: str = "pie", day: date = AS_OF) -> Row:
    return {"score_id": str(n), "customer_id": f"c{n}", "product_id": product, "rating": rating, "day": day}


def spoken(n: int, text: str, sentiment: str, **further: object) -> Row:
    return {"opinion_id": str(n), "customer_id": "anna", "day": AS_OF, "text": text, "sentiment": sentiment,
            "form": "remark"} | further  # fmt: skip


def test_ratings_and_texts_of_a_product_are_counted_beside_who_bought_it_again(engine):
    table = made(
        engine,
        scores=[stars(1, 1.0), stars(2, 0.5), stars(3, 0.0, day=date(2020, 1, 1)), stars(4, 0.75, "tea")],
        said=[spoken(1, "lovely", "praise", product_id="pie"), spoken(2, "stale", "blame", product_id="pie",
              form="complaint"), spoken(3, "nice shop", "praise")],
        bought=[sold("a", "2026-01-01", 5, product_id="pie"), sold("a", "2026-02-01", 5, product_id="pie"),
                sold("b", "2026-02-01", 5, product_id="pie"), sold("c", "2024-02-01", 5, product_id="pie")],
        products=[{"product_id": "pie", "name": "The pie"}],
    )  # fmt: skip
    found = {row["name"]: row for row in engine.rows(table)}
    pie, tea = found["pie"], found["tea"]
    assert (pie["heard"], pie["rated"], pie["rating"], pie["complaints"]) == (4, 2, 0.75, 1)
    assert (pie["buyers"], pie["again"], pie["praise_share"]) == (2, 0.5, 0.5)
    assert pie["rating_low"] < 0.75 < pie["rating_high"] and pie["product_name"] == "The pie"
    assert (tea["praise_share"], tea["again"], tea["buyers"]) == (None, None, None)
    assert tea["rating_low"] < 0.5 and found.keys() == {"pie", "tea"}


def test_competitors_are_those_that_several_customers_name_or_own(engine):
    table = made(
        engine,
        said=[spoken(1, "Corner Mart is dearer", "blame"), spoken(2, "corner mart is friendly", "praise"),
              spoken(3, "Corner Mart sells it", "neutral")],
        answers=[{"record_id": r, "question": "Bought elsewhere", "answer": "Corner Mart", "at": d}
                 for r, d in (("A1", "2026-01-01"), ("B1", "2026-01-02"), ("A1", "2026-01-03"))]
        + [{"record_id": "A1", "question": "Bought elsewhere", "answer": "Once", "at": "2026-01-01"},
           {"record_id": "B1", "question": "Colour", "answer": "Blue", "at": "2026-01-01"}],
        owned=[{"record_id": r, "category": "phone", "brand": "Acme", "bought_here": False}
               for r in ("A1", "B1")]
        + [{"record_id": "A1", "category": "phone", "brand": "Own", "bought_here": True}],
    )  # fmt: skip
    found = {row["name"]: row for row in engine.rows(table)}
    assert found.keys() == {"Corner Mart", "Acme"} and {r["side"] for r in found.values()} == {"competitor"}
    mart = found["Corner Mart"]
    assert (mart["heard"], mart["owners"], mart["praise"], mart["blame"]) == (3, 2, 1, 1)
    assert mart["praise_share"] == pytest.approx(0.5) and mart["rating"] is None


def test_the_sentence_names_the_best_and_the_least_liked(duckdb):
    rows = [stars(n, 1.0) for n in range(6)] + [stars(n, 0.25, "tea") for n in range(10, 16)]
    frame = made(duckdb, scores=rows).to_pandas()
    assert product_sentence(frame).en == "Best received is pie (100% of the best rating), least tea (25%)."
    assert len(rating_dots(frame).to_dict()["layer"]) == 2
    few = made(duckdb, scores=rows[:1]).to_pandas()
    assert product_sentence(few).en == "No product has five ratings yet."
    nothing = made(duckdb).to_pandas()
    assert nothing.empty and product_sentence(nothing).en == "No product has five ratings yet."
    assert rating_dots(nothing).to_dict()
