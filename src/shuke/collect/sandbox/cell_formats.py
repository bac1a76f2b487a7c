"""Cell formats: which cells of a workbook show more than the numbers in them say?

The reader of workbooks gives numbers without their formats. The table of formats is small, and most
workbooks need nothing of it; only where a format in use says more are the worksheets looked through.
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree as ET

from shuke.collect.sandbox.number_formats import Shown, shown_by

if TYPE_CHECKING:
    import xlrd

#: Formats that have a number instead of a text, of those that say more than the figure.
_BUILT_IN = {9: "0%", 10: "0.00%"}
_CHUNK = 1 << 20


@dataclass
class _Run:
    """Cells under one another with one style."""

    first: int
    last: int
    style: int


@dataclass(frozen=True)
class Shows:
    """What the cells of one worksheet show, by place; rows are asked for from the top."""

    columns: dict[int, list[_Run]] = field(default_factory=dict)
    styles: Mapping[int, Shown] = field(default_factory=dict)

    def add(self, row: int, column: int, style: int) -> None:
        """A cell, counted from 0, whose style says more than its number."""
        runs = self.columns.setdefault(column, [])
        if runs and runs[-1].last == row - 1 and runs[-1].style == style:
            runs[-1].last = row
        else:
            runs.append(_Run(row, row, style))

    def of_row(self, row: int) -> dict[int, Shown]:
        """What the cells of a row show, by column; no row above it may be asked for afterwards."""
        found = {}
        for column, runs in self.columns.items():
            while runs and runs[0].last < row:
                del runs[0]
            if runs and runs[0].first <= row:
                found[column] = self.styles[runs[0].style]
        return found


class Formats:
    """The number formats of a workbook."""

    seen = True  # whether what the cells show is known

    def of_sheet(self, name: str) -> Shows:
        """Those of one worksheet; nothing where its numbers say all."""
        del name
        return Shows()


class _Unread(Formats):
    """Those of Excel's binary workbooks, which nobody reads."""

    seen = False


def formats_of(path: Path) -> Formats:
    """The formats of a workbook, as far as its kind lets one see them."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
            if "xl/workbook.bin" in members:
                return _Unread()
            return _OpenXml(path, archive) if "xl/workbook.xml" in members else Formats()
    return _Binary(path)


class _OpenXml(Formats):
    """Excel since 2007: a ZIP archive of XML."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._members = members_of(archive)
        self._styles = _telling(archive)

    def of_sheet(self, name: str) -> Shows:
        shows, member = Shows(styles=self._styles), self._members.get(name)
        if self._styles and member:
            with zipfile.ZipFile(self._path) as archive, archive.open(member) as xml:
                for row, column, style in _styled(xml, self._styles):
                    shows.add(row, column, style)
        return shows


