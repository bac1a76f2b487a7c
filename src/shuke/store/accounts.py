"""Accounts: which columns of a sheet feed what, which are kept aside, and how many rows say what they should?

The second balance of an import beside that of its rows. It names columns and counts rows; it holds no value
of the file.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class UnusedColumn:
    """A column that feeds no table: kept as a further attribute, or left out."""

    column: str
    to: str  # `further` or `ignore`
    looks: str | None = None  # the sense (see `tables.semantic_types`) that its header and values suggest
    said: bool = True  # whether any of its cells says anything


@dataclass(frozen=True, kw_only=True)
class RejectionCount:
    """Why cells of a column, or rows for the sake of it, were set aside, and how many."""

    file: str
    sheet: str | None
    column: str | None
    reason: str  # an English template of the catalogue
    detail: str | None = None  # what fills it, as a JSON object
    whole: bool = True  # the rows; else the cells alone
    rows: int


@dataclass(frozen=True, kw_only=True)
class Account:
    """How one sheet was read."""

    file: str
    sheet: str | None
    table: str  # what its rows are
    rows: int  # that were accepted
    feeds: dict[str, tuple[str, ...]]  # column -> the targets that it feeds
    constants: dict[str, str] = field(default_factory=dict)
    aside: tuple[UnusedColumn, ...] = ()
    says: dict[str, int] = field(default_factory=dict)  # sense -> how many of the accepted rows have it

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Account":
        feeds = {column: tuple(to) for column, to in value["feeds"].items()}
        return cls(
            **{**value, "feeds": feeds, "aside": tuple(UnusedColumn(**each) for each in value["aside"])}
        )

    def lacks(self, sense: str) -> int:
        """How many rows do not say it."""
        return self.rows - self.says.get(sense, self.rows)

    @property
    def suspects(self) -> tuple[UnusedColumn, ...]:
        """The columns kept aside that look like something."""
        return tuple(each for each in self.aside if each.looks)
