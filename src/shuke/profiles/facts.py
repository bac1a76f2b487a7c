"""Facts: who said what of a customer, when, and until when may it be believed?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import CANONICAL, Column, Type, table

#: Identifiers that are facts about a customer as well: how to reach them.
CONTACTS = ("email", "phone")

#: Of these the earliest that was ever said counts, not the newest.
EARLIEST = ("since",)

#: A value of which the source shows only a part: 138****9000, 张**.
_MASKED = r"[*•●＊]{2,}|^[^*＊]{1,2}[*＊]$"

_TOLD = tuple(c for c in CANONICAL["people"].columns if c.name not in ("record_id", "channel"))


@table(
    key=("record", "attribute", "value"),
    title=Text("Facts", "事实"),
    about=Text(
        "Every statement about every customer, with its source and its age.",
        "每位客户的每条信息及其来源与时效。",
    ),
    area="profiles",
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("record", Type.TEXT, Text("Record", "记录"), personal="identifier"),
        Column("attribute", Type.TEXT, Text("Attribute", "属性")),
        Column("value", Type.TEXT, Text("Value", "值"), personal="text"),
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("channel", Type.TEXT, Text("Channel", "渠道")),
        Column("collected_at", Type.TIME, Text("Last said", "最近采集")),
        Column("first_at", Type.TIME, Text("First said", "首次采集")),
        Column("received_at", Type.TIME, Text("Received", "接收时间")),
        Column("believed_until", Type.DATE, Text("Believed until", "可信至")),
        Column("believed", Type.FLAG, Text("Believed", "可信")),
        Column("wins", Type.FLAG, Text("In the golden record", "采用")),
        Column("batch_id", Type.TEXT, Text("Batch", "批次")),
        Column("row", Type.INTEGER, Text("Row", "行号")),
    ],
)
def facts(
    said_people: ir.Table, said_identifiers: ir.Table, identities: ir.Table, *, as_of: date
) -> ir.Table:
    """Every value that a record ever gave for an attribute, and whether it still counts.

    One row per record, attribute and value, dated by the last time it was said. `believed_until` is
    that day plus the attribute's time to live, empty where it does not age. Of the believed facts of a
    customer about one attribute the newest wins, of `since` the earliest; a value that the source has
    masked wins only where nobody tells more. Expired facts are kept and never win.
    """
    stated = _attributes(said_people).union(_contacts(said_identifiers))
    owned = stated.inner_join(identities.select("record", "customer_id"), "record")
    lives = {c.name: c.lives.days for c in _TOLD if c.lives}
    said_at = ibis.coalesce(owned.collected_at, owned.received_at)
    until = ibis.cases(
        *((owned.attribute == name, said_at.date() + ibis.interval(days=d)) for name, d in lives.items())
    )
    aged = owned.mutate(believed_until=until)
    believed = aged.mutate(believed=(aged.believed_until >= as_of).fill_null(True))
    first_of = ibis.ifelse(believed.attribute.isin(EARLIEST), believed.value, "")
    best_first = ibis.window(
        group_by=["customer_id", "attribute"],
        order_by=[
            believed.believed.desc(), believed.value.re_search(_MASKED), first_of,
            ibis.coalesce(believed.collected_at, believed.received_at).desc(), believed.received_at.desc(),
            believed.record, believed.value,
        ],
    )  # fmt: skip
    ranked = believed.mutate(nth=ibis.row_number().over(best_first))
    return ranked.mutate(wins=ranked.believed & (ranked.nth == 0))


def _attributes(people: ir.Table) -> ir.Table:
    kept = people.filter(~people.withdrawn.fill_null(False))
    wide = kept.select(
        "source", "channel", "collected_at", "received_at", "batch_id", "row",
        record=kept.source + ":" + kept.record_id,
        **{c.name: _as_text(kept[c.name], c) for c in _TOLD},
    )  # fmt: skip
    long = wide.pivot_longer([c.name for c in _TOLD], names_to="attribute", values_to="value")
    return _last_said(long.filter(long.value.notnull()))


def _contacts(identifiers: ir.Table) -> ir.Table:
    kept = identifiers.filter(~identifiers.withdrawn.fill_null(False) & identifiers.kind.isin(CONTACTS))
    return _last_said(
        kept.select(
            "source",
            "collected_at",
            "received_at",
            "batch_id",
            "row",
            "value",
            attribute="kind",
            record=kept.source + ":" + kept.record_id,
            channel=ibis.null(str),
        )
    )


def _last_said(statements: ir.Table) -> ir.Table:
    """One row per record, attribute and value: the last statement of it, and when the first was made."""
    said = ["record", "attribute", "value"]
    newest_first = ibis.window(
        group_by=said,
        order_by=[
            ibis.coalesce(statements.collected_at, statements.received_at).desc(),
            statements.batch_id.desc(), statements.row.desc(), statements.channel,
        ],
    )  # fmt: skip
    all_ = ibis.window(group_by=said)
    ranked = statements.mutate(
        nth=ibis.row_number().over(newest_first),
        last_at=statements.collected_at.max().over(all_),
        first_at=statements.collected_at.min().over(all_),
    )
    last = ranked.filter(ranked.nth == 0)
    return last.select(
        *said, "source", "channel", "received_at", "batch_id", "row", "first_at", collected_at="last_at"
    )


def _as_text(value: ir.Value, column: Column) -> ir.StringValue:
    return value if column.type is Type.TEXT else value.cast(str)