def members_of(archive: zipfile.ZipFile) -> dict[str, str]:
    """Where in the archive each worksheet lies, by its name."""
    targets = {
        relation.get("Id"): _member(relation.get("Target") or "")
        for relation in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    return {
        sheet.get("name") or "": targets.get(_attribute(sheet, "id")) or ""
        for sheet in _elements(archive, "xl/workbook.xml", "sheet")
    }


def _telling(archive: zipfile.ZipFile) -> dict[int, Shown]:
    """The styles of cells whose formats say more than the figure, by number."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    root = ET.fromstring(archive.read("xl/styles.xml"))
    codes = _BUILT_IN | {
        int(each.get("numFmtId") or 0): each.get("formatCode") or "" for each in root.iterfind(".//{*}numFmt")
    }
    used = [int(each.get("numFmtId") or 0) for each in root.iterfind("{*}cellXfs/{*}xf")]
    shown = {number: shown_by(codes[number]) for number in set(used) if number in codes}
    return {style: telling for style, number in enumerate(used) if (telling := shown.get(number))}


def _elements(archive: zipfile.ZipFile, member: str, name: str) -> list[ET.Element]:
    if member not in archive.namelist():
        return []
    return ET.fromstring(archive.read(member)).findall(f".//{{*}}{name}")


def _attribute(element: ET.Element, name: str) -> str | None:
    """An attribute whose namespace differs between the editions of the standard."""
    return next((value for key, value in element.items() if key.endswith("}" + name)), None)


def _member(target: str) -> str:
    """The place in the archive of what the workbook names relative to itself."""
    return target.removeprefix("/") if target.startswith("/") else str(PurePosixPath("xl") / target)


def _styled(xml: IO[bytes], styles: Mapping[int, Shown]) -> Iterator[tuple[int, int, int]]:
    """Row, column and style of the cells with one of these styles, found without parsing the others."""
    numbers = b"|".join(b"%d" % style for style in styles)
    cell = re.compile(
        rb"<(?:\w+:)?c\s(?=(?:[^>]*\s)?s=[\"'](" + numbers + rb")[\"'])(?:[^>]*\s)?r=[\"']([A-Z]+)(\d+)[\"']"
    )
    chunks = whole_tags(xml)
    head = next(chunks, b"")
    first = re.search(rb"<(?:\w+:)?c(?:\s[^>]*)?>", head)
    if first and not re.search(rb"\sr=", first[0]):
        yield from _counted(chain([head], chunks), styles)
        return
    for chunk in chain([head], chunks):
        for found in cell.finditer(chunk):
            yield int(found[3]) - 1, column_of(found[2]), int(found[1])


def _counted(chunks: Iterable[bytes], styles: Mapping[int, Shown]) -> Iterator[tuple[int, int, int]]:
    """The same where the cells do not say where they stand, which the standard allows."""
    row, column = -1, -1
    for chunk in chunks:
        for kind, attributes in re.findall(rb"<(?:\w+:)?(row|c)(\s[^>]*)?>", chunk):
            if kind == b"row":
                row, column = row + 1, -1
                continue
            column += 1
            style = re.search(rb"\ss=[\"'](\d+)", attributes)
            if style and int(style[1]) in styles:
                yield row, column, int(style[1])


def whole_tags(xml: IO[bytes]) -> Iterator[bytes]:
    """The text in pieces that do not end within a tag."""
    rest = b""
    while chunk := xml.read(_CHUNK):
        whole, bracket, rest_of_tag = (rest + chunk).rpartition(b"<")
        yield whole
        rest = bracket + rest_of_tag
    yield rest


def column_of(letters: bytes) -> int:
    """A 0, Z 25, AA 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


class _Binary(Formats):
    """Excel before 2007."""

    def __init__(self, path: Path) -> None:
        self._book = _opened(path)
        self._styles = _telling_of(self._book) if self._book else {}

    def of_sheet(self, name: str) -> Shows:
        shows = Shows(styles=self._styles)
        if self._book is None or not self._styles:
            return shows
        sheet = self._book.sheet_by_name(name)
        for row in range(sheet.nrows):
            for column in range(sheet.row_len(row)):
                if (style := sheet.cell_xf_index(row, column)) in self._styles:
                    shows.add(row, column, style)
        return shows


def _opened(path: Path) -> "xlrd.Book | None":
    """The workbook, its worksheets not yet read; None where this reader, stricter than the other, cannot."""
    import xlrd  # which takes longer than many a newer workbook, that needs none of it
    from xlrd.compdoc import CompDocError

    try:
        return xlrd.open_workbook(path, logfile=io.StringIO(), formatting_info=True, on_demand=True)
    except (xlrd.XLRDError, CompDocError, struct.error, LookupError, ValueError, AssertionError, TypeError):
        return None


def _telling_of(book: "xlrd.Book") -> dict[int, Shown]:
    codes = {key: shown_by(each.format_str or "") for key, each in book.format_map.items()}
    used = ((n, codes.get(xf.format_key)) for n, xf in enumerate(book.xf_list) if not xf.is_style)
    return {n: telling for n, telling in used if telling}
