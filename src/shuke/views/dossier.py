"""Dossier: what do the tables of a build hold about one customer?

A page of one customer asks the build's tables dozens of questions. Here they are asked of the few rows that
can matter to the answer (`engine.laid_out`), each planned once for a build (`engine.prepared`). An expression
says the same as over the whole tables, so what it masks, counts and leaves out is the same.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import ibis.expr.types as ir
import pyarrow as pa

from shuke.app import Opened
from shuke.engine.prepared import given
from shuke.views import tables
from shuke.views.portion import portion

#: In an expression, in place of the customer's id.
WHOM = given("whom")


@dataclass(frozen=True)
class Dossier:
    """The rows of a build about one customer."""

    opened: Opened
    customer_id: str
    _rows: dict[str, pa.Table] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.opened.reader.tables

    def rows(self, name: str) -> pa.Table:
        """The rows of a table that are the customer's, or of one of the records that they go by."""
        if name not in self._rows:
            column, values = self._whose(self.opened.table(name).columns)
            self._rows[name] = self.opened.reader.rows(name, column, values)
        return self._rows[name]

    def sorted(self, name: str, *order: str) -> pa.Table:
        """The same in an order of columns, with a minus before one whose greatest come first; nulls last."""
        keys = [(by.removeprefix("-"), "descending" if by.startswith("-") else "ascending") for by in order]
        return self.rows(name).sort_by(keys)

    def masked(self, rows: pa.Table, name: str, mask: Callable[[ir.Table], ir.Table]) -> pa.Table:
        """These rows of a table, in the same order, with what `mask` hides; always the same of one table."""
        if not rows.num_rows:
            return rows
        return self.answer(("masked", name), lambda: mask(self.opened.table(name)), {name: rows})

    def answer(
        self, key: Hashable, ask: Callable[[], ir.Table], beside: Mapping[str, pa.Table] | None = None
    ) -> pa.Table:
        """What the rows answer to a question, which is the same for everybody of whom it is asked under its
        key; of the tables `beside` these rows are taken."""
        held = beside or {}
        return self.opened.reader.among(
            key, ask, lambda name: held[name] if name in held else self.rows(name), whom=self.customer_id
        )

    def portion(
        self,
        key: tuple[Hashable, ...],
        ask: Callable[[], tuple[ir.Table, Sequence[ir.Value]]],
        *,
        limit: int,
        offset: int = 0,
        beside: Mapping[str, pa.Table] | None = None,
    ) -> tuple[pa.Table, int]:
        """Some of the rows that `ask` makes, in the order that it names, and how many there are in all."""
        return portion(lambda key, ask: self.answer(key, ask, beside), key, ask, limit=limit, offset=offset)

    @cached_property
    def records(self) -> list[str]:
        found: list[str] = self.rows("identities")["record"].to_pylist()
        return found

    @cached_property
    def record_ids(self) -> list[str]:
        """What the sources call them; another source may call somebody else so."""
        found: list[str] = self.rows("identities")["record_id"].to_pylist()
        return found

    def _whose(self, columns: Sequence[str]) -> tuple[str, list[str]]:
        """By which column of a table one finds the customer, and by what."""
        if column := next((one for one in tables.IDS if one in columns), None):
            return column, [self.customer_id]
        if column := next((one for one in ("record", "record_l") if one in columns), None):
            return column, self.records
        return "record_id", self.record_ids
