import sys
from datetime import timedelta
from typing import Any

import ibis.expr.types as ir
import pytest

from shuke.errors import NotEnoughData
from shuke.models.recommendations import found_by_then, how_many, most_recommended, recommendations
from shuke.models.related_products import how_found, related_products, strongest_ties
from shuke.profiles.customers import customers
from tests.analyses.selling import FIRST, sold, written
from tests.engine_fixtures import Row, Tables

#: What is bought where.
TASTES = {"An": "tea", "Bei": "salt"}

AS_OF = FIRST + timedelta(days=200)


def bought(who: str, day: int, item: str) -> Row:
    named = {"product_id": item, "product_name": item.title(), "category": f"Goods > {item[0]}"}
    return sold(who, FIRST + timedelta(days=day), 5, **named)


def shop() -> list[Row]:
    """Eight kinds of machine, each with its refill; whoever has the one buys the other, in spring or late."""
    rows = []
    for n in range(160):
        kind, wait = n % 8, 10 if n < 100 else 180
        rows += [bought(f"c{n:03}", n % 7, f"machine{kind}"), bought(f"c{n:03}", wait, f"refill{kind}")]
    return [*rows, *(bought(f"new{kind}", 150, f"machine{kind}") for kind in range(8))]


def made(desk: Tables, rows: list[Row], **further: Any) -> tuple[ir.Table, ir.Table]:
    """The related products and the recommendations."""
    sales, listed = written(desk, rows), desk.landed("products", further.pop("products", []))
    people = {row["customer_id"] for row in rows} | set(further.pop("others", ()))
    told_of = further.pop("known", [{"customer_id": who, "region": "Anhui"} for who in sorted(people)])
    known = desk.derived(customers, told_of)
    events = desk.landed("events", further.pop("events", []))
    as_of = further.pop("as_of", AS_OF)
    related = desk.made(related_products, sales, listed, as_of=as_of)
    ids = desk.identities(visitor="V1")
    told = desk.made(recommendations, known, sales, events, listed, ids, related, as_of=as_of, **further)
    return related, told


def of(desk: Tables, told: ir.Table, who: str) -> list[Row]:
    return sorted((r for r in desk.rows(told) if r["customer_id"] == who), key=lambda row: row["rank"])


def test_who_has_the_machine_is_offered_its_refill_and_why(engine):
    related, told = made(engine, shop(), others=["stranger"])
    first = of(engine, told, "new3")[0]
    assert (first["product_id"], first["reason"]) == ("refill3", "Because you bought Machine3")
    assert first["reason_zh"] == "因为您买过Machine3"
    assert first["method"] in ("ease", "neighbours")
    tie = next(r for r in engine.rows(related) if (r["product_id"], r["rank"]) == ("machine3", 1))
    assert (tie["related_id"], tie["support"]) == ("refill3", 20)
    # Who has bought nothing gets what is popular.
    stranger = of(engine, told, "stranger")
    assert {row["method"] for row in stranger} == {"popular"}
    assert stranger[0]["reason"] == "Popular with all customers"


def test_newcomers_get_what_is_popular_among_people_like_them(duckdb):
    """In the one place all buy tea, in the other salt; men and women buy alike."""
    rows = [bought(f"{place}{n:02}", 150, item) for place, item in TASTES.items() for n in range(40)]
    known = [
        {"customer_id": f"{place}{n:02}", "region": place, "gender": ("male", "female")[n % 2]}
        for place in TASTES
        for n in range(41)
    ]
    _, told = made(duckdb, rows, known=[*known, {"customer_id": "nobody", "city": "Bei"}])
    for place, item in TASTES.items():
        [first, *_] = of(duckdb, told, f"{place}40")
        assert (first["product_id"], first["method"]) == (item, "popular")
        assert first["reason"] == f"Popular in {place}"
    assert of(duckdb, told, "nobody")[0]["reason"] == "Popular in Bei"


def test_asked_for_new_products_only_nothing_is_offered_again(duckdb):
    again = [bought(f"c{n:03}", 190, "refill3") for n in range(3, 160, 8)]
    _, told = made(duckdb, shop() + again, repeats=False)
    assert not {"machine3", "refill3"} & {row["product_id"] for row in of(duckdb, told, "c003")}


def test_many_customers_are_worked_on_in_parts(duckdb, monkeypatch):
    _, whole = made(duckdb, shop())
    monkeypatch.setattr(sys.modules["shuke.models.recommendations"], "AT_ONCE", 500)
    _, parts = made(duckdb, shop())
    assert duckdb.rows(parts) == duckdb.rows(whole)


