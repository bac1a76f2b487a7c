"""Behaviour: what does each customer do: buy, where, by which channel, and contact us about what?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import Column, Type, table

#: What sources call a complaint; a company adds its own words in shuke.toml.
COMPLAINTS = ("complaint", "complaints", "complain", "投诉", "客诉", "抱怨")


@table(
    key="customer_id",
    first="-orders",
    title=Text("Behaviour", "行为"),
    about=Text(
        "What each customer does: purchases, contacts, visits, answers.",
        "每位客户的行为：购买、联系、访问与问卷。",
    ),
    area="profiles",
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("first_order", Type.DATE, Text("First purchase", "首次购买")),
        Column("last_order", Type.DATE, Text("Last purchase", "最近购买")),
        Column("orders", Type.INTEGER, Text("Purchases", "购买次数"), unit="count"),
        Column("returns", Type.INTEGER, Text("Returns", "退货次数"), unit="count"),
        Column("gap_days", Type.NUMBER, Text("Days between purchases", "平均购买间隔天数"), unit="day"),
        Column("channel", Type.TEXT, Text("Channel bought through most", "最常用购买渠道")),
        Column("store_id", Type.TEXT, Text("Store bought at most", "最常去门店")),
        Column("category", Type.TEXT, Text("Category bought most", "最常购买类别")),
        Column("contacts", Type.INTEGER, Text("Contacts", "联系次数"), unit="count"),
        Column("complaints", Type.INTEGER, Text("Complaints", "投诉次数"), unit="count"),
        Column("contact_channel", Type.TEXT, Text("Contact channel used most", "最常用联系渠道")),
        Column("last_contact", Type.DATE, Text("Last contact", "最近联系")),
        Column("events", Type.INTEGER, Text("Events", "行为事件数"), unit="count"),
        Column("last_event", Type.DATE, Text("Last event", "最近行为事件")),
        Column("answers", Type.INTEGER, Text("Survey answers", "问卷答案数"), unit="count"),
        Column("last_answer", Type.DATE, Text("Last answer", "最近作答")),
    ],
)  # fmt: skip
def behaviour(
    purchases: ir.Table,
    landed_interactions: ir.Table,
    landed_events: ir.Table,
    landed_responses: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    complaints: tuple[str, ...] = COMPLAINTS,
) -> ir.Table:
    """What each customer did, up to and on `as_of`.

    One row per customer who bought, contacted us, left an event or answered. A purchase is an order, or a
    day where lines have no order number, with a line of goods sold; a return is one with a line of goods
    returned. `gap_days` is the mean of days between a first and a last purchase; empty before the second.
    What is used most is what the most purchases (contacts) name, of equals the one named last, then the first
    by its letters. Counts are 0 where nothing is known; days and names are empty.
    """
    sold, back = _bought(purchases, as_of)
    contacted = _theirs(landed_interactions, identities, as_of, zone)
    contacts = contacted.group_by("customer_id").agg(
        contacts=contacted.count(),
        complaints=contacted.kind.lower().isin([word.lower() for word in complaints]).sum(),
        last_contact=contacted.day.max(),
    )
    counted = [
        _purchases(sold),
        back.group_by("customer_id").agg(returns=back.occasion.nunique()),
        *(_most(sold, name) for name in ("channel", "store_id", "category")),
        contacts,
        _most(contacted.mutate(occasion=contacted.key), "channel", name="contact_channel"),
        _counted(_theirs(landed_events, identities, as_of, zone), "events", "last_event"),
        _counted(_theirs(landed_responses, identities, as_of, zone), "answers", "last_answer"),
    ]
    whole = ibis.union(*(part.select("customer_id") for part in counted), distinct=True)
    for part in counted:
        whole = whole.left_join(part, "customer_id").drop("customer_id_right")
    counts = ("orders", "returns", "contacts", "complaints", "events", "answers")
    return whole.mutate(**{name: whole[name].fill_null(0) for name in counts})


def _bought(purchases: ir.Table, as_of: date) -> tuple[ir.Table, ir.Table]:
    """The lines of goods sold and returned, each with the occasion of its purchase."""
    known = purchases.filter(purchases.customer_id.notnull() & (purchases.kind == "goods"))
    goods = known.filter(known.day <= as_of).select(
        "customer_id", "day", "channel", "store_id", "category", "is_return",
        occasion=ibis.coalesce(known.order_id, known.day.cast(str)),
    )  # fmt: skip
    return goods.filter(~goods.is_return), goods.filter(goods.is_return)


def _purchases(sold: ir.Table) -> ir.Table:
    orders = sold.group_by("customer_id").agg(
        first_order=sold.day.min(), last_order=sold.day.max(), orders=sold.occasion.nunique()
    )
    days = orders.last_order.delta(orders.first_order, unit="day")
    return orders.mutate(gap_days=days / (orders.orders - 1).nullif(0))


def _most(rows: ir.Table, column: str, *, name: str | None = None) -> ir.Table:
    """For each customer what most occasions name in a column."""
    named = rows.filter(rows[column].notnull())
    uses = named.group_by("customer_id", used=named[column]).agg(
        times=named.occasion.nunique(), latest=named.day.max()
    )
    best_first = ibis.window(
        group_by="customer_id", order_by=[uses.times.desc(), uses.latest.desc(), uses.used]
    )
    ranked = uses.mutate(nth=ibis.row_number().over(best_first))
    return ranked.filter(ranked.nth == 0).select("customer_id", **{name or column: "used"})


def _theirs(landed: ir.Table, identities: ir.Table, as_of: date, zone: str) -> ir.Table:
    """Rows of a table of contacts with whose they are and on which day they happened."""
    told = landed.mutate(
        record=landed.source + ":" + landed.record_id, day=to_local(landed["at"], zone).date()
    )
    here = told.filter(told.day.isnull() | (told.day <= as_of))
    return here.inner_join(identities.select("record", "customer_id"), "record")


def _counted(rows: ir.Table, number: str, latest: str) -> ir.Table:
    return rows.group_by("customer_id").agg(**{number: rows.count(), latest: rows.day.max()})
