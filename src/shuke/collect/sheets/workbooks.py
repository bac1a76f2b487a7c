"""Workbooks: which tables do the worksheets of an Excel or OpenDocument file hold?"""

from collections.abc import Iterator
from dataclasses import replace

from shuke.collect.sheets.file_format import FileContent, FileFormat
from shuke.collect.sheets.isolated import Table, tables
from shuke.collect.sheets.merged import Merged
from shuke.collect.sheets.rows import tabulate
from shuke.collect.sheets.sheet import InputFile, Note, RawRow, Sheet
from shuke.errors import Unreadable
from shuke.languages import N_

_FORMATS = N_(
    "Of a workbook in XLSB the numbers are read, not how they are shown: 00042 as 42, 15% as 0.15, €12.5 as "
    "12.5. Save it as XLSX to have them as shown."
)


#: Bytes that may come out of one.
_LARGEST = 2 << 30

#: How one of the old kind begins; the others are ZIP archives, told by what is in them.
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(source: InputFile) -> Iterator[Sheet]:
    """Each worksheet that is not empty, in the order of the workbook; macros and charts left out."""
    if sum((FileContent(source.path).members or {}).values()) > _LARGEST:
        message = N_("{file} is too large for a workbook: save its sheets as CSV and import them.")
        raise Unreadable(message, file=source.name)
    found, empty, seen = [], [], True
    for table in tables(source):
        sheet = _worksheet(table, source)
        seen = seen and table.formats
        if sheet is None:
            empty.append(table.name)
        elif table.hidden:
            hidden = Note(N_("This worksheet is hidden in the workbook."))
            found.append(replace(sheet, notes=(*sheet.notes, hidden)))
        else:
            found.append(sheet)
    if not found:
        raise Unreadable(N_("{file} has no worksheet with anything in it."), file=source.name)
    if not seen:
        found[0] = replace(found[0], notes=(*found[0].notes, Note(_FORMATS)))
    if empty:
        note = Note(N_("Empty worksheet(s) left out: {sheets}."), {"sheets": ", ".join(empty)})
        found[0] = replace(found[0], notes=(*found[0].notes, note))
    yield from found


def _recognises(content: FileContent) -> bool:
    members = (content.members or {}).keys()
    excel = members & {"xl/workbook.xml", "xl/workbook.bin"}
    return content.beginning.startswith(_OLD) or bool(excel) or {"mimetype", "content.xml"} <= members


FORMAT = FileFormat(
    names=("XLSX", "XLSB", "XLS", "ODS"), suffixes=(".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
    recognises=_recognises, read=read,
)  # fmt: skip


def _worksheet(table: Table, source: InputFile) -> Sheet | None:
    """The table of one worksheet; None if it is blank."""
    merged = Merged(table.merged, table.left)
    found = tabulate(_records(table, merged), source, sheet=table.name)
    return found and replace(found, notes=(*found.notes, *merged.notes()))


def _records(table: Table, merged: Merged) -> Iterator[RawRow]:
    for number, texts in enumerate(table.rows, start=table.top):
        if merged:
            merged.fill(number, texts)
        yield RawRow(number + 1, texts)  # type: ignore[arg-type]
