"""Column: what does one column hold, in which unit, how personal is it, and how long is it true?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from functools import cache
from typing import Literal

from shuke.languages import Text
from shuke.lazy import dt

Personal = Literal["name", "phone", "email", "address", "date", "identifier", "text"]
"""How a value gives a person away, and so how it is masked."""

Unit = Literal["currency", "piece", "day", "month", "percent", "share", "point", "count", "year"]


class Type(Enum):
    """The types a declared column may have."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"  # a ratio or an estimate; never money
    MONEY = "money"
    QUANTITY = "quantity"
    RATE = "rate"  # of exchange
    SHARE = "share"  # of a price: 0.15 is 15 %
    CURRENCY = "currency"  # a code of ISO 4217
    FLAG = "flag"
    DATE = "date"
    TIME = "time"  # UTC, written without a zone
    JSON = "json"

    @property
    def ibis(self) -> dt.DataType:
        """The one type that every engine writes for it."""
        return _written()[self]


@cache
def _written() -> dict[Type, dt.DataType]:
    return {
        Type.TEXT: dt.String(),
        Type.INTEGER: dt.Int64(),
        Type.NUMBER: dt.Float64(),
        Type.MONEY: dt.Decimal(18, 4),
        Type.QUANTITY: dt.Decimal(18, 4),
        Type.RATE: dt.Decimal(18, 10),
        Type.SHARE: dt.Decimal(18, 10),
        Type.CURRENCY: dt.String(),
        Type.FLAG: dt.Boolean(),
        Type.DATE: dt.Date(),
        Type.TIME: dt.Timestamp(scale=6),
        Type.JSON: dt.String(),
    }


@dataclass(frozen=True)
class Column:
    """One column of a table, canonical or derived.

    Column("birth_date", Type.DATE, Text("Birth date", "出生日期"), pii="date")
    Column("price", Type.MONEY, Text("Unit price", "单价"), unit="currency")
    """

    name: str
    type: Type
    title: Text
    unit: Unit | None = None
    pii: Personal | None = None
    ttl: timedelta | None = None  # how long a fact may be believed after it was collected
    refers: str | None = None  # "table.column" whose value this one repeats
    note: Text | None = None
    codes: Mapping[str, Text] | None = field(default=None, hash=False)  # what a person calls its values
    step: bool = False  # of the working-out: by itself it answers nothing about a customer
