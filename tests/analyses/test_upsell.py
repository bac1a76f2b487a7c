from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.alerts.credit import credit
from shuke.analyses.product_ladders import MAKES, ladders, placed, standing, thing_of
from shuke.analyses.product_rungs import product_rungs
from shuke.analyses.upsell import moved_up, upsell, value_bars, value_sentence
from shuke.analyses.upsell_chances import _moves, upsell_chances
from shuke.errors import NotEnoughData
from tests.analyses.selling import FIRST, sold, written
from tests.engine_fixtures import Tables

AS_OF = date(2026, 6, 30)
NAMES = {"S": "Wok, standard", "D": "Wok, deluxe"}
PRODUCTS = [{"product_id": "S", "cost": 20}, {"product_id": "D", "cost": 60}]


def wok(who: str, day, code: str = "S", price: int | None = None):
    return sold(
        who,
        day,
        price or {"S": 50, "D": 120}[code],
        product_id=code,
        product_name=NAMES[code],
        category="Kitchen",
    )


#: Twenty cook in a plain wok; a quarter of them buys the better one within either of the two horizons.
COOKS = [
    *(wok(f"{n:02}", "2025-12-20") for n in range(20)),
    *(wok(f"{n:02}", "2026-02-01", "D") for n in range(5)),
    *(wok(f"{n:02}", "2026-05-01", "D") for n in range(5, 10)),
]


def made(desk, rows, *, findings=(), contracts=(), as_of=AS_OF, **asked):
    goods, products = written(desk, rows), desk.landed("products", PRODUCTS)
    rungs = desk.made(product_rungs, goods, products, as_of=as_of)
    table = desk.made(
        upsell, goods,
        desk.derived(credit, [{"severity": "high", "subject": who} for who in findings]),
        desk.landed("invoices"), desk.landed("payments"), desk.landed("contracts", list(contracts)),
        desk.identities(**{"12": "12"}), rungs,
        desk.made(upsell_chances, goods, rungs, as_of=as_of, **asked), as_of=as_of, **asked,
    )  # fmt: skip
    # Computed, for Spark finds the tables of this process only then.
    return desk.checkpoint(table)


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("Wok, deluxe", "wok"), ("炒锅 升级款", "炒锅"), ("Thermos (large)", "thermos"), ("Wok", "wok"),
        ("Smallholding", "smallholding"), ("升级款", "升级款"), ("Premium Wok", "wok"), ("", ""),
    ],
)  # fmt: skip
def test_a_thing_is_its_name_without_its_make(name, thing):
    assert thing_of(name, MAKES) == thing


def test_who_bought_the_plain_one_is_offered_the_better(engine):
    contract = {"contract_no": "a", "record_id": "12", "ends": "2026-07-15"}
    rows = engine.rows(made(engine, COOKS, findings=["11"], contracts=[contract]))
    assert [row["customer_id"] for row in rows] == ["10", *(str(n) for n in range(12, 20))]
    for row in rows:
        assert (row["family"], row["ladder"], row["rung"], row["to_rung"]) == (
            "Kitchen > wok",
            "variant",
            1,
            2,
        )
        assert (row["product_id"], row["price"], row["to_price"]) == ("D", 50, 120)
        assert 0.2 < row["chance"] < 0.4
        # A plain one leaves 30 over its cost, a better one 60.
        assert float(row["expected_value"]) == pytest.approx(row["chance"] * 30, abs=0.01)
        assert row["reason"].endswith("moved up within 90 days; next is Wok, deluxe.")
    assert [r["customer_id"] for r in rows if r["priority"] == "renewal_first"] == ["12"]


def test_products_that_stand_alone_go_by_the_third_of_their_categorys_prices(duckdb):
    lines = [
        sold("anna", "2026-01-01", 10 * n, product_id=str(n), product_name=f"Thing {name}", category="Home")
        for n, name in enumerate("abcdef", start=1)
    ]
    found = ladders(written(duckdb, lines), duckdb.landed("products"), MAKES).sort_values("product_id")
    assert found.rung.tolist() == [1, 1, 2, 2, 3, 3]
    assert set(found.ladder) == {"price_band"} and set(found.top) == {3}


def test_without_a_cost_the_price_alone_counts(duckdb):
    rows = [{**row, "product_id": row["product_id"].lower()} for row in COOKS]
    first = duckdb.rows(made(duckdb, rows))[0]
    assert float(first["expected_value"]) == pytest.approx(first["chance"] * 70, abs=0.01)


def test_nobody_returns_alone_and_a_single_product_give_an_empty_table(duckdb):
    assert duckdb.rows(made(duckdb, [])) == []
    assert duckdb.rows(made(duckdb, [wok("anna", "2026-01-01", price=-5)])) == []
    assert duckdb.rows(made(duckdb, [wok("anna", "2025-01-01"), wok("anna", "2026-06-01")])) == []


def test_a_shop_of_a_few_weeks_is_told_what_is_missing(duckdb):
    with pytest.raises(NotEnoughData, match="more than 90 days old"):
        made(duckdb, [wok("anna", "2026-06-20"), wok("bert", "2026-06-20", "D")])


BOUGHT = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 200), st.sampled_from("SD")), min_size=2, max_size=30
)


@settings(max_examples=15, deadline=None)
@given(BOUGHT)
def test_moves_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, bought):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("up"))
    goods = written(desk, [wok(who, FIRST + timedelta(days=day), code) for who, day, code in bought])
    last = FIRST + timedelta(days=200)
    rungs = desk.made(product_rungs, goods, desk.landed("products"), as_of=last)
    days = desk.checkpoint(placed(goods, rungs))
    cut = FIRST + timedelta(days=100)
    found = _moves(desk.checkpoint(standing(days, [cut])), days, 60)
    # Two makes make a ladder of one thing; one alone has but one rung.
    height = {"S": 1, "D": 2} if {code for *_, code in bought} == {"S", "D"} else {"S": 1, "D": 1}
    stays = ups = 0
    for who in "abc":
        mine = sorted((day, height[code]) for one, day, code in bought if one == who)
        before = [step for step in mine if step[0] <= 100]
        if before:
            here = before[-1][1]
            up = any(rung > here for day, rung in mine if 100 < day <= 160)
            ups, stays = ups + up, stays + (not up)
    assert found[found.to_rung > 0].people.sum() == ups
    assert found[found.to_rung == 0].people.sum() == stays


def test_it_is_graded_against_all_who_could_have_moved_up(duckdb):
    early = date(2026, 4, 30)
    then = made(duckdb, [row for row in COOKS if row["day"] <= early], as_of=early, horizon_days=60)
    products = duckdb.landed("products", PRODUCTS)
    grade = moved_up(then, written(duckdb, COOKS), products, at=early, until=date(2026, 6, 29))
    share, promised = grade.measures
    assert grade.subjects == 15
    assert share.value == share.naive == pytest.approx(1 / 3)
    assert promised.better == "near" and "Of 100 candidates 33.3 moved up" in grade.sentence.en
    with pytest.raises(NotEnoughData):
        moved_up(then.limit(0), written(duckdb, COOKS), products, at=early, until=AS_OF)


def test_the_picture_and_its_sentence_tell_what_promises_most(duckdb):
    table = made(duckdb, COOKS)
    assert value_bars(table).to_dict()["mark"]["type"] == "bar"
    assert value_sentence(table).en.startswith("Kitchen > wok promises most: 10 candidates")
    assert value_sentence(table.limit(0)).en == "Nobody is a candidate for a better make yet."
