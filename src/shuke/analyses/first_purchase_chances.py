"""First purchase chances: what do people who buy alike come to buy anew, and what is it worth?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.analyses.first_purchases import counted, firsts, rates, states
from shuke.languages import Text
from shuke.lazy import pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: Categories kept of each state before what somebody already owns is taken out.
FEW = 12
FIGURES = ("chance", "chance_low", "chance_high", "usual_amount", "margin", "expected_value")
METHODS: dict[str, Text] = {
    "alike": Text("people alike", "相似客户"),
    "popularity": Text("everybody", "所有客户"),
}


@table(
    key=("level", "band", "favourite", "item"),
    learns_for="cross_sell",
    first="-expected_value",
    theme="offering",
    title=Text("Chances of a first purchase", "首次购买概率"),
    about=Text(
        "What do people who buy alike come to buy anew, and what is it worth?",
        "购买习惯相似的客户会新购什么，价值几何？"),
    limits=Text(
        "The chance is that of people who had never bought it, whether or not it was offered to them.",
        "概率取自从未购买过该项的客户，不论是否有人向其推荐。"),
    subject=None,
    columns=[
        Column("level", Type.TEXT, Text("Level", "层级"),
            codes={"product": Text("product", "商品"), "category": Text("category", "类别")}),
        Column("band", Type.INTEGER, Text("How active", "活跃档"), note=Text(
            "3 × pause (0 to 4: up to 30, 90, 180, 365 days since the last purchase, or more) + days with a "
            "purchase (0 to 2: 1, 2-3, or more).",
            "3 × 间隔档（0–4：距上次购买 30、90、180、365 天内及以上）＋ 购买天数档（0–2：1、2–3、更多）。")),
        Column("favourite", Type.TEXT, Text("Spend most on", "消费最多的类别"), note=Text(
            "Empty for products.", "商品层级为空。")),
        Column("item", Type.TEXT, Text("Category or product code", "类别或商品编码")),
        Column("chance", Type.NUMBER, Text("Chance of buying", "购买概率"), unit="share"),
        Column("chance_low", Type.NUMBER, Text("Chance, at least", "概率下限"), unit="share"),
        Column("chance_high", Type.NUMBER, Text("Chance, at most", "概率上限"), unit="share"),
        Column("usual_amount", Type.NUMBER, Text("Usual amount", "通常金额"), unit="currency"),
        Column("margin", Type.NUMBER, Text("Margin", "毛利率"), unit="share"),
        Column("expected_value", Type.NUMBER, Text("Expected value", "期望价值"), unit="currency"),
        Column("method", Type.TEXT, Text("Method", "方法"), codes=METHODS),
    ],
)  # fmt: skip
def first_purchase_chances(
    purchases: ir.Table,
    recommendations: ir.Table,
    landed_products: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    horizon_days: int = 90,
) -> ir.Table:
    """The chance and worth of a first purchase within `horizon_days`, as `cross_sell` says.

    One row per level, state (how active and, for categories, on which category most is spent) and item that
    promises anything: every product that is recommended to anybody, and the 12 categories of the greatest
    expected value of each state.
    """
    goods = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & ~purchases.is_return
    ).filter(lambda t: t.day <= as_of)
    suited = recommendations.select("product_id").distinct()
    cuts = [as_of - timedelta(days=n * horizon_days) for n in (0, 1, 2)]
    known = checkpoint(states(goods, cuts))
    owned = checkpoint(firsts(goods, suited))
    chances = rates(*counted(known, owned, horizon_days, cuts[1:]), cuts)
    if chances.empty:
        return ibis.memtable(pd.DataFrame(columns=list(_SCHEMA)), schema=_SCHEMA)
    priced = chances.merge(_worth(goods, landed_products, suited, as_of), on=["level", "item"])
    valued = priced.assign(expected_value=priced.chance * priced["each"])
    paying = valued[valued.expected_value > 0].sort_values(
        ["expected_value", "item"], ascending=[False, True]
    )
    shelves = paying[paying.level == "category"].groupby(["band", "favourite"]).head(FEW)
    return _written(pd.concat([shelves, paying[paying.level == "product"]]))


_SCHEMA = {
    "level": "string", "band": "int64", "favourite": "string", "item": "string",
    **dict.fromkeys(FIGURES, "float64"), "method": "string",
}  # fmt: skip


def _written(rows: pd.DataFrame) -> ir.Table:
    names = {"low": "chance_low", "high": "chance_high", "usual": "usual_amount"}
    # A missing margin is nothing, not a number that is none.
    frame = rows.rename(columns=names)[list(_SCHEMA)].astype({"margin": object})
    return ibis.memtable(frame.where(frame.notna(), None).reset_index(drop=True), schema=_SCHEMA)


def _worth(goods: ir.Table, products: ir.Table, suited: ir.Table, as_of: date) -> pd.DataFrame:
    """What a day's purchase of each item usually brings, and the margin on it."""
    costs = products.select("product_id", each=products.cost.cast("float64"))
    recent = goods.filter(goods.day > as_of - timedelta(days=365)).left_join(costs, "product_id")
    amount = recent.amount.cast("float64")
    cost = ibis.coalesce(recent.cost.cast("float64"), recent.each * recent.quantity.cast("float64"))
    lines = recent.select(
        "category", "product_id", amount=amount, cost=ibis.ifelse(amount.isnull(), None, cost),
        known=ibis.ifelse(cost.isnull(), None, amount), visit=recent.customer_id + recent.day.cast(str),
    )  # fmt: skip
    picked = lines.semi_join(suited, "product_id")
    both = [
        chosen.filter(chosen[column].notnull())
        .group_by(level=ibis.literal(level), item=column)
        .agg(
            total=chosen.amount.sum(),
            visits=chosen.visit.nunique(),
            cost=chosen.cost.sum(),
            known=chosen.known.sum(),
        )
        for level, column, chosen in (("category", "category", lines), ("product", "product_id", picked))
    ]
    sums = both[0].union(both[1]).to_pandas()
    shelves = sums[sums.level == "category"] if (sums.level == "category").any() else sums
    known, cost_ = float(shelves.known.sum()), float(shelves.cost.sum())
    margin = ((sums.known - sums.cost) / sums.known).where(sums.known > 0)
    usual = sums.total / sums.visits
    average = (known - cost_) / known if known > 0 else 1.0
    return sums[["level", "item"]].assign(usual=usual, margin=margin, each=usual * margin.fillna(average))
