"""Tables: which tables are there, what do their columns mean, and how is a table derived from others?

Canonical tables are what lands (`CANONICAL`); derived tables are functions marked with `@table`.
Mapping, validation, masking, erasure and the data dictionary are all read off these declarations.
"""

from importlib import import_module
from pkgutil import iter_modules

from shuke.tables.canonical import PROVENANCE, Canonical
from shuke.tables.column import Column, Type
from shuke.tables.derived import Derived, table
from shuke.tables.grades import Grade, Measure
from shuke.tables.people import IDENTIFIERS, IdentifierKind

#: Whatever a module beside this one declares.
CANONICAL: dict[str, Canonical] = {
    declared.name: declared
    for found in iter_modules(__path__)
    for declared in vars(import_module(f"{__name__}.{found.name}")).values()
    if isinstance(declared, Canonical)
}

__all__ = [
    "CANONICAL",
    "IDENTIFIERS",
    "PROVENANCE",
    "Canonical",
    "Column",
    "Derived",
    "Grade",
    "IdentifierKind",
    "Measure",
    "Type",
    "table",
]
