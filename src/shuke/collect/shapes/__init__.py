"""Shapes: which tables of text are not one row a thing and one column an attribute, and how are they made so?

Between the sheets (bytes to tables of text) and the guess (what the columns mean). A shape is recognised by
what is blank, repeated or written together; what the mapping file says of a file goes before that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import ibis
import ibis.expr.types as ir

from shuke.collect.shapes import (
    ambiguities,
    crosstab,
    described,
    employers,
    forms,
    headings,
    items,
    ledgers,
    months,
    parents,
    returns,
    sample,
    settlements,
    surveys,
    wide,
    years,
)
from shuke.collect.shapes.ambiguities import Recognised, ShapeQuestion
from shuke.collect.shapes.described import Described
from shuke.collect.shapes.sample import SheetSample
from shuke.collect.shapes.shape import Carry, Shape, Tidied
from shuke.collect.sheets import ROW, Note, Sheet, Skipped, SkippedKind
from shuke.engine import Engine
from shuke.errors import WrongSettings
from shuke.languages import N_

__all__ = [
    "Carry",
    "Described",
    "Recognised",
    "Shape",
    "ShapeQuestion",
    "Tidied",
    "described",
    "recognise",
    "tidied",
]


def recognise(sheet: Sheet, known: Iterable[Described] = (), *, today: date | None = None) -> Recognised:
    """The shape of a sheet, from the mapping file or from its first rows.

    Of which year months are that do not say it, what the mapping file says of this very file decides, then
    the name and titles of the file, then the mapping file where it speaks of such columns, then a person.
    """
    before = next((one for one in known if one.fits(sheet.columns)), None)
    found = Recognised(before.shape) if before else _recognised(sheet)
    if found.asked or not (found.shape.melt or found.shape.dated):
        return found
    return years.settled(found.shape, _named(sheet, found.shape, sample.at(sheet)), sheet, before, today)


def _recognised(sheet: Sheet) -> Recognised:
    """The shape that the first rows show."""
    seen = sample.at(sheet)
    if not seen.height or not sheet.header_row:
        return (seen.height and _split(Shape(), seen)) or Recognised(Shape())
    over, more = headings.above(sheet), headings.further(seen)
    shape = Shape(header_rows=1 + more, headings_above=int(bool(over)))
    named = _named(sheet, shape, seen)
    if survey := surveys.recognise(named):
        return Recognised(replace(shape, survey=survey))
    carry, sure = parents.recognise(named)
    found = Recognised(replace(shape, carry=carry, dated=months.recognise(named, sheet)))
    if not sure:
        return ambiguities.about_blanks(found.shape)
    if melt := wide.recognise(named, sheet):
        told, sure = replace(found.shape, melt=melt[0], dated=None), melt[1]
        return Recognised(told) if sure else ambiguities.about_figures(told, melt[0])
    split = None if carry else _split(found.shape, named)
    return split or _of_documents(found.shape, named, sheet) or found


def _split(shape: Shape, named: SheetSample) -> Recognised | None:
    """Whether several products stand in one cell."""
    split = items.recognise(named)
    if split is None:
        return None
    told, sure = replace(shape, split=split[0]), split[1]
    if split[0].price is None and items.is_priced(named, split[0]):
        return ambiguities.about_prices(told, split[0])
    return Recognised(told) if sure else ambiguities.about_items(told, split[0])


def _of_documents(shape: Shape, named: SheetSample, sheet: Sheet) -> Recognised | None:
    """What else the rows may be: returns, invoices with payments, a statement, days in parts."""
    if back := returns.recognise(named, sheet):
        told, sure = replace(shape, returns=back[0]), back[1]
        return Recognised(told) if sure else ambiguities.about_returns(told, back[0])
    if settlement := settlements.recognise(named):
        told, sure = replace(shape, settlement=settlement[0]), settlement[1]
        return Recognised(told) if sure else ambiguities.about_mark(told, settlement[0])
    if ledger := ledgers.recognise(named):
        told, sure = replace(shape, ledger=ledger[0]), ledger[1]
        return Recognised(told) if sure else ambiguities.about_sides(told, ledger[0])
    if employer := employers.recognise(named):
        return Recognised(replace(shape, employer=employer))
    if form := forms.recognise(named, sheet):
        return ambiguities.about_products(shape, form)
    if parts := crosstab.recognise(named, sheet):
        beside = {to for name in named.columns if name not in parts[0].named for to in sample.meant(name)}
        return ambiguities.about_parts(shape, parts[0], sure=parts[1], beside=beside)
    return None


def tidied(sheet: Sheet, shape: Shape, engine: Engine) -> Tidied:
    """A sheet in a form that has one row a thing: its rows are written anew where the shape asks for it."""
    if shape.as_it_stands:
        return Tidied(sheet, shape.kind)
    seen = sample.at(sheet)
    named = _named(sheet, shape, seen)
    _require(sheet, named.columns, shape.named)
    rows = engine.read([sheet.parquet], ibis.schema({ROW: "int64", **dict.fromkeys(sheet.columns, "string")}))
    rows = rows.filter(~rows[ROW].isin(_gone(shape, seen))) if shape.header_rows > 1 else rows
    rows = rows.select(ROW, **{new: rows[old] for new, old in zip(named.columns, sheet.columns, strict=True)})
    notes = _of_headings(sheet, shape, seen)
    for carry in shape.carry:
        rows, before = engine.checkpoint(parents.carried(rows, carry)), rows
        notes.append(_of_parents(rows, before, carry))
    if shape.dated:
        rows = engine.checkpoint(months.dated_rows(rows, shape.dated, named))
        old = months.renamed(named, sheet, shape)
        rows = rows.rename({"date": old}) if old else rows
    notes += years.notes(shape)
    made = _unfolded(sheet, shape, named, rows, engine)
    gone = _skipped(shape, seen)
    folder = sheet.parquet.parent / uuid4().hex
    engine.write(made.rows, folder)
    told = replace(
        sheet,
        columns=tuple(name for name in made.rows.columns if name != ROW),
        parquet=folder / "part-0.parquet",
        rows=sheet.rows - len(gone),
        parts=made.parts,
        notes=(*sheet.notes, *notes, *made.notes),
        skipped=(*sheet.skipped, *gone),
    )
    return Tidied(told, shape.kind or made.table, made.whole or _whole(named, shape))


@dataclass(frozen=True)
class _Unfolded:
    """Rows of which several may come from one row of the file, `parts` at most."""

    rows: ir.Table
    parts: int = 1
    table: str | None = None
    whole: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def _unfolded(sheet: Sheet, shape: Shape, named: SheetSample, rows: ir.Table, engine: Engine) -> _Unfolded:
    if survey := shape.survey:
        told = surveys.melted(rows, survey, named, name=Path(sheet.file).stem)
        message = N_("A survey with one column a question: {count} questions, one row an answer.")
        count = len(survey.questions)
        return _Unfolded(told, count, "responses", notes=(Note(message, {"count": count}),))
    if melt := shape.melt:
        message = N_("{count} columns from {first} to {last} became rows with {name} and {value}.")
        first, last = melt.columns[0], melt.columns[-1]
        told_as = {"first": first, "last": last, "name": melt.name, "value": melt.value}
        note = Note(message, {"count": len(melt.columns), **told_as})
        whole = forms.of_the_order(melt, [name for name in rows.columns if name != ROW])
        return _Unfolded(wide.melted(rows, melt), len(melt.columns), melt.of, whole, (note,))
    if shape.split:
        told, most = items.split(rows, shape.split, engine)
        whole = tuple(n for n in told.columns if n not in (ROW, *items.OF_A_LINE))
        message = N_("Up to {most} products in one cell of {column}: one row each.")
        note = Note(message, {"most": most, "column": shape.split.column})
        return _Unfolded(told, most, "order_items", whole, (note,))
    if shape.settlement:
        told = settlements.settled(rows, shape.settlement, named)
        message = N_("What was paid of each invoice is a payment beside it: {columns}.")
        said = [n for n in shape.settlement.named if n not in told.columns]
        return _Unfolded(told, table="invoices", notes=(Note(message, {"columns": ", ".join(said)}),))
    if shape.ledger:
        message = N_(
            "{came} is what came in and {went} what went out: one payment a row, with its direction."
        )
        note = Note(message, {"came": shape.ledger.into, "went": shape.ledger.out})
        return _Unfolded(ledgers.signed(rows, shape.ledger), table="payments", notes=(note,))
    if firm := shape.employer:
        message = N_("Whoever stands in a row works for the organisation in {column}: a record of its own.")
        told, note = employers.apart(rows, firm, named), Note(message, {"column": firm.name})
        return _Unfolded(told, 2, "people", notes=(note,))
    if back := shape.returns:
        message = N_("Each row is a return of the order in {order}.")
        if back.whole:
            message = N_("The orders in {order} were returned as a whole.")
        told = returns.returned(rows, back)
        table = "orders" if back.whole else "order_items"
        return _Unfolded(told, table=table, notes=(Note(message, {"order": back.order}),))
    return _Unfolded(rows)


def _require(sheet: Sheet, columns: Iterable[str], wanted: Iterable[str]) -> None:
    """What a mapping file says of a column must be of one that there is."""
    there = tuple(columns)
    for name in wanted:
        if name not in there:
            raise WrongSettings(
                N_("{file} has no column {column} for its shape. There are: {columns}."),
                file=sheet.file, column=name, columns=", ".join(there),
            )  # fmt: skip


def _named(sheet: Sheet, shape: Shape, seen: SheetSample) -> SheetSample:
    """The first rows below the headings, under the names that these give together."""
    if shape.header_rows == 1 and not shape.headings_above:
        return seen
    over = headings.above(sheet) if shape.headings_above else ()
    below = [seen.row(place) for place in range(min(shape.header_rows - 1, seen.height))]
    return replace(seen.below(len(below)), columns=headings.joined(sheet, below, over=over))


def _gone(shape: Shape, seen: SheetSample) -> tuple[int, ...]:
    """The rows of the file that are headings, beside the first."""
    return seen.numbers[: shape.header_rows - 1]


def _whole(named: SheetSample, shape: Shape) -> tuple[str, ...]:
    told = [name for carry in shape.carry for name in parents.of_the_order(named, carry)]
    return tuple(dict.fromkeys(told))


def _of_headings(sheet: Sheet, shape: Shape, seen: SheetSample) -> list[Note]:
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


def _skipped(shape: Shape, seen: SheetSample) -> list[Skipped]:
    return [
        Skipped(row, SkippedKind.HEADING, " ".join(cell for cell in seen.row(place) if cell))
        for place, row in enumerate(_gone(shape, seen))
    ]
