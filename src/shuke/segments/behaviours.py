"""Behaviours: what may one ask that a customer did, or that we did to them, and when?

bought(category => '婴儿用品', since => '5y', until => '3y')
count_of(event => 'search', within => '30d') >= 3

Each is a few conditions on the rows of one kind of table, and one figure of the rows that meet them. Rows
without a day count where no day is asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.periods import midnight
from shuke.segments.days import Day, Period, on
from shuke.tables import Type

Tables = Callable[[str], ir.Table]
"""A table of the build by its name."""

Sort = Literal["text", "day", "period", "number"]

#: The columns of the rows of every behaviour: whose they are, when it was, and what counts as one occasion.
WHOSE, WHEN, OCCASION = "whose", "happened", "occasion"


@dataclass(frozen=True)
class Argument:
    """What one may say to narrow a behaviour: `column` is the one that must have the value."""

    name: str
    sort: Sort
    title: Text
    column: str | None = None
    or_column: str | None = None  # the value may stand in this one instead
    is_path: bool = False  # a value means whatever lies below it, too: 'Drinks' is 'Drinks > Tea'


@dataclass(frozen=True)
class Behaviour:
    """`rows` makes the rows; `when` says whether they are dated by day or by moment."""

    name: str
    title: Text
    type: Type
    reads: tuple[str, ...]
    rows: Callable[[Tables], ir.Table]
    when: Type
    arguments: tuple[Argument, ...]

    def argument(self, name: str) -> Argument | None:
        return next((each for each in self.arguments if each.name == name), None)


def _bought(tables: Tables) -> ir.Table:
    rows = tables("purchases")
    known = rows.filter(rows.customer_id.notnull() & (rows.kind == "goods"))
    occasion = ibis.coalesce(known.order_id, known.day.cast("string"))
    columns = ("product_id", "product_name", "category", "channel", "store_id")
    called = {WHOSE: known.customer_id, WHEN: known.day, OCCASION: occasion}
    return known.select(*columns, "is_return", "amount", **called)


def _sold(tables: Tables) -> ir.Table:
    goods = _bought(tables)
    return goods.filter(~goods.is_return)


def _landed(name: str, *columns: str) -> Callable[[Tables], ir.Table]:
    """The rows of a landed table with whose they are."""

    def rows(tables: Tables) -> ir.Table:
        return _theirs(tables, name, columns)

    return rows


def _theirs(tables: Tables, name: str, columns: tuple[str, ...]) -> ir.Table:
    landed = tables(f"landed_{name}")
    happened = landed["at"] if "at" in landed.columns else ibis.null("timestamp")
    told = landed.select(
        *columns, record=landed.source + ":" + landed.record_id, **{WHEN: happened, OCCASION: landed.key}
    )
    owned = told.inner_join(tables("identities").select("record", **{WHOSE: "customer_id"}), "record")
    return owned.select(*columns, WHOSE, WHEN, OCCASION)


#: What sources call a contact that we began.
OUTBOUND = ("out", "outbound", "outgoing", "呼出", "去电", "外呼", "outgoing call")


def _contacted(tables: Tables) -> ir.Table:
    """What we sent, but for those who were held out to compare with, and the calls that we made."""
    touches = _theirs(tables, "touches", ("channel", "campaign_id", "group", "status"))
    held_out = touches["group"].isin(["control", "global"])
    unsent = touches.status.isin(["assigned", "withheld", "refused"])
    sent = touches.filter(~held_out.fill_null(False) & ~unsent.fill_null(False))
    calls = _theirs(tables, "interactions", ("channel", "direction"))
    made = calls.filter(calls.direction.lower().isin(OUTBOUND)).mutate(campaign_id=ibis.null("string"))
    columns = ("channel", "campaign_id", WHOSE, WHEN, OCCASION)
    return sent.select(*columns).union(made.select(*columns))


_WINDOW = (
    Argument("within", "period", Text("within the last", "最近")),
    Argument("since", "day", Text("since", "起始")),
    Argument("until", "day", Text("until", "截止")),
)
_AT_LEAST = Argument("at_least", "number", Text("at least so often", "至少次数"))
_PRODUCT = Argument("product", "text", Text("product", "商品"), "product_id", "product_name")
_CHANNEL = Argument("channel", "text", Text("channel", "渠道"), "channel")
_GOODS = (
    Argument("category", "text", Text("category", "类别"), "category", is_path=True),
    _PRODUCT,
    _CHANNEL,
    Argument("store", "text", Text("store", "门店"), "store_id"),
    *_WINDOW,
)

BEHAVIOURS: Mapping[str, Behaviour] = {
    each.name: each
    for each in (
        Behaviour(
            "bought", Text("Bought", "购买过"), Type.FLAG, ("purchases",), _sold, Type.DATE,
            (*_GOODS, _AT_LEAST),
        ),
        Behaviour(
            "spent_on", Text("Spent, less returns", "消费额（扣除退货）"), Type.MONEY, ("purchases",),
            _bought, Type.DATE, _GOODS,
        ),
        Behaviour(
            "count_of", Text("Number of events", "行为事件次数"), Type.INTEGER,
            ("landed_events", "identities"), _landed("events", "name", "product_id", "page", "query"),
            Type.TIME,
            (
                Argument("event", "text", Text("event", "事件"), "name"),
                Argument("product", "text", Text("product", "商品"), "product_id"),
                Argument("page", "text", Text("page", "页面"), "page"),
                *_WINDOW,
            ),
        ),
        Behaviour(
            "contacted", Text("Contacted by us", "我方联系过"), Type.FLAG,
            ("landed_touches", "landed_interactions", "identities"), _contacted, Type.TIME,
            (_CHANNEL, Argument("campaign", "text", Text("campaign", "活动"), "campaign_id"), *_WINDOW,
             _AT_LEAST),
        ),
        Behaviour(
            "got_in_touch", Text("Calls, inquiries and complaints", "来电、咨询与投诉"), Type.INTEGER,
            ("landed_interactions", "identities"),
            _landed("interactions", "kind", "topic", "channel", "status"), Type.TIME,
            (
                Argument("kind", "text", Text("kind", "类型"), "kind"),
                Argument("topic", "text", Text("topic", "主题"), "topic"),
                Argument("status", "text", Text("status", "状态"), "status"),
                _CHANNEL,
                *_WINDOW,
            ),
        ),
        Behaviour(
            "owns", Text("Owns", "拥有"), Type.FLAG, ("landed_possessions", "identities"),
            _landed("possessions", "category", "brand", "model"), Type.TIME,
            (
                Argument("category", "text", Text("category", "品类"), "category"),
                Argument("brand", "text", Text("brand", "品牌"), "brand"),
                Argument("model", "text", Text("model", "型号"), "model"),
            ),
        ),
    )
}  # fmt: skip


def meets(
    rows: ir.Table, behaviour: Behaviour, arguments: Mapping[str, Any], *, as_of: date, zone: str
) -> ir.BooleanValue:
    """Whether each row is one of those that the arguments mean."""
    conditions = [ibis.literal(True)]
    for name, value in arguments.items():
        argument = behaviour.argument(name)
        if argument and argument.column:
            conditions.append(_has(rows, argument, value))
    first, last = _window(arguments, as_of)
    if first or last:
        conditions.append(
            _between(rows[WHEN], first, last or as_of, by_day=behaviour.when is Type.DATE, zone=zone)
        )
    return ibis.and_(*conditions).fill_null(False)


def _has(rows: ir.Table, argument: Argument, value: str) -> ir.BooleanValue:
    column = rows[argument.column]
    found = column == value
    if argument.is_path:
        found |= column.startswith(f"{value}>") | column.startswith(f"{value} >")
    return (found | (rows[argument.or_column] == value)) if argument.or_column else found


def _window(arguments: Mapping[str, Any], as_of: date) -> tuple[date | None, date | None]:
    """The first and the last day, both included, that are asked for."""
    within: Period | None = arguments.get("within")
    since: Day | None = arguments.get("since")
    until: Day | None = arguments.get("until")
    # The last thirty days are this one and the twenty-nine before it.
    lasts = [within.before(as_of) + timedelta(days=1)] if within else []
    firsts = [*lasts, *([on(since, as_of=as_of)] if since else [])]
    return max(firsts, default=None), on(until, as_of=as_of) if until else None


def _between(when: ir.Value, first: date | None, last: date, *, by_day: bool, zone: str) -> ir.BooleanValue:
    if by_day:
        return (when <= last) & (when >= first) if first else when <= last
    ended = when < midnight(last, zone)
    return ended & (when >= midnight(first - timedelta(days=1), zone)) if first else ended
