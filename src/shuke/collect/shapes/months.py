"""Months: which column of a sheet says in which month, or on which day, something was, and of which year?

Month | Sales        date       | Sales
Jan   |   100        2024-01-01 |   100
3月   |   120        2024-03-01 |   120

The year stands in the cells, in a column of its own, in the name of the file or in its titles; else it is
asked.
"""

import re
from collections.abc import Mapping
from datetime import date

import ibis.expr.types as ir

from shuke.collect.infer.headers import compact
from shuke.collect.shapes.sample import SheetSample, is_moment, meant
from shuke.collect.shapes.shape import Dated, Shape
from shuke.collect.shapes.wide import (
    WORD,
    belonging,
    described_by,
    number_of,
    one_year,
    period,
    turning,
    year_column,
)
from shuke.collect.sheets import Sheet

#: How a column of months is called, as `compact` writes it.
_CALLED = frozenset(
    "month monthname salesmonth ordermonth period quarter monat monate quartal mois periode mes "
    "periodo trimestre 月 月份 月度 年月 统计月份 期间 季度 対象月 月次".split()
)
#: How many of the cells must be months.
_MOST = 0.9
#: So many show of most columns that they hold none.
_SOON = 30
#: What the days that a month's name alone tells are called in no list of people.
_BORN = {"people.birth_date", "people.birth_month_day"}
_DAYS = (
    re.compile(r"(?P<month>1[0-2]|0?[1-9])\s*月\s*(?P<day>3[01]|[12]\d|0?[1-9])\s*[日号號]"),
    re.compile(rf"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\.?[\s-]*(?:de |of )?{WORD}", re.IGNORECASE),
)
_NUMBER = re.compile(r"0?[1-9]|1[0-2]")
#: So many different months and days are read; a column with more of them is none of months.
_MANY = 800


def is_of_months(look: SheetSample, column: int) -> bool:
    """Whether a column holds months, with or without their year."""
    name = look.columns[column]
    cells = [cell.strip() for cell in look.cells[column] if cell]
    called = compact(name) in _CALLED
    if not cells or not (called or is_moment(name)) or meant(name) & _BORN:
        return False
    if not called and any(map(_NUMBER.fullmatch, cells)):
        return False
    return all(
        sum(_parsed(cell) is not None for cell in some) >= _MOST * len(some)
        for some in (cells[:_SOON], cells)
    )


def recognise(look: SheetSample, sheet: Sheet) -> Dated | None:
    """The column of months, or of days without a year, where no other says the day; None where there is none.

    A date that is a month, and the month of a plan or a budget, need nothing where they say their year.
    """
    named = [c for c in range(len(look.columns)) if is_of_months(look, c)]
    others = [c for c in range(len(look.columns)) if c not in named]
    if len(named) != 1 or any(is_moment(look.columns[c]) and look.mostly(c, "date") for c in others):
        return None
    column = named[0]
    usual = compact(look.columns[column]) not in _CALLED or is_planned(look, sheet)
    return None if usual and not _is_yearless(look, column) else Dated(look.columns[column])


def is_planned(look: SheetSample, sheet: Sheet) -> bool:
    """Whether the figures of a sheet are planned or allowed, and its months what they are for."""
    return belonging(described_by(sheet, look.columns)) in ("plans", "budgets")


def renamed(look: SheetSample, sheet: Sheet, shape: Shape) -> str | None:
    """The column of months that is to be called a date: of what happened, or of what was melted."""
    free = shape.dated and "date" not in {name.lower() for name in look.columns}
    if not free or not shape.dated or compact(shape.dated.column) not in _CALLED:
        return None
    return None if is_planned(look, sheet) and not shape.melt else shape.dated.column


def stated_year(look: SheetSample, sheet: Sheet) -> int | str | None:
    """The column that gives each row its year, or the one year that the file speaks of."""
    return year_column(look) or one_year(described_by(sheet, look.columns))


def is_yearless(look: SheetSample, dated: Dated) -> bool:
    """Whether some of the months do not say of which year they are."""
    column = look.columns.index(dated.column) if dated.column in look.columns else None
    return column is not None and _is_yearless(look, column)


def dated_rows(rows: ir.Table, dated: Dated, look: SheetSample) -> ir.Table:
    """The rows, with each month as its first day and each day with its year."""
    told = rows[dated.column].strip()
    distinct = rows.select(said=told).distinct().limit(_MANY + 1).to_pyarrow()["said"].to_pylist()
    cells = [cell for cell in distinct if cell]
    if isinstance(dated.year, str):
        years = rows[dated.year].re_extract(r"(?:19|20)\d\d", 0)
        read = {cell: found.isoformat()[4:] for cell in cells if (found := _day(cell, 2000))}
        return rows.mutate(**{dated.column: _with_years(told, read, years)}).drop(dated.year)
    first = _first(look, look.columns.index(dated.column))
    read = {cell: found.isoformat() for cell in cells if (found := _day(cell, dated.year, first))}
    return rows.mutate(**{dated.column: told.substitute(read)}) if read else rows


def _with_years(told: ir.StringValue, read: Mapping[str, str], years: ir.StringValue) -> ir.StringValue:
    if not read:
        return told
    known = told.isin(list(read)) & (years != "")
    return known.ifelse(years + told.substitute(dict(read)), told)


def _is_yearless(look: SheetSample, column: int) -> bool:
    found = [_parsed(cell.strip()) for cell in look.cells[column] if cell]
    return any(one is not None and one[0] is None for one in found)


def _parsed(cell: str) -> tuple[int | None, int, int] | None:
    """Year, month and day; a month alone is its first day."""
    for pattern in _DAYS:
        if found := pattern.fullmatch(cell):
            told = found.groupdict()
            return (
                None,
                int(told["month"]) if told.get("month") else number_of(told["word"]),
                int(told["day"]),
            )
    if _NUMBER.fullmatch(cell):
        return None, int(cell), 1
    month = period(cell)
    return None if month is None else (*month, 1)


def _day(cell: str, year: int | None, first: int | None = None) -> date | None:
    found = _parsed(cell)
    if found is None or (found[0] or year) is None:
        return None
    after = int(first is not None and found[0] is None and found[1] < first)
    try:
        return date((found[0] or (year or 0)) + after, found[1], found[2])
    except ValueError:  # 29 February of a common year
        return None


def _first(look: SheetSample, column: int) -> int | None:
    found = (_parsed(cell.strip()) for cell in look.cells[column] if cell)
    return turning([one[1] for one in found if one is not None and one[0] is None])
