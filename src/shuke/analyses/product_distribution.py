"""Product distribution: what is bought where, and when?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: What stands for a region or a product that no source names.
UNKNOWN = "?"


@table(
    key=("region", "month", "product_id"),
    theme="goods",
    title=Text("Product distribution", "商品分布"),
    about=Text("What is bought where, and when?", "什么商品在哪里、何时卖得好？"),
    reading=Text(
        "Each cell is a region and a month: the bolder, the more was sold. The twelve largest regions.",
        "每格为地区与月份，颜色越醒目，销售额越高。只列销售额最高的十二个地区。"),
    limits=Text(
        "The region is that of the sale, which for a web shop is where it was sent to, if anybody said. "
        "Growth compares with one month a year before; a festival that moved between months shows in it.",
        "地区为销售发生地，网店则为收货地（如有注明）。增长率只与上年同月比较，节日错月会影响它。"),
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
        Column("share", Type.NUMBER, Text("Share of the region's month", "占该地区当月"), unit="share"),
        Column("cumulative_share", Type.NUMBER, Text("With all that sell more", "累计占比"), unit="share"),
        Column("amount_year_before", Type.MONEY, Text("A year before", "上年同月净销售额"), unit="currency"),
        Column("growth", Type.NUMBER, Text("Growth over the year", "同比增长"), unit="share"),
    ],
)  # fmt: skip
def product_distribution(purchases: ir.Table, *, as_of: date, checkpoint: Checkpoint) -> ir.Table:
    """Goods by region, month and product, returns deducted, up to `as_of`.

    One row per combination that occurs. The region is the province or state of the sale where known,
    else its country, else `?`, unknown; a product without a code goes by its name.

    `share` is the product's part of what all products with a positive amount brought in that region and
    month, `cumulative_share` that of all products that brought more, or as much under a smaller code, and
    its own: 20 % of the products at 80 % is the usual concentration (Pareto). Both are empty for an amount
    that is not positive. `growth` = amount / amount_year_before − 1, of the same region, product and month a
    year before; empty where nothing was sold then, or came back, and in a month that is not over.
    """
    goods = purchases.filter(
        (purchases.kind == "goods") & (purchases.day <= as_of) & purchases.month.notnull()
    )
    placed = goods.mutate(region=region(goods), product_id=product(goods))
    cells = checkpoint(
        placed.group_by("region", "month", "product_id").agg(
            product_name=placed.product_name.max(),
            quantity=placed.quantity.sum(),
            amount=placed.amount.sum().fill_null(0),
            lines=placed.count(),
            customers=placed.customer_id.nunique(),
        )
    )
    a_year_on = cells.select(
        "region", "product_id", month=(cells.month + ibis.interval(months=12)).cast("date"),
        amount_year_before=cells.amount,
    )  # fmt: skip
    beside = cells.left_join(a_year_on, ["region", "product_id", "month"]).select(cells, "amount_year_before")
    return beside.mutate(**_shares(beside), growth=_growth(beside, as_of))


def region(lines: ir.Table) -> ir.StringValue:
    """Where a line was sold: the province or state, else the country, else unknown."""
    return ibis.coalesce(lines.region, lines.country, UNKNOWN)


def product(lines: ir.Table) -> ir.StringValue:
    """By what a product goes: its code, else its name, else unknown."""
    return ibis.coalesce(lines.product_id, lines.product_name, UNKNOWN)


def _shares(cells: ir.Table) -> dict[str, ir.FloatingValue]:
    gained = ibis.greatest(cells.amount, 0)
    here = ["region", "month"]
    downwards = ibis.window(group_by=here, order_by=[gained.desc(), cells.product_id], following=0)
    # A sum of decimals has more digits than one, and is divided as a float.
    whole = gained.sum().over(ibis.window(group_by=here)).cast("float64").nullif(0)
    own, above = gained.cast("float64"), gained.sum().over(downwards).cast("float64")
    sells = cells.amount > 0
    nothing = ibis.null("float64")
    return {
        "share": sells.ifelse(own / whole, nothing),
        "cumulative_share": sells.ifelse(above / whole, nothing),
    }


def _growth(cells: ir.Table, as_of: date) -> ir.FloatingValue:
    over = (cells.month + ibis.interval(months=1)).cast("date") <= as_of + timedelta(days=1)
    before = cells.amount_year_before.cast("float64")
    grown = cells.amount.cast("float64") / before.nullif(0) - 1
    return (over & (before > 0)).ifelse(grown, ibis.null("float64"))


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