def test_of_very_many_customers_a_part_stands_for_all(duckdb, monkeypatch):
    together = sys.modules["shuke.models.purchase_matrix"]
    whole, _ = made(duckdb, shop())
    for limit, most in (("MOST_ROWS", 200), ("MOST_PAIRS", 400)):
        with monkeypatch.context() as patched:
            patched.setattr(together, limit, most)
            some, _ = made(duckdb, shop())
        support = [{r["product_id"]: r["support"] for r in duckdb.rows(t)} for t in (whole, some)]
        # An estimate: within a half of what it is.
        assert support[1]["machine3"] == pytest.approx(support[0]["machine3"], rel=0.5)


def test_what_one_has_is_not_offered_again_unless_people_buy_it_again(duckdb):
    _, told = made(duckdb, shop())
    assert not {"machine3", "refill3"} & {row["product_id"] for row in of(duckdb, told, "c003")}
    again = [bought(f"c{n:03}", 190, "refill3") for n in range(3, 160, 8)]
    _, told = made(duckdb, shop() + again)
    first = of(duckdb, told, "c003")[0]
    assert (first["product_id"], first["method"]) == ("refill3", "again")
    assert first["reason"] == "You buy it again and again"


def test_what_is_withdrawn_or_suppressed_is_not_offered(duckdb):
    withdrawn = [{"product_id": "refill3", "withdrawn_on": AS_OF}]
    _, told = made(duckdb, shop(), products=withdrawn, suppressed=("refill4", "Goods > m"))
    offered = {row["product_id"] for row in duckdb.rows(told)}
    assert offered == {f"refill{n}" for n in (0, 1, 2, 5, 6, 7)}
    _, told = made(duckdb, shop(), suppressed=("Goods",))
    assert duckdb.rows(told) == []


def test_views_and_searches_speak_too(duckdb):
    when = f"{AS_OF - timedelta(days=1)} 10:00:00"
    event = {"event_id": "1", "record_id": "V1", "at": when}
    _, told = made(
        duckdb, shop(), others=["visitor"], events=[{**event, "name": "view", "product_id": "machine5"}]
    )
    first = of(duckdb, told, "visitor")[0]
    assert (first["product_id"], first["reason"]) == ("refill5", "Because you looked at Machine5")
    _, told = made(
        duckdb, shop(), others=["visitor"], events=[{**event, "name": "Search", "query": "machine6"}]
    )
    assert "searched" in next(
        r["reason"] for r in of(duckdb, told, "visitor") if r["product_id"] == "refill6"
    )


def test_where_nothing_goes_with_anything_it_steps_back_to_what_is_popular(duckdb):
    rows = [bought(f"c{n:03}", 140 + n, f"item{n % 5}") for n in range(60)]
    related, told = made(duckdb, rows)
    assert {row["method"] for row in duckdb.rows(told)} == {"popular"}
    assert {row["method"] for row in duckdb.rows(related)} <= {"popular"}


@pytest.mark.parametrize(
    "rows",
    [[], [bought("anna", 1, "x")], [{**bought("anna", 1, "x"), "amount": -5, "is_return": True}]],
    ids=["nothing", "one purchase", "all returns"],
)
def test_where_there_is_nothing_to_tell_from_nothing_fails(duckdb, rows):
    related, told = made(duckdb, rows)
    assert duckdb.rows(told) == []
    assert "nothing to recommend" in how_many(told).en
    assert "No two products" in how_found(related).en


def test_it_is_graded_by_what_was_bought_next(duckdb):
    at = FIRST + timedelta(days=190)
    rows = shop() + [bought(f"new{kind}", 195, f"refill{kind}") for kind in range(8)]
    _, then = made(duckdb, [row for row in rows if row["day"] <= at], as_of=at)
    until = at + timedelta(days=40)
    grade = found_by_then(then, written(duckdb, rows), at=at, until=until)
    recall, ndcg = grade.measures
    assert grade.subjects == 8
    assert recall.value == 1.0
    assert ndcg.beats_naive
    with pytest.raises(NotEnoughData):
        found_by_then(then, written(duckdb, []), at=at, until=until)


def test_the_pictures_and_their_sentences_tell_what_was_found(duckdb):
    related, told = made(duckdb, shop())
    assert strongest_ties(related).to_dict()["mark"]["type"] == "bar"
    assert most_recommended(told).to_dict()["mark"]["type"] == "bar"
    assert how_many(told).en.startswith("Of 168 customers, ")
    assert "ties to others" in how_found(related).en
