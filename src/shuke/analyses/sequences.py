"""Sequences: what follows what, and after how long?"""

from datetime import date

import altair as alt
import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from shuke.analyses.discoveries import as_many, corrected
from shuke.analyses.goods_sold import PRODUCT, by_level, goods_sold
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key=("level", "first", "later"),
    title=Text("What follows what", "先买后买"),
    about=Text("What follows what, and after how long?", "先买什么，后买什么？间隔多久？"),
    subject=None,
    reading=Text(
        "Each line is a pair: after the first purchase of the one, the other followed. The point is the "
        "median of the days between, the line holds the middle half of them.",
        "每一行是一对：先买前者，后买后者。圆点为间隔天数的中位数，横线为中间一半客户的范围。"),
    limits=Text(
        "Only first purchases count, so a long wait that has not ended yet is not seen, and the days between "
        "are rather too short for goods sold for a short time. What follows is not caused by what was first.",
        "只看首次购买；尚未等到的后续购买不计入，因此新品的间隔偏短。"
        "先后并不等于因果。"),
    columns=[
        Column("level", Type.TEXT, Text("Level", "层级"),
            codes={"product": Text("product", "商品"), "category": Text("category", "类别")}, note=Text(
            "`product` or `category`.", "`product` 商品，`category` 类别。")),
        Column("first", Type.TEXT, Text("First", "先买编码")),
        Column("later", Type.TEXT, Text("Later", "后买编码")),
        Column("first_name", Type.TEXT, Text("First bought", "先买")),
        Column("later_name", Type.TEXT, Text("Then bought", "后买")),
        Column("customers", Type.INTEGER, Text("Customers who did", "先后购买客户数"), unit="count"),
        Column("could", Type.INTEGER, Text("Customers in whom it could", "可能客户数"), unit="count"),
        Column("share", Type.NUMBER, Text("Share in whom it followed", "后续购买率"), unit="share"),
        Column("base", Type.NUMBER, Text("Share after any other", "任意商品之后的购买率"), unit="share"),
        Column("lift", Type.NUMBER, Text("Lift", "提升度")),
        Column("days", Type.NUMBER, Text("Median days between", "间隔天数中位数"), unit="day"),
        Column("days_from", Type.NUMBER, Text("A quarter within", "四分之一在此天数内"), unit="day"),
        Column("days_until", Type.NUMBER, Text("Three quarters within", "四分之三在此天数内"), unit="day"),
        Column("p_value", Type.NUMBER, Text("Chance of it by accident", "偶然概率")),
        Column("q_value", Type.NUMBER, Text("False discoveries", "错误发现率"), unit="share"),
    ],
)  # fmt: skip
def sequences(
    purchases: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    least: int = 10,
    within: int = 365,
    false_share: float = 0.05,
) -> ir.Table:
    """Pairs of products, and of categories, of which one follows the other more often than any other.

    One row per level and ordered pair A, B. A customer counts for A (`could`) who bought anything on a later
    day than A for the first time, and had not bought B by then; B followed in those who first bought it on a
    later day, at most `within` days after (`customers`). `share` is the one over the other; `base` is the
    same of B after all A together; lift = share / base. So that one compares customers who came again with
    customers who came again, and people do not seem to buy in sequence merely because they buy much.
    `days`, `days_from`, `days_until` are the median and the quartiles of the days from A to B.

    `p_value` is the chance of as many or more where `could` x `base` are expected (Poisson), `q_value` that
    corrected for all ordered pairs of products with `least` buyers (Benjamini and Hochberg 1995). Pairs stand
    here which at least `least` customers went through, whose lift is above 1 and whose `q_value` is at most
    `false_share`. Known customers only; orders of one day have no sequence.
    """
    sold = goods_sold(purchases, as_of=as_of)
    lines = by_level(sold.filter(sold.customer_id.notnull()), "customer_id", "day")
    begun = checkpoint(_begun(lines))
    shelf = begun.group_by("level", "item").agg(
        buyers=begun.count(), trials=(begun.last > begun.start).sum(), title=begun.name.max()
    )
    frequent = shelf.filter(shelf.buyers >= least).to_pandas()
    if len(frequent) < 2:
        return checkpoint(ibis.memtable([], schema=sequences.schema))
    ordered = frequent.sort_values(["level", "item"], ignore_index=True)
    numbers = ibis.memtable(ordered[["level", "item"]].assign(n=np.arange(len(ordered))))
    steps = _steps(checkpoint(begun.inner_join(numbers, ["level", "item"]).drop("item", "name")))
    followed = (steps.lag > 0) & (steps.lag <= within)
    pairs = steps.group_by("a", "b").agg(customers=followed.sum(), had=(steps.lag <= 0).sum())
    found = _found(pairs.to_pandas(), ordered)
    sure = found[(found.customers >= least) & (found.lift > 1) & (found.q_value <= false_share)]
    if sure.empty:
        return checkpoint(ibis.memtable([], schema=sequences.schema))
    days = _days(steps.filter(followed), sure)
    told = sure.merge(days, on=["a", "b"])[list(sequences.schema)]
    return checkpoint(ibis.memtable(told, schema=sequences.schema))


