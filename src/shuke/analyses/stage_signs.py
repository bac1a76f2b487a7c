"""Stage signs: which stage of life has each customer reached by a day, and what does it suggest?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.life_facts import days_after, parcels, stated_moves, turned
from shuke.analyses.life_rules import matched, outgrown, read, suggested, terms
from shuke.analyses.successions import awaited
from shuke.lazy import pd

COLUMNS = (
    "customer_id", "stage", "source", "since", "suggested_category", "sure", "evidence", "evidence_zh",
)  # fmt: skip


@dataclass(frozen=True)
class StageRules:
    """What makes a stage, as it is asked for."""

    rules: tuple[str, ...]
    moved: tuple[str, ...]
    retired: tuple[str, ...]
    retirement_age: int
    recent_months: int


@dataclass(frozen=True)
class KnownThen:
    """What is known on a day: lines of goods sold to known customers, and what was said of them."""

    goods: ir.Table
    customers: ir.Table
    facts: ir.Table
    as_of: date

    @classmethod
    def of(cls, purchases: ir.Table, customers: ir.Table, facts: ir.Table, as_of: date) -> KnownThen:
        sold = purchases.filter((purchases.kind == "goods") & ~purchases.is_return & (purchases.day <= as_of))
        return cls(sold.filter(sold.customer_id.notnull()), customers, facts, as_of)

    def on(self, day: date) -> KnownThen:
        """As it was known on an earlier day."""
        said = self.facts.filter(self.facts.first_at.date() <= day)
        return KnownThen(self.goods.filter(self.goods.day <= day), self.customers, said, day)


def stages_reached(known: KnownThen, asked: StageRules, begun: ir.Table, found: pd.DataFrame) -> ir.Table:
    """One row per customer and stage, with what it suggests.

    `begun` are the `beginnings` of what is known, `found` the `successions` that are believed in.
    """
    goods, as_of = known.goods, known.as_of
    lines = goods.mutate(text=(goods.category.fill_null("") + " " + goods.product_name.fill_null("")).lower())
    shelf = lines.group_by("text").agg(category=lines.category.max(), sold=lines.count()).to_pandas()
    home = suggested(shelf, asked.moved)
    parts = [
        stated_moves(known.facts, as_of, asked.recent_months, home),
        turned(known.customers, as_of, asked.retirement_age, suggested(shelf, asked.retired)),
    ]
    if len(shelf):
        parts.append(parcels(goods, as_of, asked.recent_months, home))
    signs = matched(shelf, rules := [read(rule) for rule in asked.rules])
    if len(signs):
        parts.append(outgrown(lines, signs, terms(rules, shelf, as_of)))
    if len(found):
        parts.append(_succeeding(awaited(begun, found, as_of=as_of)))
    told = parts[0].select(COLUMNS)
    for part in parts[1:]:
        told = told.union(part.select(COLUMNS))
    # Of two signs of a move the older; where they are as old, the one that is surer.
    first = ibis.window(
        group_by=["customer_id", "stage"], order_by=[told.since, told.sure.desc(), told.evidence]
    )
    return told.mutate(nth=ibis.row_number().over(first)).filter(lambda t: t.nth == 0).drop("nth")


def _succeeding(rows: ir.Table) -> ir.Table:
    share = (rows.share * 100).round().cast("int64").cast(str) + "%"
    day = rows["first"].cast(str)
    return rows.mutate(
        stage=rows.sign + " → " + rows.wanted, source=ibis.literal("learnt"), sure=rows.share,
        since=days_after(rows["first"], rows.after), suggested_category=rows.wanted,
        evidence="Began with " + rows.sign + " on " + day + "; " + share + " of such customers came to "
        + rows.wanted + " later.",
        evidence_zh=day + " 开始购买「" + rows.sign + "」；此类客户中有 " + share
        + " 后来购买「" + rows.wanted + "」。",
    )  # fmt: skip
