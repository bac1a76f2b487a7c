from datetime import date
from decimal import Decimal

from hypothesis import given, settings

from shuke.analyses.product_distribution import product_distribution, regions_by_month, strongest
from tests.analyses.selling import FIRST, PURCHASES, sold, written
from tests.engine_fixtures import Row, Tables, close

AS_OF = date(2026, 3, 31)

TEA = {"product_id": "TEA", "product_name": "Tea"}
ROWS = [
    sold("anna", "2026-01-05", 100, **TEA, region="浙江", country="CN", quantity=4),
    sold("bert", "2026-01-06", 50, **TEA, region="浙江", quantity=2),
    sold("anna", "2026-01-07", -25, **TEA, region="浙江", quantity=-1),
    sold(None, "2026-01-07", 7, product_id="TEA", region=None, country="CN"),
    sold("anna", "2026-02-01", 3, product_name="Cup", region=None, country=None),
    sold("anna", "2026-02-01", None, region="浙江"),
    sold("anna", "2026-01-05", 9, product_id="POST", kind="shipping", region="浙江"),
    sold("anna", "2026-01-05", 0, product_id="TEA", kind="void", region="浙江"),
    sold("anna", None, 8, product_id="TEA", region="浙江"),
]  # fmt: skip


def test_goods_are_summed_by_region_month_and_product_without_what_came_back(engine):
    found = engine.rows(engine.made(product_distribution, written(engine, ROWS), as_of=AS_OF))
    assert {(r["region"], f"{r['month']:%Y-%m}", r["product_id"]): r for r in found}.keys() == {
        ("浙江", "2026-01", "TEA"), ("CN", "2026-01", "TEA"), ("?", "2026-02", "Cup"),
        ("浙江", "2026-02", "?"),
    }  # fmt: skip
    tea = next(row for row in found if row["region"] == "浙江" and row["product_id"] == "TEA")
    assert {k: tea[k] for k in ("product_name", "quantity", "amount", "lines", "customers")} == {
        "product_name": "Tea", "quantity": Decimal(5), "amount": Decimal(125), "lines": 3, "customers": 2
    }  # fmt: skip
    assert {row["product_id"]: row["amount"] for row in found if row["region"] == "浙江"}["?"] == 0
    assert (tea["share"], tea["cumulative_share"], tea["growth"]) == (1.0, 1.0, None)


def by_month(desk: Tables, rows: list[Row], as_of: date = AS_OF) -> dict[tuple[str, str], Row]:
    made = desk.made(product_distribution, written(desk, rows), as_of=as_of)
    return {(f"{row['month']:%Y-%m}", row["product_id"]): row for row in desk.rows(made)}


def test_shares_are_of_what_brought_money_and_add_up_from_the_largest(duckdb):
    amounts = {"A": 60, "B": 30, "C": 10, "D": 0, "E": -20, "F": 10}
    rows = [
        sold("anna", "2026-01-05", money, product_id=code, region="浙江") for code, money in amounts.items()
    ]
    found = {code: row for (_, code), row in by_month(duckdb, rows).items()}
    shares = {code: (row["share"], row["cumulative_share"]) for code, row in found.items()}
    assert shares["D"] == shares["E"] == (None, None)
    expected = {"A": (60, 60), "B": (30, 90), "C": (10, 100), "F": (10, 110)}
    for code, (own, with_more) in expected.items():
        assert close(shares[code][0], own / 110) and close(shares[code][1], with_more / 110)


def test_growth_is_over_the_same_month_of_the_year_before_and_not_of_a_month_that_runs(duckdb):
    rows = [
        sold("anna", f"{day}", amount, product_id="TEA", region="浙江")
        for day, amount in (("2025-01-09", 40), ("2026-01-20", 50), ("2025-02-01", -5), ("2026-02-02", 5),
                            ("2025-03-01", 10), ("2026-03-01", 20))
    ]  # fmt: skip
    rows.append(sold("anna", "2025-01-09", 99, product_id="TEA", region="江苏"))
    found = by_month(duckdb, [row for row in rows if row["region"] == "浙江"], date(2026, 3, 30))
    assert found["2026-01", "TEA"]["growth"] == 0.25
    assert found["2026-01", "TEA"]["amount_year_before"] == 40
    assert found["2026-02", "TEA"]["growth"] is None, "more came back than was bought"
    assert found["2026-03", "TEA"]["growth"] is None, "March is not over"
    assert by_month(duckdb, rows[:6], AS_OF)["2026-03", "TEA"]["growth"] == 1.0
    assert by_month(duckdb, rows[:6], date(2025, 12, 31)).keys() == {
        ("2025-01", "TEA"), ("2025-02", "TEA"), ("2025-03", "TEA")
    }  # fmt: skip


@settings(max_examples=12)
@given(PURCHASES)
def test_sums_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, rows):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("distribution"))
    coded = [{**row, "product_id": row["order_id"]} for row in rows]
    found = by_month(desk, coded, FIRST.replace(month=3))
    expected: dict[tuple[str, str], list[Row]] = {}
    for row in coded:
        if row["kind"] == "goods" and row["day"] and row["day"] <= FIRST.replace(month=3):
            expected.setdefault((f"{row['month']:%Y-%m}", row["product_id"] or "?"), []).append(row)
    assert found.keys() == expected.keys()
    for key, lines in expected.items():
        amount = sum((line["amount"] or Decimal(0) for line in lines), Decimal(0))
        people = {line["customer_id"] for line in lines} - {None}
        row = found[key]
        assert (row["amount"], row["lines"], row["customers"]) == (amount, len(lines), len(people))
        gains = [max(r["amount"], Decimal(0)) for (month, _), r in found.items() if month == key[0]]
        assert (row["share"] is None) == (amount <= 0)
        assert row["share"] is None or close(row["share"], float(amount / sum(gains)))


def test_the_picture_and_its_sentence_name_the_strongest_region(duckdb):
    table = duckdb.made(product_distribution, written(duckdb, ROWS), as_of=AS_OF)
    assert (
        strongest(table).en
        == "浙江 brings 93% of net sales of goods, the most of 2 regions; of 2% the region is unknown."
    )
    assert regions_by_month(table).to_dict()["mark"]["type"] == "rect"
    nothing = duckdb.made(product_distribution, written(duckdb, []), as_of=AS_OF)
    assert strongest(nothing).en == "No goods have been sold yet."


def test_where_no_source_names_a_region_the_sentence_says_so(duckdb):
    rows = [sold("anna", "2026-01-05", 100, **TEA)]
    assert strongest(duckdb.made(product_distribution, written(duckdb, rows), as_of=AS_OF)).en == (
        "No source says in which region goods were sold."
    )
