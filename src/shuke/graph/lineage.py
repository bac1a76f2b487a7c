"""Lineage: from which columns of which tables does a column come?"""

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import ibis.expr.operations as ops

from shuke.engine import Engine, open_engine
from shuke.errors import NotEnoughData, UnknownTable
from shuke.graph.names import base_table, canonical
from shuke.identity.pseudonyms import Pseudonym
from shuke.identity.scoring import Unscored
from shuke.languages import N_
from shuke.tables import Derived


def of(tables: Mapping[str, Derived], what: str) -> list[tuple[int, str]]:
    """What a table or a column is made from, and that in turn: (depth, name), down to the landing zone.

    of(tables, "orders")         (0, "orders") (1, "purchases") (2, "landed_order_items") …
    of(tables, "orders.amount")  (0, "orders.amount") (1, "purchases.amount") (1, "purchases.order_id") …

    What stands above already is named again, but not taken apart again.
    """
    table, _, column = what.partition(".")
    declared = tables.get(table) or canonical(table)
    if declared is None:
        raise UnknownTable(
            N_("No table is named {table}. There are: {tables}."), table=table, tables=", ".join(tables)
        )
    if column:
        declared[column]  # says so when there is none of that name
    seen: set[str] = set()
    read = cache(lambda name: columns_read(tables[name], tables))

    def below(what: str, depth: int) -> Iterator[tuple[int, str]]:
        yield depth, what
        name, _, column = what.partition(".")
        if name in tables and what not in seen:
            seen.add(what)
            for source in read(name).get(column, ()) if column else tables[name].reads:
                yield from below(source, depth + 1)

    return list(below(what, 0))


def columns_read(step: Derived, tables: Mapping[str, Derived]) -> dict[str, tuple[str, ...]]:
    """From which columns of the tables that it reads each column of a step is worked out.

    Read off the step's own expression over tables without rows. What only decides which rows there are,
    as a filter or a join does, is not counted.
    """
    with _ALONE:
        return _columns_read(step, tables, _nothing())


#: The engine of tables without rows answers one thread at a time, as every connection does.
_ALONE = Lock()


def _columns_read(
    step: Derived, tables: Mapping[str, Derived], nothing: Engine
) -> dict[str, tuple[str, ...]]:
    names, read = {}, []
    for name in step.reads:
        rows = nothing.read([], (canonical(name) or tables[base_table(name)]).schema)
        names.update({leaf.name: name for leaf in rows.op().find(ops.PhysicalTable)})
        read.append(rows)
    fitted = {f"{name}.*" for name in step.reads}
    try:
        made = step(*read, **{q: _ANSWERS[q] for q in step.keywords if q in _ANSWERS}).op()
    except NotEnoughData:  # a model that cannot be fitted on nothing
        return dict.fromkeys(step.schema, tuple(sorted(fitted)))
    leaves = {column: _leaves(made, column, names) for column in step.schema}
    learnt = any(made.find(ops.InMemoryTable))
    return {column: tuple(sorted(found or (fitted if learnt else ()))) for column, found in leaves.items()}


@cache
def _nothing() -> Engine:
    """An engine of tables without rows, for as long as the process lives."""
    scratch = tempfile.mkdtemp(prefix="shuke-lineage-")
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    return open_engine("duckdb", scratch=Path(scratch))


#: Any answers will do to see what a step does with its tables.
_ANSWERS: dict[str, Any] = {
    "as_of": date(2000, 1, 1), "currency": "CNY", "zone": "UTC", "country": "CN",
    "checkpoint": lambda table: table.view(), "scorer": Unscored(), "pseudonym": Pseudonym("", ""),
}  # fmt: skip


def _leaves(relation: ops.Relation, column: str, names: Mapping[str, str]) -> set[str]:
    """The `table.column`s that a column of a relation comes from; where rows are counted, `table.*`."""
    found: set[str] = set()
    seen = set()
    todo = [(relation, column)]
    while todo:
        here, name = todo.pop()
        if (here, name) in seen:
            continue
        seen.add((here, name))
        if isinstance(here, ops.InMemoryTable):
            continue  # what Python worked out of distinct values
        if isinstance(here, ops.PhysicalTable):
            found.add(f"{names[here.name]}.{name}")
        elif isinstance(here, ops.Reference):
            todo.append((here.parent, name))
        elif isinstance(here, ops.Set):
            todo += [(here.left, name), (here.right, name)]
        else:
            value = here.values[name]
            todo += [(field.rel, field.name) for field in value.find(ops.Field, filter=ops.Value)]
            for counted in value.find(ops.CountStar, filter=ops.Value):
                found |= {f"{names[leaf.name]}.*" for leaf in counted.arg.find(ops.PhysicalTable)}
    return found
