"""Wire: how do builders that work by clicking hand a condition over, and get it back?

The shape is that of react-querybuilder, so that other builders fit:

{"combinator": "and", "not": false, "rules": [
  {"field": "city", "operator": "=", "value": "Leeds"},
  {"field": "bought", "operator": "=", "value": true, "arguments": {"category": "Tea", "within": "1y"}}]}

`arguments` are those of a behaviour; a rule may have what else a builder puts there. A rule compares with
another attribute where its `valueSource` is "field".
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.segments import typed
from shuke.segments.behaviours import BEHAVIOURS
from shuke.segments.days import Period
from shuke.segments.expression import (
    Between,
    Call,
    Compare,
    Empty,
    Expression,
    Group,
    Holds,
    InSegment,
    Match,
    Not,
    OneOf,
    Operand,
    Order,
    Part,
    Value,
    grouped,
    negated,
)
from shuke.segments.reading import DEEPEST, MOST_CONDITIONS, bounded
from shuke.segments.vocabulary import Vocabulary
from shuke.tables import Type

Wire = dict[str, Any]

IN_SEGMENT = "in_segment"

ORDERS: tuple[Order, ...] = ("=", "!=", "<", "<=", ">", ">=")

#: What each operator of a text looks for, and how its opposite is called.
PARTS: Mapping[Part, tuple[str, str]] = {
    "contains": ("contains", "doesNotContain"),
    "starts_with": ("beginsWith", "doesNotBeginWith"),
    "ends_with": ("endsWith", "doesNotEndWith"),
}

_OPPOSITES = {
    "notIn": "in", "notBetween": "between", "notNull": "null",
    **{opposite: plain for plain, opposite in PARTS.values()},
}  # fmt: skip


def to_wire(expression: Expression) -> Wire:
    """A condition as a builder shows it: a group, of one rule where there is no more."""
    found = _written(expression)
    return found if "rules" in found else {"combinator": "and", "not": False, "rules": [found]}


def from_wire(wire: Any, vocabulary: Vocabulary) -> Expression:
    """The condition that a builder hands over; raises `WrongCall` where it is none."""
    if _count(wire) > 2 * MOST_CONDITIONS:
        raise WrongCall(N_("At most {limit} conditions may stand together."), limit=MOST_CONDITIONS)
    return bounded(_Rules(vocabulary).read(wire, DEEPEST))


def _count(wire: Any) -> int:
    """How many rules and groups there are, without going deep."""
    found, todo = 0, [wire]
    while todo and found <= 2 * MOST_CONDITIONS:
        one = todo.pop()
        found += 1
        rules = one.get("rules") if isinstance(one, dict) else None
        todo += rules if isinstance(rules, list) else []
    return found


def _written(one: Expression, *, opposite: bool = False) -> Wire:
    if isinstance(one, Not):
        return _written(one.part, opposite=not opposite)
    if isinstance(one, Group):
        word = "and" if one.every else "or"
        return {"combinator": word, "not": opposite, "rules": [_written(each) for each in one.members]}
    if isinstance(one, Compare) and opposite:
        return {"combinator": "and", "not": True, "rules": [_written(one)]}
    return _rule(one, opposite=opposite)


def _rule(one: Expression, *, opposite: bool) -> Wire:
    if isinstance(one, InSegment):
        return {"field": IN_SEGMENT, "operator": "!=" if opposite else "=", "value": one.name}
    (left, *_) = one.operands
    rule = _field(left)
    if isinstance(one, Compare):
        if isinstance(one.right, Operand):
            return {**rule, "operator": one.order, "valueSource": "field", **_field(one.right, "value")}
        return {**rule, "operator": one.order, "value": _value(one.right)}
    if isinstance(one, Holds):
        return {**rule, "operator": "=", "value": not opposite}
    if isinstance(one, OneOf):
        return {**rule, "operator": "notIn" if opposite else "in", "value": [*map(_value, one.values)]}
    if isinstance(one, Between):
        return {
            **rule, "operator": "notBetween" if opposite else "between",
            "value": [_value(one.low), _value(one.high)],
        }  # fmt: skip
    if isinstance(one, Match):
        return {**rule, "operator": PARTS[one.part][opposite], "value": one.text}
    assert isinstance(one, Empty)
    return {**rule, "operator": "notNull" if opposite else "null", "value": None}


def _field(operand: Operand, key: str = "field") -> Wire:
    if isinstance(operand, Call):
        given = {name: _value(value) for name, value in operand.arguments}
        return {key: operand.behaviour.name, "arguments" if key == "field" else f"{key}Arguments": given}
    return {key: str(operand)}


def _value(value: Value) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Period | Decimal) else value


class _Rules:
    """From rules and groups to conditions."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def read(self, wire: Any, depth: int) -> Expression:
        if depth < 0:
            raise WrongCall(N_("Conditions may be nested at most {limit} deep."), limit=DEEPEST)
        if not isinstance(wire, dict):
            raise WrongCall(_SHAPE)
        return self._group(wire, depth) if "rules" in wire else self._rule(wire)

    def _group(self, wire: Wire, depth: int) -> Expression:
        rules, word = wire["rules"], wire.get("combinator", "and")
        if not isinstance(rules, list) or word not in ("and", "or"):
            raise WrongCall(_SHAPE)
        if not rules:
            raise WrongCall(N_("A group has at least one condition. Add one, or remove the group."))
        found = grouped([self.read(rule, depth - 1) for rule in rules], every=word == "and")
        return negated(found) if wire.get("not") is True else found

    def _rule(self, rule: Wire) -> Expression:
        field, operator, value = rule.get("field"), rule.get("operator"), rule.get("value")
        if not isinstance(field, str) or not isinstance(operator, str):
            raise WrongCall(_SHAPE)
        if field == IN_SEGMENT:
            return self._in_segment(operator, value)
        plain = _OPPOSITES.get(operator)
        if plain is not None:
            return negated(self._rule({**rule, "operator": plain}))
        left = self._operand(field, rule.get("arguments"))
        if operator in ORDERS:
            return typed.compared(left, operator, self._side(rule, left))
        part = next((part for part, (name, _) in PARTS.items() if name == operator), None)
        if part:
            return typed.matching(left, part, _plain(value))
        if operator == "null":
            return typed.empty(left)
        return self._of_several(left, operator, _several(value))

    def _of_several(self, left: Operand, operator: str, values: list[Value]) -> Expression:
        if operator == "in":
            return typed.one_of(left, values)
        if operator == "between" and len(values) == 2:
            return typed.between(left, *values)
        raise WrongCall(
            N_("{operator} is no operator of {field}."), operator=repr(operator[:30]), field=str(left)
        )

    def _in_segment(self, operator: str, name: Any) -> Expression:
        if operator not in ("=", "!=") or not isinstance(name, str) or not name:
            raise WrongCall(_SHAPE)
        return InSegment(name) if operator == "=" else negated(InSegment(name))

    def _operand(self, name: str, given: Any) -> Operand:
        if name.lower() not in BEHAVIOURS:
            return self._vocabulary.attribute(name)
        if given is not None and not isinstance(given, dict):
            raise WrongCall(_SHAPE)
        # What somebody has left empty does not narrow.
        filled = {k: v for k, v in (given or {}).items() if v not in ("", None)}
        return typed.call(name.lower(), filled)

    def _side(self, rule: Wire, left: Operand) -> Value | Operand:
        value = rule.get("value")
        if rule.get("valueSource") == "field" and isinstance(value, str):
            return self._operand(value, rule.get("valueArguments"))
        if left.type is Type.FLAG and isinstance(value, str):
            return value.lower() == "true" if value.lower() in ("true", "false") else value
        return _plain(value)


_SHAPE = N_("This is no condition as builders write it: rules have a field, an operator and a value.")


def _plain(value: Any) -> Value:
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return Decimal(repr(value))
    raise WrongCall(_SHAPE)


def _several(value: Any) -> list[Value]:
    """Values in a list, or written one after another: "a,b"."""
    if isinstance(value, str):
        return [each.strip() for each in value.split(",")]
    if not isinstance(value, list):
        raise WrongCall(_SHAPE)
    return [_plain(each) for each in value]
