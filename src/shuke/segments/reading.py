"""Reading: which condition does a text state, if it states one?

One boolean expression in SQL, of which every part stands on a white list: conditions on the attributes of
`vocabulary`, `behaviours`, and, or, not. It becomes an `Expression`; its text is never run.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, NoReturn

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.tokenizer_core import TokenType

from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.segments import typed
from shuke.segments.behaviours import BEHAVIOURS
from shuke.segments.days import Period, period
from shuke.segments.expression import (
    Expression,
    InSegment,
    Operand,
    Order,
    Part,
    Value,
    grouped,
    negated,
)
from shuke.segments.vocabulary import Vocabulary
from shuke.text.sql_text import TOO_DEEP, TOO_ODD, parsed

#: Nobody reads more than that.
LONGEST, DEEPEST, MOST_CONDITIONS = 10_000, 20, 300

#: Within what a text opens or turns round, before it is parsed.
_NESTING = 60

_MATCHES: Mapping[str, Part] = {
    "contains": "contains", "starts_with": "starts_with", "prefix": "starts_with",
    "ends_with": "ends_with", "suffix": "ends_with",
}  # fmt: skip
_TODAY = ("today", "current_date")
_IN_SEGMENT = "in_segment"


def expression(text: str, vocabulary: Vocabulary) -> Expression:
    """The condition that a text states; raises `WrongCall` where it states none.

    Within bounds of length and depth, and whatever stands in it, in bounded time.
    """
    _check_nesting(text)
    try:
        trees = parsed(
            text, _SegmentDialect(), lambda reader, tokens: reader.parse_into(exp.Condition, tokens, text),
            longest=LONGEST,
        )  # fmt: skip
        if len(trees) != 1 or not isinstance(trees[0], exp.Expr):
            raise WrongCall(_ONE)
        found = _Nodes(vocabulary).condition(trees[0], DEEPEST)
    except RecursionError:
        raise WrongCall(TOO_DEEP) from None
    return bounded(found)


def bounded(found: Expression) -> Expression:
    """The same; raises `WrongCall` where it has more conditions, or lies deeper, than anybody would read."""
    if sum(not one.parts for one in found.walk()) > MOST_CONDITIONS:
        raise WrongCall(N_("At most {limit} conditions may stand together."), limit=MOST_CONDITIONS)
    return found


_ONE = N_("Write one condition, such as: city = 'Leeds' and tier = 'champions'.")
_DEEP = N_("Conditions may be nested at most {limit} deep.")


class _SegmentParser(DuckDBParser):
    """A function is what it is called; nothing has a grammar of its own."""

    STATEMENT_PARSERS = {}  # noqa: RUF012 - the parser's own way
    FUNCTIONS = {}  # noqa: RUF012
    FUNCTION_PARSERS = {}  # noqa: RUF012
    NO_PAREN_FUNCTION_PARSERS = {}  # noqa: RUF012
    NO_PAREN_FUNCTIONS = {  # noqa: RUF012
        TokenType.CURRENT_DATE: DuckDBParser.NO_PAREN_FUNCTIONS[TokenType.CURRENT_DATE]
    }


class _SegmentDialect(DuckDB):
    Parser = _SegmentParser


def _check_nesting(text: str) -> None:
    """Refuse before it is parsed what would take the parser long: brackets and turns without end."""
    depth = deepest = 0
    for mark in _QUOTED.sub("", text):
        depth += (mark in "([{") - (mark in ")]}")
        deepest = max(deepest, depth)
    turns = max((len(found.group().split()) for found in _TURNS.finditer(text)), default=0)
    if max(deepest, turns) > _NESTING:
        raise WrongCall(TOO_DEEP)


_QUOTED = re.compile(r"'[^']*'")
_TURNS = re.compile(r"(?:\b(?:not|case)\b\s*|[-+~!]\s*)+", re.IGNORECASE)


class _Nodes:
    """From the parser's nodes to conditions; a node that is not named here is refused."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def condition(self, node: exp.Expr, depth: int) -> Expression:
        if depth < 0:
            raise WrongCall(_DEEP, limit=DEEPEST)
        read = _CONDITIONS.get(type(node))
        if read is None:
            return self._by_itself(node)
        found: Expression = read(self, node, depth)
        return found

    def group(self, node: exp.Expr, depth: int) -> Expression:
        kind, members, todo = type(node), [], [node]
        while todo:  # a chain of a thousand hangs from its last link
            one = todo.pop()
            if type(one) is kind:
                todo += [one.expression, one.this]
            else:
                members.append(self.condition(one, depth - 1))
        return grouped(members, every=kind is exp.And)

    def bracketed(self, node: exp.Expr, depth: int) -> Expression:
        return self.condition(node.this, depth - 1)

    def opposite(self, node: exp.Expr, depth: int) -> Expression:
        return negated(self.condition(node.this, depth - 1))

    def comparison(self, node: exp.Expr, _depth: int) -> Expression:
        order, left, right = _ORDERS[type(node)], node.this, node.expression
        if self._is_operand(left):
            return typed.compared(self._operand(left), order, self._side(right))
        if self._is_operand(right):
            return typed.compared(self._operand(right), typed.mirrored(order), self._side(left))
        raise WrongCall(N_("A condition names an attribute of the customer, such as city = 'Leeds'."))

    def between(self, node: exp.Expr, _depth: int) -> Expression:
        self._plain(node, "this", "low", "high")
        low, high = self._value(node.args["low"]), self._value(node.args["high"])
        return typed.between(self._operand(node.this), low, high)

    def one_of(self, node: exp.Expr, _depth: int) -> Expression:
        self._plain(node, "this", "expressions")
        return typed.one_of(self._operand(node.this), [self._value(each) for each in node.expressions])

    def like(self, node: exp.Expr, _depth: int) -> Expression:
        """LIKE with its % at the beginning, at the end or at both."""
        left, pattern = self._operand(node.this), self._value(node.expression)
        if not isinstance(pattern, str) or not (found := _LIKE.fullmatch(pattern)):
            raise WrongCall(
                N_("LIKE takes a text with % before it, behind it or on both sides, such as '%tea%'.")
            )
        before, text, behind = found.groups()
        if not before and not behind:
            return typed.compared(left, "=", text)
        return typed.matching(left, _PARTS[bool(before), bool(behind)], text)

    def empty(self, node: exp.Expr, _depth: int) -> Expression:
        left, right = self._operand(node.this), node.expression
        if isinstance(right, exp.Null):
            return typed.empty(left)
        return typed.compared(left, "=", self._value(right))

    def call(self, node: exp.Expr, _depth: int) -> Expression:
        name = self._called(node)
        if name == _IN_SEGMENT:
            return InSegment(self._one_text(node))
        if name in _MATCHES:
            if len(node.expressions) != 2:
                raise WrongCall(N_("Write {name}(attribute, 'text')."), name=name)
            left, text = node.expressions
            return typed.matching(self._operand(left), _MATCHES[name], self._value(text))
        return self._by_itself(node)

    def _by_itself(self, node: exp.Expr) -> Expression:
        if not self._is_operand(node):
            _refuse(node)
        return typed.holding(self._operand(node))

    def _is_operand(self, node: exp.Expr) -> bool:
        if isinstance(node, exp.Paren):
            return self._is_operand(node.this)
        return isinstance(node, exp.Column) or (
            isinstance(node, exp.Anonymous) and node.name.lower() not in (*_TODAY, "date")
        )

    def _side(self, node: exp.Expr) -> Value | Operand:
        return self._operand(node) if self._is_operand(node) else self._value(node)

    def _operand(self, node: exp.Expr) -> Operand:
        if isinstance(node, exp.Paren):
            return self._operand(node.this)
        if isinstance(node, exp.Column):
            parts = [part for part in node.parts if isinstance(part, exp.Identifier)]
            if not 0 < len(parts) <= 2 or len(parts) != len(node.parts):
                _refuse(node)
            return self._vocabulary.attribute(".".join(part.name for part in parts))
        if not isinstance(node, exp.Anonymous):
            _refuse(node)
        name = self._called(node)
        if name not in BEHAVIOURS:
            raise WrongCall(N_("{name} is a condition by itself and has no value."), name=name)
        given: dict[str, Any] = {}
        for each in node.expressions:
            if not isinstance(each, exp.Kwarg | exp.PropertyEQ):
                raise WrongCall(
                    N_("Arguments are named: {name}({argument} => …)."),
                    name=name, argument=BEHAVIOURS[name].arguments[0].name,
                )  # fmt: skip
            given[each.this.name.lower()] = self._value(each.expression)
        return typed.call(name, given)

    def _called(self, node: exp.Expr) -> str:
        name = node.name.lower()
        known = (*BEHAVIOURS, _IN_SEGMENT, *_MATCHES)
        if name in known and isinstance(node.this, str):
            return name
        close = get_close_matches(name, known, n=3) or sorted(known)
        raise WrongCall(
            N_("There is no function {name} here. Did you mean {names}?"),
            name=repr(name[:50]),
            names=", ".join(close),
        )

    def _one_text(self, node: exp.Expr) -> str:
        found = [self._value(each) for each in node.expressions]
        if len(found) != 1 or not isinstance(found[0], str) or not found[0]:
            raise WrongCall(N_("Write {name}('text')."), name=node.name.lower())
        return found[0]

    def _value(self, node: exp.Expr) -> Value:
        read = _VALUES.get(type(node))
        if read is None:
            _refuse(node)
        return read(self, node)

    def written(self, node: exp.Expr) -> Value:
        text: str = node.this
        return text if node.is_string else Decimal(text)

    def minus(self, node: exp.Expr) -> Value:
        value = self._value(node.this)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            _refuse(node)
        return -value

    def day(self, node: exp.Expr) -> Value:
        """DATE '2026-03-31'"""
        if node.args["to"].this is not exp.DType.DATE or not isinstance(node.this, exp.Literal):
            _refuse(node)
        return str(node.this.this)

    def today(self, node: exp.Expr) -> Value:
        if isinstance(node, exp.Anonymous) and (node.name.lower() not in _TODAY or node.expressions):
            _refuse(node)
        return Period(0, "d")

    def ago(self, node: exp.Expr) -> Value:
        """today() - interval '30 days'"""
        stretch = node.expression
        if self._value(node.this) != Period(0, "d") or not isinstance(stretch, exp.Interval):
            _refuse(node)
        number, unit = stretch.this, (stretch.unit.name if stretch.unit else "").lower().removesuffix("s")
        if not isinstance(number, exp.Literal) or unit not in _UNITS:
            _refuse(node)
        return period(f"{number.this}{_UNITS[unit]}")

    @staticmethod
    def _plain(node: exp.Expr, *known: str) -> None:
        """Refuse a node that says more than its kind usually does, such as IN (SELECT …)."""
        for name, value in node.args.items():
            if value and name not in known:
                _refuse(node)


