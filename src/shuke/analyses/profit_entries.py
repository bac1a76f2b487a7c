"""Profit entries: which revenue and which cost belongs to which customer, and how is that known?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.analyses.campaign_arms import TREATED, arm_of
from shuke.analyses.cost_allocation import allocated
from shuke.analyses.line_costs import costed
from shuke.analyses.recorded_costs import recorded_costs
from shuke.languages import Text
from shuke.periods import to_local
from shuke.stats import rounded
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.tables.records import record_of

#: From gross sales down to what is left; all but the first and `charges` take away.
LINES: dict[str, Text] = {
    "sales": Text("Sales before discounts", "折前销售额"),
    "discounts": Text("Discounts", "折扣"),
    "returns": Text("Returns and refunds", "退货退款"),
    "charges": Text("Shipping and fees charged, adjustments", "运费、手续费收入与调整"),
    "goods": Text("Cost of goods", "商品成本"),
    "service": Text("Service", "服务"),
    "marketing": Text("Marketing", "营销"),
    "logistics": Text("Logistics", "物流"),
    "credit": Text("Credit", "信用与资金"),
    "other": Text("Other costs", "其他费用"),
}

BASES: dict[str, Text] = {
    "recorded": Text("Recorded for the customer", "直接记录"),
    "contacts": Text("By contacts", "按往来次数"),
    "touches": Text("By messages and coupons", "按触达与优惠券数"),
    "campaign": Text("By messages and coupons of the campaign", "按该活动的触达与优惠券数"),
    "orders": Text("By orders", "按订单数"),
    "balance": Text("By amount and days owed", "按欠款金额与天数"),
    "none": Text("Not allocated", "未分摊"),
}

#: Whom nobody knows; the row stands in no customer's name.
UNKNOWN = ""

#: What an activity's costs are divided by.
_BY = {"service": "contacts", "marketing": "touches", "logistics": "orders", "credit": "balance"}

_MONEY = Type.MONEY.ibis
_NONE = ibis.literal(0).cast(_MONEY)


@table(
    key=("owner", "line", "basis"),
    theme="money",
    title=Text("Profit entries", "利润明细"),
    about=Text(
        "Which revenue and which cost belongs to which customer?", "哪些收入和成本属于哪位客户？"),
    subject="owner",
    limits=Text(
        "A driver is an assumption: that each contact, message, order, or day of credit costs as much as any "
        "other. Rent and what else no customer drives stays where it is, not allocated.",
        "动因是一种假设：每次往来、触达、订单或每日欠款的成本相同。租金等无客户动因的费用不分摊。"),
    columns=[
        Column("owner", Type.TEXT, Text("Customer", "客户编号"), note=Text(
            "Empty: what belongs to nobody who is known.", "为空表示不属于任何已知客户。")),
        Column("line", Type.TEXT, Text("Line", "项目"), codes=LINES),
        Column("basis", Type.TEXT, Text("How it is known", "归属依据"), codes=BASES),
        Column("amount", Type.MONEY, Text("Amount", "金额"), unit="currency", note=Text(
            "What it adds to profit: costs, discounts and returns are below zero.",
            "对利润的增加额：成本、折扣与退货为负。")),
    ],
)  # fmt: skip
def profit_entries(  # noqa: PLR0917 - the tables that it is made from
    purchases: ir.Table,
    landed_products: ir.Table,
    expense_items: ir.Table,
    landed_campaigns: ir.Table,
    landed_touches: ir.Table,
    landed_coupons: ir.Table,
    landed_interactions: ir.Table,
    receivable_entries: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    currency: str,
    checkpoint: Checkpoint,
    days: int = 365,
) -> ir.Table:
    """Revenue and costs of the `days` days up to `as_of`, each with whom it belongs to and how that is known.

    One row per customer (one, without a name, for everything of nobody), line and basis. Activity-based
    costing (Kaplan and Anderson 2004): what is recorded for a customer counts for that customer; of the
    rest, service costs are divided by contacts, marketing by messages and coupons, those of a campaign by
    its own, logistics by orders, and credit by amount and days owed in the project's currency, each of the
    same days (of a campaign all). What nobody drove, and other costs, are not allocated; what somebody
    unknown drove stays with nobody. A campaign's own cost counts where no expense names it, on the day on
    which it starts. Goods cost what their lines say, or what their product costs; discounts are those of
    lines. Everything adds up: over all rows, to the amounts of `purchases`, the costs of their goods, and
    `expense_items`.
    """
    span = _Span(as_of - timedelta(days=days), as_of, zone, currency)
    lines = checkpoint(costed(_sold(purchases, span), landed_products))
    spent = checkpoint(_costs(expense_items, landed_campaigns, span))
    shared = spent.filter(spent.owner == UNKNOWN)
    pools = checkpoint(
        shared.group_by("pool", "line", "basis", "driver").agg(amount=shared.amount.sum().cast(_MONEY))
    )
    driven = ibis.union(
        *_messages(landed_touches, landed_coupons, identities, span),
        _contacts(landed_interactions, identities, span),
        _orders(lines),
        _balances(receivable_entries, span),
    )
    units = pools.select("pool", "driver").inner_join(checkpoint(driven), "driver")
    parts = checkpoint(allocated(pools, units))
    divided = parts.inner_join(pools.select("pool", "line", "basis"), "pool")
    left = pools.anti_join(parts, "pool")
    own = spent.filter(spent.owner != UNKNOWN)
    entries = ibis.union(
        *_revenue(lines),
        own.select("owner", "line", basis=ibis.literal("recorded"), amount=-own.amount),
        divided.select("owner", "line", "basis", amount=-divided.amount),
        left.select("line", owner=ibis.literal(UNKNOWN), basis=ibis.literal("none"), amount=-left.amount)
        .select("owner", "line", "basis", "amount"),
    )  # fmt: skip
    summed = entries.group_by("owner", "line", "basis").agg(amount=entries.amount.sum().cast(_MONEY))
    return summed.filter(summed.amount != 0)


class _Span:
    """The days that count, and how moments and money are read."""

    def __init__(self, after: date, until: date, zone: str, currency: str) -> None:
        self.after, self.until, self.zone, self.currency = after, until, zone, currency

    def holds(self, day: ir.DateValue) -> ir.BooleanValue:
        return (day > ibis.date(self.after)) & (day <= ibis.date(self.until))

    def day(self, moment: ir.TimestampValue) -> ir.DateValue:
        return to_local(moment, self.zone).date()


def _sold(purchases: ir.Table, span: _Span) -> ir.Table:
    counted = purchases.filter((purchases.kind != "void") & span.holds(purchases.day))
    return counted.mutate(
        owner=counted.customer_id.fill_null(UNKNOWN), amount=counted.amount.fill_null(_NONE)
    )


def _revenue(lines: ir.Table) -> list[ir.Table]:
    """What each line of an order adds, by kind: a return is none of sales, and its discount none."""
    goods = lines.kind == "goods"
    stated, amount = lines.stated_amount.cast("float64").nullif(0.0), lines.amount.cast("float64")
    abroad = rounded(lines.discount.cast("float64") * amount / stated, 4).cast(_MONEY)
    same = (lines.stated_amount.isnull() | (lines.stated_amount == lines.amount)).fill_null(True)
    discount = ibis.ifelse(same, lines.discount, abroad).fill_null(_NONE)
    sale = goods & ~lines.is_return
    told = {
        "sales": (sale, lines.amount + discount),
        "discounts": (sale, -discount),
        "returns": (goods & lines.is_return, lines.amount),
        "charges": (~goods, lines.amount),
        "goods": (lines.line_cost.notnull(), -lines.line_cost.fill_null(_NONE)),
    }
    return [
        lines.filter(chosen).select(
            "owner", line=ibis.literal(line), basis=ibis.literal("recorded"), amount=value.cast(_MONEY)
        )
        for line, (chosen, value) in told.items()
    ]


def _costs(items: ir.Table, campaigns: ir.Table, span: _Span) -> ir.Table:
    """What was spent: on whom (`owner`), on which line, and, where on nobody, what divides it (`driver`)."""
    spent = recorded_costs(items, campaigns)
    counted = spent.filter(span.holds(spent.day)).rename(line="activity")
    basis = ibis.cases(
        (counted.campaign_id.notnull(), "campaign"),
        *((counted.line == line, basis) for line, basis in _BY.items()),
        else_="none",
    )
    driver = ibis.coalesce(ibis.literal("campaign:") + counted.campaign_id, basis)
    return counted.select(
        "line", "amount", owner=counted.customer_id.fill_null(UNKNOWN), basis=basis, driver=driver,
        pool=counted.line + " " + driver,
    )  # fmt: skip


def _messages(
    touches: ir.Table, coupons: ir.Table, identities: ir.Table, span: _Span
) -> tuple[ir.Table, ir.Table]:
    """What was sent and given out: of each campaign whenever it was, and of all within the days."""
    treated = touches.filter(arm_of(touches.group) == TREATED)
    sent = treated.select("source", "record_id", "campaign_id", day=span.day(treated["at"]))
    given = coupons.select("source", "record_id", "campaign_id", day=coupons.issued)
    every = _owned(sent.union(given), identities)
    of_campaign = every.filter(every.campaign_id.notnull()).mutate(
        driver=ibis.literal("campaign:") + every.campaign_id
    )
    lately = every.filter(span.holds(every.day)).mutate(driver=ibis.literal("touches"))
    return _counted(of_campaign), _counted(lately)


def _contacts(interactions: ir.Table, identities: ir.Table, span: _Span) -> ir.Table:
    lately = interactions.filter(span.holds(span.day(interactions["at"])))
    return _counted(_owned(lately, identities).mutate(driver=ibis.literal("contacts")))


def _orders(lines: ir.Table) -> ir.Table:
    sold = lines.filter((lines.kind == "goods") & ~lines.is_return)
    order = ibis.coalesce(sold.order_id, sold.day.cast(str))
    units = sold.group_by("owner").agg(units=order.nunique())
    return units.select("owner", driver=ibis.literal("orders"), units=units.units.cast("int64"))


def _balances(entries: ir.Table, span: _Span) -> ir.Table:
    """What each customer owed, times the days on which it was owed; nothing for who has paid ahead."""
    own = entries.filter(entries.currency == span.currency)
    day = ibis.greatest(own.day.fill_null(ibis.date(span.after)), ibis.date(span.after))
    owed = ibis.date(span.until).delta(day, unit="day")
    units = own.mutate(owner=own.customer_id.fill_null(UNKNOWN), units=own.amount.cast("float64") * owed)
    summed = units.group_by("owner").agg(units=units.units.sum())
    return summed.select(
        "owner", driver=ibis.literal("balance"), units=summed.units.clip(lower=0.0).floor().cast("int64")
    )


def _owned(rows: ir.Table, identities: ir.Table) -> ir.Table:
    named = rows.mutate(record=record_of(rows))
    known = named.left_join(identities.select("record", "customer_id"), "record")
    return known.select(*rows.columns, owner=known.customer_id.fill_null(UNKNOWN))


def _counted(rows: ir.Table) -> ir.Table:
    counted = rows.group_by("owner", "driver").agg(units=rows.count())
    return counted.select("owner", "driver", units=counted.units.cast("int64"))
