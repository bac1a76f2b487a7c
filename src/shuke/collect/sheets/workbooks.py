"""Workbooks: which tables do the worksheets of an Excel or OpenDocument file hold?"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from shuke.collect.sheets.rows import tabulate
from shuke.collect.sheets.sheet import Note, Record, Sheet, Source
from shuke.errors import Unreadable
from shuke.languages import N_

#: Excel keeps 15 digits; of longer numbers, such as order numbers, the rest is lost.
_DIGITS = 15


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
    for about in workbook.sheets_metadata:
        if about.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = tabulate(_records(workbook.get_sheet_by_name(about.name)), source, sheet=about.name)
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
    if empty:
        note = Note(N_("Empty worksheet(s) left out: {sheets}."), {"sheets": ", ".join(empty)})
        found[0] = replace(found[0], notes=(*found[0].notes, note))
    yield from found


def _records(sheet: CalamineSheet) -> Iterator[Record]:
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield Record(number, [as_text(cell) for cell in cells])


def as_text(cell: object) -> str:
    """What a cell holds, as text that loses nothing.

    17850.0               "17850"
    0.00001               "0.00001"
    6.20123456789012e17   "6.20123456789012E+17"   (digits were lost, and one can see it)
    date(2024, 3, 5)      "2024-03-05"
    True                  "TRUE"
    """
    match cell:
        case str():
            return cell
        case bool():
            return str(cell).upper()
        case int() | float():
            return _number(cell)
        case dt.datetime():
            return cell.isoformat(sep=" ") if cell.time() != dt.time() else cell.date().isoformat()
        case dt.date() | dt.time():
            return cell.isoformat()
        case _:
            return str(cell)


def _number(value: float) -> str:
    if abs(value) >= 10**_DIGITS:
        return f"{value:.{_DIGITS}g}".upper() if "e" in f"{value:.{_DIGITS}g}" else f"{value:.{_DIGITS - 1}E}"
    plain = format(Decimal(f"{value:.{_DIGITS}g}"), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
