"""Sheet: what is known of a table of text found in a file, and of what was left out of it?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from shuke.languages import translate

#: The column of every sheet's Parquet file that tells where in the file the row stands.
ROW = "__row__"


@dataclass(frozen=True)
class Note:
    """Something the person should know; an English template of the catalogue and what fills it."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return translate(self.message).format(**self.values)


class SkippedKind(StrEnum):
    """Why a row of the file is no row of the table."""

    TITLE = "title"  # stands above the header
    TOTAL = "total"  # sums up the rows above it
    FOOTER = "footer"  # a remark below the last row
    HEADING = "heading"  # names the columns: beside the header, or again within the rows


@dataclass(frozen=True)
class Skipped:
    """A row that is no data: what it says is kept here."""

    row: int
    kind: SkippedKind
    text: str
    cells: tuple[str | None, ...] = ()  # of a title, which may name groups of columns


@dataclass(frozen=True)
class BadRow:
    """A row that does not fit the table: for quarantine, never dropped silently."""

    row: int
    reason: Note
    text: str


class RawRow(NamedTuple):
    """One row of a file as its cells stand there; blank cells are None or ''."""

    row: int  # 1-based, as a spreadsheet counts
    cells: list[str | None]
    fault: Note | None = None  # why the cells may be cut wrongly


@dataclass(frozen=True)
class InputFile:
    """A file to read: where it lies, what the person calls it, where work may be done."""

    path: Path
    name: str
    work: Path

    def aside(self, suffix: str) -> Path:
        """A new path in the work folder."""
        self.work.mkdir(parents=True, exist_ok=True)
        return self.work / f"{uuid4().hex}{suffix}"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table of text found in a file.

    Every row of the file is accounted for: the header (if any), `rows`, `blank_rows`, `skipped`
    and `bad_rows` together are all of them.
    """

    file: str  # base name; "archive.zip/member.csv" inside an archive
    sheet: str | None  # the worksheet, or the key of the array in a JSON object
    columns: tuple[str, ...]  # unique, never empty, in file order
    header_row: int  # 1-based; 0 where there is none
    parquet: Path  # BIGINT `__row__`, then one VARCHAR per column; blank is NULL
    rows: int
    blank_rows: int = 0
    encoding: str | None = None
    delimiter: str | None = None
    notes: tuple[Note, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()
    parts: int = 1  # the row of the file is `__row__ // parts`, of which several rows may have come
