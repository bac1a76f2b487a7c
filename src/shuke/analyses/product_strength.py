"""Product strength: where, and in which season, is a product unusually strong or weak?"""

from __future__ import annotations

import math
from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.product_distribution import UNKNOWN, product, region
from shuke.languages import Text, language
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

STANDING: dict[str, Text] = {
    "strong": Text("Strong", "偏强"),
    "usual": Text("As expected", "正常"),
    "weak": Text("Weak", "偏弱"),
}


@table(
    key=("region", "quarter", "product_id"),
    first="-deviations",
    theme="goods",
    title=Text("Product strength", "商品强弱"),
    about=Text(
        "Where, and in which season, is a product unusually strong or weak?",
        "哪些商品在哪些地区、哪个季节特别好卖或难卖？"),
    reading=Text(
        "Each dot is a product in a region and a quarter: to the right of 1 it finds more buyers than "
        "expected, to the left fewer. The thirty that stand out most.",
        "每点为某地区某季度的一种商品：1 以右购买者多于预期，以左少于预期。只列最突出的三十个。"),
    limits=Text(
        "A product on sale for only a part of the time looks strong in those quarters. It tells that "
        "a product stands out, not why.",
        "只在部分时期销售的商品，会在那些季度显得偏强。它只说明突出，不说明原因。"),
    subject=None,
    columns=[
        Column("region", Type.TEXT, Text("Region", "地区")),
        Column("quarter", Type.INTEGER, Text("Quarter", "季度")),
        Column("product_id", Type.TEXT, Text("Product code", "商品编码")),
        Column("product_name", Type.TEXT, Text("Product", "商品")),
        Column("category", Type.TEXT, Text("Category", "类别")),
        Column("buyers", Type.INTEGER, Text("Buyers", "购买者"), unit="count"),
        Column("expected", Type.NUMBER, Text("Expected buyers", "预期购买者"), unit="count"),
        Column("ratio", Type.NUMBER, Text("Times the expected", "为预期的倍数")),
        Column("deviations", Type.NUMBER, Text("Deviations", "偏离（标准差）")),
        Column("standing", Type.TEXT, Text("Standing", "强弱"), codes=STANDING, note=Text(
            "`strong`, `weak`, or `usual`: no more than chance.",
            "`strong` 偏强，`weak` 偏弱，`usual` 在偶然范围内。")),
    ],
)  # fmt: skip
def product_strength(
    purchases: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    min_expected: float = 5.0,
    false_discovery_rate: float = 0.05,
) -> ir.Table:
    """How many buyers a product finds in a region and quarter, beside how many it should.

    One row per region, calendar quarter (1 to 4, of all years together) and product with at least
    `min_expected` buyers expected, also where it found none. A buyer is a known customer, else an order,
    else a line; each counts once for a product in a region and quarter, so that one who comes weekly does
    not make it strong. With P buyers of the product anywhere, C of anything there and then and N in all:

        expected = P · C / N        deviations = (buyers − expected) / √(expected (1 − P/N) (1 − C/N))

    the adjusted residual of independence (Haberman 1973). `standing` is `strong` or `weak` where so large a
    deviation survives at a rate of `false_discovery_rate` among all rows (Benjamini and Hochberg 1995), else
    `usual`. Sales whose region nobody knows are left out.
    """
    cells = checkpoint(_buyers(purchases, as_of))
    told = checkpoint(_deviations(cells, min_expected=min_expected))
    cut = _cut(told, rate=false_discovery_rate)
    standing = ibis.cases(
        (told.deviations >= cut, "strong"), (told.deviations <= -cut, "weak"), else_="usual"
    )
    return told.mutate(standing=standing, ratio=told.buyers / told.expected)


def _buyers(purchases: ir.Table, as_of: date) -> ir.Table:
    """Buyers by region, quarter and product."""
    sold = purchases.filter((purchases.kind == "goods") & ~purchases.is_return & (purchases.day <= as_of))
    placed = sold.mutate(
        region=region(sold), product_id=product(sold), quarter=sold.day.quarter().cast("int64"),
        buyer=ibis.coalesce(sold.customer_id, sold.order_id, sold.line_id),
    )  # fmt: skip
    known = placed.filter((placed.region != UNKNOWN) & (placed.product_id != UNKNOWN))
    return known.group_by("region", "quarter", "product_id").agg(
        buyers=known.buyer.nunique(), product_name=known.product_name.max(), category=known.category.max()
    )


