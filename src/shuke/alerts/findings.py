"""Findings: what does every rule say of what it found?

A rule is one file: a function from tables to findings, marked with `@alert_rule`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Derived, Type

#: The area of the tables that hold findings.
AREA = "alerts"


@dataclass
class AlertRule(Derived):
    """A table of findings; `outcome` tells, later, which of its alerts were right."""

    outcome_of: Callable[..., ir.Table] | None = None

    def outcome(self, function: Callable[..., ir.Table]) -> Callable[..., ir.Table]:
        """Mark a function as the one that tells whether alerts were right.

        (openings, tables of today…, *, until) -> `subject`, `opened`, `right`; null where `until` is too
        early to tell. `openings` has `subject` and `opened`, the day.
        """
        self.outcome_of = function
        return function


def alert_rule(
    *,
    title: Text,
    about: Text,
    evidence: Mapping[str, Text],
    subject: str | None = "subject",
    **further: Any,
) -> Callable[[Callable[..., ir.Table]], AlertRule]:
    """Declare a function as a rule that warns; its name is the rule's.

    One row per finding, in the columns of `finding`. What the function leaves out is filled in: the name of
    the rule, that it is about customers, and that nobody knows what is at stake. `evidence` says what a
    person calls each of the figures behind a finding. `subject` is None where the rule is about no customer;
    `further` are the remaining fields of `Derived`.
    """

    def declare(function: Callable[..., ir.Table]) -> AlertRule:
        @wraps(function)
        def completed(*tables: ir.Table, **parameters: Any) -> ir.Table:
            found = function(*tables, **parameters)
            absent = {n: v for n, v in _filled_in(function.__name__).items() if n not in found.columns}
            return found.mutate(**absent)

        columns = finding(function.__name__, title, evidence)
        return AlertRule(
            completed, ("rule", "subject"), title, tuple(columns), about=about, area=AREA, subject=subject,
            **further,
        )  # fmt: skip

    return declare


def _filled_in(rule: str) -> dict[str, ir.Value]:
    return {
        "rule": ibis.literal(rule),
        "subject_kind": ibis.literal("customer"),
        "at_stake": ibis.null(Type.MONEY.ibis),
    }


def finding(rule: str, title: Text, evidence: Mapping[str, Text]) -> list[Column]:
    """The columns of every rule's table."""
    return [
        Column("rule", Type.TEXT, Text("Rule", "规则"), codes={rule: title}),
        Column("subject_kind", Type.TEXT, Text("About what", "对象类型")),
        Column("subject", Type.TEXT, Text("About whom", "对象")),
        Column("since", Type.DATE, Text("Since", "起始日")),
        Column("severity", Type.TEXT, Text("Severity", "严重程度")),
        Column("at_stake", Type.MONEY, Text("At stake", "涉及金额"), unit="currency", note=Text(
            "In the project's currency; empty where nobody knows.", "以本项目币种计；不明时为空。")),
        Column("evidence", Type.JSON, Text("Evidence", "依据"), codes=evidence),
    ]  # fmt: skip


def severity(high: ir.BooleanValue) -> ir.StringValue:
    return ibis.ifelse(high, "high", "medium")


def evidence(**figures: Any) -> ir.StringValue:
    """The figures behind a finding, as a JSON object of texts and numbers written alike on every engine."""
    parts = []
    for name, value in figures.items():
        written = _quoted(value) if isinstance(value, ir.StringValue) else value.cast(str)
        parts.append(ibis.literal(f'"{name}": ') + written.fill_null("null"))
    return ibis.literal("{") + ibis.literal(", ").join(parts) + "}"


def still(found: ir.Table, earlier: ir.Table, *, opens: ir.BooleanValue, lasts: ir.BooleanValue) -> ir.Table:
    """Hysteresis: the rows of `found` that open an alert, and those that were findings in the build before
    and have not come back far enough to be over. Needs `subject`; `known_since` is what was said of it then.
    """
    known = earlier.select(known="subject", known_since="since")
    beside = found.mutate(_opens=opens.fill_null(False), _lasts=lasts.fill_null(False))
    told = beside.left_join(known, [("subject", "known")])
    kept = told.filter(told._opens | (told._lasts & told.known.notnull()))
    return kept.drop("_opens", "_lasts", "known")


def _quoted(text: ir.StringValue) -> ir.StringValue:
    # What cannot stand in a JSON text as it is has no place in a name or a code either.
    return ibis.literal('"') + text.re_replace(r'["\\\x00-\x1f]', "") + '"'
