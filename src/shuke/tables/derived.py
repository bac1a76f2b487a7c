"""Derived tables: from which tables is this one made, and which questions may one ask of it?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol, get_type_hints

from shuke.errors import UnknownTable
from shuke.languages import N_, Text
from shuke.lazy import ibis, ir
from shuke.tables import renamed
from shuke.tables.column import Column
from shuke.tables.grades import Grade
from shuke.tables.themes import OTHER, THEMES

Chart = Callable[..., Any]
"""(pandas frame of the table) -> altair chart, in the words of the current reader."""

Sentence = Callable[..., Text]
"""(pandas frame of the table) -> what the picture shows, in one sentence; with `*, currency` if it tells of money."""

Grader = Callable[..., Grade]
"""(the table as it was made for an earlier day, tables of today, at=, until=) -> how it came out."""

#: The columns that tell of whom a row is.
_WHOSE = ("customer_id", "subject")

#: Questions that the build itself answers.
SUPPLIED = (
    "as_of", "currency", "zone", "country", "checkpoint", "scorer", "pseudonym", "segments", "looks_back",
    "deliveries",
)  # fmt: skip


class Checkpoint(Protocol):
    """Compute an expression now and hand back a table of its rows; for steps that iterate.

    Of a table that is too much to be held at once it takes the parts, one by one, of which there is at least one.
    """

    def __call__(self, rows: ir.Table | Iterable[ir.Table], /) -> ir.Table: ...


@dataclass
class Derived:
    """A table made by a function; calling it calls the function.

    `reads` are the function's positional parameters, the tables that it is made from; `asks` its
    keyword-only ones with their defaults. `area` says on which shelf doors show it, `theme` under
    which of a manager's questions an analysis stands. `reading` says how to
    read its picture, `limits` what it cannot tell. `first` is the column by which people want to see the rows,
    with a minus before it where the greatest comes first; else they stand in the order of the key.
    `recalls` names what it reads only to say again what it said in the builds before; rows that it would not
    say anew without. `laid_out_by` is the column in whose order its rows lie, for whoever asks for those of one
    value: the customer's, where it has one. `further_reads` are tables that a function takes as `*others`, for
    one that is told which; one that `takes_failed` gets a table that failed as one without rows. `definition`
    is what decides of its rows beside its code. One that `learns` says what holds in general, and stays as it is
    while little comes (`shuke.graph.learnt`); one that `learns_for` a table does so for that one alone, and what
    is answered to that one's questions is answered to its own of the same names.
    """

    function: Callable[..., ir.Table]
    key: tuple[str, ...]
    title: Text
    columns: tuple[Column, ...]
    about: Text | None = None
    area: str = "analyses"
    theme: str = OTHER
    event_time: str | None = None
    subject: str | None = "customer_id"
    keep: timedelta | None = None
    reading: Text | None = None
    limits: Text | None = None
    grader: Grader | None = None
    first: str | None = None
    carries_over: tuple[str, ...] = ()
    laid_out_by: str | None = None
    further_reads: tuple[str, ...] = ()
    takes_failed: bool = False
    definition: str = ""
    learns: bool = False
    learns_for: str | None = None
    charts: list[Chart] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)

    def __post_init__(self) -> None:
        parameters = inspect.signature(self.function).parameters.values()
        self.name = self.function.__name__
        self.learns = self.learns or bool(self.learns_for)
        own = (renamed.read(p.name) for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD)
        self.reads = (*own, *self.further_reads)
        self.keywords = MappingProxyType({p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY})
        last = f"last_build_{self.name}"
        self.carries_over = (*self.carries_over, *({last} & {*self.reads} - {*self.carries_over}))
        names = {column.name for column in self.columns}
        self.laid_out_by = self.laid_out_by or next((name for name in _WHOSE if name in names), None)
        if self.theme not in THEMES:
            raise ValueError(f"Table {self.name} has the theme {self.theme}; there are {', '.join(THEMES)}.")
        if self.first:
            self[self.first.removeprefix("-")]  # says so when there is none of that name

    def __call__(self, *tables: ir.Table, **parameters: Any) -> ir.Table:
        return self.function(*tables, **parameters)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise UnknownTable(N_("Table {table} has no column {column}."), table=self.name, column=name)

    @property
    def is_identity(self) -> bool:
        """Whether it tells who is who: known today, also of the past."""
        return self.area == "identity"

    @cached_property
    def written(self) -> tuple[Column, ...]:
        return self.columns

    @cached_property
    def schema(self) -> ibis.Schema:
        return ibis.schema({c.name: c.type.ibis for c in self.columns})

    def learns_by(self, parameters: Collection[str], table: str) -> bool:
        """Whether it learns for a table what depends on some of these of its parameters."""
        return self.learns_for == table and not self.keywords.keys().isdisjoint(parameters)

    @property
    def doc(self) -> str:
        """The contract: grain, units, source of the method."""
        return inspect.getdoc(self.function) or ""

    @property
    def parameters(self) -> dict[str, tuple[type, Any]]:
        """What a person may ask: name -> (type, default). What the build supplies is left out."""
        hints = get_type_hints(self.function)
        return {n: (hints[n], d) for n, d in self.keywords.items() if n not in SUPPLIED}

    def chart(self, function: Chart) -> Chart:
        """Mark a function as a picture of this table."""
        self.charts.append(function)
        return function

    def sentence(self, function: Sentence) -> Sentence:
        """Mark a function as the sentence above the picture."""
        self.sentences.append(function)
        return function

    def grade(self, function: Grader) -> Grader:
        """Mark a function as the one that tells, later, how right this table was.

        Its first parameter is the table as it was made for the day `at`; the others name tables of today,
        which know what happened until `until`, the last day of the horizon.
        """
        self.grader = function
        return function


def table(
    *,
    key: str | tuple[str, ...],
    title: Text,
    columns: list[Column],
    **further: Any,
) -> Callable[[Callable[..., ir.Table]], Derived]:
    """Declare a function as a table of the build; `further` are the remaining fields of `Derived`."""

    def declare(function: Callable[..., ir.Table]) -> Derived:
        unique = (key,) if isinstance(key, str) else key
        return Derived(function, unique, title, tuple(columns), **further)

    return declare
