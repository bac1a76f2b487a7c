"""Matching: which customers meet a condition, as an expression that every engine reads?

One pass over each table that is asked for: a table of one row per customer is joined once, the rows of a
behaviour are counted once for all the calls of it. No text of a condition gets into a query as such.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.periods import to_local
from shuke.segments import behaviours, days
from shuke.segments.behaviours import BEHAVIOURS, OCCASION, WHOSE, Tables
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
    Value,
)
from shuke.segments.vocabulary import FACTS, GOLDEN, CustomerAttribute
from shuke.tables import Type

ID = "customer_id"


def reads(expressions: Iterable[Expression]) -> tuple[str, ...]:
    """The tables that it takes to tell who meets some conditions."""
    asked = list(expressions)
    of_calls = {name for one in asked for call in one.calls for name in call.behaviour.reads}
    return tuple(sorted({GOLDEN} | of_calls | {each.table for one in asked for each in one.attributes}))


@dataclass(frozen=True)
class Matching:
    """What every customer's attributes and behaviours are, in one table, and by which column each."""

    table: ir.Table
    columns: Mapping[Operand, str]
    as_of: date

    @classmethod
    def of(cls, expressions: Iterable[Expression], tables: Tables, *, as_of: date, zone: str) -> "Matching":
        asked = list(expressions)
        attributes = sorted({a for one in asked for a in one.attributes}, key=str)
        calls = sorted({c for one in asked for c in one.calls}, key=str)
        operands: list[Operand] = [*attributes, *calls]
        columns = {operand: f"c{n}" for n, operand in enumerate(operands)}
        wide = _told_by(tables, GOLDEN, [a for a in attributes if a.table == GOLDEN], columns, zone)
        for name in sorted({a.table for a in attributes} - {GOLDEN}):
            of_it = [a for a in attributes if a.table == name]
            wide = _joined(wide, _told_by(tables, name, of_it, columns, zone))
        for behaviour in BEHAVIOURS.values():
            if done := [call for call in calls if call.behaviour is behaviour]:
                wide = _joined(wide, _counted(tables, done, columns, as_of=as_of, zone=zone))
        missing = {columns[c]: ibis.coalesce(wide[columns[c]], _NOTHING[c.type]) for c in calls}
        return cls(wide.mutate(**missing) if missing else wide, columns, as_of)

    def holds(self, expression: Expression, others: Mapping[str, str]) -> ir.BooleanValue:
        """Whether each customer meets a condition: true, false, or null where that is unknown.

        `others` are the columns that tell of the segments that it names.
        """
        read = _HOLDS[type(expression)]
        found: ir.BooleanValue = read(self, expression, others)
        return found

    def _comparison(self, one: Compare, _: Mapping[str, str]) -> ir.BooleanValue:
        right = (
            self._column(one.right) if isinstance(one.right, Operand) else self._value(one.right, one.left)
        )
        return _ORDERS[one.order](self._column(one.left), right)

    def _one_of(self, one: OneOf, _: Mapping[str, str]) -> ir.BooleanValue:
        return self._column(one.left).isin([self._value(value, one.left) for value in one.values])

    def _between(self, one: Between, _: Mapping[str, str]) -> ir.BooleanValue:
        left = self._column(one.left)
        return (left >= self._value(one.low, one.left)) & (left <= self._value(one.high, one.left))

    def _match(self, one: Match, _: Mapping[str, str]) -> ir.BooleanValue:
        column, text = self._column(one.left).lower(), one.text.lower()
        return {"contains": column.contains, "starts_with": column.startswith, "ends_with": column.endswith}[
            one.part
        ](text)

    def _empty(self, one: Empty, _: Mapping[str, str]) -> ir.BooleanValue:
        return self._column(one.left).isnull()

    def _flag(self, one: Holds, _: Mapping[str, str]) -> ir.BooleanValue:
        return self._column(one.left)

    def _opposite(self, one: Not, others: Mapping[str, str]) -> ir.BooleanValue:
        return ~self.holds(one.part, others)

    def _group(self, one: Group, others: Mapping[str, str]) -> ir.BooleanValue:
        members = [self.holds(member, others) for member in one.members]
        return ibis.and_(*members) if one.every else ibis.or_(*members)

    def _other(self, one: InSegment, others: Mapping[str, str]) -> ir.BooleanValue:
        return self.table[others[one.name]].fill_null(False)

    def _column(self, operand: Operand) -> ir.Value:
        return self.table[self.columns[operand]]

    def _value(self, value: Value, beside: Operand) -> Any:
        if isinstance(value, date | days.Period):
            return ibis.literal(days.on(value, as_of=self.as_of))
        if beside.type is Type.NUMBER and isinstance(value, int | Decimal):
            return ibis.literal(float(value))
        return ibis.literal(value)