def _deviations(cells: ir.Table, *, min_expected: float) -> ir.Table:
    """Every product beside every region and quarter where enough buyers are expected."""
    products = cells.group_by("product_id").agg(
        product_name=cells.product_name.max(), category=cells.category.max(), anywhere=cells.buyers.sum()
    )
    places = cells.group_by("region", "quarter").agg(there=cells.buyers.sum())
    shares = places.mutate(whole=places.there.sum().over(ibis.window()).cast("float64"))
    pairs = products.cross_join(shares)
    likely = pairs.mutate(expected=pairs.anywhere * pairs.there / pairs.whole)
    enough = likely.filter(likely.expected >= min_expected)
    keys = ["region", "quarter", "product_id"]
    seen = enough.left_join(cells.select(*keys, "buyers"), keys).select(
        enough, buyers=cells.buyers.fill_null(0)
    )
    spread = seen.expected * (1 - seen.anywhere / seen.whole) * (1 - seen.there / seen.whole)
    told = seen.mutate(deviations=(seen.buyers - seen.expected) / spread.sqrt().nullif(0))
    return told.filter(told.deviations.notnull()).drop("anywhere", "there", "whole")


def _cut(told: ir.Table, *, rate: float) -> float:
    """From how many deviations on a product stands out; they are counted in hundredths, rounded down."""
    hundredths = (told.deviations.abs() * 100).floor().cast("int64")
    counted = told.group_by(size=hundredths).agg(rows=told.count()).to_pandas().sort_values("size")
    beyond = counted.rows[::-1].cumsum()[::-1]
    chance = counted["size"].map(lambda size: math.erfc(size / 100 / math.sqrt(2)))
    holds = counted["size"][chance <= rate * beyond / max(counted.rows.sum(), 1)]
    return float(holds.min()) / 100 if len(holds) else math.inf


@product_strength.chart
def standing_out(rows: ir.Table) -> alt.Chart:
    out = rows.filter(rows.standing != "usual")
    order = [out.deviations.abs().desc(), out.region, out.quarter, out.product_id]
    frame = out.order_by(order).limit(30).to_pandas()
    label = (
        frame.product_name.fillna(frame.product_id)
        + " · "
        + frame.region
        + " · Q"
        + frame.quarter.astype(str)
    )
    titled = frame.assign(label=label, title=[STANDING[s].in_(language()) for s in frame.standing])
    title = {column.name: str(column.title) for column in product_strength.columns}
    return (
        alt.Chart(titled)
        .mark_point(filled=True, size=60)
        .encode(
            x=alt.X("ratio:Q", title=title["ratio"]),
            y=alt.Y("label:N", sort=alt.EncodingSortField("ratio", order="descending"), title=None),
            color=alt.Color("title:N", title=title["standing"]),
            tooltip=[
                alt.Tooltip("label:N", title=title["product_name"]),
                alt.Tooltip("buyers:Q", title=title["buyers"], format=","),
                alt.Tooltip("expected:Q", title=title["expected"], format=".1f"),
            ],
        )
    )


@product_strength.sentence
def strongest_there(rows: ir.Table) -> Text:
    counts = rows.group_by("standing").agg(rows=rows.count()).to_pandas().set_index("standing").rows
    strong, weak = int(counts.get("strong", 0)), int(counts.get("weak", 0))
    if not strong + weak:
        return Text(
            "No product stands out in any region and season more than chance would have it.",
            "没有商品在某地区某季节的表现超出偶然范围。",
        )
    out = rows.filter(rows.standing != "usual")
    order = [out.deviations.abs().desc(), out.region, out.quarter, out.product_id]
    first: pd.Series = out.order_by(order).limit(1).to_pandas().iloc[0]
    name = first.product_name or first.product_id
    return Text(
        f"{name} finds {first.ratio:.1f} times the expected buyers in {first.region} in quarter "
        f"{first.quarter}; {strong:,} products are strong and {weak:,} weak somewhere, in some season.",
        f"{name} 在{first.region}第 {first.quarter} 季度的购买者为预期的 {first.ratio:.1f} 倍；"
        f"共有 {strong:,} 处偏强、{weak:,} 处偏弱。",
    )
