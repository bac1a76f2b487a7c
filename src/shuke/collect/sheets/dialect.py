"""Dialect: how does a text file set its cells and rows apart?"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from csv import QUOTE_MINIMAL, QUOTE_NONE, Error, field_size_limit
from csv import reader as csv_reader
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from shuke.collect.sheets.header import kind_of, without_titles
from shuke.collect.sheets.sheet import Note, RawRow
from shuke.languages import N_

DELIMITERS = (",", ";", "\t", "|", "^", ":", "~", "\x01", "\x1f", "，", "；", "、", "¦", "¬", "§")
_USUAL = DELIMITERS[:6]
_QUOTES = "'`~$|^%"
_MARKS = frozenset('"' + _QUOTES)
_ESCAPES = "|^~/'`"
_FIELD_LIMIT = 64 << 20
#: A cell of more lines than this is a quotation mark that somebody forgot to close.
_LINES_IN_A_CELL = 1000
_WHOLE = re.compile(r'"(?:[^"]|"")*"')
_PLAIN = re.compile(r"(?!(['\"]).*\1$)[^,;\t|^]{1,80}", re.DOTALL)


@dataclass(frozen=True)
class Dialect:
    """How cells are set apart; no quote means that quotation marks are letters like others."""

    delimiter: str = ","
    quote: str | None = '"'
    escape: str | None = None  # what stands before a quotation mark within quotes, beside doubling it
    literal: bool = False  # the escape stands before delimiters and line ends as well
    spaced: bool = False  # blanks may stand between a delimiter and a quotation mark
    wrapped: bool = False  # each line as a whole is quoted once more
    line_end: str = "\n"  # what ends a line: \r only where there is no \n outside quotes


def sniff(text: str) -> Dialect | None:
    """The dialect in which the beginning of a file makes the best table; None if it is one column."""
    base = Dialect(line_end=_line_end(text))
    scored = [(_score(text, dialect), dialect) for dialect in _candidates(text, base)]
    if not any(score for score, _ in scored) or '"' in text or "\\" in text:
        scored += [(_score(text, dialect), dialect) for dialect in _odd(text, base)]
    score, best = max(scored, key=lambda pair: pair[0], default=(0.0, base))
    return best if score else None


def _line_end(text: str) -> str:
    """What ends lines outside quotes."""
    lone = "\r" in text.replace("\r\n", "")
    outside = re.sub(r'"(?:[^"]|"")*"', "", text) if lone and '"' in text else text
    return "\r" if "\r" in outside and "\n" not in outside else "\n"


def one_column(text: str) -> Dialect:
    """The dialect of a file that is a list: a delimiter that does not occur."""
    return Dialect(delimiter="\x1e", line_end=_line_end(text))


def lines_of(text: str, line_end: str) -> list[str]:
    """Lines with their ends, cut at one kind of end only."""
    return [line + line_end for line in text.removesuffix(line_end).split(line_end)]


def records(lines: Iterable[str], dialect: Dialect) -> Iterator[RawRow]:
    """Rows of cells, numbered from 1; a row that breaks the quoting carries a fault.

    The first line of such a row is cut at each delimiter, its quotation marks kept as they stand,
    and reading goes on with the line after it, so that one stray mark does not swallow the file.
    """
    field_size_limit(_FIELD_LIMIT)
    feed = _Feed(_parted(lines, dialect) if dialect.line_end == "\n" else lines, dialect)
    reader = _reader(feed, dialect)
    number = 0
    while True:
        number += 1
        feed.taken.clear()
        try:
            record = RawRow(number, next(reader))  # type: ignore[arg-type]
        except StopIteration:
            return
        except (Error, _Unclosed):
            first = feed.give_back()
            reader = _reader(feed, dialect)
            fault = Note(N_("A quotation mark stands where none can be, or is never closed."))
            record = RawRow(number, first.rstrip("\r\n").split(dialect.delimiter), fault)  # type: ignore[arg-type]
        yield record


class _Unclosed(Exception):
    """A quotation mark was opened many lines ago."""


class _Feed:
    """Lines for the reader, which remembers those of the present row and can take them back."""

    def __init__(self, lines: Iterable[str], dialect: Dialect) -> None:
        self._lines = iter(lines)
        self._waiting: list[str] = []
        self._read = _reading(dialect)
        self.taken: list[str] = []

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _LINES_IN_A_CELL:
            raise _Unclosed
        line = self._waiting.pop() if self._waiting else next(self._lines)
        self.taken.append(line)
        return self._read(line) if self._read else line

    def give_back(self) -> str:
        """Keep the first line of the row; the others will be read again."""
        first, *others = self.taken
        self._waiting += reversed(others)
        return first


def _reading(dialect: Dialect) -> Callable[[str], str] | None:
    """What makes a line such as the csv module takes it."""
    if dialect.wrapped:
        return _unwrapped
    if dialect.literal:
        return partial(
            re.compile(
                rf"(?m)(^|(?<={re.escape(dialect.delimiter)}))\\N(?={re.escape(dialect.delimiter)}|\r?$)"
            ).sub,
            "",
        )
    if dialect.escape is None or dialect.quote is None:
        return None
    escape, quote = dialect.escape, dialect.quote
    marks = re.compile(f"{re.escape(escape)}([{re.escape(escape + quote)}])")
    return lambda line: marks.sub(lambda found: quote * 2 if found[1] == quote else escape, line)


def _unwrapped(line: str) -> str:
    """What stands in a line that is quoted as a whole."""
    bare = line.rstrip("\r\n")
    return bare[1:-1].replace('""', '"') + line[len(bare) :] if _WHOLE.fullmatch(bare) else line


def _parted(lines: Iterable[str], dialect: Dialect) -> Iterator[str]:
    """Lines, cut once more where a lone \\r ends a row among others that end in \\n.

    It does if what it sets apart has as many cells as the line before; else it is a letter of its cell.
    """
    mark = dialect.quote
    before, within = "", False
    for line in lines:
        closes = within
        if mark and line.count(mark) % 2:
            within = not within
        body = line.rstrip("\r\n")
        if "\r" not in body:
            before = before if closes or within else body
            yield line
            continue
        parts = [part for part in body.split("\r") if part]
        if _are_rows(parts, before, closes, dialect):
            yield from (part + "\r" for part in parts[:-1])
            yield parts[-1] + line[len(body) :]
        else:
            yield line


def _are_rows(parts: Sequence[str], before: str, closes: bool, dialect: Dialect) -> bool:
    """Are these rows of their own? The first may close a quoted cell that began on a line above."""
    whole = parts[1:] if closes else parts
    cut = [_delimiters(part, dialect) for part in whole]
    wanted = _delimiters(before, dialect) if before else next(iter(cut), 0)
    closed = not closes or parts[0].count(dialect.quote or "\0") % 2 == 1
    return bool(cut) and bool(wanted) and closed and all(count == wanted for count in cut)


def _delimiters(line: str, dialect: Dialect) -> int | None:
    """How many delimiters a line has outside quotes; None if a quotation is not closed in it."""
    mark = re.escape(dialect.quote or "\0")
    outside = re.sub(f"{mark}[^{mark}]*{mark}", "", line)
    return None if dialect.quote and dialect.quote in outside else outside.count(dialect.delimiter)


def _reader(feed: _Feed, dialect: Dialect) -> Iterator[list[str]]:
    return csv_reader(
        feed,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        quoting=QUOTE_MINIMAL if dialect.quote else QUOTE_NONE,
        escapechar=dialect.escape if dialect.literal else None,
        skipinitialspace=dialect.spaced,
        strict=True,
    )


def _candidates(text: str, base: Dialect) -> Iterator[Dialect]:
    """Dialects worth trying, the likelier first: of equally good ones the first is taken."""
    # Colons in times of day, addresses and "key: value" set no columns apart.
    clock = ":" if len(re.findall(r"\d:\d\d|:\s|://", text)) * 2 > text.count(":") else ""
    for delimiter in (d for d in DELIMITERS if d in text and d != clock):
        mark = re.escape(delimiter)
        spaced = bool(re.search(rf'(?m)(^|{mark}) +"(?!["\s]|{mark})', text))
        backslash = bool(re.search(rf'[^{mark}\n]\\"(?!"| *({mark}|$))', text, re.MULTILINE))
        plain = replace(base, delimiter=delimiter, spaced=spaced, escape="\\" if backslash else None)
        yield plain
        yield from _quoted_otherwise(text, plain)
        if '"' in text:
            yield replace(plain, quote=None, spaced=False, escape=None)


def _quoted_otherwise(text: str, plain: Dialect) -> Iterator[Dialect]:
    """The same with other marks around cells."""
    edge = re.escape(plain.delimiter)
    for quote in (q for q in _QUOTES if q in text and q != plain.delimiter):
        mark = re.escape(quote)
        if re.search(rf"(?m)(^|{edge}){mark}[^{mark}\n]*{mark}({edge}|\r?$)", text):
            other = replace(plain, quote=quote, spaced=False, escape=None)
            yield other
            yield from (replace(other, escape=escape) for escape in _escapes(text, other))


def _escapes(text: str, dialect: Dialect) -> Iterator[str]:
    """What stands before a mark that neither begins nor ends a cell, whose own mark this may be."""
    mark, edge = re.escape(dialect.quote or "\0"), re.escape(dialect.delimiter)
    for escape in (e for e in "\\" + _ESCAPES if e not in (dialect.quote, dialect.delimiter)):
        if re.search(rf"(?m)[^{edge}\n]{re.escape(escape)}{mark}(?!{mark}| *({edge}|\r?$))", text):
            yield escape


def _odd(text: str, base: Dialect) -> Iterator[Dialect]:
    """Dialects that few programs write."""
    lines = [line for line in text.splitlines() if line][:200]
    whole = sum(bool(_WHOLE.fullmatch(line)) for line in lines) > 0.8 * len(lines)
    for delimiter in (d for d in DELIMITERS if d in text):
        plain, edge = replace(base, delimiter=delimiter), re.escape(delimiter)
        if whole:
            yield replace(plain, wrapped=True)
        if "\\" + delimiter in text or re.search(rf"(?m)(^|{edge})\\N({edge}|\r?$)", text):
            yield replace(plain, escape="\\", literal=True)
        for escape in (e for e in _ESCAPES if f'{e}"' in text and e != delimiter):
            yield replace(plain, escape=escape)


def _score(text: str, dialect: Dialect) -> float:
    """How much the rows are of one width, times how much the cells look like single values.

    After van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type
    patterns" (2019), with fewer kinds of cells. Nothing if most rows are not cut at all.
    """
    head = islice(records(lines_of(text, dialect.line_end), dialect), 200)
    rows = without_titles([r for r in head if any(r.cells)])
    widths = Counter(len(r.cells) for r in rows)
    if widths[1] > 0.5 * len(rows) or (dialect.delimiter not in _USUAL and len(widths) > 1):
        return 0.0
    pattern = sum(count * (width - 1) / width for width, count in widths.items()) / len(widths)
    faults = sum(r.fault is not None for r in rows) if dialect.quote else 0
    usual = 1.0 if dialect.quote and dialect.delimiter in _USUAL else 0.9
    return pattern * _likeness(rows, dialect) * usual / (len(rows) + 10 * faults)


def _likeness(rows: Sequence[RawRow], dialect: Dialect) -> float:
    """The share of cells that look like single values.

    A delimiter within a cell stands there because the cell was quoted: it speaks against nothing. A mark that
    one cell begins with and a later one of its row ends with was cut through.
    """
    cells = [c for r in rows for c in r.cells[:50]]
    known = sum(_is_single(c or "", dialect) for c in cells)
    return max(known - sum(_cut_through(r.cells[:50]) for r in rows), 0) / len(cells)


def _is_single(cell: str, dialect: Dialect) -> bool:
    return kind_of(cell) != "text" or bool(_PLAIN.fullmatch(cell.replace(dialect.delimiter, " ")))


def _cut_through(cells: Sequence[str | None]) -> int:
    """How many cells of a row lie between a mark that opens in one of them and closes in another."""
    opened: dict[str, int] = {}
    cut = 0
    for place, cell in enumerate((c or "").strip() for c in cells):
        first, last = cell[:1], cell[-1:]
        if last in opened:
            cut += place - opened.pop(last) + 1
        if first in _MARKS and (len(cell) == 1 or last != first):
            opened.setdefault(first, place)
    return cut
