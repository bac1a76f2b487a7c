import math
import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.analyses.product_strength import product_strength, standing_out, strongest_there
from tests.analyses.selling import FIRST, sold, written
from tests.engine_fixtures import Row, Tables, close

AS_OF = date(2026, 12, 31)


def table(desk: Tables, lines: list[Row], **asked):
    return desk.made(product_strength, written(desk, lines), as_of=AS_OF, **asked)


def bought(who: str | None, product: str, region: str | None, day: str = "2026-02-01", **more) -> Row:
    return sold(who, day, 10, product_id=product, product_name=product, region=region, **more)


#: Everybody buys cups alike, but tea only in the south.
SOUTH = [
    *(bought(f"{place}{n}", "Cup", place) for place in ("North", "South") for n in range(40)),
    *(bought(f"South{n}", "Tea", "South") for n in range(38)),
    *(bought(f"North{n}", "Tea", "North") for n in range(2)),
]


def test_a_product_is_strong_where_more_buy_it_than_would_by_chance(engine):
    rows = {(r["region"], r["product_id"]): r for r in engine.rows(table(engine, SOUTH))}
    assert {key: row["standing"] for key, row in rows.items()} == {
        ("North", "Cup"): "strong", ("North", "Tea"): "weak",
        ("South", "Cup"): "weak", ("South", "Tea"): "strong",
    }  # fmt: skip
    tea = rows["North", "Tea"]
    expected = 40 * 42 / 120
    spread = math.sqrt(expected * (1 - 40 / 120) * (1 - 42 / 120))
    assert (tea["buyers"], tea["quarter"]) == (2, 1)
    assert close(tea["expected"], expected) and close(tea["deviations"], (2 - expected) / spread)
    assert close(tea["ratio"], 2 / expected)


def test_who_buys_again_counts_once_and_who_is_not_known_by_the_order(duckdb):
    again = [bought("anna", "Tea", "South") for _ in range(9)]
    unknown = [bought(None, "Tea", "South", order_id=f"{n // 2}") for n in range(4)]
    rows = duckdb.rows(table(duckdb, [*SOUTH, *again, *unknown]), "region", "product_id", "buyers")
    assert {"region": "South", "product_id": "Tea", "buyers": 38 + 1 + 2} in rows


def test_where_it_finds_nobody_at_all_it_is_weak(duckdb):
    lines = [line for line in SOUTH if (line["region"], line["product_id"]) != ("North", "Tea")]
    (tea,) = (
        row
        for row in duckdb.rows(table(duckdb, lines))
        if (row["region"], row["product_id"]) == ("North", "Tea")
    )
    assert (tea["buyers"], tea["standing"], tea["ratio"]) == (0, "weak", 0.0)


def test_what_chance_makes_of_many_tries_is_not_called_strong(duckdb):
    chance = random.Random(7)
    lines = [
        bought(f"{n}", f"P{chance.randrange(60)}", f"R{chance.randrange(5)}", day=f"2026-02-{1 + n % 28:02}")
        for n in range(3600)
    ]
    rows = duckdb.rows(table(duckdb, lines))
    assert len(rows) == 300
    assert sum(abs(row["deviations"]) > 1.96 for row in rows) >= 8, "one in twenty stands out by chance"
    assert {row["standing"] for row in rows} == {"usual"}


@pytest.mark.parametrize(
    "lines",
    [[], [bought("a", "Tea", None)] * 20, [bought(f"{n}", "Tea", "South") for n in range(20)],
     [sold("a", "2026-02-01", -5, product_id="Tea", region="South")]],
)  # fmt: skip
def test_where_there_is_nothing_to_compare_with_nothing_is_said(duckdb, lines):
    made = table(duckdb, lines)
    assert duckdb.rows(made) == []
    assert strongest_there(made).en.startswith("No product stands out")
    standing_out(made).to_dict()


SALES = st.lists(
    st.tuples(
        st.integers(0, 12), st.sampled_from("ABC"), st.sampled_from(["N", "S", None]), st.integers(0, 200)
    ),
    max_size=60,
)  # fmt: skip


@settings(max_examples=10)
@given(SALES)
def test_expected_and_deviations_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, sales):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("strength"))
    lines = [bought(f"{who}", product, region, str(FIRST + timedelta(days=days)))
             for who, product, region, days in sales]  # fmt: skip
    seen = {
        (row["region"], row["quarter"], row["product_id"]): (
            row["buyers"],
            row["expected"],
            row["deviations"],
        )
        for row in desk.rows(table(desk, lines, min_expected=1.0))
    }
    expected = _by_hand(lines)
    assert seen.keys() == expected.keys()
    assert all(close(a, b) for key in seen for a, b in zip(seen[key], expected[key], strict=True))


def _by_hand(lines: list[Row]) -> dict[tuple, tuple]:
    buyers = {
        (line["region"], (line["day"].month + 2) // 3, line["product_id"], line["customer_id"])
        for line in lines
        if line["region"]
    }
    told, whole = {}, len(buyers)
    for region, quarter in {buyer[:2] for buyer in buyers}:
        for product in {buyer[2] for buyer in buyers}:
            here = sum(buyer[:2] == (region, quarter) for buyer in buyers)
            of = sum(buyer[2] == product for buyer in buyers)
            n = sum(buyer[:3] == (region, quarter, product) for buyer in buyers)
            expected = here * of / whole
            spread = math.sqrt(expected * (1 - here / whole) * (1 - of / whole))
            if expected >= 1 and spread:
                told[region, quarter, product] = (n, expected, (n - expected) / spread)
    return told


def test_the_picture_and_its_sentence_name_what_stands_out_most(duckdb):
    made = table(duckdb, SOUTH)
    assert standing_out(made).to_dict()["mark"]["type"] == "point"
    assert strongest_there(made).en.endswith("2 products are strong and 2 weak somewhere, in some season.")
