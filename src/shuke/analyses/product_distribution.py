"""Product distribution: what is bought where, and when?"""

import altair as alt
import ibis
import ibis.expr.types as ir
import pandas as pd

from shuke.languages import Text
from shuke.tables import Column, Type, table

#: What stands for a region or a product that no source names.
UNKNOWN = "?"


@table(
    key=("region", "month", "product_id"),
    title=Text("Product distribution", "商品分布"),
    about=Text("What is bought where, and when?", "什么商品在哪里、何时卖得好？"),
    subject=None,
    columns=[
        Column("region", Type.TEXT, Text("Region", "地区")),
        Column("month", Type.DATE, Text("Month", "月份")),
        Column("product_id", Type.TEXT, Text("Product code", "商品编码")),
        Column("product_name", Type.TEXT, Text("Product", "商品")),
        Column("quantity", Type.QUANTITY, Text("Net quantity", "净件数"), unit="piece"),
        Column("amount", Type.MONEY, Text("Net amount", "净销售额"), unit="currency"),
        Column("lines", Type.INTEGER, Text("Lines", "明细行数"), unit="count"),
        Column("customers", Type.INTEGER, Text("Known customers", "已知客户数"), unit="count"),
    ],
)
def product_distribution(purchases: ir.Table) -> ir.Table:
    """Goods by region, month and product, returns deducted.

    One row per combination that occurs. The region is the province or state of the sale where known,
    else its country, else `?`, unknown; a product without a code goes by its name.
    """
    goods = purchases.filter((purchases.kind == "goods") & purchases.month.notnull())
    placed = goods.mutate(
        region=ibis.coalesce(goods.region, goods.country, UNKNOWN),
        product_id=ibis.coalesce(goods.product_id, goods.product_name, UNKNOWN),
    )
    return placed.group_by("region", "month", "product_id").agg(
        product_name=placed.product_name.max(),
        quantity=placed.quantity.sum(),
        amount=placed.amount.sum().fill_null(0),
        lines=placed.count(),
        customers=placed.customer_id.nunique(),
    )


@product_distribution.chart
def regions_by_month(rows: ir.Table) -> alt.Chart:
    totals = rows.group_by("region").agg(total=rows.amount.sum())
    placed = totals.filter(totals.region != UNKNOWN)
    largest = placed.order_by(placed.total.desc(), placed.region).limit(12)
    cells = rows.inner_join(largest.select("region"), "region")
    frame = cells.group_by("region", "month").agg(amount=cells.amount.sum()).to_pandas()
    monthly = frame.assign(
        month=pd.to_datetime(frame.month).dt.strftime("%Y-%m"), amount=frame.amount.astype(float)
    )
    order = largest.to_pandas().region.tolist()
    title = {name: str(product_distribution[name].title) for name in ("region", "month", "amount")}
    return (
        alt.Chart(monthly)
        .mark_rect()
        .encode(
            x=alt.X("month:O", title=None),
            y=alt.Y("region:N", sort=order, title=None),
            color=alt.Color(
                "amount:Q",
                title=title["amount"],
                scale=alt.Scale(type="sqrt", domainMin=0, clamp=True),  # small regions stay visible
            ),
            tooltip=[
                alt.Tooltip("region", title=title["region"]),
                alt.Tooltip("month", title=title["month"]),
                alt.Tooltip("amount:Q", title=title["amount"], format=",.0f"),
            ],
        )
    )


@product_distribution.sentence
def strongest(rows: ir.Table) -> Text:
    by_region = rows.group_by("region").agg(amount=rows.amount.sum())
    frame = by_region.order_by(by_region.amount.desc(), by_region.region).to_pandas()
    total = float(frame.amount.sum()) if len(frame) else 0.0
    if total <= 0:
        return Text("No goods have been sold yet.", "还没有售出商品。")
    known = frame[frame.region != UNKNOWN]
    if known.empty:
        return Text("No source says in which region goods were sold.", "没有来源说明商品售往哪个地区。")
    first, share = known.region.iloc[0], float(known.amount.iloc[0]) / total
    unplaced = 1 - float(known.amount.sum()) / total
    but = Text(f"; of {unplaced:.0%} the region is unknown", f"；另有 {unplaced:.0%} 地区未知")
    rest = but if round(unplaced, 2) > 0 else Text("", "")
    return Text(
        f"{first} brings {share:.0%} of net sales of goods, the most of {len(known):,} regions{rest.en}.",
        f"{len(known):,} 个地区中，{first} 的商品净销售额最高，占 {share:.0%}{rest.zh}。",
    )
