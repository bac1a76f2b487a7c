"""Inspection: would this workbook, once opened, exceed what a table needs?

Looked at is what is packed in it, and where its farthest cells stand: its reader lays out a grid from the
first cell to the last, however few they are. Cells that are only formatted do not count: they are left out.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

from shuke.collect.sandbox.cell_formats import column_of, members_of, whole_tags
from shuke.confined import LIMITED

#: Bytes of the grid, and of what is read into it, for one cell.
_CELL = 64
#: Of the texts of a workbook, each once.
_TEXTS = 256 << 20
#: Unpacked to packed, once it is large.
_RATIO, _LARGE = 200, 100 << 20
_SHEETS = 1_000
#: Every cell of a worksheet is looked at while it costs little; of others when the limits were passed.
_CHEAP = 2 << 20


class WorkbookRefused(Exception):
    """Why a file is not read: a word for it, and what explains it."""

    def __init__(self, word: str, **values: object) -> None:
        super().__init__(word)
        self.word, self.values = word, values


@dataclass
class _Grid:
    """From the first cell that holds something to the last."""

    top: int = -1
    left: int = -1
    bottom: int = -1
    right: int = -1
    last: tuple[int, int] = (0, 0)  # the cell that made it grow last

    def take(self, row: int, column: int, *, rows: int = 1, columns: int = 1) -> None:
        """A cell, counted from 0, or a block of equal ones."""
        if self.top < 0:
            self.top, self.left, self.bottom, self.right = row, column, row, column
        grown = self.bottom, self.right
        self.top, self.left = min(self.top, row), min(self.left, column)
        self.bottom, self.right = max(self.bottom, row + rows - 1), max(self.right, column + columns - 1)
        if grown != (self.bottom, self.right):
            self.last = row + rows - 1, column + columns - 1

    @property
    def rows(self) -> int:
        return self.bottom - self.top + 1 if self.top >= 0 else 0

    @property
    def columns(self) -> int:
        return self.right - self.left + 1 if self.top >= 0 else 0

    def require_fewer(self, most: int, sheet: str) -> None:
        if self.rows * self.columns > most:
            row, column = self.last
            raise WorkbookRefused(
                "cell", sheet=sheet, cell=f"{letters(column)}{row + 1}",
                rows=self.rows, columns=self.columns, most=most,
            )  # fmt: skip


def look(path: Path, *, memory: int, thorough: bool) -> None:
    """Raises `WorkbookRefused` for a workbook that would take more than so many bytes of memory."""
    cheap = None if thorough or not LIMITED else _CHEAP
    most = memory // _CELL
    if not zipfile.is_zipfile(path):
        return _look_at_old(path, most) if cheap is None or path.stat().st_size <= cheap else None
    try:
        with zipfile.ZipFile(path) as archive:
            _look_at_members(path, archive)
            _look_at_cells(archive, most, cheap)
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, KeyError):
        raise WorkbookRefused("unread") from None


def _look_at_members(path: Path, archive: zipfile.ZipFile) -> None:
    sizes = {info.filename: info.file_size for info in archive.infolist()}
    total, accepted = sum(sizes.values()), max(_LARGE, _RATIO * path.stat().st_size)
    texts = sum(size for name, size in sizes.items() if "sharedstrings" in name.lower())
    if texts > _TEXTS:
        raise WorkbookRefused("texts", size=texts >> 20, most=_TEXTS >> 20)
    if total > accepted:
        raise WorkbookRefused("unpacked", size=total >> 20, most=accepted >> 20)
    sheets = sum("worksheets/sheet" in name for name in sizes)
    if sheets > _SHEETS:
        raise WorkbookRefused("sheets", count=sheets, most=_SHEETS)


def _look_at_cells(archive: zipfile.ZipFile, most: int, cheap: int | None) -> None:
    sizes = {info.filename: info.file_size for info in archive.infolist()}
    wanted = members_of(archive) if "xl/workbook.xml" in sizes else {}
    for sheet, member in wanted.items():
        if member in sizes and (cheap is None or sizes[member] <= cheap):
            with archive.open(member) as xml:
                _grid_of(xml).require_fewer(most, sheet)
    if "content.xml" in sizes and (cheap is None or sizes["content.xml"] <= cheap):
        with archive.open("content.xml") as xml:
            for sheet, grid in _grids_of(xml):
                grid.require_fewer(most, sheet)


#: A cell that is not closed at once, so that something may stand in it.
_FILLED = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r=[\"']([A-Z]+)(\d+)[\"'][^>]*(?<!/)>")


def _grid_of(xml: IO[bytes]) -> _Grid:
    grid = _Grid()
    for chunk in whole_tags(xml):
        for column, row in _FILLED.findall(chunk):
            grid.take(int(row[:12]) - 1, column_of(column[:12]))
    return grid


_OPEN_DOCUMENT = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)((?:[\s/][^>]*)?)>")
_NAME = re.compile(rb"table:name=\"([^\"]*)\"")
_REPEATED = re.compile(rb"table:number-(?:rows|columns)-repeated=\"\s*\+?(\d+)\s*\"")


def _grids_of(xml: IO[bytes]) -> Iterator[tuple[str, _Grid]]:
    """The same of an OpenDocument file, whose cells and rows say how often they come in a row."""
    name, grid, row, rows, column = "", _Grid(), 0, 0, 0
    tags = chain.from_iterable(map(_OPEN_DOCUMENT.findall, whole_tags(xml)))
    for kind, attributes in tags:
        found = _REPEATED.search(attributes)
        times = int(found[1][:12]) if found else 1
        if kind == b"table":
            yield name, grid
            called = _NAME.search(attributes)
            name, grid, row, rows, column = (
                (called[1].decode("utf-8", "replace") if called else ""),
                _Grid(),
                0,
                0,
                0,
            )
        elif kind == b"table-row":
            row, rows, column = row + rows, times, 0
        else:
            if b"office:value-type" in attributes:
                grid.take(row, column, rows=rows or 1, columns=times)
            column += times
    yield name, grid


#: Records of Excel before 2007: a worksheet's place and name, where a part begins, and cells with something.
_BOUNDSHEET, _BEGIN, _SEVERAL = 0x85, 0x809, 0xBD
_CELLS = {0x203, 0x27E, 0xFD, 0x204, 0x06, 0x206, 0x406, 0x205, _SEVERAL}


def _look_at_old(path: Path, most: int) -> None:
    """The same of a file of Excel before 2007."""
    from xlrd.compdoc import CompDoc, CompDocError  # as in `cell_formats`

    try:
        book = CompDoc(path.read_bytes(), logfile=io.StringIO())
        stream, base, size = next(filter(_is_there, map(book.locate_named_stream, ("Workbook", "Book"))))
    except (CompDocError, StopIteration, struct.error, IndexError, ValueError, AssertionError, TypeError):
        return  # the reader says why it cannot be read
    names: dict[int, str] = {}
    sheet, grid = "", _Grid()
    for at, code, data in _records(memoryview(stream)[base : base + size]):
        if code == _BOUNDSHEET and len(data) > 8:
            names[int.from_bytes(data[:4], "little")] = _name(bytes(data[6:]))
        elif code == _BEGIN:
            grid.require_fewer(most, sheet)
            sheet, grid = names.get(at, ""), _Grid()
        elif code in _CELLS and len(data) > 6:
            row, column = struct.unpack_from("<HH", data)
            last = struct.unpack_from("<H", data, len(data) - 2)[0] if code == _SEVERAL else column
            grid.take(row, column, columns=max(1, last - column + 1))
    grid.require_fewer(most, sheet)


def _is_there(found: tuple[object, int, int]) -> bool:
    return found[0] is not None


def _records(stream: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    at = 0
    while at + 4 <= len(stream):
        code, size = struct.unpack_from("<HH", stream, at)
        yield at, code, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _name(data: bytes) -> str:
    """Of a worksheet: how many letters, whether each has two octets, the letters."""
    return data[2:].decode("utf-16-le" if data[1] & 1 else "latin-1", "replace")[: data[0]]


def letters(column: int) -> str:
    """0 A, 25 Z, 26 AA."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found
