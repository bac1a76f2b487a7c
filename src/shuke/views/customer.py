"""Customer: what do we know of this one, who says so, and how old is it?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.access.audit import Deed
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.errors import UnknownCustomer
from shuke.languages import N_, Text
from shuke.tables import CANONICAL, IDENTIFIERS
from shuke.views import tables, timeline
from shuke.views.query import Condition, Query
from shuke.views.tables import Page
from shuke.views.timeline import Timeline
from shuke.views.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that somebody said of a customer."""

    attribute: str
    title: Text
    value: str
    source: str
    record: str
    channel: str | None
    collected_at: datetime | None  # when it was last said to be true; None: the source does not say
    received_at: datetime | None
    age_days: int | None  # from then to the build's day
    believed_until: date | None  # None: it does not age
    believed: bool
    wins: bool  # it stands in the golden record
    batch_id: str | None
    row: int | None


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """A number or name by which a record is known, as it is compared."""

    record: str
    kind: str
    title: Text
    scope: str
    value: str
    records: int  # how many share it
    identifies: bool
    links: bool  # it joins this customer's records


@dataclass(frozen=True, kw_only=True)
class Record:
    """What one source calls this customer."""

    record: str
    source: str
    record_id: str
    founding: bool


@dataclass(frozen=True, kw_only=True)
class CustomerPage:
    """Everything known of one customer, as far as its viewer may see it."""

    customer_id: str
    golden: Mapping[str, Any]  # the row of `customers`
    figures: Mapping[str, Any]  # the row of `rfm`; empty for who has not bought
    facts: tuple[Fact, ...]  # by attribute, the winning one first
    records: tuple[Record, ...]
    identifiers: tuple[Identifier, ...]
    alerts: tuple[Mapping[str, Any], ...]  # findings about them, with the rule's table
    purchases: Page  # order lines, the latest first
    timeline: Timeline  # the latest first
    as_of: date
    build: int
    hidden: frozenset[str]  # columns of `golden` of which the viewer sees a mask


def customer(
    project: Project, customer_id: str, *, viewer: Viewer, limit: int = 50, offset: int = 0
) -> CustomerPage:
    """The customer whom an id means now, whenever it was issued; raises `UnknownCustomer`.

    `limit` and `offset` page through purchases and timeline. The look is written down.
    """
    viewer.require(Capability.SEE)
    opened = project.open()
    now_id = resolve(opened, customer_id)
    viewer.did(
        project.operations, Deed(verb="looked_at_customer", subject_kind="customer", subject_id=now_id)
    )
    golden = _own(project, "customers", now_id, viewer)
    return CustomerPage(
        customer_id=now_id,
        golden=next(iter(golden), {"customer_id": now_id}),
        figures=next(iter(_own(project, "rfm", now_id, viewer)), {}),
        facts=_facts(opened, now_id, viewer),
        records=_records(opened, now_id, viewer),
        identifiers=_identifiers(opened, now_id, viewer),
        alerts=_alerts(project, now_id, viewer),
        purchases=_purchases(project, now_id, viewer, limit=limit, offset=offset),
        timeline=timeline.of(opened, now_id, viewer=viewer, limit=limit, offset=offset),
        as_of=opened.build.manifest.as_of,
        build=opened.build.number,
        hidden=golden.hidden,
    )


def resolve(opened: Opened, customer_id: str) -> str:
    """The customer whom an id means now; raises `UnknownCustomer`."""
    ids = opened.table("customer_ids")
    wanted = customer_id.strip().upper()
    meant = ids.filter((ids.issued_id == wanted) & ids.customer_id.notnull()).limit(1).to_pyarrow()
    if not meant.num_rows:
        raise UnknownCustomer(N_("Nobody has the customer id {id}."), id=wanted[:40])
    found: str = meant["customer_id"][0].as_py()
    return found


def _own(project: Project, name: str, customer_id: str, viewer: Viewer) -> Page:
    """The rows of a table about a customer; the look itself has been written down."""
    return tables.peek(project, name, _about(customer_id), viewer=viewer)


def _about(customer_id: str, **further: Any) -> Query:
    return Query(filters=(Condition("customer_id", "eq", customer_id),), **further)


def _purchases(project: Project, customer_id: str, viewer: Viewer, *, limit: int, offset: int) -> Page:
    query = _about(customer_id, order_by="ordered_at", descending=True, limit=limit, offset=offset)
    return tables.peek(project, "purchases", query, viewer=viewer)


