from datetime import date, timedelta
from decimal import Decimal

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.alerts.credit import credit
from shuke.analyses.cross_sell import bought_it, cross_sell, value_bars, value_sentence
from shuke.analyses.first_purchase_chances import first_purchase_chances
from shuke.analyses.first_purchases import counted, firsts, states
from shuke.errors import NotEnoughData
from tests.analyses.selling import FIRST, sold, written
from tests.engine_fixtures import Tables

AS_OF = date(2026, 6, 30)
SUITED = ibis.schema(
    {
        "customer_id": "string",
        "rank": "int64",
        "product_id": "string",
        "product_name": "string",
        "category": "string",
    }
)
PRODUCTS = [
    {"product_id": "T", "name": "Green tea", "cost": 4},
    {"product_id": "C", "name": "Coffee beans", "cost": 15},
    {"product_id": "K", "name": "Kettle"},
]


def tea(who: str, day: str):
    return sold(
        who, day, 10, product_id="T", product_name="Green tea", category="Tea", order_id=f"{who}{day}"
    )


def coffee(who: str, day: str):
    return sold(who, day, 30, product_id="C", product_name="Coffee beans", category="Coffee")


#: Twenty buy tea; a quarter of them takes to coffee within either of the two horizons.
CLUB = [
    *(tea(f"{n:02}", "2025-12-20") for n in range(20)),
    *(coffee(f"{n:02}", "2026-02-01") for n in range(5)),
    *(coffee(f"{n:02}", "2026-05-01") for n in range(5, 10)),
]


def made(desk, rows, *, suited=(), findings=(), contracts=(), as_of=AS_OF, **asked):
    goods, named = written(desk, rows), desk.of(SUITED, list(suited))
    horizon = {name: answer for name, answer in asked.items() if name == "horizon_days"}
    products = desk.landed("products", PRODUCTS)
    chances = desk.made(first_purchase_chances, goods, named, products, as_of=as_of, **horizon)
    table = desk.made(
        cross_sell, goods, named,
        desk.derived(credit, [{"severity": "high", "subject": who} for who in findings]),
        desk.landed("invoices"), desk.landed("payments"), desk.landed("contracts", list(contracts)),
        desk.identities(**{"12": "12"}), chances, as_of=as_of, **asked,
    )  # fmt: skip
    # Computed, for Spark finds the tables of this process only then.
    return desk.checkpoint(table)


def test_who_has_no_coffee_yet_is_offered_it_with_what_that_would_bring(engine):
    contract = {"contract_no": "a", "record_id": "12", "ends": "2026-07-15"}
    rows = engine.rows(made(engine, CLUB, findings=["11"], contracts=[contract]))
    assert [row["customer_id"] for row in rows] == ["10", *(str(n) for n in range(12, 20))]
    for row in rows:
        assert (row["level"], row["item"], row["rank"]) == ("category", "Coffee", 1)
        assert 0.2 < row["chance"] < 0.4
        assert row["chance_low"] < row["chance"] < row["chance_high"]
        assert row["usual_amount"] == 30 and row["margin"] == pytest.approx(0.5)
        assert float(row["expected_value"]) == pytest.approx(row["chance"] * 15, abs=0.01)
        assert (
            "had never bought Coffee did so within 90 days" in row["reason"] and "Coffee" in row["reason_zh"]
        )
    assert {r["customer_id"]: r["contract_ends"] for r in rows if r["priority"] == "renewal_first"} == {
        "12": date(2026, 7, 15)
    }


def test_recommended_products_are_candidates_unless_they_are_owned(duckdb):
    suited = [
        {"customer_id": who, "rank": n, "product_id": code, "product_name": code, "category": "Coffee"}
        for who in ("01", "10")
        for n, code in enumerate("CT", start=1)
    ]
    rows = duckdb.rows(made(duckdb, CLUB, suited=suited))
    products = [(r["customer_id"], r["item"]) for r in rows if r["level"] == "product"]
    assert products == [("10", "C")]


def test_what_hardly_anybody_takes_to_is_no_candidate(duckdb):
    assert duckdb.rows(made(duckdb, CLUB, min_probability=0.9)) == []


def test_nobody_and_returns_alone_give_an_empty_table(duckdb):
    assert duckdb.rows(made(duckdb, [])) == []
    assert duckdb.rows(made(duckdb, [sold("anna", "2026-01-01", -5, category="Tea")])) == []


def test_a_shop_without_categories_and_recommendations_has_no_candidates(duckdb):
    assert duckdb.rows(made(duckdb, [sold(w, f"2026-0{m}-01", 5) for w in "ab" for m in (1, 3, 6)])) == []


def test_a_shop_of_a_few_weeks_is_told_what_is_missing(duckdb):
    with pytest.raises(NotEnoughData, match="more than 90 days old"):
        made(duckdb, [tea("anna", "2026-06-20")])


LINES = st.lists(
    st.builds(
        lambda who, days, category: sold(who, FIRST + timedelta(days=days), 5, category=category),
        st.sampled_from("abcde"), st.integers(0, 200), st.sampled_from(["Tea", "Coffee", "Cake", None]),
    ),
    min_size=1, max_size=40,
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(LINES)
def test_owners_and_newcomers_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, rows):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("cross"))
    goods, suited = written(desk, rows), desk.of(SUITED, [])
    cuts = [FIRST + timedelta(days=n) for n in (200, 140, 80)]
    known, owned = (desk.checkpoint(t) for t in (states(goods, cuts), firsts(goods, suited)))
    counts, sizes = counted(known, owned, 60, cuts[1:])
    begun: dict = {}
    for row in sorted(rows, key=lambda r: r["day"]):
        if row["category"]:
            begun.setdefault((row["customer_id"], row["category"]), row["day"])
    for cut in cuts[1:]:
        there = {row["customer_id"] for row in rows if row["day"] <= cut}
        mine = [(day - cut).days for (who, _), day in begun.items() if who in there]
        found = counts[counts["at"].astype(str).str[:10] == str(cut)]
        assert found.owners.sum() == sum(after <= 0 for after in mine)
        assert found.hits.sum() == sum(0 < after <= 60 for after in mine)
        assert sizes[sizes["at"].astype(str).str[:10] == str(cut)].people.sum() == len(there)


def test_it_is_graded_by_what_candidates_then_spent(duckdb):
    early = date(2026, 4, 30)
    then = made(duckdb, [row for row in CLUB if row["day"] <= early], as_of=early, horizon_days=60)
    grade = bought_it(then, written(duckdb, CLUB), at=early, until=date(2026, 6, 29))
    value, hits = grade.measures
    assert grade.subjects == 15
    assert value.value == pytest.approx(10.0)
    assert hits.value == pytest.approx(1 / 3)
    assert "33.3% bought it" in grade.sentence.en and hits.naive is not None
    with pytest.raises(NotEnoughData):
        bought_it(then.limit(0), written(duckdb, CLUB), at=early, until=AS_OF)


def test_the_picture_and_its_sentence_tell_what_promises_most(duckdb):
    table = made(duckdb, CLUB)
    assert value_bars(table).to_dict()["mark"]["type"] == "bar"
    assert value_sentence(table).en.startswith("Coffee promises most: 10 candidates")
    assert "Coffee" in value_sentence(table).zh
    assert value_sentence(table.limit(0)).en == "Nobody has a candidate yet."
    assert duckdb.rows(table, "expected_value")[0]["expected_value"] > Decimal(0)