_HOLDS: Mapping[type[Expression], Callable[..., ir.BooleanValue]] = {
    Compare: Matching._comparison, OneOf: Matching._one_of, Between: Matching._between,
    Match: Matching._match, Empty: Matching._empty, Holds: Matching._flag, Not: Matching._opposite,
    Group: Matching._group, InSegment: Matching._other,
}  # fmt: skip
_ORDERS: Mapping[str, Callable[[Any, Any], ir.BooleanValue]] = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip

#: What a behaviour comes to of a customer who has no rows.
_NOTHING: Mapping[Type, Any] = {
    Type.FLAG: False, Type.INTEGER: ibis.literal(0, "int64"), Type.MONEY: ibis.literal(0, Type.MONEY.ibis)
}  # fmt: skip

Columns = Mapping[Operand, str]


def _joined(wide: ir.Table, added: ir.Table) -> ir.Table:
    return wide.left_join(added, ID).drop(f"{ID}_right")


def _told_by(
    tables: Tables, name: str, wanted: list[CustomerAttribute], columns: Columns, zone: str
) -> ir.Table:
    """What a table tells of each customer."""
    if name == FACTS:
        return _facts(tables, wanted, columns)
    rows = tables(name)
    return rows.select(ID, **{columns[a]: _by_day(rows[a.column.name], a, zone) for a in wanted})


def _by_day(value: ir.Value, attribute: CustomerAttribute, zone: str) -> ir.Value:
    """Moments as the day that it was where the company is."""
    return to_local(value, zone).date() if attribute.type is Type.TIME else value


def _facts(tables: Tables, wanted: list[CustomerAttribute], columns: Columns) -> ir.Table:
    """What is believed of each customer; what has expired is not."""
    facts = tables(FACTS)
    names = [a.column.name for a in wanted]
    believed = facts.filter(facts.wins & facts.believed & facts.attribute.isin(names))
    return believed.group_by(ID).agg(
        **{
            columns[a]: believed.value.max(where=believed.attribute == a.column.name).try_cast(a.type.ibis)
            for a in wanted
        }
    )


def _counted(tables: Tables, calls: list[Call], columns: Columns, *, as_of: date, zone: str) -> ir.Table:
    """One row for each customer who has rows that a call means, with the figure of each call."""
    behaviour = calls[0].behaviour
    rows = behaviour.rows(tables)
    met = {
        columns[call]: behaviours.meets(rows, behaviour, dict(call.arguments), as_of=as_of, zone=zone)
        for call in calls
    }
    marked = rows.select(WHOSE, OCCASION, *(["amount"] if "amount" in rows.columns else []), **met)
    some = marked.filter(ibis.or_(*(marked[name] for name in met)))
    if any(_least(call) > 1 for call in calls):
        # An occasion counts once; to count the different ones of each call takes several times as long.
        some = some.group_by(WHOSE, OCCASION).agg(**{name: some[name].any() for name in met})
    figures = {columns[call]: _figure(some, call, some[columns[call]]) for call in calls}
    return some.group_by(WHOSE).agg(**figures).rename({ID: WHOSE})


def _figure(rows: ir.Table, call: Call, met: ir.BooleanValue) -> ir.Value:
    if call.type is Type.MONEY:
        return ibis.coalesce(rows.amount.sum(where=met), 0).cast(Type.MONEY.ibis)
    if call.type is Type.INTEGER:
        return met.sum().cast("int64")
    return met.any() if _least(call) == 1 else met.sum() >= _least(call)


def _least(call: Call) -> int:
    """On how many occasions something must have been done."""
    return int(str(dict(call.arguments).get("at_least", 1)))