def _alerts(project: Project, customer_id: str, viewer: Viewer) -> tuple[Mapping[str, Any], ...]:
    about = (Condition("subject_kind", "eq", "customer"), Condition("subject", "eq", customer_id))
    names = [t.name for t in tables.catalog(project) if t.area == "alerts" and not t.failed]
    pages = [tables.peek(project, name, Query(filters=about), viewer=viewer) for name in names]
    return tuple({"table": page.name, **row} for page in pages for row in page)


def _facts(opened: Opened, customer_id: str, viewer: Viewer) -> tuple[Fact, ...]:
    told = opened.table("facts").filter(lambda t: t.customer_id == customer_id)
    ordered = told.order_by(
        ["attribute", ibis.desc("wins"), ibis.desc("believed"), ibis.desc("collected_at"), "record", "value"]
    )
    shown = ordered if viewer.sees_personal else _masked_facts(ordered)
    return tuple(_fact(row, opened.build.manifest.as_of) for row in shown.to_pyarrow().to_pylist())


def _masked_facts(facts: ir.Table) -> ir.Table:
    value = mask_by(facts.value, facts.attribute, _ATTRIBUTES)
    return facts.mutate(value=value, record=tables.mask(facts.record, "identifier"))


def _fact(row: dict[str, Any], as_of: date) -> Fact:
    said = row["collected_at"]
    kept = {name: row[name] for name in Fact.__dataclass_fields__ if name in row}
    return Fact(
        **kept, title=attribute_title(row["attribute"]), age_days=(as_of - said.date()).days if said else None
    )


def attribute_title(attribute: str) -> Text:
    """What a fact's attribute is called."""
    columns = {column.name: column.title for column in CANONICAL["people"]}
    kinds = {kind.name: kind.title for kind in IDENTIFIERS.values()}
    return columns.get(attribute) or kinds.get(attribute) or Text(attribute, attribute)


def _records(opened: Opened, customer_id: str, viewer: Viewer) -> tuple[Record, ...]:
    own = opened.table("identities").filter(lambda t: t.customer_id == customer_id)
    ordered = own.order_by([ibis.desc("founding"), "source", "record_id"]).select(
        "record", "source", "record_id", "founding"
    )
    hidden = frozenset() if viewer.sees_personal else frozenset({"record", "record_id"})
    for name in hidden:
        ordered = ordered.mutate(**{name: tables.mask(ordered[name], "identifier")})
    return tuple(Record(**row) for row in ordered.to_pyarrow().to_pylist())


def _identifiers(opened: Opened, customer_id: str, viewer: Viewer) -> tuple[Identifier, ...]:
    own = opened.table("identities").filter(lambda t: t.customer_id == customer_id).select("record")
    held = opened.table("identifiers").semi_join(own, "record")
    links = opened.table("links")
    ends = [links.select("kind", "scope", "value", record=end) for end in ("record_l", "record_r")]
    joining = ibis.union(*ends, distinct=True).semi_join(own, "record")
    keys = ["record", "kind", "scope", "value"]
    marked = held.left_join(joining.mutate(links=True), keys).select(*held.columns, "links")
    ordered = marked.order_by(["kind", "value", "scope", "record"])
    shown = ordered if viewer.sees_personal else _masked_identifiers(ordered)
    return tuple(_identifiers_of(shown.to_pyarrow().to_pylist()))


def _masked_identifiers(identifiers: ir.Table) -> ir.Table:
    kinds = {kind.name: kind.masked_as for kind in IDENTIFIERS.values()}
    value = mask_by(identifiers.value, identifiers.kind, kinds)
    return identifiers.mutate(value=value, record=tables.mask(identifiers.record, "identifier"))


def _identifiers_of(rows: list[dict[str, Any]]) -> Iterator[Identifier]:
    for row in rows:
        title = attribute_title(row["kind"])
        yield Identifier(**{**row, "links": bool(row["links"]), "title": title})


def mask_by(value: ir.StringValue, word: ir.StringValue, kinds: Mapping[str, str | None]) -> ir.StringValue:
    """The value masked as its word asks: None shows it, a word that is not among `kinds` hides it."""
    cases = [
        (word == name, tables.mask(value, kind) if kind else value.cast("string"))
        for name, kind in kinds.items()
    ]
    return ibis.cases(*cases, else_=tables.mask(value, "text"))


_ATTRIBUTES: dict[str, str | None] = {
    **{column.name: column.personal for column in CANONICAL["people"]},
    "phone": "phone",
    "email": "email",
}
