"""Years: of which year are the months of a sheet that do not say it?"""

from dataclasses import replace
from datetime import date

from shuke.collect.shapes import ambiguities, months, wide
from shuke.collect.shapes.ambiguities import Recognised
from shuke.collect.shapes.described import Described
from shuke.collect.shapes.sample import SheetSample
from shuke.collect.shapes.shape import Shape
from shuke.collect.sheets import Note, Sheet
from shuke.languages import N_

#: Offered where no day is known from which to count.
_SOME = 2024
#: How many years a person chooses from.
_OFFERED = 3


def settled(
    shape: Shape, named: SheetSample, sheet: Sheet, before: Described | None, today: date | None
) -> Recognised:
    """The shape with the year of its months, or the question of which year they are."""
    melted = shape.melt is not None and shape.melt.name == "date" and wide.is_yearless(shape.melt.columns)
    dated = shape.dated is not None and months.is_yearless(named, shape.dated)
    if not (melted or dated):
        return Recognised(shape)
    said = (
        wide.stated_year(named, sheet, shape.melt.columns)
        if melted and shape.melt
        else months.stated_year(named, sheet)
    )
    written = shape.melt.year if melted and shape.melt else shape.dated.year if shape.dated else None
    own = written if before and before.name == sheet.file else None
    year = own or said or written
    if year is not None:
        return Recognised(_of(shape, year, melted=melted))
    column = shape.melt.columns[0] if melted and shape.melt else shape.dated.column if shape.dated else ""
    latest = today.year if today else _SOME
    offered = [(latest - n, _of(shape, latest - n, melted=melted)) for n in range(_OFFERED)]
    return ambiguities.about_year(column, offered)


def _of(shape: Shape, year: int | str, *, melted: bool) -> Shape:
    if melted and shape.melt:
        return replace(shape, melt=replace(shape.melt, year=year))
    return replace(shape, dated=replace(shape.dated, year=year)) if shape.dated else shape


def notes(shape: Shape) -> list[Note]:
    """What is said of the year that months without one were given."""
    year = (shape.melt.year if shape.melt else None) or (shape.dated.year if shape.dated else None)
    if isinstance(year, str):
        return [Note(N_("The year of each month is that in {column}."), {"column": year})]
    return [Note(N_("Months without a year are taken for those of {year}."), {"year": year})] if year else []
