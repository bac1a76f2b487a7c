"""Customer: what do we know of this one, who says so, and how old is it?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.errors import UnknownCustomer, WrongCall
from shuke.identity.identities import guessable
from shuke.languages import N_, Text
from shuke.profiles.customers import customers
from shuke.tables import IDENTIFIERS, Derived
from shuke.views import provenance, relations, tables, timeline
from shuke.views.attribute_groups import FAMILIES
from shuke.views.past import past
from shuke.views.provenance import Fact, attribute_title, mask_by
from shuke.views.query import Condition, Declared, Query
from shuke.views.relations import Relations
from shuke.views.tables import Page
from shuke.views.timeline import Timeline
from shuke.views.viewer import Viewer


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
class CustomerRecord:
    """What one source calls this customer."""

    record: str
    source: str
    record_id: str
    founding: bool


@dataclass(frozen=True, kw_only=True)
class CustomerProfile:
    """What is believed of a customer on one day, and everything that was said by then."""

    golden: Mapping[str, Any]  # the row of `customers`
    standing: Mapping[str, Any]  # the row of `lifecycle`; empty for a day of the past
    figures: Mapping[str, Any]  # the row of `rfm`; empty for who has not bought
    families: Mapping[str, Mapping[str, Any]]  # by the name of a `families.FAMILIES`
    facts: tuple[Fact, ...]  # by attribute, the winning one first
    hidden: frozenset[str]  # columns of `golden` of which the viewer sees a mask


@dataclass(frozen=True, kw_only=True)
class CustomerPage(CustomerProfile):
    """Everything known of one customer, as far as its viewer may see it."""

    customer_id: str
    records: tuple[CustomerRecord, ...]
    identifiers: tuple[Identifier, ...]
    analyses: Mapping[str, tuple[Mapping[str, Any], ...]]  # what each says of them, by table; of today only
    alerts: tuple[Mapping[str, Any], ...]  # findings about them, with the rule's table; none of the past
    purchases: Page  # order lines, the latest first
    timeline: Timeline  # the latest first
    relations: Relations  # with whom they are tied, in both directions
    as_of: date
    looks_back: bool  # `as_of` is an earlier day than the build's
    build: int


def customer(
    project: Project,
    customer_id: str,
    *,
    viewer: Viewer,
    as_of: date | None = None,
    limit: int = 50,
    offset: int = 0,
) -> CustomerPage:
    """The customer whom an id means now, whenever it was issued; raises `UnknownCustomer`.

    `as_of` shows the record as it was at the end of an earlier day. `limit` and `offset` page through
    purchases and timeline. The look is written down.
    """
    viewer.require(Capability.SEE)
    opened = project.open()
    now_id = resolve(opened, customer_id, viewer=viewer)
    day = _day(opened, as_of)
    looks_back = day < opened.build.manifest.as_of
    viewer.did(
        project.operations, AuditEvent(verb="looked_at_customer", subject_kind="customer", subject_id=now_id)
    )
    profile = (
        _then(project, opened, now_id, day=day, viewer=viewer)
        if looks_back
        else _now(project, opened, now_id, viewer)
    )
    until = day if looks_back else None
    return CustomerPage(
        **{f.name: getattr(profile, f.name) for f in fields(profile)},
        customer_id=now_id,
        records=_records(opened, now_id, viewer),
        identifiers=_identifiers(opened, now_id, viewer),
        analyses={} if looks_back else _analyses(project, opened, now_id, viewer),
        alerts=() if looks_back else _alerts(project, now_id, viewer),
        purchases=_purchases(project, now_id, viewer, until=until, limit=limit, offset=offset),
        timeline=timeline.of(opened, now_id, viewer=viewer, until=until, limit=limit, offset=offset),
        relations=relations.of(opened, now_id, viewer=viewer, until=until),
        as_of=day,
        looks_back=looks_back,
        build=opened.build.number,
    )


def _day(opened: Opened, asked: date | None) -> date:
    newest = opened.build.manifest.as_of
    if asked and asked > newest:
        raise WrongCall(
            N_("The build in force looks from {newest}; it cannot tell what holds on {day}."),
            newest=newest, day=asked,
        )  # fmt: skip
    return asked or newest


def _now(project: Project, opened: Opened, customer_id: str, viewer: Viewer) -> CustomerProfile:
    """As the build in force holds it."""
    own = {
        name: tables.peek(project, name, _about(customer_id), viewer=viewer)
        for name in ("lifecycle", *(family.table for family in FAMILIES))
        if name in opened.reader.tables
    }
    rows: dict[str, dict[str, Any]] = {name: next(iter(page), {}) for name, page in own.items()}
    facts = opened.table("facts").filter(lambda t: t.customer_id == customer_id)
    told = provenance.shown_facts(facts, as_of=opened.build.manifest.as_of, viewer=viewer)
    return _profile(rows, told, customer_id=customer_id, hidden=own["customers"].hidden)


def _then(
    project: Project, opened: Opened, customer_id: str, *, day: date, viewer: Viewer
) -> CustomerProfile:
    """As a build of that day would have held it."""
    hidden = frozenset() if viewer.sees_personal else tables.personal(customers.columns)
    with past(project, opened, customer_id, day) as then:
        golden = tables.masked(then.customers, customers.columns, hidden)
        tables_ = {"customers": golden, "behaviour": then.behaviour, "rfm": then.rfm}
        rows: dict[str, dict[str, Any]] = {
            name: next(iter(table.to_pyarrow().to_pylist()), {}) for name, table in tables_.items()
        }
        told = provenance.shown_facts(then.facts, as_of=day, viewer=viewer)
    return _profile(rows, told, customer_id=customer_id, hidden=hidden)


def _profile(
    rows: Mapping[str, Mapping[str, Any]],
    told: tuple[Fact, ...],
    *,
    customer_id: str,
    hidden: frozenset[str],
) -> CustomerProfile:
    return CustomerProfile(
        golden=rows["customers"] or {"customer_id": customer_id},
        standing=rows.get("lifecycle", {}),
        figures=rows.get("rfm", {}),
        families={family.name: family.of(rows.get(family.table, {})) for family in FAMILIES},
        facts=told,
        hidden=hidden,
    )


def resolve(opened: Opened, customer_id: str, *, viewer: Viewer) -> str:
    """The customer whom an id means now; raises `UnknownCustomer`.

    By an id that can be made of a guess nobody learns here whether the guess is right who may not see it.
    """
    ids = opened.table("customer_ids")
    wanted = customer_id.strip().upper()
    known = ids if viewer.sees_personal else ids.filter(~guessable(ids.issued_id))
    meant = known.filter((known.issued_id == wanted) & known.customer_id.notnull()).limit(1).to_pyarrow()
    if not meant.num_rows:
        raise UnknownCustomer(N_("Nobody has the customer id {id}."), id=wanted[:40])
    found: str = meant["customer_id"][0].as_py()
    return found


def _about(customer_id: str, **further: Any) -> Query:
    return Query(filters=(Condition("customer_id", "eq", customer_id),), **further)


def _purchases(
    project: Project, customer_id: str, viewer: Viewer, *, until: date | None, limit: int, offset: int
) -> Page:
    query = _about(customer_id, order_by="ordered_at", descending=True, limit=limit, offset=offset)
    if until:
        query = replace(query, filters=(*query.filters, Condition("day", "le", until.isoformat())))
    return tables.peek(project, "purchases", query, viewer=viewer)


#: Of an analysis that says much about each customer, so many rows stand on their page.
_ROWS = 5


def _analyses(
    project: Project, opened: Opened, customer_id: str, viewer: Viewer
) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """The rows of every analysis that has rows of them, but for `rfm`, which is told among the families."""
    families = {family.table for family in FAMILIES}
    names = [
        t.name
        for t in tables.catalog(project)
        if t.area == "analyses" and not t.failed and t.name not in families
    ]
    known = tables.tables(project, opened)
    asked = [name for name in names if _is_about_one(known[name])]
    found = {n: tables.peek(project, n, _about(customer_id, limit=_ROWS), viewer=viewer) for n in asked}
    return {name: tuple(page) for name, page in found.items() if page.total}


def _is_about_one(table: Declared) -> bool:
    return isinstance(table, Derived) and table.key[0] == table.subject == "customer_id"


def _alerts(project: Project, customer_id: str, viewer: Viewer) -> tuple[Mapping[str, Any], ...]:
    about = (Condition("subject_kind", "eq", "customer"), Condition("subject", "eq", customer_id))
    names = [t.name for t in tables.catalog(project) if t.area == "alerts" and not t.failed]
    pages = [tables.peek(project, name, Query(filters=about), viewer=viewer) for name in names]
    return tuple({"table": page.name, **row} for page in pages for row in page)


def _records(opened: Opened, customer_id: str, viewer: Viewer) -> tuple[CustomerRecord, ...]:
    own = opened.table("identities").filter(lambda t: t.customer_id == customer_id)
    ordered = own.order_by([ibis.desc("founding"), "source", "record_id"]).select(
        "record", "source", "record_id", "founding"
    )
    hidden = frozenset() if viewer.sees_personal else frozenset({"record", "record_id"})
    for name in hidden:
        ordered = ordered.mutate(**{name: tables.mask(ordered[name], "identifier")})
    return tuple(CustomerRecord(**row) for row in ordered.to_pyarrow().to_pylist())


_HELD = ("record", "kind", "scope", "value", "records", "identifies")


def _identifiers(opened: Opened, customer_id: str, viewer: Viewer) -> tuple[Identifier, ...]:
    own = opened.table("identities").filter(lambda t: t.customer_id == customer_id).select("record")
    held = opened.table("identifiers").semi_join(own, "record").select(*_HELD)
    links = opened.table("exact_matches")
    ends = [links.select("kind", "scope", "value", record=links[end]) for end in ("record_l", "record_r")]
    joining = ibis.union(*(end.semi_join(own, "record") for end in ends), distinct=True)
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
