"""The whole of identity on rows that a test writes, without a project around it.

The tables are those that a build makes, in the order in which it makes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir

from shuke.graph import catalogue
from shuke.graph.names import HISTORY, LANDED, LAST_BUILD, NEW, PREVIOUS, base_table
from shuke.identity.models import Model
from shuke.identity.scoring import Scorer
from shuke.store.in_force import in_force
from shuke.tables import Derived
from shuke.tables.declared import as_declared
from tests.engine_fixtures import PSEUDONYM, Row, Tables

#: What is asked of a build for its customers' ids.
WANTED = "customer_ids"


@dataclass
class Resolution:
    """Builds one after another of the tables of identity alone."""

    desk: Tables
    country: str = "GB"
    issued: list[Row] = field(default_factory=list)
    before: dict[str, ir.Table] = field(default_factory=dict)
    made: dict[str, ir.Table] = field(default_factory=dict)
    seen: dict[str, ir.Table] = field(default_factory=dict)
    builds: int = 0

    def build(self, **landed: ir.Table) -> dict[str, str]:
        """Record -> customer id; `landed` are versions of rows of canonical tables, such as `people`."""
        tables = {name: t for name, t in catalogue.derived().items() if t.area == "identity"}
        self.before, self.made = self.made, {}
        landed = {"issued_ids": self.desk.landed("issued_ids", self.issued), **landed}
        for name in catalogue.order(tables):
            if step := tables.get(name):
                self.made[name] = self.desk.checkpoint(self._step(step, landed))
            if WANTED in self.made:
                break
        self.builds += 1
        self.seen = landed
        self.issued += [
            {"customer_id": row["issued_id"], "record": row["record"], "build": self.builds}
            for row in self.rows(WANTED)
            if row["build"] is None
        ]
        return {row["record"]: row["customer_id"] for row in self.rows("identities")}

    def rows(self, name: str) -> list[Row]:
        return self.desk.rows(self.made[name])

    def _step(self, step: Derived, landed: Mapping[str, ir.Table]) -> ir.Table:
        engine: Any = self.desk.engine
        supplied = {
            "checkpoint": engine.checkpoint, "country": self.country,
            "scorer": Scorer(Model(), engine.linkage), "pseudonym": PSEUDONYM,
        }  # fmt: skip
        asked = {parameter: supplied[parameter] for parameter in step.keywords if parameter in supplied}
        table = step(*(self._table(name, landed) for name in step.reads), **asked)
        return as_declared(table, step)

    def _table(self, name: str, landed: Mapping[str, ir.Table]) -> ir.Table:
        if name.startswith((LAST_BUILD, PREVIOUS)):
            stood = base_table(name)
            return self.before.get(stood, self.desk.derived(catalogue.derived()[stood], []))
        for prefix in (LANDED, HISTORY, NEW):
            if name.startswith(prefix):
                plain = name.removeprefix(prefix)
                every = landed.get(plain, self.desk.landed(plain))
                if prefix == NEW and plain in self.seen:
                    return every.anti_join(self.seen[plain], "batch_id")
                return in_force(every, revised=True) if prefix == LANDED else every
        return self.made[name]


def of_people(desk: Tables, people: list[Row], phones: Mapping[str, str]) -> dict[str, ir.Table]:
    """What is landed of people and their phones: of_people(desk, [{"record_id": "1"}], {"1": "07700…"})."""
    numbers = [{"record_id": r, "kind": "phone", "value": value} for r, value in phones.items()]
    return {"people": desk.landed("people", people), "identifiers": desk.landed("identifiers", numbers)}
