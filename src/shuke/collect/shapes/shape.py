"""Shape: how do the rows and columns of a file stand to what they tell?

A table is tidy when each of its rows tells one thing and each of its columns one attribute of it. What
programs export for people to look at often is not; a `Shape` says in which ways, and how it is made so.
"""

from dataclasses import dataclass, fields
from typing import Literal

from shuke.collect.sheets import Sheet

#: Whether a price is that of a piece or of all pieces of its line.
Of = Literal["each", "line"]


@dataclass(frozen=True)
class Carry:
    """What an order says is written on the first of its lines alone.

    `columns` are filled from the line above. With `within`, only among lines that say the same there;
    without it, a line that says nothing in any of `columns` belongs to the line above.
    """

    columns: tuple[str, ...]
    within: str | None = None

    @property
    def named(self) -> tuple[str, ...]:
        return self.columns if self.within is None else (*self.columns, self.within)


@dataclass(frozen=True)
class Split:
    """Several products in one cell of `column`, with how many of each; one where nothing says how many.

    `price` says what a price in the cell is: that of a piece (`each`) or of all pieces of its line (`line`).
    """

    column: str
    price: Of | None = None


@dataclass(frozen=True)
class Survey:
    """A survey with one column a question; `rename` says what its other columns are called."""

    questions: tuple[str, ...]
    rename: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Melt:
    """Columns that hold one figure at several times or places, such as months.

    `name` and `value` are what the headings and the figures become; `year` is that of months without one (of
    the first, where they go on into the next), or the column that says it of each row;
    `without` are sums of the columns, which would count them twice, and figures of no interest. `of` is the
    table that the figures belong to. `beside` are further figures of the same periods, in their order.
    """

    columns: tuple[str, ...]
    name: str
    value: str
    year: int | str | None = None
    without: tuple[str, ...] = ()
    of: str = "order_items"
    beside: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        year = (self.year,) if isinstance(self.year, str) else ()
        beside = (name for _, columns in self.beside for name in columns)
        return (*self.columns, *self.without, *beside, *year)


@dataclass(frozen=True)
class Dated:
    """A column of months, or of days without a year; `year` is theirs, or the column that says it of each."""

    column: str
    year: int | str | None = None

    @property
    def named(self) -> tuple[str, ...]:
        return (self.column, self.year) if isinstance(self.year, str) else (self.column,)


@dataclass(frozen=True)
class Settlement:
    """A list of invoices that says what of each was paid: `on` which day, what was `paid`, what is `left`.

    `number` is the column of the invoice's number, `whole` that of its amount. `decimal` is the mark between
    the whole and its fraction, where an amount is to be taken from another.
    """

    number: str
    whole: str
    on: str | None = None
    paid: str | None = None
    left: str | None = None
    decimal: str | None = None

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(n for n in (self.number, self.whole, self.on, self.paid, self.left) if n)


@dataclass(frozen=True)
class Ledger:
    """A statement with two columns of amounts: what came `into` the account, and what went `out` of it."""

    into: str
    out: str

    @property
    def named(self) -> tuple[str, ...]:
        return self.into, self.out


@dataclass(frozen=True)
class Returns:
    """A list of what came back: `order` is the column with the number of the order that it was sold in.

    `rename` says what the columns of the return are called. `whole`: nothing says how much came back, so
    all of the order did.
    """

    order: str
    rename: tuple[tuple[str, str], ...] = ()
    whole: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        return self.order, *dict(self.rename)


@dataclass(frozen=True)
class Employer:
    """A list of contacts that tells of the company each works for: `name` is the column of its name.

    `columns` are those with what the company has of its own, and what they are called in its row.
    """

    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def named(self) -> tuple[str, ...]:
        return self.name, *dict(self.columns)


@dataclass(frozen=True)
class Shape:
    """In which ways a table of text is not tidy; as it stands where it says nothing.

    header_rows     how many rows of the file name its columns, from the header on
    headings_above  how many rows above the header do so, too
    carry           what is written on the first line of an order alone, the coarsest first
    split           several products in one cell
    survey          one column a question
    melt            one figure in several columns
    dated           months without a year, or that stand for their first day
    settlement      payments beside invoices
    ledger          what came in and what went out in two columns
    returns         what came back of which orders
    employer        contacts and their companies in one row
    kind            what its rows are, where a person said it: the table that they feed above all
    """

    header_rows: int = 1
    headings_above: int = 0
    carry: tuple[Carry, ...] = ()
    split: Split | None = None
    survey: Survey | None = None
    melt: Melt | None = None
    dated: Dated | None = None
    settlement: Settlement | None = None
    ledger: Ledger | None = None
    returns: Returns | None = None
    employer: Employer | None = None
    kind: str | None = None

    @property
    def as_it_stands(self) -> bool:
        return all(getattr(self, f.name) == f.default for f in fields(self) if f.name != "kind")

    @property
    def named(self) -> tuple[str, ...]:
        """Every column of the file that it speaks of."""
        carried = [name for carry in self.carry for name in carry.named]
        split = [self.split.column] if self.split else []
        asked = [*self.survey.questions, *dict(self.survey.rename)] if self.survey else []
        melted = self.melt.named if self.melt else ()
        others = (self.dated, self.settlement, self.ledger, self.returns, self.employer)
        beside = [name for one in others if one for name in one.named]
        return (*carried, *split, *asked, *melted, *beside)


@dataclass(frozen=True)
class Tidied:
    """A sheet made tidy.

    `table` is what its rows are, where the shape tells. `whole` are the columns that tell of an order and
    not of one of its lines.
    """

    sheet: Sheet
    table: str | None = None
    whole: tuple[str, ...] = ()
