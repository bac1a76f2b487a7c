"""Timeline: what happened between this customer and us, the latest first?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import ibis
import ibis.expr.types as ir

from shuke.app import Opened
from shuke.store.in_force import day_end
from shuke.views import tables
from shuke.views.viewer import Viewer

Kind = Literal["order", "interaction", "response", "fact"]


@dataclass(frozen=True, kw_only=True)
class TimelineEvent:
    """One thing that happened. `what` names it, `detail` says more; both as the viewer may see them."""

    at: datetime
    kind: Kind
    what: str | None  # order number, topic, question, attribute
    detail: str | None  # sale or return, what was said, the answer, the value learnt
    amount: Decimal | None  # in the project's currency
    source: str
    reference: str  # the order's id, the number of the call…


@dataclass(frozen=True)
class Timeline:
    events: tuple[TimelineEvent, ...]
    total: int


def of(
    opened: Opened,
    customer_id: str,
    *,
    viewer: Viewer,
    until: date | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Timeline:
    """A page of a customer's orders, contacts, answers and what was learnt of them, `until` a day."""
    everything = ibis.union(*_parts(opened, customer_id, viewer), distinct=False)
    if until:
        everything = everything.filter(everything["at"] < day_end(until, opened.build.manifest.zone))
    latest = [ibis.desc("at"), "kind", "reference", "what", "detail"]
    page, total = tables.portion(everything, latest, limit=limit, offset=offset)
    return Timeline(tuple(TimelineEvent(**row) for row in page), total)


def _parts(opened: Opened, customer_id: str, viewer: Viewer) -> Iterator[ir.Table]:
    own = opened.table("identities").filter(lambda t: t.customer_id == customer_id)
    yield _orders(opened, customer_id)
    yield _learnt(opened, customer_id, viewer)
    if "landed_interactions" in opened.reader.tables:
        yield _interactions(opened.table("landed_interactions"), own, viewer)
    if "landed_responses" in opened.reader.tables:
        yield _responses(opened.table("landed_responses"), own, viewer)


def _orders(opened: Opened, customer_id: str) -> ir.Table:
    orders = opened.table("orders").filter(lambda t: t.customer_id == customer_id)
    return _events(
        orders, "order", at=orders.ordered_at, what=orders.order_no, detail=orders.kind,
        amount=orders.amount, reference=orders.order_id,
    )  # fmt: skip


def _learnt(opened: Opened, customer_id: str, viewer: Viewer) -> ir.Table:
    """What was learnt; what was learnt in one moment from one record is one event."""
    facts = opened.table("facts").filter(lambda t: t.customer_id == customer_id)
    first = facts.mutate(at=ibis.coalesce(facts.first_at, facts.collected_at, facts.received_at))
    learnt = first.group_by("at", "source", "record").agg(
        attributes=first.attribute.group_concat(", ", order_by=first.attribute)
    )
    record = learnt.record if viewer.sees_personal else tables.mask(learnt.record, "identifier")
    return _events(learnt, "fact", at=learnt["at"], detail=learnt.attributes, reference=record)


def _interactions(interactions: ir.Table, own: ir.Table, viewer: Viewer) -> ir.Table:
    theirs = interactions.semi_join(own, ["source", "record_id"])
    said = ibis.coalesce(theirs.text, theirs.outcome, theirs.status)
    return _events(
        theirs, "interaction", at=theirs["at"], what=ibis.coalesce(theirs.topic, theirs.kind),
        detail=said if viewer.sees_personal else ibis.coalesce(theirs.outcome, theirs.status),
        reference=theirs.interaction_id,
    )  # fmt: skip


def _responses(responses: ir.Table, own: ir.Table, viewer: Viewer) -> ir.Table:
    theirs = responses.semi_join(own, ["source", "record_id"])
    score = theirs.score.cast("float64").cast("string").re_replace(r"\.0$", "")
    answer = theirs.answer if viewer.sees_personal else tables.mask(theirs.answer, "text")
    return _events(
        theirs, "response", at=theirs["at"], what=theirs.question, detail=ibis.coalesce(answer, score),
        reference=ibis.coalesce(theirs.survey, ""),
    )  # fmt: skip


def _events(rows: ir.Table, kind: Kind, **columns: ir.Value) -> ir.Table:
    """The rows in the form that all events have; those without a time cannot be placed and are left out."""
    nothing = ibis.null("string")
    return rows.filter(columns["at"].notnull()).select(
        at=columns["at"].cast("timestamp(6)"),
        kind=ibis.literal(kind),
        what=columns.get("what", nothing).cast("string"),
        detail=columns.get("detail", nothing).cast("string"),
        amount=columns.get("amount", nothing).cast("decimal(18, 4)"),
        source=rows.source,
        reference=columns["reference"].cast("string"),
    )
