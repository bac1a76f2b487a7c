"""Quarantine: which rows and cells could not be accepted, and why?"""

import json
from functools import reduce

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke.collect.canonical_rows import essential
from shuke.collect.cells import Cells, as_json
from shuke.collect.sheets import ROW, Sheet
from shuke.engine import Engine
from shuke.languages import N_
from shuke.tables import CANONICAL

#: One row per rejected row and reason (`whole`), or per rejected cell of a row that was accepted.
SCHEMA = ibis.schema(
    {
        "file": "string",
        "sheet": "string",
        "row": "int64",
        "column": "string",
        "value": "string",
        "reason": "string",  # an English template of the catalogue
        "detail": "string",  # what fills it, as a JSON object
        "whole": "boolean",
        "content": "string",  # the whole row, as a JSON object, where all of it was rejected
    }
)

#: What is said of somebody beside who they are; a list of people says it of some and not of others.
_OF_SOME = tuple(name for name, table in CANONICAL.items() if table.of_some)

#: By what a row names somebody.
_NAMES = tuple(f"people.{name}" for name in ("name", "given_name", "family_name", "organisation"))

MISSING = N_("is empty but required")


def of_cells(sheet: Sheet, cells: Cells, bad: ir.Table | None, primary: str) -> ir.Table | None:
    """The rejected rows and cells of a sheet whose rows are of the table `primary`."""
    vital = essential(primary)
    parts = [] if bad is None else [bad.mutate(whole=bad.slot.isin(sorted(vital)))]
    parts += [found for need in _needed(cells, primary) if (found := _missing(cells, *need)) is not None]
    if not parts:
        return None
    every = reduce(
        lambda a, b: a.union(b), [p.select("row", "column", "value", "reason", "whole") for p in parts]
    )
    content = cells.raw.select(at=ROW, content=as_json({c: cells.raw[c] for c in sheet.columns}))
    rejected = every.filter(every.whole).select("row").distinct()
    kept = content.semi_join(rejected, content["at"] == rejected["row"])
    beside = every.left_join(kept, every["row"] == kept["at"])
    return _shaped(
        beside.mutate(
            file=ibis.literal(sheet.file),
            sheet=ibis.literal(sheet.sheet, type="string"),
            detail=ibis.null(str),
        )
    )


def of_rows(sheet: Sheet, engine: Engine) -> ir.Table | None:
    """The rows of a sheet that could not even be cut into cells."""
    if not sheet.bad_rows:
        return None
    found = [
        {
            "file": sheet.file, "sheet": sheet.sheet, "row": bad.row, "column": None, "value": None,
            "reason": bad.reason.message, "detail": json.dumps(dict(bad.reason.values), default=str),
            "whole": True, "content": bad.text,
        }
        for bad in sheet.bad_rows
    ]  # fmt: skip
    return engine.checkpoint(ibis.memtable(pa.Table.from_pylist(found, schema=SCHEMA.to_pyarrow())))


def _needed(cells: Cells, primary: str) -> list[tuple[list[str], str]]:
    """The slots of which one at least must be filled, with the header to name."""
    declared = CANONICAL[primary]
    groups = [[c.refers or f"{primary}.{c.name}"] for c in map(declared.__getitem__, declared.required)]
    if primary == "order_items":
        groups.append(["order_items.price", "order_items.amount"])
    if primary in _OF_SOME:
        groups = [[*targets, *_NAMES] for targets in groups]
    named = []
    for targets in groups:
        slots = [s for s in cells.slots if s.target in targets]
        if slots and not any(t in cells.constants for t in targets) and "people.record_id" not in targets:
            named.append(([s.name for s in slots], slots[0].headers[0]))
    return named


def _missing(cells: Cells, slots: list[str], header: str) -> ir.Table | None:
    empty = reduce(lambda a, b: a & b, (cells.table[s].isnull() & ~cells.table[f"bad:{s}"] for s in slots))
    rows = cells.table.filter(empty)
    if not rows.count().to_pyarrow().as_py():
        return None
    return rows.select(
        "row",
        column=ibis.literal(header),
        value=ibis.null(str),
        reason=ibis.literal(MISSING),
        whole=ibis.literal(True),
    )


def _shaped(rows: ir.Table) -> ir.Table:
    return rows.select(**{name: rows[name].cast(kind) for name, kind in SCHEMA.items()})
