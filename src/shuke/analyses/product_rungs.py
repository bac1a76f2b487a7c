"""Product rungs: on which rung of which ladder does each product stand?"""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from shuke.analyses.product_ladders import LADDERS, MAKES, as_table, ladders, sold
from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(
    key="product_id",
    learns_for="upsell",
    theme="goods",
    title=Text("Better and lesser makes", "商品档位"),
    about=Text("On which rung of which ladder does each product stand?", "每种商品处于哪个系列的第几档？"),
    limits=Text(
        "Makes are told apart by what they are called and what was paid for them, not by what they can do.",
        "档位依据名称与成交价划分，而非功能。"),
    subject=None,
    columns=[
        Column("product_id", Type.TEXT, Text("Product code", "商品编码")),
        Column("name", Type.TEXT, Text("Product", "商品")),
        Column("ladder", Type.TEXT, Text("Kind of ladder", "升级方式"), codes=LADDERS),
        Column("family", Type.TEXT, Text("Thing or category", "商品系列或类别")),
        Column("rung", Type.INTEGER, Text("Rung", "档位"), note=Text("1 is the cheapest.", "1 为最低档。")),
        Column("top", Type.INTEGER, Text("Highest rung", "最高档位")),
        Column("price", Type.NUMBER, Text("Average price", "平均成交价"), unit="currency"),
        Column("gain", Type.NUMBER, Text("Gain of a piece", "单件毛利"), unit="currency", note=Text(
            "Its price where no cost is known.", "成本未知时为价格。")),
        Column("buyers", Type.INTEGER, Text("Buyers", "购买客户数"), unit="count"),
    ],
)  # fmt: skip
def product_rungs(
    purchases: ir.Table, landed_products: ir.Table, *, as_of: date, makes: tuple[str, ...] = MAKES
) -> ir.Table:
    """The ladders by which `upsell` goes. One row per product that stands on one."""
    goods = sold(purchases).filter(lambda t: t.day <= as_of)
    return as_table(ladders(goods, landed_products, makes))
