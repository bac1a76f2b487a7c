"""Timeline: what happened between this customer and us, the latest first?"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import ibis.expr.types as ir

from shuke.periods import midnight
from shuke.views import provenance, tables
from shuke.views.dossier import Dossier
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
    dossier: Dossier, *, viewer: Viewer, until: date | None = None, limit: int = 50, offset: int = 0
) -> Timeline:
    """A page of a customer's orders, contacts, answers and what was learnt of them, `until` a day."""
    parts = (part for name, part in _TOLD.items() if dossier.has(name))
    told = [event for part in parts for event in part(dossier, viewer)]
    if until:
        end = midnight(until, dossier.opened.build.manifest.zone)
        told = [event for event in told if event.at < end]
    alike = sorted(told, key=lambda e: (e.kind, e.reference, _last(e.what), _last(e.detail)))
    latest = sorted(alike, key=lambda e: e.at, reverse=True)
    return Timeline(tuple(latest[offset : offset + limit]), len(latest))


def days(dossier: Dossier, *, viewer: Viewer, until: date | None = None) -> dict[str, tuple[date, ...]]:
    """On which days they bought, and on which we were in touch, oldest first."""
    zone = ZoneInfo(dossier.opened.build.manifest.zone)
    found: dict[str, set[date]] = {"purchases": set(), "contacts": set()}
    for name, tell in _TOLD.items():
        if name == "facts" or not dossier.has(name):
            continue
        for event in tell(dossier, viewer):
            day = event.at.replace(tzinfo=UTC).astimezone(zone).date()
            if until is None or day <= until:
                found["purchases" if event.kind == "order" else "contacts"].add(day)
    return {lane: tuple(sorted(each)) for lane, each in found.items()}


def _last(text: str | None) -> tuple[bool, str]:
    """By which texts are sorted, those that are missing last."""
    return text is None, text or ""


# What has no time cannot be placed, and is left out.


def _orders(dossier: Dossier, _viewer: Viewer) -> Iterator[TimelineEvent]:
    for order in dossier.rows("orders").to_pylist():
        if order["ordered_at"]:
            yield TimelineEvent(
                at=order["ordered_at"], kind="order", what=order["order_no"], detail=order["kind"],
                amount=order["amount"], source=order["source"], reference=order["order_id"],
            )  # fmt: skip


def _learnt(dossier: Dossier, viewer: Viewer) -> Iterator[TimelineEvent]:
    """What was learnt; what was learnt in one moment from one record is one event."""
    rows = dossier.rows("facts")
    seen = rows if viewer.sees_personal else dossier.masked(rows, "facts", provenance.masked)
    learnt: dict[tuple[datetime, str, str], list[str]] = defaultdict(list)
    shown = dict(zip(rows["record"].to_pylist(), seen["record"].to_pylist(), strict=True))
    for fact in rows.to_pylist():
        if at := fact["first_at"] or fact["collected_at"] or fact["received_at"]:
            learnt[at, fact["source"], fact["record"]].append(fact["attribute"])
    for (at, source, record), attributes in learnt.items():
        yield TimelineEvent(
            at=at, kind="fact", what=None, detail=", ".join(sorted(attributes)), amount=None, source=source,
            reference=shown[record],
        )  # fmt: skip


def _interactions(dossier: Dossier, viewer: Viewer) -> Iterator[TimelineEvent]:
    for row in _theirs(dossier, dossier.rows("landed_interactions").to_pylist()):
        said = row["text"] if viewer.sees_personal else None
        yield TimelineEvent(
            at=row["at"], kind="interaction", what=_first(row["topic"], row["kind"]),
            detail=_first(said, row["outcome"], row["status"]), amount=None, source=row["source"],
            reference=row["interaction_id"],
        )  # fmt: skip


def _responses(dossier: Dossier, viewer: Viewer) -> Iterator[TimelineEvent]:
    rows = dossier.rows("landed_responses")
    seen = rows if viewer.sees_personal else dossier.masked(rows, "landed_responses", _masked_answers)
    for row in _theirs(dossier, seen.to_pylist()):
        score = None if row["score"] is None else str(float(row["score"])).removesuffix(".0")
        yield TimelineEvent(
            at=row["at"], kind="response", what=row["question"], detail=_first(row["answer"], score),
            amount=None, source=row["source"], reference=row["survey"] or "",
        )  # fmt: skip


def _masked_answers(responses: ir.Table) -> ir.Table:
    return responses.mutate(answer=tables.mask(responses.answer, "text"))


def _theirs(dossier: Dossier, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows of the customer's records: another source may call somebody else as theirs calls them."""
    own = {(one["source"], one["record_id"]) for one in dossier.rows("identities").to_pylist()}
    return (row for row in rows if row["at"] and (row["source"], row["record_id"]) in own)


def _first(*texts: str | None) -> str | None:
    return next((text for text in texts if text is not None), None)


#: The tables that tell of events, each with how.
_TOLD: dict[str, Callable[[Dossier, Viewer], Iterator[TimelineEvent]]] = {
    "orders": _orders,
    "facts": _learnt,
    "landed_interactions": _interactions,
    "landed_responses": _responses,
}
