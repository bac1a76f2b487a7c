"""Product distribution: what is bought where, and when?"""

import altair as alt
import ibis
import ibis.expr.types as ir
import pandas as pd

from shuke.languages import Text
from shuke.tables import Column, Type, table


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
    else its country, else `?`; a product without a code goes by its name.
    """
    goods = purchases.filter((purchases.kind == "goods") & purchases.month.notnull())
    placed = goods.mutate(
        region=ibis.coalesce(goods.region, goods.country, "?"),
        product_id=ibis.coalesce(goods.product_id, goods.product_name, "?"),
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
    largest = totals.order_by(totals.total.desc(), totals.region).limit(12)
    cells = rows.inner_join(largest.select("region"), "region")
    frame = cells.group_by("region", "month").agg(amount=cells.amount.sum()).to_pandas()
    monthly = frame.assign(
        month=pd.to_datetime(frame.month).dt.strftime("%Y-%m"), amount=frame.amount.astype(float)
    )
    order = largest.to_pandas().region.tolist()
    return (
        alt.Chart(monthly)
        .mark_rect()
        .encode(
            x=alt.X("month:O", title=None),
            y=alt.Y("region:N", sort=order, title=None),
            color=alt.Color(
                "amount:Q", title=str(product_distribution["amount"].title), scale=alt.Scale(type="symlog")
            ),
            tooltip=["region", "month", alt.Tooltip("amount:Q", format=",.0f")],
        )
    )


@product_distribution.sentence
def strongest(rows: ir.Table) -> Text:
    by_region = rows.group_by("region").agg(amount=rows.amount.sum())
    frame = by_region.order_by(by_region.amount.desc(), by_region.region).to_pandas()
    total = float(frame.amount.sum()) if len(frame) else 0.0
    if total <= 0:
        return Text("No goods have been sold yet.", "还没有售出商品。")
    region, share = frame.region.iloc[0], float(frame.amount.iloc[0]) / total
    first = Text("An unknown region", "未知地区") if region == "?" else Text(region, region)
    return Text(
        f"{first.en} brings {share:.0%} of net sales of goods, the most of {len(frame):,} regions.",
        f"{len(frame):,} 个地区中，{first.zh}的商品净销售额最高，占 {share:.0%}。",
    )
