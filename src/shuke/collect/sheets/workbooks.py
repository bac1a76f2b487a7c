"""Workbooks: which tables do the worksheets of an Excel or OpenDocument file hold?"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from shuke.collect.sheets.cell_formats import Shows, formats_of
from shuke.collect.sheets.merged import Merged
from shuke.collect.sheets.number_formats import Shown, plain
from shuke.collect.sheets.rows import tabulate
from shuke.collect.sheets.sheet import Note, Record, Sheet, Source
from shuke.errors import Unreadable
from shuke.languages import N_

_FORMATS = N_(
    "Of a workbook in XLSB the numbers are read, not how they are shown: 00042 as 42, 15% as 0.15, €12.5 as "
    "12.5. Save it as XLSX to have them as shown."
)


def read(source: Source) -> Iterator[Sheet]:
    """Each worksheet that is not empty, in the order of the workbook; macros and charts left out."""
    try:
        # By its content: by its path, the ending of the name would decide how it is read.
        with source.path.open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
            yield from _sheets(workbook, source)
    except PasswordError:
        message = N_("{file} is protected by a password: save it without one and import it again.")
        raise Unreadable(message, file=source.name) from None
    except CalamineError:
        message = N_("{file} is no workbook that can be read: save it as XLSX or CSV and import it again.")
        raise Unreadable(message, file=source.name) from None


def _sheets(workbook: CalamineWorkbook, source: Source) -> Iterator[Sheet]:
    found, empty = [], []
    formats = formats_of(source.path)
    for about in workbook.sheets_metadata:
        if about.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = _worksheet(workbook.get_sheet_by_name(about.name), source, formats.of_sheet(about.name))
        if sheet is None:
            empty.append(about.name)
        elif about.visible is SheetVisibleEnum.Visible:
            found.append(sheet)
        else:
            found.append(
                replace(sheet, notes=(*sheet.notes, Note(N_("This worksheet is hidden in the workbook."))))
            )
    if not found:
        raise Unreadable(N_("{file} has no worksheet with anything in it."), file=source.name)
    if not formats.seen:
        found[0] = replace(found[0], notes=(*found[0].notes, Note(_FORMATS)))
    if empty:
        note = Note(N_("Empty worksheet(s) left out: {sheets}."), {"sheets": ", ".join(empty)})
        found[0] = replace(found[0], notes=(*found[0].notes, note))
    yield from found


def _worksheet(sheet: CalamineSheet, source: Source, shows: Shows) -> Sheet | None:
    """The table of one worksheet; None if it is blank."""
    merged = Merged(sheet.merged_cell_ranges or (), sheet.start[1] if sheet.start else 0)
    table = tabulate(_records(sheet, shows, merged), source, sheet=sheet.name)
    return table and replace(table, notes=(*table.notes, *merged.notes()))


def _records(sheet: CalamineSheet, shows: Shows, merged: Merged) -> Iterator[Record]:
    left = sheet.start[1] if sheet.start else 0
    for number, cells in enumerate(sheet.iter_rows()):
        texts = [as_text(cell) for cell in cells]
        if shows.columns:
            _show(texts, cells, shows.of_row(number), left)
        if merged:
            merged.fill(number, texts)
        yield Record(number + 1, texts)  # type: ignore[arg-type]


def _show(texts: list[str], cells: Sequence[object], shown: Mapping[int, Shown], left: int) -> None:
    """Put in what the formats of some cells say beyond their numbers."""
    for column, show in shown.items():
        cell = cells[column - left] if left <= column < left + len(cells) else None
        if isinstance(cell, int | float) and not isinstance(cell, bool) and (text := show(cell)) is not None:
            texts[column - left] = text


def as_text(cell: object) -> str:
    """What a cell holds, as text that loses nothing.

    17850.0               "17850"
    0.00001               "0.00001"
    6.20123456789012e17   "6.20123456789012E+17"   (digits were lost, and one can see it)
    date(2024, 3, 5)      "2024-03-05"
    True                  "TRUE"
    36 hours              "36:00:00"
    """
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).upper()
        case int() | float():
            return plain(cell)
        case dt.datetime():
            return cell.isoformat(sep=" ") if cell.time() != dt.time() else cell.date().isoformat()
        case dt.date() | dt.time():
            return cell.isoformat()
        case dt.timedelta():
            return _duration(cell)
        case _:
            return str(cell)


def _duration(span: dt.timedelta) -> str:
    seconds = abs(round(span.total_seconds()))
    sign = "-" if span < dt.timedelta() else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
