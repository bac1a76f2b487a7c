"""Possessions: what do customers own, of which brands, how old is it, and what follows from that?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.stats import wilson
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: What is told of the owners of one brand of something.
FOLLOWS: dict[str, Text] = {
    "replace": Text("offer a new one: many are older than they last", "许多已超使用寿命，可推荐换新"),
    "win_over": Text("win them over: most are of other makers", "多为其他品牌或购自别处，可争取"),
    "look_after": Text("look after them: most are ours", "多购自我方，宜维护"),
    "ask_age": Text("ask how old it is: nobody knows of most", "多数购置时间不明，可询问"),
}  # fmt: skip

MONTH = 365.25 / 12
_MANY = 0.2


@table(
    key=("category", "brand"),
    first="-owners",
    theme="market",
    title=Text("What customers own", "客户拥有的物品"),
    about=Text(
        "What do customers own, of which brands, how old is it, and what follows from that?",
        "客户拥有什么、是什么品牌、用了多久，由此可做什么？"),
    reading=Text(
        "Each bar is how many customers own something, by brand; the strong part is older than it lasts.",
        "每条为拥有某类物品的客户数，按品牌分；深色部分已超使用寿命。"),
    limits=Text(
        "Only what customers said or bought here is known; what they bought elsewhere and never told of is "
        "not. Whether a thing is still in use nobody says.",
        "仅限客户告知或在此购买的物品；在别处购买而未告知的不得而知，是否仍在使用也无从知晓。"),
    subject=None,
    columns=[
        Column("category", Type.TEXT, Text("Category", "品类")),
        Column("brand", Type.TEXT, Text("Brand", "品牌"), codes={"*": Text("not known", "不明")}),
        Column("owners", Type.INTEGER, Text("Customers who own it", "拥有的客户数"), unit="count"),
        Column("share", Type.NUMBER, Text("Share of the category's owners", "占品类拥有者比例"),
            unit="share"),
        Column("share_low", Type.NUMBER, Text("Share, at least", "比例下限"), unit="share"),
        Column("share_high", Type.NUMBER, Text("Share, at most", "比例上限"), unit="share"),
        Column("bought_here", Type.INTEGER, Text("Bought from us", "购自我方"), unit="count"),
        Column("dated", Type.INTEGER, Text("Of known age", "购置时间已知"), unit="count"),
        Column("age_months", Type.NUMBER, Text("Age, on the average", "平均使用月数"), unit="month"),
        Column("life_months", Type.NUMBER, Text("Lasts", "使用寿命（月）"), unit="month", note=Text(
            "The mean of the products of that category of which it is known; empty where it is of none.",
            "该品类中已知寿命商品的均值；均不知则为空。")),
        Column("past_life", Type.INTEGER, Text("Older than it lasts", "已超寿命"), unit="count"),
        Column("follows", Type.TEXT, Text("What follows", "可做之事"), codes=FOLLOWS),
    ],
)  # fmt: skip
def possessions(
    landed_possessions: ir.Table,
    landed_products: ir.Table,
    purchases: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
) -> ir.Table:
    """What customers own by category and brand, as they said or as they bought it here.

    One row per category and brand (`*` where none is known). A customer counts once for each, with the newest
    day on which it was acquired. Of purchases those of products with a life in use are possessions. The
    category is the last part of its path. `share` is among all who own something of the category, with
    Wilson's interval (1927); `past_life` counts those whose thing is older than the mean life of its
    category.
    What follows: a fifth or more past life, `replace`; else most of unknown age, `ask_age`; else most bought
    elsewhere, `win_over`; else `look_after`.
    """
    owned = checkpoint(_owned(landed_possessions, landed_products, purchases, identities, as_of))
    lives = landed_products.filter(landed_products.life_months > 0)
    life = lives.group_by(category=_shelf(lives.category)).agg(life_months=lives.life_months.mean())
    aged = owned.left_join(life, "category").drop("category_right")
    age = ibis.literal(as_of).delta(aged.acquired, unit="day") / MONTH
    past = (age > aged.life_months).fill_null(False)
    sums = aged.group_by("category", "brand").agg(
        owners=aged.count(), bought_here=aged.here.sum(), dated=aged.acquired.count(),
        age_months=age.mean(), life_months=aged.life_months.max(), past_life=past.sum(),
    )  # fmt: skip
    every = owned.group_by("category").agg(all_owners=owned.customer_id.nunique())
    told = sums.inner_join(every, "category")
    ends = wilson(told.owners, told.all_owners)
    n = told.owners.cast("float64")
    return told.mutate(
        share=n / told.all_owners, share_low=ends.low, share_high=ends.high,
        follows=ibis.cases(
            (told.past_life >= n * _MANY, "replace"), (told.dated * 2 < told.owners, "ask_age"),
            (told.bought_here * 2 < told.owners, "win_over"), else_="look_after",
        ),
    )  # fmt: skip


def _shelf(category: ir.StringValue) -> ir.StringValue:
    return category.re_replace("^.*>", "").strip().nullif("")


def _owned(
    stated: ir.Table, products: ir.Table, purchases: ir.Table, identities: ir.Table, as_of: date
) -> ir.Table:
    """One row per customer, category and brand."""
    record = stated.source + ":" + stated.record_id
    told = stated.mutate(record=record).inner_join(identities.select("record", "customer_id"), "record")
    said = told.filter((told.acquired <= as_of).fill_null(True)).select(
        "customer_id", "brand", "acquired", category=_shelf(told.category),
        here=told.bought_here.fill_null(False),
    )  # fmt: skip
    lasting = products.filter(products.life_months > 0).select("product_id", "brand", shelf=products.category)
    sold = purchases.filter(
        purchases.customer_id.notnull() & ~purchases.is_return & (purchases.kind == "goods")
        & (purchases.day <= as_of)
    )  # fmt: skip
    bought = sold.select("customer_id", "product_id", "day").inner_join(lasting, "product_id")
    both = said.union(
        bought.select("customer_id", "brand", acquired="day", category=_shelf(bought.shelf), here=True)
    )
    known = both.filter(both.category.notnull()).mutate(brand=both.brand.fill_null("*"))
    return known.group_by("customer_id", "category", "brand").agg(
        acquired=known.acquired.max(), here=known.here.any()
    )


@possessions.chart
def brands_owned(frame: pd.DataFrame) -> alt.Chart:
    shown = frame.sort_values("owners", ascending=False).head(20)
    told = pd.concat(
        [
            shown.assign(number=shown.past_life, past=True),
            shown.assign(number=shown.owners - shown.past_life, past=False),
        ]
    )
    told["what"] = told.category + " · " + told.brand.where(told.brand != "*", str(Text("not known", "不明")))
    title = str(possessions["owners"].title)
    return (
        alt.Chart(told[["what", "number", "past"]])
        .mark_bar()
        .encode(
            y=alt.Y("what:N", sort="-x", title=None, axis=alt.Axis(labelLimit=240)),
            x=alt.X("number:Q", title=title),
            opacity=alt.condition("datum.past", alt.value(1.0), alt.value(0.4)),
            tooltip=["what", alt.Tooltip("number:Q", title=title)],
        )
    )


@possessions.sentence
def most_to_replace(frame: pd.DataFrame) -> Text:
    if frame.empty:
        return Text("Nothing is known of what customers own.", "客户拥有的物品尚无记录。")
    past = int(frame.past_life.sum())
    top = frame.sort_values(["owners", "category", "brand"], ascending=[False, True, True]).iloc[0]
    brand = Text("of an unknown brand", "品牌不明") if top.brand == "*" else Text(top.brand, top.brand)
    told = Text(
        f"Most own {top.category} {brand.en}: {top.owners:,.0f} customers.",
        f"拥有最多的是{top.category}（{brand.zh}）：{top.owners:,.0f} 位客户。",
    )
    if not past:
        return Text(
            f"{told.en} Nothing is known to be older than it lasts.", f"{told.zh}没有已知超过使用寿命者。"
        )
    most = frame.sort_values(["past_life", "category", "brand"], ascending=[False, True, True]).iloc[0]
    return Text(
        f"{told.en} Of what is owned {past:,} are older than they last, most of them {most.category}: their "
        "owners may need new ones.",
        f"{told.zh}有 {past:,} 件已超使用寿命，以{most.category}最多，其拥有者可能需要换新。",
    )
