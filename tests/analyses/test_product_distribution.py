from decimal import Decimal

from shuke.analyses.product_distribution import product_distribution, regions_by_month, strongest
from tests.analyses.selling import sold, written

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
    found = engine.rows(engine.made(product_distribution, written(engine, ROWS)))
    assert {(r["region"], f"{r['month']:%Y-%m}", r["product_id"]): r for r in found}.keys() == {
        ("浙江", "2026-01", "TEA"), ("CN", "2026-01", "TEA"), ("?", "2026-02", "Cup"),
        ("浙江", "2026-02", "?"),
    }  # fmt: skip
    tea = next(row for row in found if row["region"] == "浙江" and row["product_id"] == "TEA")
    assert {k: tea[k] for k in ("product_name", "quantity", "amount", "lines", "customers")} == {
        "product_name": "Tea", "quantity": Decimal(5), "amount": Decimal(125), "lines": 3, "customers": 2
    }  # fmt: skip
    assert {row["product_id"]: row["amount"] for row in found if row["region"] == "浙江"}["?"] == 0


def test_the_picture_and_its_sentence_name_the_strongest_region(duckdb):
    table = duckdb.made(product_distribution, written(duckdb, ROWS))
    assert (
        strongest(table).en
        == "浙江 brings 93% of net sales of goods, the most of 2 regions; of 2% the region is unknown."
    )
    assert regions_by_month(table).to_dict()["mark"]["type"] == "rect"
    nothing = duckdb.made(product_distribution, written(duckdb, []))
    assert strongest(nothing).en == "No goods have been sold yet."


def test_where_no_source_names_a_region_the_sentence_says_so(duckdb):
    rows = [sold("anna", "2026-01-05", 100, **TEA)]
    assert strongest(duckdb.made(product_distribution, written(duckdb, rows))).en == (
        "No source says in which region goods were sold."
    )
