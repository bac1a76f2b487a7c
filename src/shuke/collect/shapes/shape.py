"""Shape: how do the rows and columns of a file stand to what they tell?

A table is tidy when each of its rows tells one thing and each of its columns one attribute of it. What
programs export for people to look at often is not; a `Shape` says in which ways, and how it is made so.
"""

from dataclasses import dataclass, fields

from shuke.collect.sheets import Sheet


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
class Shape:
    """In which ways a table of text is not tidy; as it stands where it says nothing.

    header_rows     how many rows of the file name its columns, from the header on
    headings_above  how many rows above the header do so, too
    carry           what is written on the first line of an order alone, the coarsest first
    """

    header_rows: int = 1
    headings_above: int = 0
    carry: tuple[Carry, ...] = ()

    @property
    def as_it_stands(self) -> bool:
        return all(getattr(self, f.name) == f.default for f in fields(self))


@dataclass(frozen=True)
class Tidied:
    """A sheet made tidy.

    `table` is what its rows are, where the shape tells. `whole` are the columns that tell of an order and
    not of one of its lines.
    """

    sheet: Sheet
    table: str | None = None
    whole: tuple[str, ...] = ()
