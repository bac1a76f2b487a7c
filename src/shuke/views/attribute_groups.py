"""Attribute groups: who is a customer, what do they do, and what are they worth?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shuke.analyses.rfm import rfm
from shuke.languages import Text
from shuke.profiles.behaviour import behaviour
from shuke.profiles.customers import GOLDEN, customers
from shuke.tables import Column


@dataclass(frozen=True)
class AttributeGroup:
    """One of the three families of information, and where the build keeps it."""

    name: str
    title: Text
    table: str
    columns: tuple[Column, ...]

    def of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What a row of its table tells; a customer of whom it tells nothing has none."""
        return {column.name: row[column.name] for column in self.columns if column.name in row}

    def known_values(self, values: Mapping[str, Any]) -> Iterator[tuple[Column, Any]]:
        """What is known, each with the column that says what it is."""
        known = ((column, values.get(column.name)) for column in self.columns)
        return ((column, value) for column, value in known if value is not None)


#: How good a customer is beside the others, which needs all of them.
RANKS = ("r", "f", "m", "tier")

_WORTH = ("monetary", "average_order", "quantity", *RANKS)

FAMILIES = (
    AttributeGroup(
        "demographic",
        Text("Who they are", "基本信息"),
        "customers",
        tuple(customers[name] for name in (*GOLDEN, "birth_from", "birth_until")),
    ),
    AttributeGroup("behaviour", Text("What they do", "行为"), "behaviour", behaviour.columns[1:]),
    AttributeGroup("value", Text("What they are worth", "价值"), "rfm", tuple(rfm[name] for name in _WORTH)),
)
