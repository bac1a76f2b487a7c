"""Excel: how does a table become a worksheet, and what can a cell of it hold?

Numbers, days since 1900, yes and no, and 32,767 characters. Whatever else there is, is written as text:
earlier days, numbers of more than 15 digits, lists, spans of time. No number is an empty cell.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import pyarrow as pa
import xlsxwriter

from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.tables import Column, Type
from shuke.views import json_text

#: What Excel holds, less the heading.
SHEET_ROWS = 1_048_575
SHEET_COLUMNS = 16_384
CELL_LETTERS = 32_767
_DIGITS = 10**15
_FIRST_YEAR = 1900


def write(
    batches: pa.RecordBatchReader, target: BinaryIO, *, title: str, columns: Sequence[Column], zone: str
) -> None:
    """Write rows as a workbook of one worksheet; moments on the clocks of the zone."""
    names = batches.schema.names
    if len(names) > SHEET_COLUMNS:
        message = N_("{columns} columns do not fit into an Excel sheet, which holds {limit}.")
        raise WrongCall(message, columns=len(names), limit=SHEET_COLUMNS)
    named = {column.name: column for column in columns}
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        formats = {name: book.add_format(properties) for name, properties in _STYLES.items()}
        for place, column in enumerate(named[name] for name in names):
            sheet.set_column(place, place, _WIDTHS.get(column.type, 14), formats.get(column.type.value))
            sheet.write_string(0, place, str(column.title), formats["heading"])
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(_rows(batches, ZoneInfo(zone)), start=1):
            for place, value in enumerate(row):
                if value is not None:
                    sheet.write(number, place, value)


_STYLES: dict[str, dict[str, Any]] = {
    "heading": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "date": {"num_format": "yyyy-mm-dd"},
    "time": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "money": {"num_format": "#,##0.00"},
    "quantity": {"num_format": "#,##0.####"},
    "text": {"num_format": "@"},
}
_WIDTHS = {Type.TEXT: 22, Type.TIME: 19, Type.DATE: 11, Type.FLAG: 8}


def _rows(batches: pa.RecordBatchReader, zone: ZoneInfo) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        yield from zip(*(_values(column, zone) for column in batch.columns), strict=True)


def _values(column: pa.Array, zone: ZoneInfo) -> list[Any]:
    try:
        values: list[Any] = column.to_pylist()
    except (OverflowError, ValueError):  # a day that Python has no year for
        values = json_text.plain(column).to_pylist()
    return [cell(value, zone) for value in values]


def cell(value: Any, zone: ZoneInfo) -> Any:
    """A value as a cell holds it; None leaves it empty."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _figure(value)
    match value:
        case None | bool():
            return value
        case str():
            return _fitting(value)
        case datetime():
            return _moment(value, zone)
        case date():
            return value if value.year >= _FIRST_YEAR else value.isoformat()
        case time() | timedelta():
            return str(value)
        case _:
            return _fitting(json_text.as_text(value))


def _figure(value: float | Decimal) -> float | Decimal | str | None:
    if not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    exact = isinstance(value, float) or abs(value) < _DIGITS
    return value if exact else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _moment(value: datetime, zone: ZoneInfo) -> datetime | str:
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        here = aware.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return value.isoformat(sep=" ")
    return here if here.year >= _FIRST_YEAR else here.isoformat(sep=" ")


def _fitting(text: str) -> str:
    """A text that fits into a cell, and says so where it was cut."""
    if len(text) <= CELL_LETTERS:
        return text
    said = " … " + _("[cut: {count} characters]").format(count=len(text))
    return text[: CELL_LETTERS - len(said)] + said


def _sheet_name(title: str) -> str:
    """Excel takes 31 characters and not these."""
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31] or "1"
