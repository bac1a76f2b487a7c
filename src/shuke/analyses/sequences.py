"""Sequences: what follows what, and after how long?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.analyses.false_discoveries import as_many, corrected
from shuke.analyses.goods_sold import PRODUCT, by_level, goods_sold
from shuke.analyses.succession_counts import FirstOccurrences, both, counted, lags
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

QUARTILES = {"days_from": 0.25, "days": 0.5, "days_until": 0.75}

#: With more rows of customers and items, a part of the customers is looked at at a time.
AT_ONCE = 2_000_000


@table(
    key=("level", "first", "later"),
    learns=True,
    first="-lift",
    theme="goods",
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
    min_customers: int = 10,
    max_products: int = 3000,
    within_days: int = 365,
    false_discovery_rate: float = 0.05,
) -> ir.Table:
    """Pairs of products, and of categories, of which one follows the other more often than any other.

    One row per level and ordered pair A, B. A customer counts for A (`could`) who bought anything on a later
    day than A for the first time, and had not bought B by then; B followed in those who first bought it on a
    later day, at most `within_days` days after (`customers`). `share` is the one over the other; `base` is
    the same of B after all A together; lift = share / base. So that one compares customers who came again
    with customers who came again, and people do not seem to buy in sequence merely because they buy much.
    `days`, `days_from`, `days_until` are the median and the quartiles of the days from A to B.

    `p_value` is the chance of as many or more where `could` x `base` are expected (Poisson), `q_value` that
    corrected for all ordered pairs of products with `min_customers` buyers, the `max_products` bought of them
    (Benjamini and Hochberg 1995). Pairs stand here which at least `min_customers` customers went through,
    whose lift is above 1 and whose `q_value` is at most `false_discovery_rate`. Known customers only; orders
    of one day have no sequence.
    """
    sold = goods_sold(purchases, as_of=as_of)
    begun = checkpoint(_begun(sold.filter(sold.customer_id.notnull())))
    shelf = begun.group_by("level", "item").agg(
        buyers=begun.count(), trials=(begun["last"] > begun.start).sum(), title=begun.name.max()
    )
    frequent = shelf.filter(shelf.buyers >= min_customers).to_pandas()
    ranked = frequent.sort_values(["level", "buyers", "item"], ascending=[True, False, True])
    levels = [
        own.reset_index(drop=True) for _, own in ranked.groupby("level").head(max_products).groupby("level")
    ]
    if not levels:
        return checkpoint(ibis.memtable([], schema=sequences.schema))
    found = pd.concat(
        [_found(begun, own, min_customers=min_customers, within_days=within_days) for own in levels],
        ignore_index=True,
    )
    tried = sum(len(own) * (len(own) - 1) for own in levels)
    told = found.assign(q_value=corrected(found.p_value.to_numpy(float), tried))
    sure = told[(told.lift > 1) & (told.q_value <= false_discovery_rate)]
    rows = pd.concat([_timed(begun, own, sure, within_days=within_days) for own in levels])
    return checkpoint(ibis.memtable(rows[list(sequences.schema)], schema=sequences.schema))


def _begun(sold: ir.Table) -> ir.Table:
    """When each customer first bought each item, and when they last bought anything."""
    lines = by_level(sold, "customer_id", "day")
    own = lines.group_by("customer_id", "level", "item").agg(start=lines.day.min(), name=lines.name.max())
    last = sold.group_by("customer_id").agg(last=sold.day.max())
    return own.inner_join(last, "customer_id")


def _parts(begun: ir.Table, own: pd.DataFrame) -> Iterator[FirstOccurrences]:
    """The rows of one level; of very many, a part of the customers at a time."""
    rows = begun.filter(begun.level == own.level[0]).select("customer_id", "item", "start", "last")
    parts = int(own.buyers.sum()) // AT_ONCE + 1
    sign = rows.customer_id.right(1).ascii_str()
    for n in range(parts):
        some = rows if parts == 1 else rows.filter(sign % parts == n)
        yield FirstOccurrences.of(some.to_pyarrow(), pd.Index(own["item"]))


def _found(begun: ir.Table, own: pd.DataFrame, *, min_customers: int, within_days: int) -> pd.DataFrame:
    """The ordered pairs of one level: their shares, their lift over what follows any other, and how sure."""
    soon, had = np.zeros((2, len(own), len(own)), np.int64)
    for firsts in _parts(begun, own):
        after, soon_ = counted(firsts, len(own), within_days)
        soon, had = soon + soon_, had + both(firsts, len(own)) - after
    np.fill_diagonal(had, 0)
    trials = own.trials.to_numpy(float)
    base = soon.sum(axis=0) / np.maximum(trials.sum() - trials - had.sum(axis=0), 1)
    a, b = np.nonzero(soon >= max(min_customers, 1))
    customers, could = soon[a, b], (trials[a] - had[a, b]).astype(int)
    one, other = (own.iloc[n].reset_index(drop=True) for n in (a, b))
    return pd.DataFrame({
        "level": one.level, "first": one["item"], "later": other["item"],
        "first_name": one.title, "later_name": other.title,
        "customers": customers, "could": could, "share": customers / could, "base": base[b],
        "lift": customers / could / base[b], "p_value": as_many(customers.astype(float), could * base[b]),
    })  # fmt: skip


def _timed(begun: ir.Table, own: pd.DataFrame, sure: pd.DataFrame, *, within_days: int) -> pd.DataFrame:
    """The sure pairs of one level with the quartiles of the days between."""
    mine = sure[sure.level == own.level[0]].reset_index(drop=True)
    number = pd.Index(own["item"]).get_indexer
    wanted = np.full((len(own), len(own)), -1)
    wanted[number(mine["first"]), number(mine.later)] = mine.index
    waits = pd.concat([lags(firsts, wanted, within_days) for firsts in _parts(begun, own)])
    by_pair = waits.groupby("pair").lag
    quartiles = {name: by_pair.quantile(q) for name, q in QUARTILES.items()}
    return mine.assign(**quartiles)


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
