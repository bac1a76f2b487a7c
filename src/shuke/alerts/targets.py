"""Targets: what is a plan or a budget for, and which amounts count towards it?"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Type
from shuke.tables.records import OWN

MONEY = Type.MONEY.ibis

#: What the whole company is called where something is planned for all of it.
COMPANY = "company"

#: What a target is about, by the column that names it.
KINDS: Mapping[str, str] = {
    "customer_id": "customer", "staff_id": "staff", "product_id": "product", "store_id": "store",
    "region": "region", "cost_centre": "cost_centre", "campaign_id": "campaign",
}  # fmt: skip

TITLES: Mapping[str, Text] = {
    "customer": Text("Customer", "客户"),
    "staff": Text("Employee", "员工"),
    "product": Text("Product", "商品"),
    "store": Text("Store", "门店"),
    "region": Text("Region", "地区"),
    "cost_centre": Text("Cost centre", "成本中心"),
    "campaign": Text("Campaign", "活动"),
    COMPANY: Text("Company", "全公司"),
    "several": Text("Several at once", "组合"),
}


def in_words(subject: str) -> str:
    """Whom or what a subject is about, as people say it; what is no target stays as it is.

    "store:S01 product:TEA"          "Store S01 · Product TEA"
    "cost_centre:Staff training"     "Cost centre Staff training"
    "company"                        "Company"
    """
    if subject == COMPANY:
        return str(TITLES[COMPANY])
    _, *parts = _NAMED.split(subject)
    return (
        " · ".join(f"{TITLES[k]} {whom}" for k, whom in zip(parts[::2], parts[1::2], strict=True)) or subject
    )


#: Before each name in the subject of a target stands what it is a name of.
_NAMED = re.compile(rf"(?:^| )({'|'.join(KINDS.values())}):")


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month in which a day lies."""
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    return first, after - timedelta(days=1)


def in_force(rows: ir.Table, dimensions: Sequence[str]) -> ir.Table:
    """What is planned: one row per target and `month`, with what names it; of several the newest that landed.

    What sources plan for one target adds up, for a shop's plan may come in parts; what was written down in
    Shuke itself stands in place of all of them.
    """
    asked = rows.mutate(month=rows.period.truncate("M"))
    names = [*dimensions, "source", "period"]
    newest_first = ibis.window(group_by=names, order_by=[asked.received_at.desc(), asked.key])
    ranked = asked.mutate(nth=ibis.row_number().over(newest_first))
    newest = ranked.filter(ranked.nth == 0)
    own = newest.amount.sum(where=newest.source == OWN)
    summed = newest.group_by([*dimensions, "month"]).agg(amount=ibis.coalesce(own, newest.amount.sum()))
    return summed.mutate(amount=summed.amount.cast(MONEY))


def in_force_in(rows: ir.Table, dimensions: Sequence[str], *, month: date) -> ir.Table:
    """What is planned for one month: one row per target."""
    return in_force(rows.filter(rows.period.truncate("M") == month), dimensions).drop("month")


def named(rows: ir.Table, dimensions: Sequence[str]) -> ir.Table:
    """Rows with `subject_kind` and `subject`: a customer's id, `store:S01`, `store:S01 product:TEA`,
    `company`."""
    given = [rows[name].notnull().cast("int64") for name in dimensions]
    several = sum(given[1:], given[0]) > 1
    kind = ibis.cases(
        (several, "several"), *((rows[n].notnull(), KINDS[n]) for n in dimensions), else_=COMPANY
    )
    words = [ibis.literal(f"{KINDS[n]}:") + rows[n] for n in dimensions]
    spaced = [
        ibis.ifelse(rows[n].notnull(), word + " ", "") for n, word in zip(dimensions, words, strict=True)
    ]
    joined = sum(spaced[1:], spaced[0]).strip()
    alone = (kind == "customer").ifelse(rows.customer_id, joined) if "customer_id" in dimensions else joined
    return rows.mutate(subject_kind=kind, subject=(kind == COMPANY).ifelse(COMPANY, alone))


def counted(
    targets: ir.Table, amounts: ir.Table, dimensions: Sequence[str], **measures: ir.Value
) -> ir.Table:
    """The targets with the `measures` of the amounts that count towards each: those that agree with it in
    everything that it names."""
    flags = targets.select(**{name: targets[name].notnull() for name in dimensions}).distinct().to_pandas()
    parts = []
    for combination in flags.to_dict("records") or [dict.fromkeys(dimensions, True)]:
        names = [name for name in dimensions if combination[name]]
        these = targets
        for name in dimensions:
            these = these.filter(targets[name].notnull() if name in names else targets[name].isnull())
        if names:
            summed = amounts.group_by(names).agg(**measures)
            told = these.left_join(summed, names, rname="_{name}")
            parts.append(told.select(*targets.columns, *measures))
        else:
            parts.append(these.cross_join(amounts.aggregate(**measures)))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]
