from datetime import date

import pytest

from shuke.analyses.possessions import brands_owned, most_to_replace, possessions
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)
PRODUCTS: list[Row] = [
    {"product_id": "K", "name": "Kettle", "category": "Home > Kettles", "brand": "Ours", "life_months": 24},
    {"product_id": "T", "name": "Tea", "category": "Food > Tea", "brand": "Ours"},
]


def made(desk: Tables, owned: list[Row], rows: list[Row]):
    who = desk.identities(anna="A1 A2", bert="B", cleo="C")
    stated, products = desk.landed("possessions", owned), desk.landed("products", PRODUCTS)
    return desk.checkpoint(desk.made(possessions, stated, products, written(desk, rows), who, as_of=AS_OF))


def owns(record: str, brand: str | None, acquired: str | None, category: str = "Kettles") -> Row:
    return {"record_id": record, "category": category, "brand": brand, "acquired": acquired}


OWNED: list[Row] = [
    owns("A1", "Rival", "2022-01-01"), owns("A2", "Rival", "2023-01-01"), owns("B", "Rival", "2026-01-01"),
    owns("C", None, None), owns("C", "Rival", "2026-12-01", "Cars"),
]  # fmt: skip
SALES = [sold("anna", "2026-05-01", 30, product_id="K"), sold("bert", "2026-05-01", 3, product_id="T")]


def test_what_is_owned_counts_each_customer_once_with_its_age_and_what_follows(engine):
    found = {(r["category"], r["brand"]): r for r in engine.rows(made(engine, OWNED, SALES))}
    assert set(found) == {("Kettles", "Rival"), ("Kettles", "Ours"), ("Kettles", "*")}
    rival = found["Kettles", "Rival"]
    # Anna's two records are one customer; her newest kettle is from 2023.
    assert (rival["owners"], rival["dated"], rival["past_life"], rival["bought_here"]) == (2, 2, 1, 0)
    assert rival["share"] == pytest.approx(2 / 3) and rival["share_low"] < 2 / 3 < rival["share_high"]
    assert rival["life_months"] == 24 and rival["age_months"] == pytest.approx(23.9, abs=0.2)
    assert [found["Kettles", brand]["follows"] for brand in ("Rival", "Ours", "*")] == [
        "replace", "look_after", "ask_age"
    ]  # fmt: skip


def test_goods_of_others_that_are_new_are_to_be_won_over(duckdb):
    (row,) = duckdb.rows(made(duckdb, [owns("B", "Rival", "2026-01-01")], []))
    assert (row["follows"], row["past_life"]) == ("win_over", 0)


def test_the_picture_and_its_sentence_tell_what_is_to_be_replaced(duckdb):
    frame = made(duckdb, OWNED, SALES).to_pandas()
    assert brands_owned(frame).to_dict()["mark"]["type"] == "bar"
    assert most_to_replace(frame).en.startswith("Most own Kettles Rival: 2 customers. Of what is owned 1 ")
    assert "可能需要换新" in most_to_replace(frame).zh
    nothing = made(duckdb, [], []).to_pandas()
    assert nothing.empty and most_to_replace(nothing).en == "Nothing is known of what customers own."
