"""Query: which rows of a table, in which order, how many?

Condition("month", "ge", date(2026, 1, 1))      as a value
"month:ge:2026-01-01"                           as written in an address: `Condition.parse`
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, cast, get_args

import ibis
import ibis.expr.types as ir

from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.tables import Canonical, Column, Derived, Type
from shuke.views import literals

Op = Literal["eq", "ne", "lt", "le", "gt", "ge", "contains", "in", "empty", "given"]
"""Equal, unequal, less, at most, more, at least, contains (text), one of (a|b|c), is empty, is given."""

Declared = Derived | Canonical

#: No door shows more rows at once unless it is asked to.
PAGE = 100


@dataclass(frozen=True)
class Condition:
    """What a row must hold in one column. `value` is of the column's type, or its text."""

    column: str
    op: Op = "eq"
    value: Any = None

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """`column:op:value`, `column:empty` or `column:given`."""
        column, _, rest = text.partition(":")
        op, _, value = rest.partition(":")
        if not column or op not in get_args(Op):
            raise WrongCall(
                N_("{text} is not a condition. Write column:op:value, where op is one of {ops}."),
                text=repr(text), ops=", ".join(get_args(Op)),
            )  # fmt: skip
        return cls(column, cast(Op, op), value)

    @classmethod
    def is_one(cls, text: str) -> bool:
        """Whether a text is written as a condition; what is not may be an expression in SQL."""
        return bool(re.match(r"[\w.]+:\w+(:|$)", text))

    def __str__(self) -> str:
        values = self.value if isinstance(self.value, list | tuple) else [self.value]
        written = "|".join("" if value is None else _written(value) for value in values)
        return f"{self.column}:{self.op}" + ("" if self.op in ("empty", "given") else f":{written}")


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is asked of a table; the default is its first rows."""

    filters: tuple[Condition, ...] = ()
    where: tuple[str, ...] = ()  # boolean expressions in SQL, for those who may run SQL
    meant: str | None = None  # a condition as of segments: rows of the customers whom it means
    search: str | None = None  # rows with this text in a column that the viewer sees
    order_by: str | None = None
    descending: bool = False
    limit: int | None = 50
    offset: int = 0
    parameters: Mapping[str, Any] = field(default_factory=dict)  # other answers than the build's own

    def __post_init__(self) -> None:
        if self.offset < 0 or (self.limit is not None and self.limit < 0):
            raise WrongCall(N_("The offset and the limit must be 0 or more."))

    @property
    def narrows(self) -> bool:
        """Whether it asks for other rows than all those that the build has."""
        return bool(self.filters or self.where or self.meant or self.search or self.parameters)

    @property
    def begins(self) -> bool:
        """Whether it asks for the first page of a table, of which one may see many a day."""
        return not (self.narrows or self.offset) and self.limit is not None and self.limit <= PAGE


def split_conditions(wheres: Iterable[str]) -> tuple[tuple[Condition, ...], tuple[str, ...]]:
    """What rows must hold, as conditions and, for those who may run SQL, as expressions.

    told_apart(["n:ge:2", "amount > 20"])     (Condition("n", "ge", "2"),), ("amount > 20",)
    """
    every = list(wheres)
    conditions = tuple(Condition.parse(each) for each in every if Condition.is_one(each))
    return conditions, tuple(each for each in every if not Condition.is_one(each))


def opening(declared: Declared) -> tuple[str, bool] | None:
    """By which column people see the rows when they ask for no order, and whether the greatest come first:
    what the table declares, or else the latest day or month."""
    if not isinstance(declared, Derived):
        return None
    if declared.first:
        return declared.first.removeprefix("-"), declared.first.startswith("-")
    names = [column.name for column in declared.columns]
    leads = "ordered_at" if "ordered_at" in names else declared.key[0]
    return (leads, True) if declared[leads].type in (Type.DATE, Type.TIME) else None


def holds(table: ir.Table, declared: Declared, conditions: Iterable[Condition]) -> list[ir.BooleanValue]:
    """Every condition as an expression; raises `WrongCall` where a value is not of its column's type."""
    return [_expression(table[c.column], declared[c.column], c) for c in conditions]


def _expression(column: ir.Value, declared: Column, condition: Condition) -> ir.BooleanValue:
    if condition.op == "contains":
        return column.cast("string").lower().contains(str(condition.value).lower())
    if condition.op in ("empty", "given"):
        return column.isnull() if condition.op == "empty" else column.notnull()
    if condition.op == "in":
        several = condition.value.split("|") if isinstance(condition.value, str) else condition.value
        return column.isin([_literal(value, declared) for value in several])
    return _COMPARE[condition.op](column, _literal(condition.value, declared))


_COMPARE: dict[str, Callable[[ir.Value, ir.Value], ir.BooleanValue]] = {
    "eq": lambda column, value: column == value,
    "ne": lambda column, value: (column != value) | column.isnull(),
    "lt": lambda column, value: column < value,
    "le": lambda column, value: column <= value,
    "gt": lambda column, value: column > value,
    "ge": lambda column, value: column >= value,
}


def _literal(value: Any, column: Column) -> ir.Scalar:
    try:
        typed = _READ[column.type](value) if isinstance(value, str) else value
    except (ValueError, KeyError):
        raise WrongCall(
            N_("{value} cannot be compared with column {column}, which holds: {type}."),
            value=repr(value), column=column.name, type=column.type.value,
        ) from None  # fmt: skip
    return ibis.literal(typed)


_READ: dict[Type, Callable[[str], Any]] = {
    Type.TEXT: str,
    Type.JSON: str,
    Type.INTEGER: literals.integer,
    Type.NUMBER: literals.number,
    Type.MONEY: literals.decimal,
    Type.QUANTITY: literals.decimal,
    Type.RATE: literals.decimal,
    Type.SHARE: literals.decimal,
    Type.CURRENCY: str.upper,
    Type.FLAG: lambda text: {"true": True, "false": False, "1": True, "0": False}[text.lower()],
    Type.DATE: literals.day,
    Type.TIME: literals.moment,
}


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
