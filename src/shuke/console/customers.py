"""Customers: who are they, and what do we know of this one?"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response

from shuke.access.roles import Capability
from shuke.actions import annotations as actions
from shuke.console import timeline_picture
from shuke.console.request_context import Form, Member, RequestContext, day, local, text
from shuke.console.responses import PageRoute
from shuke.console.table_requests import TableRequest, pages
from shuke.engage.annotations import AnnotationKind
from shuke.languages import language
from shuke.tables import CANONICAL, IDENTIFIERS, Column
from shuke.tables.statuses import STATUSES
from shuke.views import annotations, tables
from shuke.views import customer as view
from shuke.views.alerts import assignable
from shuke.views.attribute_groups import FAMILIES
from shuke.views.customer import CustomerPage, Identifier
from shuke.views.labels import answering, known_as
from shuke.views.provenance import Fact, attribute_title, worth
from shuke.views.query import Declared
from shuke.views.timeline import TimelineEvent
from shuke.web.bodies import admits
from shuke.web.bounds import Number

router = APIRouter(route_class=PageRoute)

#: So many purchases and events their page shows at once.
DEALINGS = 20

#: What their page shows of each purchase.
BOUGHT = "ordered_at order_no product_name quantity price amount kind store_id channel".split()


@dataclass(frozen=True)
class Attribute:
    """One attribute of the golden record: what holds, and what was said beside it."""

    title: str
    wins: Fact | None
    others: tuple[Fact, ...]


@router.get("/customers/{customer_id}")
def one(context: Member, customer_id: str, page: Number = 1, as_of: str = "") -> Response:
    offset = (max(page, 1) - 1) * DEALINGS
    known = view.customer(
        context.project,
        customer_id,
        viewer=context.viewer,
        as_of=day(as_of) if as_of else None,
        limit=DEALINGS,
        offset=offset,
    )
    return context.page(
        "customer.html",
        customer=known,
        attributes=attributes(known),
        origins=origins(attributes(known)),
        standing=standing(known.standing),
        picture=timeline_picture.of(known),
        known_tags=annotations.tags(context.project),
        families=[
            (family, list(family.known_values(known.families[family.name]))) for family in FAMILIES[1:]
        ],
        who=FAMILIES[0],
        analyses=_analyses(context, known),
        recognised=recognised(known),
        purchase_columns=[column for column in known.purchases.columns if column.name in BOUGHT],
        title_of=lambda name: tables.tables(context.project, context.project.open())[name].title,
        named=_named,
        known_as=known_as,
        strong=lambda kind: kind in IDENTIFIERS and IDENTIFIERS[kind].strong,
        worth=worth,
        asked=TableRequest(page=max(page, 1)),
        pages=pages(max(known.purchases.total, known.timeline.total), DEALINGS),
        at_once=DEALINGS,
        tomorrow=context.today + timedelta(days=1),
        users=assignable(context.project),
    )


@router.post("/customer-annotations")
@admits(Capability.ANNOTATE)
def annotate(context: Member, form: Form) -> Response:
    """Give customers a tag, a note or an owner, or take it back."""
    kind = next((kind for kind in AnnotationKind if kind == text(form, "kind")), AnnotationKind.TAG)
    customers = [str(each) for each in form.getlist("customer")]
    withdrawn = text(form, "withdrawn") == "1"
    actions.say(
        context.project, customers, kind, text(form, "value"), viewer=context.viewer, withdrawn=withdrawn
    )
    return context.go(local(text(form, "back") or f"/customers/{quote(customers[0])}"))


def standing(row: Mapping[str, Any]) -> dict[str, str] | None:
    """The status in words, with the reason; none where no status is told."""
    if not row:
        return None
    reason = row["reason_zh"] if language() == "zh" else row["reason"]
    return {"status": row["status"], "title": str(STATUSES[row["status"]]), "reason": reason}


def attributes(known: CustomerPage) -> tuple[Attribute, ...]:
    """The golden record in the order in which the vocabulary has its attributes."""
    order = {column.name: place for place, column in enumerate(CANONICAL["people"])}
    facts = sorted(known.facts, key=lambda fact: (order.get(fact.attribute, len(order)), fact.attribute))
    grouped = (tuple(group) for _, group in groupby(facts, lambda fact: fact.attribute))
    return tuple(_attribute(group) for group in grouped)


def origins(attributes: tuple[Attribute, ...]) -> list[tuple[Fact, list[str]]]:
    """What holds, by who said it, when and how: a fact of each, and the titles of all that came with it."""
    together: dict[Hashable, tuple[Fact, list[str]]] = {}
    for attribute in attributes:
        if fact := attribute.wins:
            key = (fact.source, fact.said_on, fact.channel, fact.believed_until, fact.collected_at is None)
            together.setdefault(key, (fact, []))[1].append(attribute.title)
    return list(together.values())


def recognised(known: CustomerPage) -> tuple[Identifier, ...]:
    """Each identifier once, however many of their records hold it; those that join records first."""
    ordered = sorted(known.identifiers, key=lambda i: not i.links)
    return tuple({(i.kind, i.value): i for i in reversed(ordered)}.values())[::-1]


def _analyses(context: RequestContext, known: CustomerPage) -> list[tuple[Declared, list[Column]]]:
    """The analyses that tell something of them, each with the columns that do."""
    everything = tables.tables(context.project, context.project.open())
    return [
        (declared, answering(declared.written)) for declared in (everything[name] for name in known.analyses)
    ]


def _named(event: TimelineEvent) -> str:
    """What an event tells beside its name; attributes that were learnt by their titles."""
    if event.kind != "fact":
        return event.detail or ""
    return ", ".join(str(attribute_title(name)) for name in (event.detail or "").split(", "))


def _attribute(facts: tuple[Fact, ...]) -> Attribute:
    wins = next((fact for fact in facts if fact.wins), None)
    return Attribute(str(facts[0].title), wins, tuple(fact for fact in facts if fact is not wins))
