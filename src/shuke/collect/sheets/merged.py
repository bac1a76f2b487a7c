"""Merged cells: what stands in the rows that share a cell with the row above?

A workbook keeps the value of merged cells in the first of them alone. It is true of each row, unless
it is a figure: one amount beside three lines may be their sum, and three times that would be wrong.
"""

import re
from collections.abc import Iterator, Sequence

from shuke.collect.sheets.header import kind_of
from shuke.collect.sheets.sheet import Note
from shuke.languages import N_

#: First and last cell, row before column, counted from 0.
Range = tuple[tuple[int, int], tuple[int, int]]

#: Headings over figures that name something rather than count it.
_NAMES = re.compile(
    r"\b(ids?|no|nr|nº|n°|num|number(?! of)|nummer|n[uú]mero|num[eé]ro|code|c[oó]digo|sku|ean|upc|zip|plz|"
    r"postcode|postal|phone|tel|telephone|telefon|mobile|year|month|week|day|date|jahr|monat|tag)\b"
    r"|(?<![a-z])[a-z]+(Id|ID|No|Nr)\b|_(id|no|nr)\b|#|号|號|码|碼|编|編|番|年|月|日|周|季|电话|電話|手机|手機",
    re.IGNORECASE,
)


class Merged:
    """Fills what merged cells say into each of their rows, from the top of a worksheet down."""

    def __init__(self, ranges: Sequence[Range], left: int) -> None:
        """`left` is the first column of the rows that will be filled."""
        self._starts: dict[int, list[tuple[int, int]]] = {}
        for (first, column), (last, _) in ranges:
            if last > first and column >= left:
                self._starts.setdefault(first, []).append((column - left, last))
        self._columns = {column for starts in self._starts.values() for column, _ in starts}
        self._headings: dict[int, str] = {}
        self._open: dict[int, tuple[int, str]] = {}
        self._filled: set[tuple[int, int]] = set()
        self._kept: set[int] = set()
        self._begun = False

    def __bool__(self) -> bool:
        return bool(self._starts)

    def fill(self, row: int, cells: list[str]) -> None:
        """Fill one row in place; a row with nothing of its own stays blank.

        The first row of several cells has headings, which merged with the rows below are still one.
        """
        begun = self._begun
        self._begun = begun or sum(map(bool, cells)) > 1
        for column, last in self._starts.get(row, ()) if begun else ():
            if column < len(cells) and cells[column]:
                self._open[column] = (last, cells[column])
        if self._open and any(cells):
            self._fill(row, cells)
        for column in self._columns:
            if column < len(cells) and kind_of(cells[column]) == "text":
                self._headings.setdefault(column, cells[column])

    def _fill(self, row: int, cells: list[str]) -> None:
        for column, (last, text) in list(self._open.items()):
            if row > last:
                del self._open[column]
            elif not cells[column]:
                if self._may_be_sum(column, text):
                    self._kept.add(column)
                else:
                    cells[column] = text
                    self._filled.add((column, last))

    def _may_be_sum(self, column: int, text: str) -> bool:
        if column == 0 or kind_of(text) != "number" or text.endswith("%") or re.match(r"0\d", text):
            return False
        return not _NAMES.search(self._headings.get(column, ""))

    def notes(self) -> Iterator[Note]:
        """What was filled, and which figures were not."""
        if self._filled:
            message = N_("Merged cells: {count} value(s) filled into each of the rows that share them.")
            yield Note(message, {"count": len(self._filled)})
        if self._kept:
            message = N_(
                "Merged cells: a figure may be a sum of its rows, so it stands in the first alone: {columns}."
            )
            names = [self._headings.get(column) or str(column + 1) for column in sorted(self._kept)]
            yield Note(message, {"columns": ", ".join(names)})
