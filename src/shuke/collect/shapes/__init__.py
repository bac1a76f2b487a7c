"""Shapes: which tables of text are not one row a thing and one column an attribute, and how are they made so?

Between the sheets (bytes to tables of text) and the guess (what the columns mean). A shape is recognised by
what is blank, repeated or written together; what the mapping file says of a file goes before that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import uuid4

import ibis
import ibis.expr.types as ir

from shuke.collect.shapes import described, headings, look, parents
from shuke.collect.shapes.described import Described
from shuke.collect.shapes.look import Look
from shuke.collect.shapes.shape import Carry, Shape, Tidied
from shuke.collect.sheets import ROW, Kind, Note, Sheet, Skipped
from shuke.engine import Engine
from shuke.errors import WrongSettings
from shuke.languages import N_

__all__ = ["Carry", "Described", "Recognised", "Shape", "Tidied", "described", "recognise", "tidied"]


@dataclass(frozen=True)
class Recognised:
    """The shape of a sheet: a person's (`known`), or what its rows show, be it for sure or not."""

    shape: Shape
    sure: bool = True
    known: bool = False


def recognise(sheet: Sheet, known: Iterable[Described] = ()) -> Recognised:
    """The shape of a sheet, from the mapping file or from its first rows."""
    for one in known:
        if one.fits(sheet.columns):
            return Recognised(one.shape, known=True)
    seen = look.at(sheet)
    if seen.height < 2 or not sheet.header_row:
        return Recognised(Shape())
    over, more = headings.above(sheet), headings.further(seen)
    shape = Shape(header_rows=1 + more, headings_above=int(bool(over)))
    carry, sure = parents.recognise(_named(sheet, shape, seen))
    return Recognised(replace(shape, carry=carry), sure)


def tidied(sheet: Sheet, shape: Shape, engine: Engine) -> Tidied:
    """A sheet in a form that has one row a thing: its rows are written anew where the shape asks for it."""
    if shape.as_it_stands:
        return Tidied(sheet)
    seen = look.at(sheet)
    named = _named(sheet, shape, seen)
    rows = engine.read([sheet.parquet], ibis.schema({ROW: "int64", **dict.fromkeys(sheet.columns, "string")}))
    rows = rows.filter(~rows[ROW].isin(_gone(shape, seen))) if shape.header_rows > 1 else rows
    rows = rows.select(ROW, **{new: rows[old] for new, old in zip(named.columns, sheet.columns, strict=True)})
    _require(sheet, named.columns, [name for one in shape.carry for name in one.named])
    notes, whole = _of_headings(sheet, shape, seen), _whole(named, shape)
    for carry in shape.carry:
        rows, before = parents.carried(rows, carry), rows
        notes.append(_of_parents(rows, before, carry))
    gone = _skipped(shape, seen)
    folder = sheet.parquet.parent / uuid4().hex
    engine.write(rows, folder)
    told = replace(
        sheet,
        columns=tuple(name for name in rows.columns if name != ROW),
        parquet=folder / "part-0.parquet",
        rows=sheet.rows - len(gone),
        notes=(*sheet.notes, *notes),
        skipped=(*sheet.skipped, *gone),
    )
    return Tidied(told, whole=whole)


def _require(sheet: Sheet, columns: Iterable[str], wanted: Iterable[str]) -> None:
    """What a mapping file says of a column must be of one that there is."""
    there = tuple(columns)
    for name in wanted:
        if name not in there:
            raise WrongSettings(
                N_("{file} has no column {column} for its shape. There are: {columns}."),
                file=sheet.file, column=name, columns=", ".join(there),
            )  # fmt: skip


def _named(sheet: Sheet, shape: Shape, seen: Look) -> Look:
    """The first rows below the headings, under the names that these give together."""
    if shape.header_rows == 1 and not shape.headings_above:
        return seen
    over = headings.above(sheet) if shape.headings_above else ()
    below = [seen.row(place) for place in range(min(shape.header_rows - 1, seen.height))]
    return replace(seen.below(len(below)), columns=headings.joined(sheet, below, over=over))


def _gone(shape: Shape, seen: Look) -> tuple[int, ...]:
    """The rows of the file that are headings, beside the first."""
    return seen.numbers[: shape.header_rows - 1]


def _whole(named: Look, shape: Shape) -> tuple[str, ...]:
    told = [name for carry in shape.carry for name in parents.of_the_order(named, carry)]
    return tuple(dict.fromkeys(told))


def _of_headings(sheet: Sheet, shape: Shape, seen: Look) -> list[Note]:
    first = sheet.header_row - shape.headings_above
    last = max((sheet.header_row, *_gone(shape, seen)))
    message = N_("The headings stand in rows {first} to {last}.")
    return [Note(message, {"first": first, "last": last})] if last > first else []


def _of_parents(rows: ir.Table, before: ir.Table, carry: Carry) -> Note:
    def said(table: ir.Table) -> int:
        counted = table.agg(n=ibis.greatest(*(table[name].count() for name in carry.columns)))
        return int(counted.to_pyarrow()["n"][0].as_py() or 0)

    message = N_("Blank below a row that says it, and filled from that in {rows} row(s): {columns}.")
    return Note(message, {"rows": said(rows) - said(before), "columns": ", ".join(carry.columns)})


def _skipped(shape: Shape, seen: Look) -> list[Skipped]:
    return [
        Skipped(row, Kind.HEADING, " ".join(cell for cell in seen.row(place) if cell))
        for place, row in enumerate(_gone(shape, seen))
    ]
