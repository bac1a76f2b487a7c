"""Conditions at random, and what plain Python makes of them."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from shuke.graph import catalogue
from shuke.segments import typed
from shuke.segments.days import Period, on
from shuke.segments.expression import (
    Between,
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
    grouped,
    negated,
)
from shuke.segments.vocabulary import CustomerAttribute, Vocabulary

VOCABULARY = Vocabulary(catalogue.derived())

TEXTS = st.text("aAbB'%_\\|张 \n\"", max_size=4)
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
PERIODS = st.builds(Period, st.integers(0, 40), st.sampled_from("dwmy"))
NUMBERS = st.one_of(st.integers(-5, 5), st.decimals(-5, 5, places=2))

#: Attributes of each type, from several tables, with values for them.
VALUES: dict[str, SearchStrategy[Any]] = {
    "city": TEXTS, "country": TEXTS, "tier": TEXTS, "records": NUMBERS, "frequency": NUMBERS,
    "monetary": NUMBERS, "since": st.one_of(DAYS, PERIODS), "last_order": st.one_of(DAYS, PERIODS),
    "due_this_week": st.booleans(), "plan": TEXTS,
}  # fmt: skip
TWINS = (("city", "country"), ("since", "last_order"), ("records", "monetary"))


def attribute(name: str) -> CustomerAttribute:
    return VOCABULARY.attribute("rfm.frequency" if name == "frequency" else name)


def _named(*names: str) -> SearchStrategy[str]:
    return st.sampled_from(names or tuple(VALUES))


ORDERS = st.sampled_from(("=", "!=", "<", "<=", ">", ">="))
_ORDERED = tuple(name for name in VALUES if name != "due_this_week")


@st.composite
def simple(draw: Any) -> Expression:
    kind = draw(st.sampled_from(("compare", "twins", "one_of", "between", "match", "empty", "flag", "call")))
    if kind == "call":
        called: Expression = draw(_calls())
        return called
    if kind == "flag":
        return typed.compared(attribute("due_this_week"), draw(st.sampled_from("=")), draw(st.booleans()))
    if kind == "match":
        part = draw(st.sampled_from(("contains", "starts_with", "ends_with")))
        return typed.matching(attribute(draw(_named("city", "tier", "plan"))), part, draw(TEXTS))
    if kind == "twins":
        left, right = draw(st.sampled_from(TWINS))
        return typed.compared(attribute(left), draw(ORDERS), attribute(right))
    name = draw(_named(*_ORDERED))
    one, value = attribute(name), VALUES[name]
    if kind == "empty":
        return typed.empty(one)
    if kind == "one_of":
        return typed.one_of(one, draw(st.lists(value, min_size=1, max_size=3)))
    if kind == "between":
        return typed.between(one, draw(value), draw(value))
    return typed.compared(one, draw(ORDERS), draw(value))


@st.composite
def _calls(draw: Any) -> Expression:
    kind = draw(st.sampled_from(("bought", "spent_on", "in_segment")))
    if kind == "in_segment":
        return InSegment(draw(st.sampled_from(("vip", "new-ones", "老客"))))
    days = st.one_of(DAYS, PERIODS)
    given = {
        "category": draw(st.none() | TEXTS.filter(bool)), "within": draw(st.none() | PERIODS),
        "since": draw(st.none() | days), "until": draw(st.none() | days),
    }  # fmt: skip
    call = typed.call(kind, {name: value for name, value in given.items() if value is not None})
    return typed.holding(call) if kind == "bought" else typed.compared(call, draw(ORDERS), draw(NUMBERS))


def nested(leaves: SearchStrategy[Expression]) -> SearchStrategy[Expression]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            inner.map(negated),
            st.builds(grouped, st.lists(inner, min_size=1, max_size=3), every=st.booleans()),
        ),
        max_leaves=8,
    )


def holds(one: Expression, row: Mapping[str, Any], as_of: date) -> bool | None:
    """Whether a row meets a condition: true, false, or none where that is unknown, as SQL has it."""
    return _HOLDS[type(one)](one, row, as_of)


def _at(operand: Operand, row: Mapping[str, Any]) -> Any:
    return row[str(operand)]


def _worth(value: Any, as_of: date) -> Any:
    return on(value, as_of=as_of) if isinstance(value, date | Period) else value


def _both(left: Any, right: Any, test: Callable[[Any, Any], bool]) -> bool | None:
    return None if left is None or right is None else test(left, right)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def _compare(one: Compare, row: Mapping[str, Any], as_of: date) -> bool | None:
    right = _at(one.right, row) if isinstance(one.right, Operand) else _worth(one.right, as_of)
    return _both(_at(one.left, row), right, _TESTS[one.order])


def _match(one: Match, row: Mapping[str, Any], _: date) -> bool | None:
    test = {"contains": str.__contains__, "starts_with": str.startswith, "ends_with": str.endswith}[one.part]
    value = _at(one.left, row)
    return None if value is None else bool(test(value.lower(), one.text.lower()))


def _all(found: list[bool | None]) -> bool | None:
    return False if False in found else None if None in found else True


def _group(one: Group, row: Mapping[str, Any], as_of: date) -> bool | None:
    found = [holds(member, row, as_of) for member in one.members]
    return _all(found) if one.every else _turned(_all([_turned(each) for each in found]))


def _turned(found: bool | None) -> bool | None:
    return None if found is None else not found


_HOLDS: dict[type[Expression], Callable[..., bool | None]] = {
    Compare: _compare, Match: _match, Group: _group,
    OneOf: lambda one, row, as_of: _both(
        _at(one.left, row), [_worth(v, as_of) for v in one.values], lambda a, b: a in b),
    Between: lambda one, row, as_of: _both(
        _at(one.left, row), (_worth(one.low, as_of), _worth(one.high, as_of)),
        lambda a, b: b[0] <= a <= b[1]),
    Empty: lambda one, row, _: _at(one.left, row) is None,
    Holds: lambda one, row, _: _at(one.left, row),
    Not: lambda one, row, as_of: _turned(holds(one.part, row, as_of)),
}  # fmt: skip

ROWS = st.fixed_dictionaries(
    {
        "city": st.none() | TEXTS, "country": st.none() | TEXTS, "tier": st.none() | TEXTS,
        "plan": st.none() | TEXTS.filter(bool), "records": st.none() | st.integers(-5, 5),
        "rfm.frequency": st.none() | st.integers(-5, 5),
        "monetary": st.none() | st.decimals(-5, 5, places=2).map(Decimal),
        "since": st.none() | DAYS, "last_order": st.none() | DAYS.map(lambda day: day - timedelta(days=1)),
        "due_this_week": st.none() | st.booleans(),
    }
)  # fmt: skip
