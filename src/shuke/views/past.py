"""Past: what was known of this customer on an earlier day?

The functions that make the tables of a build are asked about one customer's rows alone; so a day's record
is what a build that looked from that day would have held, with today's knowledge of which records are theirs.
"""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import ibis.expr.types as ir

from shuke.analyses.rfm import rfm
from shuke.app import Opened, Project
from shuke.dealings.purchases import purchases
from shuke.engine import Engine
from shuke.identity.identities import identities
from shuke.models.lifecycle import lifecycle
from shuke.profiles.behaviour import behaviour
from shuke.profiles.customers import customers
from shuke.profiles.facts import facts
from shuke.store.in_force import history, in_force, in_order
from shuke.tables import CANONICAL, Derived
from shuke.tables.declared import as_declared
from shuke.views.attribute_groups import RANKS


@dataclass(frozen=True)
class PastState:
    """The rows about one customer that the build of an earlier day would hold."""

    facts: ir.Table
    customers: ir.Table
    behaviour: ir.Table
    rfm: ir.Table  # without what compares them with others


@contextmanager
def past(project: Project, opened: Opened, customer_id: str, day: date) -> Iterator[PastState]:
    """The record of a customer as it was at the end of `day`; its tables can be read inside the block."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(project.engine(scratch=Path(folder), name="duckdb")) as engine,
    ):
        yield _Look(project, opened, engine, customer_id, day).past()


@dataclass(frozen=True)
class _Look:
    """One look back at one customer."""

    project: Project
    opened: Opened
    engine: Engine
    customer_id: str
    day: date

    def past(self) -> PastState:
        everybody = self._made(identities)
        own = self.engine.checkpoint(everybody.filter(everybody.customer_id == self.customer_id))
        people = self._said("people", own)
        zone = self.opened.build.manifest.zone
        numbers = self._said("identifiers", own)
        said_of_them = facts(people, numbers, everybody, as_of=self.day, zone=zone, **self._decided(facts))
        told = self.engine.checkpoint(as_declared(said_of_them, facts))
        bought = self._made(purchases)
        theirs = bought.filter(bought.customer_id == self.customer_id)
        contacts = (self._landed(name, own) for name in ("interactions", "events", "responses"))
        did = behaviour(theirs, *contacts, own, as_of=self.day, zone=zone, **self._decided(behaviour))
        return PastState(
            facts=told,
            customers=as_declared(customers(in_force(people, revised=True), own, told, zone=zone), customers),
            behaviour=as_declared(did, behaviour),
            rfm=as_declared(rfm(theirs, self._nobody(), as_of=self.day), rfm).drop(*RANKS),
        )

    def _decided(self, step: Derived) -> dict[str, object]:
        return dict(self.project.settings.tables.get(step.name, {}))

    def _nobody(self) -> ir.Table:
        """A status, like a rank, needs all customers."""
        return self.engine.read([], lifecycle.schema)

    def _made(self, step: Derived) -> ir.Table:
        return self.engine.read([self.opened.build.path(step.name)], step.schema)

    def _landed(self, name: str, own: ir.Table) -> ir.Table:
        """The rows in force of a canonical table that are about them."""
        landed = f"landed_{name}"
        folders = [self.opened.build.path(landed)] if landed in self.opened.reader.tables else []
        return self.engine.read(folders, CANONICAL[name].schema).semi_join(own, ["source", "record_id"])

    def _said(self, name: str, own: ir.Table) -> ir.Table:
        """All that was said of them by the end of the day, among what the build was made from."""
        manifest = self.opened.build.manifest
        files = self.project.landing.files(name, batches=set(manifest.batches))
        late = {batch: timedelta(seconds=by) for batch, by in manifest.late.items()}
        read = in_order(self.engine.read(files, CANONICAL[name].schema), late)
        rows = read.semi_join(own, ["source", "record_id"])
        return history(rows, as_of=self.day, zone=manifest.zone)
