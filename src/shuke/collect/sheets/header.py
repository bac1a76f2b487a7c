"""Header: where does the table begin, and what are its columns called?"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shuke.collect.sheets.sheet import ROW, Note, RawRow, Skipped, SkippedKind
from shuke.errors import Unreadable
from shuke.languages import N_

_NUMBER = re.compile(r"[-+(]?\s*[¥￥$€£]?\s*-?\d[\d,. ' ]*(e[-+]?\d+)?\s*[%‰)元€$]?", re.IGNORECASE)
_YEAR = re.compile(r"(19|20)\d\d")
_DATE = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\D.*|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(\s.*)?|\d{1,2}:\d{2}(:\d{2}.*)?"
    r"|\d{1,2}[-. ]{1,2}[a-zäéûç]{3,9}\.?[-. ]{1,2}(19|20)?\d\d(\s.*)?"
    r"|[a-z]{3,9}\.? \d{1,2},? (19|20)\d\d(\s.*)?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.\w+|https?://\S+")
_LOGICAL = re.compile(r"true|false", re.IGNORECASE)
_NO_HEADER = Note(N_("No header row was found: the columns are numbered."))
#: A table with more is no table that a person made, and every column costs time at each step.
MOST_COLUMNS = 2_000
#: Longer than any question of a survey.
LONGEST_NAME = 2_000
#: Longer cells are text; patterns are not tried on them.
_LONGEST_TYPED = 200
# A date with dots, 02.01.2024, would do for a number.
_TYPED = (("date", _DATE), ("number", _NUMBER), ("address", _ADDRESS), ("logical", _LOGICAL))


@dataclass(frozen=True)
class HeaderLayout:
    """Where the rows of a table begin, and under which names."""

    header_row: int  # 0: there is none
    first_row: int  # the first row that may be data
    columns: tuple[str, ...]
    head: tuple[str | None, ...] = ()  # the headings as they stand; none where there is no header
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Note, ...] = ()


def find(sample: Sequence[RawRow]) -> HeaderLayout | None:
    """The layout of the table whose first rows are `sample`; None if they are all blank."""
    filled = [r for r in map(_narrowed, sample) if _count(r)]
    if not filled:
        return None
    top = _top(filled)
    titles, head = filled[:top], filled[top]
    body = [r for r in filled[top + 1 :] if r.cells != head.cells]
    width = _width(head, body)
    skipped = tuple(
        Skipped(r.row, SkippedKind.TITLE, " ".join(c for c in r.cells if c), tuple(r.cells)) for r in titles
    )
    notes = [_title_note(skipped)] if skipped else []
    if _is_data(head, body):
        columns = names([None] * width)
        return HeaderLayout(0, head.row, columns, skipped=skipped, notes=(*notes, _NO_HEADER))
    columns = names([*head.cells[:width], *[None] * (width - len(head.cells))])
    notes += _renamed(head, columns)
    return HeaderLayout(head.row, head.row + 1, columns, tuple(head.cells[:width]), skipped, tuple(notes))


def _narrowed(record: RawRow) -> RawRow:
    """No more of its cells than it takes to see that they are too many."""
    wide = len(record.cells) > MOST_COLUMNS
    return record._replace(cells=record.cells[: MOST_COLUMNS + 1]) if wide else record


def some(names: Iterable[str]) -> list[str]:
    """Each name once, and no more of them than it takes to see that they are too many."""
    found: dict[str, None] = {}
    for name in names:
        found[name] = None
        if len(found) > MOST_COLUMNS:
            break
    return list(found)


def require_readable(columns: Sequence[str], *, file: str) -> None:
    """`Unreadable` for more columns than anybody can look through, or headings that are none."""
    if len(columns) > MOST_COLUMNS:
        raise Unreadable(
            N_("{file} has more than the {most} columns that are read. Leave out those that are not needed."),
            file=file, most=MOST_COLUMNS,
        )  # fmt: skip
    for place, name in enumerate(columns, start=1):
        if len(name) > LONGEST_NAME:
            raise Unreadable(
                N_("{file}: the heading of column {place} has {length} characters; at most {most} are read."),
                file=file, place=place, length=len(name), most=LONGEST_NAME,
            )  # fmt: skip


def names(cells: Sequence[str | None]) -> tuple[str, ...]:
    """Unique, non-empty column names.

    names(["id", "", "id"])  ("id", "column 2", "id (2)")
    """
    taken: set[str] = {ROW}
    result = []
    for position, cell in enumerate(cells, start=1):
        name = " ".join((cell or "").split()) or f"column {position}"
        unique, again = name, 1
        while unique.casefold() in taken:
            again += 1
            unique = f"{name} ({again})"
        taken.add(unique.casefold())
        result.append(unique)
    return tuple(result)


def kind_of(cell: str | None) -> str:
    """What a cell looks like: number, date, address, logical, text or blank."""
    text = (cell or "").strip()
    if not text:
        return "blank"
    if len(text) > _LONGEST_TYPED:
        return "text"
    return next((kind for kind, pattern in _TYPED if pattern.fullmatch(text)), "text")


def without_titles(rows: Sequence[RawRow]) -> Sequence[RawRow]:
    """The rows of the table alone where a longer block of lines stands above it or below it.

    Bank statements and bills begin with more lines of title than they have rows. What is left must be
    a table beyond doubt: rows of one width, of three cells or more.
    """
    wide = [place for place, row in enumerate(rows) if len(row.cells) > 2]
    if not wide or len(wide) > len(rows) / 2:
        return rows
    table = rows[wide[0] : wide[-1] + 1]
    widths = Counter(len(row.cells) for row in table)
    return table if len(table) > 1 and len(widths) == 1 else rows


def _title_note(skipped: tuple[Skipped, ...]) -> Note:
    message = N_("{count} row(s) above the header left out, from row {row}.")
    return Note(message, {"count": len(skipped), "row": skipped[0].row})


def _renamed(head: RawRow, columns: tuple[str, ...]) -> list[Note]:
    """A note if headings were blank or stood twice."""
    given = [" ".join((c or "").split()) for c in head.cells]
    made = [c for position, c in enumerate(columns) if position >= len(given) or given[position] != c]
    message = N_("Blank or repeated headings were given names: {columns}.")
    shown = ", ".join(made[:10]) + (", …" if len(made) > 10 else "")
    return [Note(message, {"columns": shown})] if made else []


def _top(rows: Sequence[RawRow]) -> int:
    """The place of the first row as full as those of the table are.

    Titles, addresses and dates of print above a table fill one or two cells of its many. A title with
    commas in it may fill more; it is told by what follows, which is not yet the table.
    """
    usual = _usual_extent(without_titles(rows))
    enough = max(2, round(usual * 0.6))
    first = next((place for place, row in enumerate(rows[:40]) if _count(row) >= enough or usual < 2), 0)
    full = next((place for place, row in enumerate(rows[:40]) if _count(row) == usual), first)
    titles = rows[first:full]
    told = len(titles) > 1 or any((row.cells[0] or "").startswith("#") for row in titles)
    table = [_extent(row) == usual for row in rows[full:]]
    regular = len(table) > 1 and sum(table) > 0.8 * len(table)
    return full if told and regular and all(_extent(row) < usual for row in titles) else first


def _is_data(head: RawRow, body: Sequence[RawRow]) -> bool:
    """Does the first row look like the rows below it rather than like their names?"""
    if not body:
        return any(kind_of(c) not in ("text", "blank") for c in head.cells)
    weights = [_weight(cell, [_at(r, place) for r in body]) for place, cell in enumerate(head.cells[:200])]
    return sum(weights) < 0


def _weight(name: str | None, below: Sequence[str | None]) -> float:
    """How much a column speaks for its first cell being a name (above 0) or a value (below)."""
    kinds = Counter(kind for kind in map(kind_of, below) if kind != "blank")
    kind, own = (kinds.most_common(1) or [("blank", 0)])[0][0], kind_of(name)
    if own == "blank" or kind == "blank":
        return 0
    if kinds[kind] < 0.8 * kinds.total():
        return -0.5 if own != "text" and own in kinds and not _YEAR.fullmatch(name or "") else 0
    if own == "number" and _YEAR.fullmatch(name or ""):
        return _year_weight(below)
    if kind == "text":
        return _text_weight(name or "", [b for b in below if b]) if own == "text" else -1
    return -1 if own == kind else 1


def _year_weight(below: Sequence[str | None]) -> float:
    """Years stand as headings over figures, and as values over other years."""
    years = sum(bool(_YEAR.fullmatch((b or "").strip())) for b in below)
    return -1 if years > len(below) / 2 else 1


def _text_weight(name: str, below: Sequence[str]) -> float:
    """A text that comes again below is a value; one unlike codes of one shape is a name."""
    if name in below:
        return -1 if below.count(name) < len(below) else -0.5
    shapes = {_shape(b) for b in below}
    if len(below) >= 3 and len(shapes) == 1 and "9" in next(iter(shapes)):
        return -1 if _shape(name) in shapes else 1
    return 0


def _shape(text: str) -> str:
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text[:_LONGEST_TYPED]))


def _at(record: RawRow, place: int) -> str | None:
    return record.cells[place] if place < len(record.cells) else None


def _count(record: RawRow) -> int:
    return sum(1 for c in record.cells if c and not c.isspace())


def _extent(record: RawRow) -> int:
    """How many cells up to the last that is filled."""
    return max((place for place, c in enumerate(record.cells, 1) if c and not c.isspace()), default=0)


def _width(head: RawRow, body: Sequence[RawRow]) -> int:
    """That of the header, unless most rows are wider: a heading was forgotten."""
    width, usual = _extent(head), _usual_extent(body)
    wider = sum(len(r.cells) > width for r in body)
    return max(width, usual) if wider > len(body) / 2 else width


def _usual_extent(rows: Sequence[RawRow]) -> int:
    """The extent that makes up most of the table, so that a few long titles do not outweigh it."""
    extents = Counter(len(r.cells) for r in rows)
    return max(extents, key=lambda extent: extents[extent] * extent, default=0)
