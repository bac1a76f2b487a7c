"""Declared: is a table what its declaration says?"""

from __future__ import annotations

from shuke.errors import BuildFailed
from shuke.languages import N_
from shuke.lazy import ir
from shuke.tables.canonical import Canonical
from shuke.tables.derived import Derived


def as_declared(table: ir.Table, declared: Derived | Canonical) -> ir.Table:
    """The table with its declared columns in their declared types, and nothing else."""
    absent = [name for name in declared.schema.names if name not in table.columns]
    if absent:
        raise BuildFailed(N_("It does not have its columns {columns}."), columns=", ".join(absent))
    return table.select(**{name: table[name].cast(kind) for name, kind in declared.schema.items()})
