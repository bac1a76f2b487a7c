"""Dialect: how does a text file set its cells and rows apart?"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from csv import QUOTE_MINIMAL, QUOTE_NONE, Error, field_size_limit
from csv import reader as csv_reader
from dataclasses import dataclass, replace
from itertools import islice

from shuke.collect.sheets.header import kind_of
from shuke.collect.sheets.sheet import Note, Record
from shuke.languages import N_

DELIMITERS = (",", ";", "\t", "|", "^", ":")
_FIELD_LIMIT = 64 << 20
#: A cell of more lines than this is a quotation mark that somebody forgot to close.
_LINES_IN_A_CELL = 1000
_PLAIN = re.compile(r"(?!(['\"]).*\1$)[^,;\t|^]{1,80}", re.DOTALL)


@dataclass(frozen=True)
class Dialect:
    """How cells are set apart; no quote means that quotation marks are letters like others."""

    delimiter: str = ","
    quote: str | None = '"'
    backslash: bool = False  # a quotation mark within quotes is written \" (and "" as well)
    spaced: bool = False  # blanks may stand between a delimiter and a quotation mark
    line_end: str = "\n"  # what ends a line: \r only where there is no \n at all


def sniff(text: str) -> Dialect | None:
    """The dialect in which the beginning of a file makes the best table; None if it is one column."""
    base = Dialect(line_end="\n" if "\n" in text else "\r")
    scored = [(_score(text, dialect), dialect) for dialect in _candidates(text, base)]
    score, best = max(scored, key=lambda pair: pair[0], default=(0.0, base))
    return best if score else None


def one_column(text: str) -> Dialect:
    """The dialect of a file that is a list: a delimiter that does not occur."""
    return Dialect(delimiter="\x1f", line_end="\n" if "\n" in text else "\r")


def lines_of(text: str, line_end: str) -> list[str]:
    """Lines with their ends, cut at one kind of end only."""
    return [line + line_end for line in text.removesuffix(line_end).split(line_end)]


def records(lines: Iterable[str], dialect: Dialect) -> Iterator[Record]:
    """Rows of cells, numbered from 1; a row that breaks the quoting carries a fault.

    The first line of such a row is cut at each delimiter, its quotation marks kept as they stand,
    and reading goes on with the line after it, so that one stray mark does not swallow the file.
    """
    field_size_limit(_FIELD_LIMIT)
    feed = _Feed(lines, dialect)
    reader = _reader(feed, dialect)
    number = 0
    while True:
        number += 1
        feed.taken.clear()
        try:
            record = Record(number, next(reader))  # type: ignore[arg-type]
        except StopIteration:
            return
        except (Error, _Unclosed):
            first = feed.give_back()
            reader = _reader(feed, dialect)
            fault = Note(N_("A quotation mark stands where none can be, or is never closed."))
            record = Record(number, first.rstrip("\r\n").split(dialect.delimiter), fault)  # type: ignore[arg-type]
        yield record


class _Unclosed(Exception):
    """A quotation mark was opened many lines ago."""


class _Feed:
    """Lines for the reader, which remembers those of the present row and can take them back."""

    def __init__(self, lines: Iterable[str], dialect: Dialect) -> None:
        self._lines = iter(lines)
        self._waiting: list[str] = []
        self._backslash = dialect.backslash
        self.taken: list[str] = []

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _LINES_IN_A_CELL:
            raise _Unclosed
        line = self._waiting.pop() if self._waiting else next(self._lines)
        self.taken.append(line)
        return _doubled(line) if self._backslash else line

    def give_back(self) -> str:
        """Keep the first line of the row; the others will be read again."""
        first, *others = self.taken
        self._waiting += reversed(others)
        return first


def _doubled(line: str) -> str:
    """A line whose backslashed quotation marks are written as the csv module wants them."""
    return re.sub(r'\\(["\\])', lambda found: '""' if found[1] == '"' else "\\", line)


def _reader(feed: _Feed, dialect: Dialect) -> Iterator[list[str]]:
    return csv_reader(
        feed,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        quoting=QUOTE_MINIMAL if dialect.quote else QUOTE_NONE,
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
        plain = replace(base, delimiter=delimiter, spaced=spaced, backslash=backslash)
        yield plain
        if re.search(rf"(?m)(^|{mark})'[^'\n]*'({mark}|\r?$)", text) and '"' not in text:
            yield replace(plain, quote="'")
        if '"' in text:
            yield replace(plain, quote=None, spaced=False, backslash=False)


def _score(text: str, dialect: Dialect) -> float:
    """How much the rows are of one width, times how much the cells look like single values.

    After van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type
    patterns" (2019), with fewer kinds of cells. Nothing if most rows are not cut at all.
    """
    rows = [r for r in islice(records(lines_of(text, dialect.line_end), dialect), 200) if any(r.cells)]
    widths = Counter(len(r.cells) for r in rows)
    if widths[1] > 0.5 * len(rows):
        return 0.0
    pattern = sum(count * (width - 1) / width for width, count in widths.items()) / len(widths)
    faults = sum(r.fault is not None for r in rows) if dialect.quote else 0
    return pattern * _likeness(rows) * (1.0 if dialect.quote else 0.9) / (len(rows) + 10 * faults)


def _likeness(rows: Sequence[Record]) -> float:
    cells = [c for r in rows for c in r.cells[:50]]
    known = sum(kind_of(c) != "text" or bool(_PLAIN.fullmatch(c or "")) for c in cells)
    return known / len(cells)
