"""Place gaps: which products sell in one place and are missing in another whose customers are alike?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke import formats
from shuke.analyses.false_discoveries import Floats, corrected
from shuke.analyses.product_distribution import UNKNOWN, product
from shuke.analyses.residence import KINDS, residence
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.stats import Z95, rounded
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

MONEY = Type.MONEY.ibis

#: So many gaps stand in the picture.
_SHOWN = 15


@table(
    key=("kind", "place", "other", "product_id"),
    first="-could_bring",
    theme="market",
    title=Text("What sells elsewhere", "他处热销而本地缺失"),
    about=Text(
        "Which products sell in one place and are missing in another whose customers are alike?",
        "哪些商品在一地热销，而在客户相似的另一地缺失？"),
    subject=None,
    reading=Text(
        "Each bar is what a product could bring in a place, did as large a share of customers buy it as in a "
        "place whose customers are alike.",
        "每条为若本地购买比例与客户相似之地相同，该商品可带来的销售额。"),
    limits=Text(
        "Why a product is missing cannot be told: it may not be stocked, or not be wanted. What it could "
        "bring supposes that people here would buy as those there do.",
        "无法得知缺失原因：可能未上架，也可能无需求。可带来的销售额以两地购买行为相同为前提。"),
    columns=[
        Column("kind", Type.TEXT, Text("Kind of place", "地区类型"), codes=KINDS),
        Column("place", Type.TEXT, Text("Place", "地区")),
        Column("other", Type.TEXT, Text("Sells in", "热销地")),
        Column("rank", Type.INTEGER, Text("How alike", "相似名次"), note=Text(
            "1: no place is more like it.", "1 为最相似。")),
        Column("product_id", Type.TEXT, Text("Product code", "商品编码")),
        Column("product_name", Type.TEXT, Text("Product", "商品")),
        Column("buyers", Type.INTEGER, Text("Buyers here", "本地购买客户数"), unit="count"),
        Column("customers", Type.INTEGER, Text("Customers here", "本地客户数"), unit="count"),
        Column("share", Type.NUMBER, Text("Share here", "本地购买比例"), unit="share"),
        Column("other_buyers", Type.INTEGER, Text("Buyers there", "他处购买客户数"), unit="count"),
        Column("other_customers", Type.INTEGER, Text("Customers there", "他处客户数"), unit="count"),
        Column("other_share", Type.NUMBER, Text("Share there", "他处购买比例"), unit="share"),
        Column("difference", Type.NUMBER, Text("Standardised difference", "标准化差异"), note=Text(
            "Cohen's h: 0.2 is small, 0.5 middling, 0.8 large.", "Cohen's h：0.2 小，0.5 中，0.8 大。")),
        Column("low", Type.NUMBER, Text("Difference, at least", "差异下限")),
        Column("high", Type.NUMBER, Text("Difference, at most", "差异上限")),
        Column("p_adjusted", Type.NUMBER, Text("p, corrected for all tries", "校正后 p 值"), unit="share"),
        Column("tried", Type.INTEGER, Text("Comparisons tried", "尝试的比较数"), unit="count"),
        Column("could_buy", Type.NUMBER, Text("Could buy it here", "本地潜在购买客户数"), note=Text(
            "So many more customers, were the share that of the other place.",
            "若购买比例与他处相同，本地将增加的购买客户数。")),
        Column("could_bring", Type.MONEY, Text("Could bring", "可带来销售额"), unit="currency"),
    ],
)  # fmt: skip
def place_gaps(
    places: ir.Table,
    purchases: ir.Table,
    customers: ir.Table,
    departures: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    days: int = 365,
    min_buyers: int = 10,
    max_gaps: int = 500,
    false_discovery_rate: float = 0.05,
) -> ir.Table:
    """Products that at most half as large a share of customers buy in a place as in one that is like it.

    One row per place, place like it (see `places`) and product, those first that could bring most, `max_gaps`
    at most. Customers are those who bought goods in the last `days`, where they live; what came back counts
    as bought. Of a product that `min_buyers` customers of the two places bought, the chance that so many of
    them live in the other place is that of a draw by the numbers of customers, given how many bought it in
    all (binomial, a bound from above of Fisher's exact test 1934), corrected for every pair of places and
    product tried (Benjamini and Hochberg 1995). `difference` is that of the arcsines of the shares' roots,
    with a 95 % interval (Cohen 1988).
    """
    goods = purchases.filter(
        (purchases.kind == "goods") & ~purchases.is_return & purchases.customer_id.notnull()
        & (purchases.day > as_of - timedelta(days=days)) & (purchases.day <= as_of)
    )  # fmt: skip
    named = goods.mutate(product_id=product(goods)).filter(lambda t: t.product_id != UNKNOWN)
    each = named.group_by("customer_id", "product_id").agg(
        amount=named.amount.sum().fill_null(0), product_name=named.product_name.max()
    )
    where = checkpoint(residence(customers, departures).semi_join(goods, "customer_id"))
    sizes = checkpoint(where.group_by("kind", "place").agg(customers=where.count()))
    living = each.inner_join(where, "customer_id")
    sold = checkpoint(
        living.group_by("kind", "place", "product_id").agg(
            buyers=living.count(),
            amount=living.amount.sum().cast(MONEY),
            product_name=living.product_name.max(),
        )
    )
    beside = checkpoint(_beside(places.select("kind", "place", "other", "rank"), sold, sizes, min_buyers))
    tried = int(beside.count().to_pyarrow().as_py())
    wide = beside.filter(beside.buyers * beside.other_customers * 2 <= beside.other_buyers * beside.customers)
    frame = gaps(wide.to_pandas(), tried, false_discovery_rate)
    best = frame.sort_values(
        ["could_bring", "place", "other", "product_id"], ascending=[False, True, True, True]
    ).head(max_gaps)
    money = ibis.memtable(
        best[[*place_gaps.schema]], schema=ibis.schema(dict(place_gaps.schema) | {"could_bring": "float64"})
    )
    return checkpoint(money.mutate(could_bring=rounded(money.could_bring, 4).cast(MONEY)))


def _beside(pairs: ir.Table, sold: ir.Table, sizes: ir.Table, least: int) -> ir.Table:
    """One row per pair of places and product that enough customers of the two bought."""
    here = sizes.rename(customers_here="customers")
    there = sizes.select("kind", other="place", other_customers="customers")
    sized = pairs.inner_join(here, ["kind", "place"]).inner_join(there, ["kind", "other"])
    elsewhere = sold.select(
        "kind", "product_id", "product_name", "amount", other="place", other_buyers="buyers"
    )
    bought = sized.inner_join(elsewhere, ["kind", "other"])
    own = sold.select("kind", "place", "product_id", "buyers")
    both = bought.left_join(own, ["kind", "place", "product_id"], rname="own_{name}")
    told = both.select(
        "kind", "place", "other", "rank", "product_id", "product_name", "other_buyers", "other_customers",
        customers="customers_here", buyers=both.buyers.fill_null(0),
        each=both.amount.cast("float64") / both.other_buyers,
    )  # fmt: skip
    return told.filter(told.buyers + told.other_buyers >= least)


def gaps(wide: pd.DataFrame, tried: int, rate: float) -> pd.DataFrame:
    """The candidates that are beyond chance, with what could be sold; `tried` counts them and the rest."""
    from scipy.special import betainc  # heavy, and only builds need it

    n, m = wide.customers.to_numpy(float), wide.other_customers.to_numpy(float)
    here, there = wide.buyers.to_numpy(float), wide.other_buyers.to_numpy(float)
    p = betainc(there, here + 1, m / (n + m))  # that so many or more of all buyers live there
    h: Floats = 2 * (np.arcsin(np.sqrt(there / m)) - np.arcsin(np.sqrt(here / n)))
    width = Z95 * np.sqrt(1 / n + 1 / m)
    could = n * (there / m - here / n)
    told = wide.assign(
        share=here / n, other_share=there / m, difference=h, low=h - width, high=h + width,
        p_adjusted=corrected(np.asarray(p, float), tried), tried=tried, could_buy=could,
        could_bring=could * wide.each.to_numpy(float),
    )  # fmt: skip
    return told[told.p_adjusted <= rate]


@place_gaps.chart
def could_bring(frame: pd.DataFrame) -> alt.Chart:
    """What could bring most, each product once for a place."""
    best = frame.assign(could_bring=frame.could_bring.astype(float)).sort_values(
        ["could_bring", "place", "other", "product_id"], ascending=[False, True, True, True]
    ).drop_duplicates(["place", "product_id"]).head(_SHOWN)  # fmt: skip
    called = best.product_name.fillna(best.product_id)
    shown = best.assign(gap=called + " – " + best.place)[
        ["gap", "could_bring", "other", "share", "other_share"]
    ]
    title = {name: str(place_gaps[name].title) for name in ("could_bring", "other", "share", "other_share")}
    return (
        alt.Chart(shown)
        .mark_bar()
        .encode(
            y=alt.Y("gap:N", sort=list(shown.gap), title=None, axis=alt.Axis(labelLimit=320)),
            x=alt.X("could_bring:Q", title=title["could_bring"], axis=alt.Axis(format="~s")),
            tooltip=[
                "gap",
                alt.Tooltip("other", title=title["other"]),
                *(
                    alt.Tooltip(f"{name}:Q", title=title[name], format=".1%")
                    for name in ("share", "other_share")
                ),
                alt.Tooltip("could_bring:Q", title=title["could_bring"], format=",.0f"),
            ],
        )
    )


@place_gaps.sentence
def largest_gap(frame: pd.DataFrame, *, currency: str = "") -> Text:
    if frame.empty:
        return Text(
            "No product sells in one place and is missing in another like it, beyond chance.",
            "没有商品在一地热销而在相似之地缺失（非偶然）。",
        )
    best = frame.assign(worth=frame.could_bring.astype(float)).sort_values(
        ["worth", "place", "other", "product_id"], ascending=[False, True, True, True]
    ).iloc[0]  # fmt: skip
    name = best.product_name or best.product_id
    worth = formats.amount(best.worth, currency)
    return Text(
        f"“{name}” is bought by {best.other_share:.0%} of the customers in {best.other} and by "
        f"{best.share:.0%} in {best.place}, whose customers are alike: it could bring {worth.en} there.",
        f"「{name}」在{best.other}有 {best.other_share:.0%} 的客户购买，在客户相似的{best.place}仅 "
        f"{best.share:.0%}；在后者可带来 {worth.zh}。",
    )
