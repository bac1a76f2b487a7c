"""Replacement intervals: after how long is a thing bought again, and by how much do people differ?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.languages import Text
from shuke.lazy import pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

MONTH = 30.4375
#: How many observed intervals a stated life in use is worth.
STATED = 5.0
#: How far intervals scatter (in their logarithm) as long as there are none to tell: by about a third.
UNKNOWN = 0.3**2


@table(
    key=("level", "item"),
    learns_for="replacements",
    theme="goods",
    title=Text("How long things last", "商品更换周期"),
    about=Text(
        "After how long is a thing bought again, and by how much do people differ in that?",
        "商品多久会再次购买，客户之间相差多大？"),
    limits=Text(
        "Only what was bought again tells an interval, so that it is too short for what few replace.",
        "间隔只能从再次购买中得知，因此很少有人更换的商品，间隔偏短。"),
    subject=None,
    columns=[
        Column("level", Type.TEXT, Text("Level", "层级"),
            codes={"product": Text("product", "商品"), "category": Text("category", "类别")}),
        Column("item", Type.TEXT, Text("Product code or category", "商品编码或类别")),
        Column("mean", Type.NUMBER, Text("Logarithm of everybody's interval", "总体间隔的对数")),
        Column("within", Type.NUMBER, Text("Variance within a customer", "客户内方差")),
        Column("among", Type.NUMBER, Text("Variance among customers", "客户间方差")),
        Column("foretells", Type.FLAG, Text("Their own intervals foretell", "自身间隔可预测"), note=Text(
            "Nearer to their last intervals than everybody's.", "比总体间隔更接近各自最近一次间隔。")),
    ],
)  # fmt: skip
def replacement_intervals(
    purchases: ir.Table,
    landed_products: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    min_purchase_days: int = 3,
) -> ir.Table:
    """Everybody's interval of each thing, by which `replacements` goes and as it says.

    One row per product or category that anybody bought again, or whose life in use is stated. The variances
    are those of its level.
    """
    bought = checkpoint(own_intervals(days_bought(purchases, landed_products, as_of), min_purchase_days))
    schema = replacement_intervals.schema
    things = _things(bought)
    if things.empty:
        return ibis.memtable(pd.DataFrame(columns=list(schema)), schema=schema)
    told = things[["level", "item", "mean", "within", "among"]].reset_index(drop=True)
    known = ibis.memtable(told, schema={name: kind for name, kind in schema.items() if name in told})
    better = _better(bought.inner_join(known, ["level", "item"]), told)
    return ibis.memtable(told.assign(foretells=told.level.map(better).astype(bool)), schema=schema)


def days_bought(purchases: ir.Table, products: ir.Table, as_of: date) -> ir.Table:
    """Each day on which a customer bought a thing, whether a product or anything of a category."""
    goods = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & ~purchases.is_return
    ).filter(lambda t: t.day <= as_of)
    lives = products.filter(products.life_months > 0).select("product_id", "life_months")
    lasting = goods.left_join(lives, "product_id")
    each = [
        lasting.filter(lasting[column].notnull())
        .group_by("customer_id", "day", level=ibis.literal(level), item=column)
        .agg(
            amount=lasting.amount.sum(),
            product_name=lasting.product_name.max() if level == "product" else ibis.null("string"),
            category=lasting.category.max(),
            life=lasting.life_months.max() if level == "product" else ibis.null("int64"),
        )
        for level, column in (("product", "product_id"), ("category", "category"))
    ]
    return each[0].union(each[1])


def own_intervals(days: ir.Table, min_purchase_days: int) -> ir.Table:
    """One row per customer and thing: its purchases, and the logarithms of the days between them."""
    whose = ["customer_id", "level", "item"]
    before = days.day.lag().over(ibis.window(group_by=whose, order_by="day"))
    gapped = days.mutate(gap=days.day.delta(before, unit="day").cast("float64").ln())
    held = gapped.group_by(whose).agg(
        last_day=gapped.day.max(), times=gapped.count(), amount=gapped.amount.sum(), life=gapped.life.max(),
        product_name=gapped.product_name.max(), category=gapped.category.max(),
        gaps=gapped.gap.count(), logs=gapped.gap.sum().fill_null(0.0),
        squares=(gapped.gap * gapped.gap).sum().fill_null(0.0), newest=gapped.gap.argmax(gapped.day),
    )  # fmt: skip
    return held.filter((held.times >= min_purchase_days) | held.life.notnull() | (held.gaps > 0)).mutate(
        listed=(held.times >= min_purchase_days) | held.life.notnull()
    )


def _things(bought: ir.Table) -> pd.DataFrame:
    """Everybody's mean of each thing, and the two spreads of its level."""
    some = bought.gaps.nullif(0)
    sums = bought.group_by("level", "item").agg(
        groups=some.count(), n=bought.gaps.sum(), s=bought.logs.sum(), ss=bought.squares.sum(),
        between=(bought.logs * bought.logs / some).sum().fill_null(0.0),
        n2=(bought.gaps * bought.gaps).sum(), life=bought.life.max(),
    )  # fmt: skip
    things = sums.to_pandas().sort_values(["level", "item"], ignore_index=True)
    parts = [_level(part) for _, part in things.groupby("level")]
    return pd.concat(parts) if parts else things.assign(mean=0.0, within=UNKNOWN, among=UNKNOWN)


def _level(things: pd.DataFrame) -> pd.DataFrame:
    groups, n = float(things.groups.sum()), float(things.n.sum())
    s2 = float((things.ss - things.between).sum()) / (n - groups) if n > groups else UNKNOWN
    seen = things[things.n > 0]
    around = float((seen.between - seen.s**2 / seen.n).sum()) - float((seen.groups - 1).sum()) * s2
    weight = float((seen.n - seen.n2 / seen.n).sum())
    within, among = max(s2, 0.01), max(around / weight if weight > 0 else UNKNOWN, 0.001)
    usual = float(things.s.sum()) / n if n else float("nan")
    stated = np.log(things.life.astype(float) * MONTH)
    prior = stated.fillna(usual)
    mean = (things.s + STATED * prior) / (things.n + STATED)
    return things.assign(mean=mean, within=within, among=among)[mean.notna()]


def _better(bought: ir.Table, things: pd.DataFrame) -> dict[str, bool]:
    """For each level, whether their own earlier intervals foretold the last ones better than everybody's."""
    tried = bought.filter(bought.gaps >= 2)
    n, s = tried.gaps - 1, tried.logs - tried.newest
    own = (s / tried.within + tried["mean"] / tried.among) / (n / tried.within + 1 / tried.among)
    came = tried.newest.exp()
    errors = tried.group_by("level").agg(
        own=(own.exp() - came).abs().mean(), naive=(tried["mean"].exp() - came).abs().mean()
    )
    told = errors.to_pandas().set_index("level")
    return {
        level: bool(level in told.index and told.own[level] < told.naive[level]) for level in things.level
    }
