"""Account: what do the columns of a sheet feed, and how many rows are complete?"""

from functools import reduce

import ibis
import ibis.expr.types as ir

from shuke.collect.cells import Cells
from shuke.collect.infer import column_profiles
from shuke.collect.mapping import FURTHER, IGNORE, Layout
from shuke.collect.sheets import Sheet
from shuke.store.accounts import Account, RejectionCount, UnusedColumn
from shuke.tables import CANONICAL
from shuke.tables.semantic_types import SemanticType, senses, targets

_ORDER_NO, _RETURNS = "orders.order_no", "orders.returns_order_no"


def account(sheet: Sheet, layout: Layout, cells: Cells, good: ir.Table, table: str) -> Account:
    """The account of a sheet whose accepted rows, `good`, are of `table` and have a `record_id`."""
    said = {sense: _says(sense, cells, good, table) for sense in senses(CANONICAL[table])}
    counted = good.agg(rows=good.count(), **{sense.value: has.sum() for sense, has in said.items()})
    numbers = counted.to_pyarrow().to_pylist()[0]
    rows = int(numbers.pop("rows"))
    says = {sense: int(number or 0) for sense, number in numbers.items()}
    for sense in (SemanticType.DAY, SemanticType.CUSTOMER, SemanticType.CURRENCY):
        if 0 < says.get(sense, 0) < rows and cells.slots_of(_ORDER_NO):
            says[sense.value] += _heirs(said[sense], cells, good)
    return Account(
        file=sheet.file, sheet=sheet.sheet, table=table, rows=rows, feeds=_feeds(layout),
        constants=dict(layout.constants), aside=_aside(layout, cells), says=says,
    )  # fmt: skip


def refused(rejects: ir.Table) -> tuple[RejectionCount, ...]:
    """What a quarantine holds, by column and reason, the most frequent first."""
    by = ["file", "sheet", "column", "reason", "whole"]
    counted = rejects.group_by(by).agg(rows=rejects.count(), detail=rejects.detail.min())
    ordered = counted.order_by(counted.rows.desc(), *by)
    return tuple(RejectionCount(**row) for row in ordered.to_pyarrow().to_pylist())


def _says(sense: SemanticType, cells: Cells, good: ir.Table, table: str) -> ir.BooleanValue:
    """Whether a row says it."""
    wanted = set(targets(CANONICAL[table], sense)) - {"people.record_id"}  # some are of nobody
    slots = [good[slot].notnull() for target in wanted for slot in cells.slots_of(target)]
    constant = any(target in cells.constants for target in wanted)
    if sense is SemanticType.CUSTOMER:  # what comes back is of whoever bought it
        slots += [good.record_id.notnull(), *(good[slot].notnull() for slot in cells.slots_of(_RETURNS))]
    return reduce(lambda a, b: a | b, slots, good.row.notnull() if constant else good.row.isnull())


def _heirs(says: ir.BooleanValue, cells: Cells, good: ir.Table) -> int:
    """How many rows do not say it and belong to an order of which another row does."""
    told = good.select(order=good[cells.slots_of(_ORDER_NO)[0]], says=says).filter(ibis._.order.notnull())
    orders = told.group_by("order").agg(silent=(~told.says).sum(), told=told.says.any())
    return int(orders.filter(orders.told).silent.sum().to_pyarrow().as_py() or 0)


def _feeds(layout: Layout) -> dict[str, tuple[str, ...]]:
    placed = {
        header: tuple(t for t in r.to if t not in (FURTHER, IGNORE)) for header, r in layout.columns.items()
    }
    return {header: to for header, to in placed.items() if to}


def _aside(layout: Layout, cells: Cells) -> tuple[UnusedColumn, ...]:
    apart = {
        h: reading.to[0] for h, reading in layout.columns.items() if {FURTHER, IGNORE} >= set(reading.to)
    }
    seen = column_profiles.looks(cells.raw, apart)
    return tuple(
        UnusedColumn(
            column=header,
            to=to,
            looks=column_profiles.sense(header, seen[header]),
            said=seen[header].shapes.said > 0,
        )
        for header, to in apart.items()
    )
