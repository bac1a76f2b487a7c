"""Tables: which tables are there, what do their columns mean, and how is a table derived from others?

Canonical tables are what lands (`CANONICAL`); derived tables are functions marked with `@table`.
Mapping, validation, masking, erasure and the data dictionary are all read off these declarations.
"""

from shuke.tables import contacts, dealings, goods, ledger, people
from shuke.tables.canonical import PROVENANCE, Canonical
from shuke.tables.column import Column, Type
from shuke.tables.derived import Derived, table
from shuke.tables.grades import Grade, Measure
from shuke.tables.people import IDENTIFIERS, IdentifierKind

CANONICAL: dict[str, Canonical] = {
    declared.name: declared
    for module in (people, goods, dealings, contacts, ledger)
    for declared in module.TABLES
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
