"""Vocabulary: which names may stand in an expression about a customer, and what does each mean?

city, tier, value_12m            a column of a table that has one row per customer
lifecycle.status, churn.status   the same, where several tables have one of that name
plan, income, account_manager    what people state and the golden record leaves out, while it is believed

Nothing is listed here: whatever table is keyed by the customer alone is part of it, a company's own too.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.tables import CANONICAL, Column, Derived, Type

#: The table of the golden record, and that of what was ever stated.
GOLDEN, FACTS = "customers", "facts"

#: The area of the tables that segments themselves are; an expression names them by `in_segment`.
AREA = "segments"

_KEY = ("customer_id",)

#: Of what people state these are parts of a number or a name, which the golden record has whole.
_PARTS = (
    "record_id",
    "given_name",
    "family_name",
    "age",
    "birth_month_day",
    "address_more",
    "house",
    "channel",
)


@dataclass(frozen=True)
class CustomerAttribute:
    """What one may ask about a customer: a column, and the name by which an expression calls it."""

    name: str
    table: str
    column: Column

    def __str__(self) -> str:
        return self.name

    @property
    def type(self) -> Type:
        return self.column.type

    @property
    def is_personal(self) -> bool:
        return self.column.pii is not None


@dataclass(frozen=True)
class Vocabulary:
    """The attributes by the name that each is written by."""

    tables: Mapping[str, Derived]

    def __iter__(self) -> Iterator[CustomerAttribute]:
        return iter(self._written.values())

    def attribute(self, name: str) -> CustomerAttribute:
        """What a name means; raises `WrongCall` where it means nothing, or several things."""
        wanted = name.lower()
        if wanted in self._written:
            return self._written[wanted]
        if wanted in self._qualified:
            return self._qualified[wanted]
        if wanted in self._several:
            raise WrongCall(
                N_("{name} may mean several things here. Write one of: {names}."),
                name=name, names=", ".join(self._several[wanted]),
            )  # fmt: skip
        raise self._unknown(name)

    def _unknown(self, name: str) -> WrongCall:
        known = [*self._written, *self._qualified]
        close = get_close_matches(name.lower(), known, n=3, cutoff=0.5)
        if not close:
            return WrongCall(
                N_("Nothing is known of a customer by the name {name}. `shuke segment names` lists what is."),
                name=repr(name[:50]),
            )
        return WrongCall(
            N_("Nothing is known of a customer by the name {name}. Did you mean {names}?"),
            name=repr(name[:50]), names=", ".join(dict.fromkeys(str(self.attribute(each)) for each in close)),
        )  # fmt: skip

    @cached_property
    def _sources(self) -> dict[str, tuple[Column, ...]]:
        """The tables, that of the golden record first, with the columns by which one may ask."""
        found = {
            name: tuple(c for c in step.columns if c.type is not Type.JSON and not c.step)
            for name, step in self.tables.items()
            if step.key == _KEY and step.area != AREA
        }
        golden = found.pop(GOLDEN, ())
        have = {*_PARTS, *(column.name for column in golden)}
        stated = tuple(column for column in CANONICAL["people"] if column.name not in have)
        facts = {FACTS: stated} if FACTS in self.tables else {}
        others = {name: tuple(c for c in found[name] if c.name not in _KEY) for name in sorted(found)}
        return {GOLDEN: golden, **facts, **others}

    @cached_property
    def _written(self) -> dict[str, CustomerAttribute]:
        """Every attribute by the shortest name that means it alone."""
        owned = {name: table for name, tables in self._tables.items() if (table := self._owner(tables))}
        found = {}
        for table, columns in self._sources.items():
            for column in columns:
                short = owned.get(column.name) == table
                name = column.name if short else f"{table}.{column.name}"
                found[name.lower()] = CustomerAttribute(name, table, column)
        return found

    @cached_property
    def _qualified(self) -> dict[str, CustomerAttribute]:
        return {f"{each.table}.{each.column.name}".lower(): each for each in self}

    @cached_property
    def _several(self) -> dict[str, list[str]]:
        return {
            name.lower(): [f"{table}.{name}" for table in tables]
            for name, tables in self._tables.items()
            if self._owner(tables) is None
        }

    @cached_property
    def _tables(self) -> dict[str, list[str]]:
        """The tables that have a column of a name."""
        found: dict[str, list[str]] = defaultdict(list)
        for table, columns in self._sources.items():
            for column in columns:
                found[column.name].append(table)
        return found

    def _owner(self, tables: list[str]) -> str | None:
        """Of tables with a column of one name the one whose it is.

        A profile tells it rather than an analysis, and that from which the others are made rather than these.
        """
        if tables[0] in (GOLDEN, FACTS):
            return tables[0]
        profiles = [table for table in tables if self.tables[table].area == "profiles"]
        if len(profiles) == 1:
            return profiles[0]
        return next((t for t in tables if all(t in self._made_from(other) for other in tables)), None)

    def _made_from(self, name: str) -> set[str]:
        """A table, and all that it is made from."""
        found, todo = {name}, [name]
        while todo:
            step = self.tables.get(todo.pop())
            fresh = {read for read in (step.reads if step else ()) if read not in found}
            found |= fresh
            todo += fresh
        return found
