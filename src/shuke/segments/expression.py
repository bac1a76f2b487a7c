"""Expression: of which parts is a condition about customers made, and how is it written?

Two expressions that mean the same part by part are equal, and are written alike: brackets that change nothing
are gone, and so are groups of one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from shuke.segments.behaviours import Behaviour
from shuke.segments.days import Day, Period
from shuke.segments.vocabulary import CustomerAttribute
from shuke.tables import Type

Value = str | bool | int | Decimal | Day

Order = Literal["=", "!=", "<", "<=", ">", ">="]

Part = Literal["contains", "starts_with", "ends_with"]


@dataclass(frozen=True)
class Call:
    """What somebody did, narrowed by arguments in the order in which the behaviour has them."""

    behaviour: Behaviour
    arguments: tuple[tuple[str, Value], ...]

    def __str__(self) -> str:
        given = ", ".join(f"{name} => {literal(value)}" for name, value in self.arguments)
        return f"{self.behaviour.name}({given})"

    def __repr__(self) -> str:  # fingerprints are made of it
        return str(self)

    @property
    def type(self) -> Type:
        return self.behaviour.type


Operand = CustomerAttribute | Call


class Expression:
    """One condition; a customer is meant where it is true, not where it is false or unknown."""

    @property
    def parts(self) -> tuple["Expression", ...]:
        return ()

    @property
    def operands(self) -> tuple[Operand, ...]:
        return ()

    def walk(self) -> Iterator["Expression"]:
        todo: list[Expression] = [self]
        while todo:
            one = todo.pop()
            yield one
            todo += one.parts

    @cached_property
    def attributes(self) -> frozenset[CustomerAttribute]:
        return frozenset(o for e in self.walk() for o in e.operands if isinstance(o, CustomerAttribute))

    @cached_property
    def calls(self) -> frozenset[Call]:
        return frozenset(o for e in self.walk() for o in e.operands if isinstance(o, Call))

    @cached_property
    def segments(self) -> frozenset[str]:
        """The other segments that it names."""
        return frozenset(e.name for e in self.walk() if isinstance(e, InSegment))

    @property
    def is_personal(self) -> bool:
        """Whether it asks for what may identify a person."""
        return any(attribute.is_personal for attribute in self.attributes)


@dataclass(frozen=True)
class Compare(Expression):
    left: Operand
    order: Order
    right: Value | Operand

    @property
    def operands(self) -> tuple[Operand, ...]:
        return (self.left, self.right) if isinstance(self.right, Operand) else (self.left,)

    def __str__(self) -> str:
        return f"{self.left} {self.order} {_written(self.right)}"


@dataclass(frozen=True)
class OneOf(Expression):
    left: Operand
    values: tuple[Value, ...]

    @property
    def operands(self) -> tuple[Operand, ...]:
        return (self.left,)

    def __str__(self) -> str:
        return f"{self.left} in ({', '.join(map(literal, self.values))})"


@dataclass(frozen=True)
class Between(Expression):
    left: Operand
    low: Value
    high: Value

    @property
    def operands(self) -> tuple[Operand, ...]:
        return (self.left,)

    def __str__(self) -> str:
        return f"{self.left} between {literal(self.low)} and {literal(self.high)}"


@dataclass(frozen=True)
class Match(Expression):
    """A text contains, begins or ends with another, whatever the capitals."""

    left: CustomerAttribute
    part: Part
    text: str

    @property
    def operands(self) -> tuple[Operand, ...]:
        return (self.left,)

    def __str__(self) -> str:
        return f"{self.part}({self.left}, {literal(self.text)})"


@dataclass(frozen=True)
class Empty(Expression):
    left: CustomerAttribute

    @property
    def operands(self) -> tuple[Operand, ...]:
        return (self.left,)

    def __str__(self) -> str:
        return f"{self.left} is null"


@dataclass(frozen=True)
class Holds(Expression):
    """A flag, or a behaviour that either is so or is not."""

    left: Operand

    @property
    def operands(self) -> tuple[Operand, ...]:
        return (self.left,)

    def __str__(self) -> str:
        return str(self.left)


@dataclass(frozen=True)
class InSegment(Expression):
    name: str

    def __str__(self) -> str:
        return f"in_segment({literal(self.name)})"


@dataclass(frozen=True)
class Not(Expression):
    part: Expression

    @property
    def parts(self) -> tuple[Expression, ...]:
        return (self.part,)

    def __str__(self) -> str:
        one = self.part
        if isinstance(one, OneOf):
            return f"{one.left} not in ({', '.join(map(literal, one.values))})"
        if isinstance(one, Between):
            return f"{one.left} not between {literal(one.low)} and {literal(one.high)}"
        if isinstance(one, Empty):
            return f"{one.left} is not null"
        return f"not ({one})" if isinstance(one, Group | Compare) else f"not {one}"


@dataclass(frozen=True)
class Group(Expression):
    """Several conditions of which all must hold, or any."""

    every: bool
    members: tuple[Expression, ...]

    @property
    def parts(self) -> tuple[Expression, ...]:
        return self.members

    def __str__(self) -> str:
        word = " and " if self.every else " or "
        return word.join(f"({one})" if isinstance(one, Group) else str(one) for one in self.members)


def negated(part: Expression) -> Expression:
    """The opposite; of an opposite the part itself."""
    return part.part if isinstance(part, Not) else Not(part)


def grouped(members: Iterable[Expression], *, every: bool) -> Expression:
    """A group, in which groups of its own kind are taken apart; of one member that member."""
    flat = [
        one
        for member in members
        for one in (member.members if isinstance(member, Group) and member.every is every else (member,))
    ]
    return flat[0] if len(flat) == 1 else Group(every, tuple(flat))


def literal(value: Value) -> str:
    """A value as an expression has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    text = value.isoformat() if isinstance(value, date) else str(value)
    return "'" + text.replace("'", "''") + "'"


def _written(right: Value | Operand) -> str:
    return str(right) if isinstance(right, Operand) else literal(right)


__all__ = [
    "Between", "Call", "Compare", "Empty", "Expression", "Group", "Holds", "InSegment", "Match", "Not",
    "OneOf", "Operand", "Order", "Part", "Period", "Value", "grouped", "literal", "negated",
]  # fmt: skip
