"""Customer: what do we know of this one, who says so, and how old is it?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from html import escape
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.engage.care import CareRule
from shuke.errors import UnknownCustomer, WrongCall
from shuke.identity.identities import guessable
from shuke.languages import N_, Text
from shuke.profiles.customers import customers
from shuke.tables import IDENTIFIERS, Derived
from shuke.views import (
    annotations,
    care,
    in_a_sentence,
    next_steps,
    provenance,
    relations,
    tables,
    tasks,
    timeline,
)
from shuke.views.annotations import Annotations
from shuke.views.attribute_groups import FAMILIES
from shuke.views.dossier import Dossier
from shuke.views.names import names_of
from shuke.views.next_steps import NextStep
from shuke.views.past import past
from shuke.views.provenance import Fact, attribute_title, mask_by
from shuke.views.query import Condition, Declared, Query
from shuke.views.relations import Relations
from shuke.views.tables import Page
from shuke.views.tasks import TaskLine
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
    called: str  # by name, or else as what they are known
    sentence: str | None  # how they stand, in one breath; none of the past
    annotations: Annotations  # the owner, the note and the tags that our people gave them
    next_steps: tuple[NextStep, ...]  # what to do for them now; none of the past
    care: CareRule | None  # who looks after them, and how much they matter; today's, as are the tasks
    tasks: tuple[TaskLine, ...]  # what is open for them, what is due first
    records: tuple[CustomerRecord, ...]
    identifiers: tuple[Identifier, ...]
    analyses: Mapping[str, tuple[Mapping[str, Any], ...]]  # what each says of them, by table; of today only
    alerts: tuple[Mapping[str, Any], ...]  # findings about them, with the rule's table; none of the past
    purchases: Page  # order lines, the latest first
    timeline: Timeline  # the latest first
    days: Mapping[str, tuple[date, ...]]  # of purchases and of contacts, oldest first
    relations: Relations  # with whom they are tied, in both directions
    as_of: date
    looks_back: bool  # `as_of` is an earlier day than the build's
    build: int

    def _repr_html_(self) -> str:
        """How a notebook draws it: who it is, what to do next, and what is believed of them."""
        rows = [(step.what, step.why or "") for step in self.next_steps]
        told = {str(fact.title): provenance.worth(fact) for fact in self.facts if fact.wins}
        cells = (
            f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"
            for name, value in [*rows, *told.items()]
        )
        return f"<h3>{escape(self.called)}</h3><table>{''.join(cells)}</table>"


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
    dossier = Dossier(opened, now_id)
    profile = (
        _then(project, opened, now_id, day=day, viewer=viewer)
        if looks_back
        else _now(project, dossier, viewer)
    )
    until = day if looks_back else None
    spent = profile.figures.get("monetary_12m")
    currency = opened.build.manifest.currency
    return CustomerPage(
        **{f.name: getattr(profile, f.name) for f in fields(profile)},
        customer_id=now_id,
        called=names_of(opened, [now_id], viewer=viewer).get(now_id, now_id),
        sentence=in_a_sentence.sentence(profile.standing, profile.families["behaviour"], spent, currency),
        annotations=annotations.of(project, now_id, viewer=viewer),
        next_steps=() if looks_back else next_steps.of(dossier),
        care=None if looks_back else care.of_customer(project, opened, now_id),
        tasks=() if looks_back else tasks.of_customer(project, opened, now_id, viewer=viewer),
        records=_records(dossier, viewer),
        identifiers=_identifiers(dossier, viewer),
        analyses={} if looks_back else _analyses(project, dossier, viewer),
        alerts=() if looks_back else _alerts(project, dossier, viewer),
        purchases=_purchases(project, dossier, viewer, until=until, limit=limit, offset=offset),
        timeline=timeline.of(dossier, viewer=viewer, until=until, limit=limit, offset=offset),
        days=timeline.days(dossier, viewer=viewer, until=until),
        relations=relations.of(dossier, viewer=viewer, until=until),
        as_of=day,
        looks_back=looks_back,
        build=opened.build.number,
    )


def _day(opened: Opened, asked: date | None) -> date:
    newest = opened.build.manifest.as_of
    if asked and asked > newest:
        raise WrongCall(
            N_("The current build is as of {newest}; it has no data for {day}."),
            newest=newest, day=asked,
        )  # fmt: skip
    return asked or newest


def _now(project: Project, dossier: Dossier, viewer: Viewer) -> CustomerProfile:
    """As the current build holds it."""
    known = tables.tables(project, dossier.opened)
    own = ("lifecycle", *(family.table for family in FAMILIES))
    rows: dict[str, dict[str, Any]] = {
        name: next(iter(_said_of(dossier, known[name], viewer)), {}) for name in own if dossier.has(name)
    }
    facts = dossier.sorted("facts", *provenance.ORDER)
    seen = facts if viewer.sees_personal else dossier.masked(facts, "facts", provenance.masked)
    told = provenance.shown_facts(seen, as_of=dossier.opened.build.manifest.as_of)
    hidden = tables.unseen(known["customers"], viewer)
    return _profile(rows, told, customer_id=dossier.customer_id, hidden=hidden)


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
        facts = then.facts.order_by(provenance.ordered())
        seen = facts if viewer.sees_personal else provenance.masked(facts)
        told = provenance.shown_facts(seen.to_pyarrow(), as_of=day)
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
    wanted = customer_id.strip().upper()
    issued = opened.reader.rows("customer_ids", "issued_id", [wanted])
    if not viewer.sees_personal:
        issued = opened.reader.among("not guessable", lambda: _not_guessable(opened), lambda _: issued)
    meant = [one for one in issued["customer_id"].to_pylist() if one is not None]
    if not meant:
        raise UnknownCustomer(N_("Nobody has the customer id {id}."), id=wanted[:40])
    found: str = meant[0]
    return found


def _not_guessable(opened: Opened) -> ir.Table:
    ids = opened.table("customer_ids")
    return ids.filter(~guessable(ids.issued_id))


def _said_of(dossier: Dossier, declared: Declared, viewer: Viewer) -> list[dict[str, Any]]:
    """The rows of a table that are about the customer, in the order of its key."""
    hidden = tables.unseen(declared, viewer)
    rows = dossier.sorted(declared.name, *(name for name in declared.key if name not in hidden))
    seen: list[dict[str, Any]] = _seen(dossier, rows, declared, hidden).to_pylist()
    return seen


def _seen(dossier: Dossier, rows: pa.Table, declared: Declared, hidden: frozenset[str]) -> pa.Table:
    """The rows with a mask for what the viewer must not see."""
    if not hidden:
        return rows
    return dossier.masked(rows, declared.name, lambda table: tables.masked(table, declared.written, hidden))


def _purchases(
    project: Project, dossier: Dossier, viewer: Viewer, *, until: date | None, limit: int, offset: int
) -> Page:
    manifest = dossier.opened.build.manifest
    declared = tables.declaration(project, dossier.opened, "purchases")
    hidden = tables.unseen(declared, viewer)
    bought = dossier.sorted("purchases", "-ordered_at", "line_id")
    known = bought.filter(pc.less_equal(bought["day"], until)) if until else bought
    whose = (Condition("customer_id", "eq", dossier.customer_id),)
    when = (Condition("day", "le", until.isoformat()),) if until else ()
    query = Query(filters=whose + when, order_by="ordered_at", descending=True, limit=limit, offset=offset)
    return Page(
        name="purchases", declared=declared, query=query,
        rows=_seen(dossier, known.slice(offset, limit), declared, hidden), total=known.num_rows,
        as_of=manifest.as_of, build=manifest.number, hidden=hidden,
    )  # fmt: skip


#: Of an analysis that says much about each customer, so many rows stand on their page.
_ROWS = 5


def _analyses(project: Project, dossier: Dossier, viewer: Viewer) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """The rows of every analysis that has rows of them, but for `rfm`, which is told among the families."""
    families = {family.table for family in FAMILIES}
    asked = [
        table
        for table in _of_area("analyses", project, dossier.opened)
        if table.name not in families and table.key[0] == table.subject == "customer_id"
    ]
    found = {table.name: tuple(_said_of(dossier, table, viewer)[:_ROWS]) for table in asked}
    return {name: rows for name, rows in found.items() if rows}


def _of_area(area: str, project: Project, opened: Opened) -> list[Derived]:
    """The tables of a shelf that this build has."""
    known = tables.tables(project, opened)
    declared = (known[name] for name in sorted(opened.reader.tables) if name in known)
    return [table for table in declared if isinstance(table, Derived) and table.area == area]


def _alerts(project: Project, dossier: Dossier, viewer: Viewer) -> tuple[Mapping[str, Any], ...]:
    return tuple(
        {"table": table.name, "labels": table["evidence"].codes or {}, **row}
        for table in _of_area("alerts", project, dossier.opened)
        for row in _said_of(dossier, table, viewer)
        if row["subject_kind"] == "customer"
    )


def _records(dossier: Dossier, viewer: Viewer) -> tuple[CustomerRecord, ...]:
    rows = dossier.sorted("identities", "-founding", "source", "record_id")
    seen = rows if viewer.sees_personal else dossier.masked(rows, "identities", _masked_records)
    names = [field.name for field in fields(CustomerRecord)]
    return tuple(CustomerRecord(**row) for row in seen.select(names).to_pylist())


def _masked_records(records: ir.Table) -> ir.Table:
    return records.mutate(**{n: tables.mask(records[n], "identifier") for n in ("record", "record_id")})


_HELD = ("record", "kind", "scope", "value", "records", "identifies")


def _identifiers(dossier: Dossier, viewer: Viewer) -> tuple[Identifier, ...]:
    rows = dossier.sorted("identifiers", "kind", "value", "scope", "record")
    joined = set(_joined(dossier))
    links = [(r["record"], r["kind"], r["scope"], r["value"]) in joined for r in rows.to_pylist()]
    seen = rows if viewer.sees_personal else dossier.masked(rows, "identifiers", _masked_identifiers)
    held = seen.select(_HELD).to_pylist()
    return tuple(
        Identifier(**row, links=link, title=attribute_title(row["kind"]))
        for row, link in zip(held, links, strict=True)
    )


def _joined(dossier: Dossier) -> Iterator[tuple[str, str, str, str]]:
    """The identifiers that join two of the customer's records, with each of the two."""
    own = set(dossier.records)
    for link in dossier.rows("exact_matches").to_pylist():
        if own.issuperset((link["record_l"], link["record_r"])):
            for end in ("record_l", "record_r"):
                yield link[end], link["kind"], link["scope"], link["value"]


def _masked_identifiers(identifiers: ir.Table) -> ir.Table:
    kinds = {kind.name: kind.masked_as for kind in IDENTIFIERS.values()}
    value = mask_by(identifiers.value, identifiers.kind, kinds)
    return identifiers.mutate(value=value, record=tables.mask(identifiers.record, "identifier"))
