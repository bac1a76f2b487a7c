"""Spending: how does what is spent stand beside its budget, and does it climb faster than sales?"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.alerts.targets import MONEY, TITLES, counted, in_force_in, month_of, named
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.tables.records import owned

DIMENSIONS = ("customer_id", "campaign_id", "cost_centre")

#: Two spans of this length are compared.
SPAN = timedelta(days=91)


def _money(name: str, en: str, zh: str) -> Column:
    return Column(name, Type.MONEY, Text(en, zh), unit="currency")


@table(
    key="subject",
    title=Text("Spending", "支出"),
    about=Text("How does what is spent stand beside its budget and sales?", "支出与预算、销售相比如何？"),
    area="dealings",
    subject=None,
    columns=[
        Column("subject_kind", Type.TEXT, Text("For what", "对象类型"), codes=TITLES),
        Column("subject", Type.TEXT, Text("For", "对象")),
        Column("month", Type.DATE, Text("Month", "月份")),
        _money("budget", "Budget of the month", "本月预算"),
        _money("spent", "Spent so far", "已支出"),
        _money("largest", "Largest single item", "最大一笔"),
        _money("projected", "Projected to the month's end", "月末预计"),
        _money("spread", "Projection, standard error", "预计标准误"),
        Column("items", Type.INTEGER, Text("Items this month", "本月笔数"), unit="count"),
        _money("recent", "Three months, large items cut", "近三个月（大额截尾）"),
        _money("before", "The three months before", "之前三个月（大额截尾）"),
        Column("growth", Type.NUMBER, Text("Growth", "增长"), unit="share"),
        Column("sales_growth", Type.NUMBER, Text("Growth of sales", "销售增长"), unit="share"),
        Column("growth_error", Type.NUMBER, Text("Growth, standard error of its log", "增长对数标准误")),
        _money("last_year", "The same month last year", "去年同月"),
    ],
)  # fmt: skip
def spending(
    expense_items: ir.Table,
    landed_budgets: ir.Table,
    purchases: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    currency: str,
    checkpoint: Checkpoint,
    min_items: int = 8,
) -> ir.Table:
    """Expenses of the month in which `as_of` lies, beside the budget; and of three months, beside sales.

    One row per target that has a budget this month, and per cost centre, campaign and customer for whom
    something was spent within six months. `projected` is the largest single item, which hardly comes twice,
    and the rest at its pace by the share of the month's days that have passed. `growth` is that of 91 days
    over the 91 before, with each item cut at the 90th percentile of the target's own; nothing where either
    has fewer than `min_items`.
    """
    first, last = month_of(as_of)
    spent = checkpoint(_spent(expense_items, as_of=as_of))
    told = owned(landed_budgets.mutate(currency=ibis.null("string")), identities, currency=currency)
    known = told.filter(told.record_id.isnull() | told.customer_id.notnull())
    budgets = in_force_in(known, DIMENSIONS, month=first)
    seen = [_alone(spent, name) for name in DIMENSIONS]
    every = ibis.union(budgets, *seen).group_by(DIMENSIONS).agg(amount=lambda t: t.amount.sum())
    targets = checkpoint(every)
    year = first.replace(year=first.year - 1)
    now, value = spent.day >= first, spent.amount.cast("float64")
    month = counted(
        targets, spent, DIMENSIONS,
        spent=spent.amount.sum(where=now), largest=spent.amount.max(where=now), items=now.sum(),
        squares=(value * value).sum(where=now),
        last_year=spent.amount.sum(where=spent.day.between(*month_of(year))),
    )  # fmt: skip
    growths = _growth(spent, _sales(purchases, as_of), as_of, min_items)
    whole = named(checkpoint(month), DIMENSIONS).left_join(growths, "subject", rname="_{name}")
    zero = ibis.literal(0).cast(MONEY)
    share = as_of.day / last.day
    total, most = whole.spent.fill_null(zero), whole.largest.fill_null(zero)
    rest = (total - most).cast("float64")
    squares = whole.squares.fill_null(0.0) - most.cast("float64") * most.cast("float64")
    return whole.select(
        "subject_kind", "subject", "recent", "before", "growth", "sales_growth", "growth_error", "last_year",
        month=ibis.literal(first),
        budget=whole.amount,
        spent=total,
        largest=most,
        projected=(most.cast("float64") + rest / share).round(4).cast(MONEY),
        spread=((ibis.greatest(squares, 0.0) * (1 - share)).sqrt() / share).round(4).cast(MONEY),
        items=whole["items"].fill_null(0),
    )  # fmt: skip


def _spent(items: ir.Table, *, as_of: date) -> ir.Table:
    """Every expense of fourteen months; what has no rate is left out."""
    lately = items.filter((items.day > as_of - timedelta(days=430)) & (items.day <= as_of))
    return lately.filter(lately.amount.notnull()).select(*DIMENSIONS, "day", "amount", key="expense_id")


def _alone(spent: ir.Table, name: str) -> ir.Table:
    """Each target of one kind for which something was spent lately, without a budget."""
    found = spent.filter(spent[name].notnull()).select(name).distinct()
    others = {other: ibis.null("string") for other in DIMENSIONS if other != name}
    return found.mutate(**others, amount=ibis.null(MONEY)).select(*DIMENSIONS, "amount")


def _sales(purchases: ir.Table, as_of: date) -> ir.Table:
    """One row: by how much net sales of the last 91 days grew over the 91 before (`sales_growth`)."""
    goods = purchases.filter((purchases.kind == "goods") & purchases.day.notnull())
    now, then = _spans(goods.day, as_of)
    summed = goods.aggregate(now=goods.amount.sum(where=now), then=goods.amount.sum(where=then))
    grown = summed.now.cast("float64") / summed.then.cast("float64").nullif(0.0) - 1
    return summed.select(sales_growth=grown)


def _spans(day: ir.DateValue, as_of: date) -> tuple[ir.BooleanValue, ir.BooleanValue]:
    return day > as_of - SPAN, (day <= as_of - SPAN) & (day > as_of - 2 * SPAN)


def _growth(spent: ir.Table, sales: ir.Table, as_of: date, min_items: int) -> ir.Table:
    """By how much spending grew, per target of one kind: large single items are cut, and what is left is no
    chance of a few."""
    parts = []
    for name in ("cost_centre", "campaign_id"):
        now, then = _spans(spent.day, as_of)
        lately = spent.filter((now | then) & spent[name].notnull())
        cut = lately.group_by(name).agg(cap=lately.amount.cast("float64").quantile(0.9))
        capped = lately.inner_join(cut, name)
        value = ibis.least(capped.amount.cast("float64"), capped.cap)
        recent, earlier = _spans(capped.day, as_of)
        parts.append(
            capped.group_by(name).agg(
                recent=value.sum(where=recent), before=value.sum(where=earlier),
                recent_squares=(value * value).sum(where=recent), squares=(value * value).sum(where=earlier),
                many=recent.sum(), few=earlier.sum(),
            ).mutate(**{n: ibis.null("string") for n in DIMENSIONS if n != name})
        )  # fmt: skip
    both = ibis.union(*(part.select(sorted(part.columns)) for part in parts))
    enough = both.filter((both.many >= min_items) & (both.few >= min_items) & (both.before > 0))
    error = (
        enough.recent_squares / (enough.recent * enough.recent)
        + enough.squares / (enough.before * enough.before)
    ).sqrt()
    told = named(enough, DIMENSIONS).cross_join(sales)
    return told.select(
        "subject", "sales_growth",
        recent=told.recent.round(4).cast(MONEY), before=told.before.round(4).cast(MONEY),
        growth=told.recent / told.before - 1, growth_error=error,
    )  # fmt: skip
