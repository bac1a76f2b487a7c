"""Output: how does what was found look on a terminal, and to a program?"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from shuke import formats
from shuke.languages import _
from shuke.tables import Column, Type
from shuke.views.json_text import jsonable

__all__ = ["OutputFormat", "as_json", "cell", "console", "jsonable", "listing", "note", "table"]

WIDEST_CELL = 32


class OutputFormat(StrEnum):
    """For commands that print a table of their own."""

    TABLE = "table"
    JSON = "json"


def console() -> Console:
    """Standard output; a pipe gets lines that are never cut."""
    plain = not sys.stdout.isatty()
    return Console(highlight=False, soft_wrap=plain, width=1000 if plain else None)


def note(message: str) -> None:
    """What is said beside the result, so that a program reading the result does not read it."""
    print(message, file=sys.stderr)


def as_json(value: Any) -> None:
    """One JSON value on standard output."""
    print(json.dumps(jsonable(value), ensure_ascii=False, indent=1))


def table(
    columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], *, zone: str, currency: str = ""
) -> None:
    """Rows as people read them, with as many columns as the terminal holds."""
    out = console()
    told = [[cell(row.get(c.name), c, zone=zone, currency=currency) for c in columns] for row in rows]
    kept = _fitting(columns, told, out.width)
    shown = Table(header_style="bold", box=None, pad_edge=False)
    for place in kept:
        shown.add_column(
            str(columns[place].title), justify=_side(columns[place]), no_wrap=True, overflow="ellipsis"
        )
    for line in told:
        shown.add_row(*(line[place] for place in kept))
    out.print(shown)
    left_out = [str(columns[place].title) for place in range(len(columns)) if place not in kept]
    if left_out:
        note(_("Hidden columns: {columns}").format(columns=", ".join(left_out)))


def listing(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table whose cells are ready, its numbers aligned to the right; without headings, no line for them."""
    shown = Table(header_style="bold", box=None, pad_edge=False, show_header=any(headings))
    lines = [list(row) for row in rows]
    for place, heading in enumerate(headings):
        numbers = all(isinstance(line[place], int | float | Decimal | None) for line in lines)
        shown.add_column(heading, justify="right" if numbers and lines else "left", overflow="fold")
    for line in lines:
        shown.add_row(*(_plain(value) for value in line))
    console().print(shown)


def cell(value: Any, column: Column, *, zone: str, currency: str = "") -> str:
    """A value as people of the reader's language write it."""
    from shuke.views.labels import (
        value_label,  # comes with what the tables are made of, and only rows need it
    )

    if value is None:
        return formats.NOTHING
    if isinstance(value, datetime):
        return formats.moment(value, zone)
    if isinstance(value, date):
        return formats.month(value) if column.name in ("month", "cohort") else formats.day(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column.unit == "currency" and currency:
        return formats.money(value, currency)
    if column.unit == "share":
        return formats.share(value)
    if isinstance(value, int | float | Decimal):
        return formats.number(value)
    return " ".join(value_label(column, str(value)).split())


def _plain(value: object) -> str:
    if isinstance(value, int | float | Decimal):
        return formats.number(value)
    return formats.NOTHING if value is None else str(value)


def _side(column: Column) -> Any:
    numbers = (Type.INTEGER, Type.NUMBER, Type.MONEY, Type.QUANTITY, Type.RATE, Type.SHARE)
    return "right" if column.type in numbers else "left"


def _fitting(columns: Sequence[Column], told: list[list[str]], width: int) -> list[int]:
    """The places of the columns to show: those that hold anything, from the left, as far as they fit."""
    kept: list[int] = []
    used = 0
    for place, column in enumerate(columns):
        cells = [line[place] for line in told]
        if told and all(text == formats.NOTHING for text in cells):
            continue
        used += min(max(map(cell_len, [str(column.title), *cells])), WIDEST_CELL) + 2
        if used > width + 2:
            break
        kept.append(place)
    return kept or [0]
