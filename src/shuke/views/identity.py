"""Identity: who is meant by this name, what has been decided about them, and what became of their id?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.access.audit import AuditEvent
from shuke.access.masking import HIDDEN
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.builds import stewardship
from shuke.builds.stewardship import Decision, Verb
from shuke.errors import UnknownCustomer, WrongCall
from shuke.identity.identities import guessable
from shuke.languages import N_
from shuke.views.customer import resolve
from shuke.views.viewer import Viewer


@dataclass(frozen=True)
class Side:
    """One record, and the customer in whom the build has it."""

    record: str
    source: str
    record_id: str
    customer_id: str


@dataclass(frozen=True)
class Named:
    """Who is meant: one record, or a customer with all of theirs, the founding one first."""

    records: tuple[Side, ...]
    whole: bool  # a customer was named

    @property
    def first(self) -> Side:
        return self.records[0]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(side.record for side in self.records)


@dataclass(frozen=True, kw_only=True)
class IdentityDecision:
    """A decision, as far as the viewer may see whom it is about."""

    number: int
    verb: Verb
    left: tuple[str, ...]
    right: tuple[str, ...]
    who: str
    at: datetime
    note: str
    undone_at: datetime | None
    undone_by: str | None
    in_force: bool  # the current build knows it

    @property
    def pending(self) -> bool:
        """Whether the next build will change something by it."""
        return self.in_force == (self.undone_at is not None)


@dataclass(frozen=True, kw_only=True)
class IdChange:
    """A customer id that came to mean somebody, or somebody else."""

    issued_id: str
    nth: int
    build: int
    event: str  # issued, merged, revived, split, ended
    was: str | None
    becomes: str | None
    why: str | None  # decision or evidence


def named(opened: Opened, text: str, *, viewer: Viewer) -> Named:
    """Who is meant by a record's name, a customer id, or a number that one source alone has.

    "till:T1"                 that record
    "C9F694FFCCBED377D01B2"   the customer whom the id means now, with all records
    "T1"                      the record of that number; `WrongCall` where several sources have it

    Records go by numbers that are masked for some, who are not told here whether they guess right.
    """
    told = text.strip()
    known = opened.table("identities")
    called = (known.record == told) | (known.record_id == told)
    found = _sides(known.filter(called)) if viewer.sees_personal else []
    exact = [side for side in found if side.record == told]
    if exact or len(found) == 1:
        return Named(tuple(exact or found), whole=False)
    if found:
        sources = ", ".join(side.source for side in found)
        raise WrongCall(
            N_("{number} is a record of each of these sources: {sources}. Write it as source:number."),
            number=told, sources=sources,
        )  # fmt: skip
    try:
        customer = resolve(opened, told, viewer=viewer)
    except UnknownCustomer:
        raise UnknownCustomer(
            N_("Neither a record nor a customer is called {name}."), name=told[:60]
        ) from None
    return Named(tuple(_sides(known.filter(known.customer_id == customer))), whole=True)


def decisions(project: Project, *, viewer: Viewer) -> tuple[IdentityDecision, ...]:
    """Every decision ever made, the newest first, those that were undone among them."""
    viewer.require(Capability.SEE)
    made = stewardship.decisions(project.operations)
    known = in_force(project.open()) if project.builds.numbers() else frozenset()
    return tuple(_decided(decision, decision.number in known, viewer) for decision in reversed(made))


def in_force(opened: Opened) -> frozenset[int]:
    """The decisions that a build obeys."""
    if "landed_decisions" not in opened.build.manifest.tables:
        return frozenset()
    numbers = opened.table("landed_decisions").select("decision").distinct().to_pyarrow()
    return frozenset(numbers["decision"].to_pylist())


def history(project: Project, customer_id: str, *, viewer: Viewer) -> tuple[IdChange, ...]:
    """What became of an id, and of those that came to mean the same customer, the oldest first."""
    viewer.require(Capability.SEE)
    opened = project.open()
    now_id = resolve(opened, customer_id, viewer=viewer)
    viewer.did(
        project.operations, AuditEvent(verb="looked_at_customer", subject_kind="customer", subject_id=now_id)
    )
    changes = opened.table("identity_history")
    theirs = opened.table("customer_ids").filter(lambda t: t.customer_id == now_id).select("issued_id")
    about = changes.filter((changes.was == now_id) | changes.issued_id.isin(theirs.issued_id))
    dated = about.mutate(build=about.build.fill_null(opened.build.number))
    if not viewer.sees_personal:
        ids = ("issued_id", "was", "becomes")
        dated = dated.mutate(**{name: guessable(dated[name]).ifelse(HIDDEN, dated[name]) for name in ids})
    rows = dated.order_by(["build", "issued_id", "nth"]).to_pyarrow().to_pylist()
    return tuple(IdChange(**{name: row[name] for name in IdChange.__dataclass_fields__}) for row in rows)


def stands(opened: Opened, name: str, *columns: str) -> ir.Table | None:
    """A table of the build that has those columns; None where it was made before there was such a one."""
    made = opened.build.manifest.tables.get(name)
    if made is None or made.failed:
        return None
    table = opened.table(name)
    return table if set(columns) <= set(table.columns) else None


def _decided(decision: Decision, known: bool, viewer: Viewer) -> IdentityDecision:
    told: Mapping[str, Any] = {
        name: getattr(decision, name) for name in IdentityDecision.__dataclass_fields__ if name != "in_force"
    }
    if viewer.sees_personal:
        return IdentityDecision(**told, in_force=known)
    hidden = {side: tuple(HIDDEN for _ in told[side]) for side in ("left", "right")}
    return IdentityDecision(**{**told, **hidden, "note": HIDDEN if decision.note else ""}, in_force=known)


def _sides(rows: ir.Table) -> list[Side]:
    ordered = rows.order_by([ibis.desc("founding"), "record"]).select(*Side.__dataclass_fields__)
    return [Side(**row) for row in ordered.to_pyarrow().to_pylist()]
