"""Beside: by what other tables say of customers may a list of them be filtered, sorted and widened?

A column of another table that has one row a customer is named with its table: `lifecycle.status`.
"""

from collections.abc import Mapping
from dataclasses import replace

import ibis.expr.types as ir

from shuke.app import Opened
from shuke.tables import Column, Derived, Type
from shuke.views.query import Declared, Query

#: The table of the golden record, and what each of its rows is of.
GOLDEN, CUSTOMER = "customers", "customer_id"


def columns(opened: Opened, known: Mapping[str, Declared]) -> dict[str, Column]:
    """What the tables of a build that have one row a customer say of them, by table and column."""
    found: dict[str, Column] = {}
    for name in sorted(opened.reader.tables):
        table = known.get(name)
        if name == GOLDEN or not isinstance(table, Derived) or table.key != (CUSTOMER,):
            continue
        told = (c for c in table.columns if not c.step and c.type is not Type.JSON and c.name != CUSTOMER)
        found |= {(full := f"{name}.{column.name}"): replace(column, name=full) for column in told}
    return found


def widened(
    opened: Opened, known: Mapping[str, Declared], declared: Declared, rows: ir.Table, query: Query
) -> tuple[Declared, ir.Table]:
    """The golden record with the columns of other tables that a query asks by; any other table as it is."""
    asked = [condition.column for condition in query.filters] + ([query.order_by] if query.order_by else [])
    named = [name for name in dict.fromkeys(asked) if "." in name]
    if not named or declared.name != GOLDEN or not isinstance(declared, Derived):
        return declared, rows
    there = columns(opened, known)
    needed = [there[name] for name in named if name in there]
    for table in sorted({column.name.partition(".")[0] for column in needed}):
        theirs = opened.table(table)
        own = [each.name for each in needed if each.name.startswith(f"{table}.")]
        said = theirs.select(CUSTOMER, **{full: theirs[full.partition(".")[2]] for full in own})
        rows = rows.left_join(said, CUSTOMER).drop(f"{CUSTOMER}_right")
    return replace(declared, columns=(*declared.columns, *needed)), rows