_UNITS = {"day": "d", "week": "w", "month": "m", "year": "y"}
_LIKE = re.compile(r"(%?)([^%_]+)(%?)", re.DOTALL)
_PARTS: Mapping[tuple[bool, bool], Part] = {
    (True, True): "contains", (False, True): "starts_with", (True, False): "ends_with"
}  # fmt: skip
_ORDERS: Mapping[type[exp.Expr], Order] = {
    exp.EQ: "=", exp.NEQ: "!=", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="
}  # fmt: skip
_CONDITIONS: Mapping[type[exp.Expr], Callable[..., Expression]] = {
    exp.And: _Nodes.group, exp.Or: _Nodes.group, exp.Not: _Nodes.opposite, exp.Paren: _Nodes.bracketed,
    exp.Between: _Nodes.between, exp.In: _Nodes.one_of, exp.Like: _Nodes.like, exp.ILike: _Nodes.like,
    exp.Is: _Nodes.empty, exp.Anonymous: _Nodes.call, **dict.fromkeys(_ORDERS, _Nodes.comparison),
}  # fmt: skip
_VALUES: Mapping[type[exp.Expr], Callable[..., Value]] = {
    exp.Literal: _Nodes.written, exp.Neg: _Nodes.minus, exp.Cast: _Nodes.day,
    exp.Boolean: lambda _, node: bool(node.this), exp.CurrentDate: _Nodes.today,
    exp.Anonymous: _Nodes.today, exp.Sub: _Nodes.ago, exp.Paren: lambda self, node: self._value(node.this),
}  # fmt: skip


def _refuse(node: exp.Expr) -> NoReturn:
    raise WrongCall(
        N_(
            "{what} cannot stand in a segment. It is made of conditions on the customer's attributes and "
            "behaviour, joined by and, or and not."
        ),
        what=re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).upper(),
    )


__all__ = ["DEEPEST", "LONGEST", "MOST_CONDITIONS", "TOO_ODD", "bounded", "expression"]