def _begun(lines: ir.Table) -> ir.Table:
    """When each customer first bought each item, and when they last bought anything."""
    own = lines.group_by("customer_id", "level", "item").agg(start=lines.day.min(), name=lines.name.max())
    last = lines.group_by("customer_id").agg(last=lines.day.max())
    return own.inner_join(last, "customer_id")


def _steps(begun: ir.Table) -> ir.Table:
    """One row per customer and two items, of which the customer came again after the first, `a`."""
    again = begun.filter(begun.last > begun.start)
    one = again.select("customer_id", "level", a="n", first_a="start")
    other = begun.view().select("customer_id", "level", b="n", first_b="start")
    both = one.inner_join(other, ["customer_id", "level", one.a != other.b])
    return both.select("a", "b", lag=both.first_b.delta(both.first_a, unit="day"))


def _found(pairs: pd.DataFrame, shelf: pd.DataFrame) -> pd.DataFrame:
    """Each ordered pair with its shares, its lift over what follows any other, and how sure it is."""
    a, b, level = pairs.a.to_numpy(int), pairs.b.to_numpy(int), shelf.level.to_numpy()
    trials = shelf.trials.to_numpy(float)
    came = np.bincount(b, pairs.customers, minlength=len(shelf))
    had = np.bincount(b, pairs.had, minlength=len(shelf))
    of_level = shelf.groupby("level").trials.transform("sum").to_numpy(float) - trials
    base = (came / np.maximum(of_level - had, 1))[b]
    could = trials[a] - pairs.had.to_numpy(float)
    share = pairs.customers.to_numpy(float) / np.maximum(could, 1)
    p = as_many(pairs.customers.to_numpy(float), could * base)
    sizes = shelf.groupby("level").size()
    one, other = shelf.iloc[a].reset_index(drop=True), shelf.iloc[b].reset_index(drop=True)
    return pd.DataFrame({
        "a": a, "b": b, "level": level[a], "first": one["item"], "later": other["item"],
        "first_name": one.title, "later_name": other.title,
        "customers": pairs.customers.astype(int), "could": could.astype(int), "share": share, "base": base,
        "lift": np.where(base > 0, share / np.where(base > 0, base, 1), 0.0),
        "p_value": p, "q_value": corrected(p, int((sizes * (sizes - 1)).sum())),
    })  # fmt: skip


def _days(followed: ir.Table, sure: pd.DataFrame) -> pd.DataFrame:
    """The quartiles of the days between, of the pairs that are shown."""
    wanted = followed.semi_join(ibis.memtable(sure[["a", "b"]]), ["a", "b"])
    quartiles = {"days_from": 0.25, "days": 0.5, "days_until": 0.75}
    frame: pd.DataFrame = (
        wanted.group_by("a", "b").agg(**{n: wanted.lag.quantile(q) for n, q in quartiles.items()}).to_pandas()
    )
    return frame


@sequences.chart
def waits(rows: ir.Table) -> alt.LayerChart:
    frame = _best(rows, 20).to_pandas()
    named = frame.assign(pair=frame.first_name + " → " + frame.later_name)
    title = {c.name: str(c.title) for c in sequences.columns}
    drawn = alt.Chart(named).encode(
        y=alt.Y("pair:N", sort=None, title=None, axis=alt.Axis(labelLimit=420)),
        tooltip=[
            "pair:N",
            alt.Tooltip("customers:Q", title=title["customers"], format=","),
            alt.Tooltip("share:Q", title=title["share"], format=".1%"),
            alt.Tooltip("lift:Q", title=title["lift"], format=".1f"),
            alt.Tooltip("days:Q", title=title["days"], format=".0f"),
        ],
    )
    middle = drawn.mark_rule().encode(x=alt.X("days_from:Q", title=title["days"]), x2="days_until:Q")
    return middle + drawn.mark_point(filled=True, size=60).encode(x="days:Q")


@sequences.sentence
def surest(rows: ir.Table) -> Text:
    frame = _best(rows, 1).to_pandas()
    if frame.empty:
        return Text(
            "Nothing follows anything more often than by chance.", "没有哪种商品在另一种之后的购买超出偶然。"
        )
    one = frame.iloc[0]
    return Text(
        f"After {one.first_name}, {one.share:.0%} of those who came again bought {one.later_name}, "
        f"{one.lift:.1f} times as many as after anything else, half of them within {one.days:.0f} days.",
        f"首次购买“{one.first_name}”后再次光顾的客户中，{one.share:.0%} 买了“{one.later_name}”，"
        f"为其他商品之后的 {one.lift:.1f} 倍；其中一半在 {one.days:.0f} 天内。",
    )


def _best(rows: ir.Table, many: int) -> ir.Table:
    """The surest between products, or between categories where there is none between products."""
    level = ibis.ifelse(rows.level == PRODUCT, 0, 1)
    return rows.order_by(level, rows.q_value, rows.lift.desc(), rows["first"], rows.later).limit(many)
