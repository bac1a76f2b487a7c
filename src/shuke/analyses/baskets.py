"""Baskets: what is bought together, more than by chance?"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.analyses.false_discoveries import as_many, corrected
from shuke.analyses.frequent_sets import frequent_sets, in_parts, rule_splits, summed
from shuke.analyses.goods_sold import PRODUCT, by_level, goods_sold
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key=("level", "antecedent", "consequent"),
    learns=True,
    first="-lift",
    theme="goods",
    title=Text("Bought together", "购物篮关联"),
    about=Text("What is bought together, more than by chance?", "哪些商品常被一起购买？"),
    subject=None,
    reading=Text(
        "Each bar is a rule: of the baskets with the first product so many hold the second too. The tick is "
        "the share of all baskets that hold the second: the further the bar goes beyond it, the more the two "
        "belong together.",
        "每一条是一条规则：含前一商品的购物篮中，有多少也含后一商品。竖线为后者在全部购物篮中的份额："
        "超出竖线越多，两者越相关。"),
    limits=Text(
        "It says what lies in one basket, not why, and not what would sell if the one were made cheaper. "
        "Pairs that lie in few baskets together are not looked at.",
        "只说明同一购物篮里有什么，不说明原因，也不说明降价会带动什么。同现次数太少的组合未纳入。"),
    columns=[
        Column("level", Type.TEXT, Text("Level", "层级"),
            codes={"product": Text("product", "商品"), "category": Text("category", "类别")}, note=Text(
            "`product` or `category`.", "`product` 商品，`category` 类别。")),
        Column("antecedent", Type.TEXT, Text("With", "前项编码"), note=Text(
            "Several are joined by ` + `, in the order of their codes.", "多项以“ + ”相连，按编码排序。")),
        Column("consequent", Type.TEXT, Text("Goes", "后项编码")),
        Column("antecedent_name", Type.TEXT, Text("Who buys", "前项")),
        Column("consequent_name", Type.TEXT, Text("Also buys", "后项")),
        Column("antecedents", Type.INTEGER, Text("Products in front", "前项个数"), unit="count"),
        Column("baskets", Type.INTEGER, Text("Baskets with both", "同现次数"), unit="count"),
        Column("antecedent_baskets", Type.INTEGER, Text("Baskets with the first", "前项篮数"), unit="count"),
        Column("consequent_baskets", Type.INTEGER, Text("Baskets with the second", "后项篮数"), unit="count"),
        Column("support", Type.NUMBER, Text("Support", "支持度"), unit="share"),
        Column("confidence", Type.NUMBER, Text("Confidence", "置信度"), unit="share"),
        Column("base", Type.NUMBER, Text("Share of all baskets", "全部购物篮中的份额"), unit="share"),
        Column("lift", Type.NUMBER, Text("Lift", "提升度")),
        Column("conviction", Type.NUMBER, Text("Conviction", "确信度"), note=Text(
            "Empty where the rule has no exception.", "规则无例外时为空。")),
        Column("p_value", Type.NUMBER, Text("Chance of it by accident", "偶然概率")),
        Column("q_value", Type.NUMBER, Text("False discoveries", "错误发现率"), unit="share"),
    ],
)  # fmt: skip
def baskets(
    purchases: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    min_baskets: int = 5,
    support: float = 0.0005,
    confidence: float = 0.0,
    lift: float = 1.0,
    antecedents: int = 1,
    rules_per_antecedent: int = 10,
    false_discovery_rate: float = 0.05,
) -> ir.Table:
    """Rules "who buys X also buys Y" between products, and between categories (Agrawal and others 1993).

    One row per level and rule X → Y, where X is one product (or category) or up to `antecedents` of them,
    and Y is one. A basket is an order, or a known customer's day where lines have no order number; of N
    baskets, X lies in a, Y in b, both in ab:

    - support = ab / N, confidence = ab / a, base = b / N, lift = confidence / base
    - conviction = (1 - base) / (1 - confidence), empty where confidence is 1 (Brin and others 1997)

    Looked at are rules that hold in at least `min_baskets` baskets, in a share of at least `support`, with at
    least that `confidence` and beyond that `lift`. Larger sets are grown from smaller ones that are frequent
    enough themselves (Apriori, Agrawal and Srikant 1994). `p_value` is the chance of ab or more were X and Y
    independent (Poisson with mean a b / N: a bound from above of Fisher's exact test), `q_value` that
    corrected, among rules with as many antecedents, for all that could have been found between a frequent X
    and a frequent Y (Benjamini and Hochberg 1995). Rules stand here whose `q_value` is at most
    `false_discovery_rate`; of each X those of the `rules_per_antecedent` surest, of equally sure ones those
    of the highest confidence.

    With `false_discovery_rate=1`, `lift=0`, `antecedents=9` and a large `rules_per_antecedent` these are the
    rules that `apriori` of R's arules finds for the same `support` and `confidence` with `minlen=2`.
    """
    sold = goods_sold(purchases, as_of=as_of)
    filled = sold.filter(sold.basket.notnull())
    all_ = filled.basket.nunique().to_pyarrow().as_py()
    lines = by_level(filled, "basket")
    parts = in_parts(lines, int(lines.count().to_pyarrow().as_py()))
    names = lines.group_by("level", "item").agg(name_=lines.name.max())
    lying = [part.select("basket", "level", "item") for part in parts]
    sizes = (part.distinct().group_by("level", "item").agg(baskets=lambda t: t.count()) for part in lying)
    items = summed(sizes, "level", "item", checkpoint=checkpoint).inner_join(names, ["level", "item"])
    # A support that is met exactly is met: 0.001 of 9,000 baskets are 9, not a little more.
    enough = max(min_baskets, int(np.ceil(support * all_ - 1e-9)))
    frequent = items.filter(items.baskets >= enough).to_pandas()
    shelf = frequent.sort_values(["level", "item"], ignore_index=True)
    sets = frequent_sets(lying, shelf, enough=enough, largest=antecedents + 1, checkpoint=checkpoint)
    if all(len(one) == 1 for one in sets):
        return checkpoint(ibis.memtable([], schema=baskets.schema))
    weighed = [_weighed(rules, shelf, all_) for rules in rule_splits(sets)]
    every = pd.concat(weighed, ignore_index=True)
    found = every[(every.both > lift * every.expected) & (every.q_value <= false_discovery_rate)]
    chosen = _best_of_each(found[found.confidence >= confidence - 1e-12], rules_per_antecedent)
    told = _rules(chosen, shelf, all_)
    return checkpoint(ibis.memtable(told[list(baskets.schema)], schema=baskets.schema))


def _weighed(rules: pd.DataFrame, shelf: pd.DataFrame, all_: int) -> pd.DataFrame:
    """The rules with as many antecedents, with how sure it is that they are more than chance."""
    expected = rules.before.to_numpy(float) * shelf.baskets.to_numpy(float)[rules.y] / all_
    p = as_many(rules.both.to_numpy(float), expected)
    told = rules.assign(expected=expected, p_value=p, q_value=corrected(p, _tried(rules, shelf)))
    return told.assign(confidence=told.both / told.before)


def _tried(rules: pd.DataFrame, shelf: pd.DataFrame) -> int:
    """How many rules could have been found: a frequent X with each frequent Y of its level beside it."""
    sizes = shelf.groupby("level").size()
    if rules.empty or len(rules.x.iloc[0]) == 1:
        return int((sizes * (sizes - 1)).sum())
    fronts = rules.drop_duplicates("x")
    each = shelf.level.to_numpy()[[x[0] for x in fronts.x]]
    return int(sum(sizes[level] - len(x) for level, x in zip(each, fronts.x, strict=True)))


def _best_of_each(rules: pd.DataFrame, each: int) -> pd.DataFrame:
    best_first = rules.sort_values(["x", "q_value", "confidence", "y"], ascending=[True, True, False, True])
    return best_first.groupby("x").head(each).reset_index(drop=True)


def _rules(rules: pd.DataFrame, shelf: pd.DataFrame, all_: int) -> pd.DataFrame:
    """With all their figures."""
    other = shelf.iloc[rules.y].reset_index(drop=True)
    confidence, base = rules.confidence, other.baskets / all_
    doubt = (1 - confidence).where(confidence < 1, 1.0)
    return pd.DataFrame({
        "level": other.level, "antecedent": _written(rules.x, shelf["item"]), "consequent": other["item"],
        "antecedent_name": _written(rules.x, shelf.name_), "consequent_name": other.name_,
        "antecedents": rules.x.map(len), "baskets": rules.both, "antecedent_baskets": rules.before,
        "consequent_baskets": other.baskets, "support": rules.both / all_, "confidence": confidence,
        "base": base, "lift": confidence / base,
        "conviction": ((1 - base) / doubt).astype(object).where(confidence < 1, None),
        "p_value": rules.p_value, "q_value": rules.q_value,
    })  # fmt: skip


def _written(fronts: pd.Series, words: pd.Series) -> pd.Series:
    """What stands in front of each rule: `tea`, or `cup + tea`."""
    told = words.to_numpy()
    return fronts.map(lambda x: " + ".join(str(told[n]) for n in x))


@baskets.chart
def best_rules(rows: ir.Table) -> alt.LayerChart:
    frame = _best(rows, 20).to_pandas()
    named = frame.assign(rule=frame.antecedent_name + " → " + frame.consequent_name)
    title = {c.name: str(c.title) for c in baskets.columns}
    by_rule = alt.Y("rule:N", sort=None, title=None, axis=alt.Axis(labelLimit=420))
    drawn = alt.Chart(named).encode(
        y=by_rule,
        tooltip=[
            "rule:N",
            alt.Tooltip("baskets:Q", title=title["baskets"], format=","),
            alt.Tooltip("confidence:Q", title=title["confidence"], format=".1%"),
            alt.Tooltip("base:Q", title=title["base"], format=".1%"),
            alt.Tooltip("lift:Q", title=title["lift"], format=".1f"),
        ],
    )
    percent: dict[str, Any] = {"title": title["confidence"], "axis": alt.Axis(format=".0%")}  # of both layers
    bars = drawn.mark_bar().encode(x=alt.X("confidence:Q", **percent))
    return bars + drawn.mark_tick(color="black").encode(x=alt.X("base:Q", **percent))


@baskets.sentence
def strongest_rule(rows: ir.Table) -> Text:
    frame = _best(rows, 1).to_pandas()
    if frame.empty:
        return Text(
            "No two products are bought together more often than by chance.",
            "没有哪两种商品一起购买的次数超出偶然。",
        )
    rule = frame.iloc[0]
    return Text(
        f"Of the baskets with {rule.antecedent_name}, {rule.confidence:.0%} hold {rule.consequent_name} too, "
        f"which lies in {rule.base:.1%} of all: {rule.lift:.1f} times as often as by chance.",
        f"含“{rule.antecedent_name}”的购物篮中，{rule.confidence:.0%} 也含“{rule.consequent_name}”，"
        f"而后者在全部购物篮中占 {rule.base:.1%}，为偶然的 {rule.lift:.1f} 倍。",
    )


def _best(rows: ir.Table, many: int) -> ir.Table:
    """The surest rules between products, or between categories where there is none between products."""
    first = ibis.ifelse(rows.level == PRODUCT, 0, 1)
    best_first = (first, rows.q_value, rows.confidence.desc(), rows.antecedent, rows.consequent)
    return rows.order_by(*best_first).limit(many)
