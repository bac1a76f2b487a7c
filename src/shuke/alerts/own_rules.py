"""Own rules: of what does the company itself want to be warned, by a condition on the rows of any table?

A condition is written as one of segments is, on the columns of one table; it is compiled and never run as
text. A rule that cannot be read any more, as when its table is gone, is a table that fails, and so an alert.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from inspect import Parameter, Signature
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import AlertRule, alert_rule, evidence, still
from shuke.alerts.notices import SEVERITIES
from shuke.errors import UnknownTable, WrongCall
from shuke.languages import N_, Text
from shuke.periods import to_local
from shuke.segments.expression import Expression, Operand
from shuke.segments.matching import Matching
from shuke.segments.reading import expression
from shuke.segments.vocabulary import CustomerAttribute, Vocabulary
from shuke.tables import CANONICAL, Canonical, Column, Derived, Type

#: Before the name of a rule, so that no table of Shuke's ever has its name.
PREFIX = "own_"

_MONEY = Type.MONEY.ibis

#: Columns that hold a customer's id.
_CUSTOMER = ("customer_id", "subject")

#: Tables of these shelves are made from findings or are not there to be warned of.
_NOT_OF = ("alerts", "segments")


@dataclass(frozen=True, kw_only=True)
class OwnRule:
    """Rows of `table` that meet `where` are found, by `subject`; found they stay while they meet `lasts`."""

    name: str
    title: str
    table: str
    where: str
    subject: str
    severity: str = "medium"
    money: str | None = None  # the column whose sum is at stake
    lasts: str | None = None

    @property
    def node(self) -> str:
        return PREFIX + self.name


@dataclass(frozen=True)
class TableVocabulary(Vocabulary):
    """The columns of one table, but for those that may give a person away."""

    declared: Derived | Canonical

    def __iter__(self) -> Iterator[CustomerAttribute]:
        name = self.declared.name
        return (CustomerAttribute(c.name, name, c) for c in self.declared.written if _may_ask(c))

    def attribute(self, name: str) -> CustomerAttribute:
        known = {each.name.lower(): each for each in self}
        short = name.lower().removeprefix(f"{self.declared.name}.")
        if short in known:
            return known[short]
        close = get_close_matches(short, known, n=3, cutoff=0.5) or sorted(known)
        raise WrongCall(
            N_("Table {table} has no column {column} that a rule may ask about. Did you mean {names}?"),
            table=self.declared.name, column=repr(name[:50]), names=", ".join(close),
        )  # fmt: skip


def condition(text: str, declared: Derived | Canonical) -> Expression:
    """What a text asks of the rows of a table; raises `WrongCall`."""
    found = expression(text, TableVocabulary({}, declared))
    if found.calls or found.segments:
        raise WrongCall(N_("A rule asks about the columns of one table: no behaviours, no segments."))
    return found


def check(rule: OwnRule, known: Mapping[str, Derived]) -> None:
    """Raise `WrongCall` where a rule cannot be used."""
    declared = _declared(rule, known)
    condition(rule.where, declared)
    if rule.lasts:
        condition(rule.lasts, declared)
    vocabulary = TableVocabulary({}, declared)
    vocabulary.attribute(rule.subject)
    if rule.money and vocabulary.attribute(rule.money).type is not Type.MONEY:
        raise WrongCall(N_("{column} holds no amount of money."), column=rule.money)
    if rule.severity not in SEVERITIES:
        raise WrongCall(N_("A severity is one of: {known}."), known=", ".join(SEVERITIES))


def made(rule: OwnRule, known: Mapping[str, Derived]) -> AlertRule:
    """The rule as a table of the build; where it cannot be read, as one that fails and says why."""
    try:
        check(rule, known)
        declared = _declared(rule, known)
    except (WrongCall, UnknownTable) as wrong:
        return _as_table(rule, _failing(wrong), ("customers",), {})
    read = f"landed_{declared.name}" if isinstance(declared, Canonical) else declared.name
    asked = _asked(rule, declared)
    words = {"rows": Text("matching rows", "符合行数")} | {name: declared[name].title for name in asked}
    return _as_table(rule, _finding(rule, declared), (read, f"last_build_{rule.node}"), words)


def _declared(rule: OwnRule, known: Mapping[str, Derived]) -> Derived | Canonical:
    found = known.get(rule.table) or CANONICAL.get(rule.table)
    if found is None or (isinstance(found, Derived) and found.area in _NOT_OF):
        there = [*(name for name, step in known.items() if step.area not in _NOT_OF), *CANONICAL]
        close = get_close_matches(rule.table, there, n=3, cutoff=0.5)
        raise UnknownTable(
            N_("There is no table {table} for a rule. Did you mean: {names}?"),
            table=rule.table[:50], names=", ".join(close) or "-",
        )  # fmt: skip
    return found


def _as_table(
    rule: OwnRule, function: Callable[..., ir.Table], reads: tuple[str, ...], words: Mapping[str, Text]
) -> AlertRule:
    tables = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in reads]
    asks = [Parameter(name, Parameter.KEYWORD_ONLY) for name in ("as_of", "zone")]
    function.__name__, function.__module__ = rule.node, __name__
    function.__doc__ = f"Rows of `{rule.table}` that meet: {rule.where}. One finding per `{rule.subject}`."
    function.__signature__ = Signature([*tables, *asks])  # type: ignore[attr-defined]
    declare = alert_rule(
        title=Text(rule.title, rule.title), about=Text(rule.where, rule.where), evidence=words,
        subject="subject" if rule.subject in _CUSTOMER else None, definition=repr(rule),
    )  # fmt: skip
    return declare(function)


def _failing(wrong: WrongCall) -> Callable[..., ir.Table]:
    def found(*_tables: ir.Table, **_answers: Any) -> ir.Table:
        raise wrong

    return found


def _finding(rule: OwnRule, declared: Derived | Canonical) -> Callable[..., ir.Table]:
    def found(rows: ir.Table, earlier: ir.Table, *, as_of: date, zone: str) -> ir.Table:
        met = _met(rule, declared, rows, as_of=as_of, zone=zone)
        asked = _asked(rule, declared)
        stake = {"stake": met[rule.money].sum()} if rule.money else {}
        theirs = met.group_by("subject_").agg(
            opens=met.opens_.any(), lasts=met.lasts_.any(), rows=met.count(), **stake,
            **{f"told_{name}": met[name].max() for name in asked},
        )  # fmt: skip
        named = theirs.rename(subject="subject_")
        kept = still(named, earlier, opens=named.opens, lasts=named.lasts)
        return kept.select(
            "subject",
            subject_kind=ibis.literal(_kind(rule)),
            since=ibis.coalesce(kept.known_since, ibis.literal(as_of)),
            severity=ibis.literal(rule.severity),
            at_stake=kept.stake.cast(_MONEY) if rule.money else ibis.null(_MONEY),
            evidence=evidence(rows=kept["rows"], **{n: _told(kept[f"told_{n}"]) for n in asked}),
        )

    return found


def _met(rule: OwnRule, declared: Derived | Canonical, rows: ir.Table, *, as_of: date, zone: str) -> ir.Table:
    """The rows that open a finding or keep it open, with moments as days of the company."""
    where = condition(rule.where, declared)
    lasts = condition(rule.lasts, declared) if rule.lasts else where
    moments = [c.name for c in declared.written if c.type is Type.TIME and _may_ask(c)]
    local = rows.mutate(**{name: to_local(rows[name], zone).date() for name in moments}) if moments else rows
    columns: dict[Operand, str] = {each: each.column.name for each in where.attributes | lasts.attributes}
    matching = Matching(local, columns, as_of)
    told = local.mutate(
        subject_=local[rule.subject].cast("string"),
        opens_=matching.holds(where, {}).fill_null(False), lasts_=matching.holds(lasts, {}).fill_null(False),
    )  # fmt: skip
    return told.filter(told.subject_.notnull() & (told.opens_ | told.lasts_))


def _asked(rule: OwnRule, declared: Derived | Canonical) -> list[str]:
    """The columns whose figures are the evidence: those that the condition asks about."""
    named = {each.column.name for each in condition(rule.where, declared).attributes}
    return sorted(named - {rule.subject, "rows"})


def _kind(rule: OwnRule) -> str:
    return "customer" if rule.subject in _CUSTOMER else rule.subject.removesuffix("_id")


def _told(value: ir.Value) -> ir.Value:
    return value.cast("string") if isinstance(value, ir.DateValue | ir.TimestampValue) else value


def _may_ask(column: Column) -> bool:
    return column.pii is None and column.type is not Type.JSON
