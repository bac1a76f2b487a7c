"""Row notes: what should an import report about a sheet's rows besides their number?"""

import ibis
import ibis.expr.types as ir

from shuke.collect.cash import is_anonymous, partly_untold, says_direction
from shuke.collect.cells import Cells
from shuke.collect.record_keys import RecordContext, folded_name, placeholder_numbers
from shuke.languages import _
from shuke.tables.semantic_types import SALES


def row_notes(cells: Cells, good: ir.Table, reader: RecordContext) -> list[str]:
    """Sentences on what was paid back in part, on money that went out, on mere names and shared numbers."""
    return [
        *_untold_refunds(cells, good),
        *_spent(cells, good),
        *_by_name_alone(cells, good, reader),
        *_shared_numbers(cells, reader),
        *_numbers_of_nobody(cells, reader),
    ]


def _untold_refunds(cells: Cells, good: ir.Table) -> list[str]:
    untold = partly_untold(cells, good)
    rows = 0 if untold is None else int(good.filter(untold).count().to_pyarrow().as_py())
    if not rows:
        return []
    if cells.slots_of("payments.amount"):
        said = _("{rows} payments were refunded in part, and nothing says how much: they count in full.")
    else:
        said = _(
            "{rows} rows were refunded in part, and nothing says how much: what they brought is not known "
            "and counts nowhere, until a column with the amount refunded or a list of returns says it."
        )
    return [said.format(rows=f"{rows:,}")]


def _spent(cells: Cells, good: ir.Table) -> list[str]:
    if not says_direction(cells):
        return []
    rows = int(good.filter(is_anonymous(good)).count().to_pyarrow().as_py())
    said = _("{rows} rows are money that went out or neither came nor went: no sales, and of no customer.")
    return [said.format(rows=f"{rows:,}")] if rows else []


def _by_name_alone(cells: Cells, good: ir.Table, reader: RecordContext) -> list[str]:
    """In sales, rows of whose customer nothing but the name is known."""
    if reader.primary not in SALES or folded_name(cells) is None:
        return []
    rows = int(good.filter(good.record_id.startswith("name~")).count().to_pyarrow().as_py())
    said = _(
        "{rows} rows give only a customer's name: everybody with the same name is taken for one customer."
    )
    return [said.format(rows=f"{rows:,}")] if rows else []


def _shared_numbers(cells: Cells, reader: RecordContext) -> list[str]:
    """In a list of people, numbers under which two names stand."""
    numbers, name = cells.slots_of("people.record_id"), folded_name(cells)
    if reader.primary != "people" or not numbers or name is None:
        return []
    told = cells.table.select(number=ibis.coalesce(*(cells.table[n] for n in numbers)), name=name)
    per_number = (
        told.filter(told.number.notnull()).group_by("number").agg(a=told.name.min(), b=told.name.max())
    )
    several = int(per_number.filter(per_number.a != per_number.b).count().to_pyarrow().as_py())
    said = _("Customer numbers beside two names or more, each taken for one customer: {numbers}.")
    return [said.format(numbers=f"{several:,}")] if several else []


def _numbers_of_nobody(cells: Cells, reader: RecordContext) -> list[str]:
    """Numbers of customers that are taken for nobody's; they are no personal values."""
    slots = cells.slots_of("people.record_id")
    found = sorted({number for slot in slots for number in placeholder_numbers(cells, slot, reader)})
    said = _(
        "Customer numbers that stand for nobody: {numbers}. Whoever has one is known by name or address."
    )
    return [said.format(numbers=", ".join(found))] if found else []
