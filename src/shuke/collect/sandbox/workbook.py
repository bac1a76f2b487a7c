"""Workbook: what do the worksheets of an Excel or OpenDocument file say, cell by cell?"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from shuke.collect.sandbox.cell_formats import Shows, formats_of
from shuke.collect.sandbox.inspection import WorkbookRefused
from shuke.collect.sandbox.number_formats import Shown, plain


def tables(path: Path) -> Iterator[tuple[dict[str, Any], Iterator[list[str]]]]:
    """What is known of each worksheet, in their order, and its rows; macros and charts are left out."""
    try:
        # By its content: by its path, the ending of the name would decide how it is read.
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as workbook:
            formats = formats_of(path)
            for about in workbook.sheets_metadata:
                if about.typ is SheetTypeEnum.WorkSheet:
                    sheet = workbook.get_sheet_by_name(about.name)
                    top, left = sheet.start or (0, 0)
                    known = {
                        "table": about.name, "hidden": about.visible is not SheetVisibleEnum.Visible,
                        "top": top, "left": left,
                        "merged": sheet.merged_cell_ranges or (), "formats": formats.seen,
                    }  # fmt: skip
                    yield known, _rows(sheet, formats.of_sheet(about.name))
    except PasswordError:
        raise WorkbookRefused("password") from None
    except CalamineError:
        raise WorkbookRefused("unread") from None


def _rows(sheet: CalamineSheet, shows: Shows) -> Iterator[list[str]]:
    """The rows from the first on that holds something; 0 and FALSE are something."""
    top, left = sheet.start or (0, 0)
    for number, cells in islice(enumerate(sheet.iter_rows()), top, None):
        if not any(cells) and cells.count("") == len(cells):
            yield [""] * len(cells)
            continue
        texts = [as_text(cell) for cell in cells]
        if shows.columns:
            _show(texts, cells, shows.of_row(number), left)
        yield texts


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
