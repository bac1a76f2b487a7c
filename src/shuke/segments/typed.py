"""Typed: does a value fit what it is compared with?

The text of an expression and the form that builds one by clicking both come here with what was written.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.segments import days
from shuke.segments.behaviours import BEHAVIOURS, Argument, Behaviour
from shuke.segments.expression import (
    Between,
    Call,
    Compare,
    Empty,
    Expression,
    Holds,
    Match,
    OneOf,
    Operand,
    Order,
    Part,
    Value,
    negated,
)
from shuke.segments.vocabulary import CustomerAttribute
from shuke.tables import Type

_NUMBERS = (Type.INTEGER, Type.NUMBER, Type.MONEY, Type.QUANTITY, Type.RATE, Type.SHARE)
_TEXTS = (Type.TEXT, Type.CURRENCY)
_DAYS = (Type.DATE, Type.TIME)

#: No figure of a customer has more digits.
_DIGITS = 18

#: So many values may stand in one list.
MOST_VALUES = 1000

_MIRRORED: Mapping[Order, Order] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def mirrored(order: Order) -> Order:
    """How the right side compares with the left: 3 < x is x > 3."""
    return _MIRRORED[order]


def compared(left: Operand, order: Order, right: Value | Operand) -> Expression:
    """left < right; raises `WrongCall` where the two are of different kinds."""
    if isinstance(right, Operand):
        if _kind(left.type) != _kind(right.type):
            raise WrongCall(
                N_("{left} and {right} cannot be compared: one holds {type}, the other {other}."),
                left=str(left), right=str(right), type=left.type.value, other=right.type.value,
            )  # fmt: skip
        return Compare(left, order, right)
    value = fitting(left, right)
    if isinstance(value, bool):
        if order not in ("=", "!="):
            raise WrongCall(N_("{name} is either so or not so, neither more nor less."), name=str(left))
        return Holds(left) if value is (order == "=") else negated(Holds(left))
    return Compare(left, order, value)


def one_of(left: Operand, values: list[Value]) -> Expression:
    if not 0 < len(values) <= MOST_VALUES:
        raise WrongCall(N_("A list has from 1 to {limit} values."), limit=MOST_VALUES)
    return OneOf(left, tuple(dict.fromkeys(fitting(left, value) for value in values)))


def between(left: Operand, low: Value, high: Value) -> Expression:
    if left.type is Type.FLAG:
        raise WrongCall(N_("{name} is either so or not so, neither more nor less."), name=str(left))
    return Between(left, fitting(left, low), fitting(left, high))


def matching(left: Operand, part: Part, text: Value) -> Expression:
    if not isinstance(left, CustomerAttribute) or left.type not in _TEXTS or not isinstance(text, str):
        raise WrongCall(N_("{name} looks for a text within a text."), name=part)
    return Match(left, part, text)


def empty(left: Operand) -> Expression:
    if not isinstance(left, CustomerAttribute):
        raise WrongCall(N_("{name} is never empty."), name=str(left))
    return Empty(left)


def holding(left: Operand) -> Expression:
    """An operand that is a condition by itself."""
    if left.type is not Type.FLAG:
        raise WrongCall(
            N_("{name} holds {type}. Say what it must be, such as {name} = …"),
            name=str(left), type=left.type.value,
        )  # fmt: skip
    return Holds(left)


def call(name: str, given: Mapping[str, Any]) -> Call:
    """A behaviour with its arguments; raises `WrongCall` for one that it does not have."""
    behaviour = BEHAVIOURS[name]
    for unknown in given:
        if behaviour.argument(unknown) is None:
            raise WrongCall(
                N_("{name} has no argument {argument}. It takes: {arguments}."),
                name=name, argument=repr(unknown[:50]),
                arguments=", ".join(argument.name for argument in behaviour.arguments),
            )  # fmt: skip
    typed = [(a.name, _argument(behaviour, a, given[a.name])) for a in behaviour.arguments if a.name in given]
    return Call(behaviour, tuple(typed))


def fitting(left: Operand, value: Value) -> Value:
    """A value as one of the kind that an operand holds; raises `WrongCall`."""
    kind = left.type
    if kind is Type.FLAG and isinstance(value, bool):
        return value
    if kind in _TEXTS and isinstance(value, str):
        return value
    if kind in _DAYS and isinstance(value, str | date | days.Period):
        return days.day(value) if isinstance(value, str) else value
    if kind in _NUMBERS and not isinstance(value, bool | date | days.Period):
        return _number(value, left)
    raise _unfit(value, left)


def _number(value: str | int | Decimal, left: Operand) -> Value:
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise _unfit(value, left) from None
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
        raise _unfit(value, left)
    return int(number) if number == number.to_integral_value() else number.normalize()


def _unfit(value: Value, left: Operand) -> WrongCall:
    return WrongCall(
        N_("{value} cannot be compared with {name}, which holds: {type}."),
        value=repr(value) if isinstance(value, str) else str(value), name=str(left), type=left.type.value,
    )  # fmt: skip


def _argument(behaviour: Behaviour, argument: Argument, value: Any) -> Value:
    if argument.sort == "number":
        number = str(value)
        if number.isdecimal() and 0 < len(number) <= _DIGITS and int(number):
            return int(number)
    elif isinstance(value, str) and value:
        if argument.sort == "text":
            return value
        return days.period(value) if argument.sort == "period" else days.day(value)
    elif isinstance(value, days.Period) or (isinstance(value, date) and argument.sort == "day"):
        return value
    raise WrongCall(
        N_("{value} is no value for {argument} of {name}."),
        value=repr(str(value))[:50], argument=argument.name, name=behaviour.name,
    )  # fmt: skip


def _kind(type_: Type) -> Type:
    """The first of the types that compare with one another."""
    return next((kinds[0] for kinds in (_NUMBERS, _TEXTS, _DAYS) if type_ in kinds), type_)
