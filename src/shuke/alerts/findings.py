"""Findings: what does every rule say of what it found?

A rule is one file: a function from tables to findings, marked with `@alert_rule`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Derived, Type, table

#: The area of the tables that hold findings.
AREA = "alerts"


def alert_rule(
    *,
    title: Text,
    about: Text,
    evidence: Mapping[str, Text],
    subject: str | None = "subject",
    **further: Any,
) -> Callable[[Callable[..., ir.Table]], Derived]:
    """Declare a function as a rule that warns; its name is the rule's.

    One row per finding, in the columns of `finding`. `evidence` says what a person calls each of the figures
    behind a finding. `subject` is None where the rule is about no customer; `further` are the remaining
    fields of `Derived`.
    """

    def declare(function: Callable[..., ir.Table]) -> Derived:
        columns = finding(function.__name__, title, evidence)
        declared = table(
            key=("rule", "subject"), title=title, about=about, area=AREA, subject=subject, columns=columns,
            **further,
        )  # fmt: skip
        return declared(function)

    return declare


def finding(rule: str, title: Text, evidence: Mapping[str, Text]) -> list[Column]:
    """The columns of every rule's table."""
    return [
        Column("rule", Type.TEXT, Text("Rule", "规则"), codes={rule: title}),
        Column("subject_kind", Type.TEXT, Text("About what", "对象类型")),
        Column("subject", Type.TEXT, Text("About whom", "对象")),
        Column("since", Type.DATE, Text("Since", "起始日")),
        Column("severity", Type.TEXT, Text("Severity", "严重程度")),
        Column("evidence", Type.JSON, Text("Evidence", "依据"), codes=evidence),
    ]


def severity(high: ir.BooleanValue) -> ir.StringValue:
    return ibis.ifelse(high, "high", "medium")


def evidence(**figures: Any) -> ir.StringValue:
    """The figures behind a finding, as a JSON object of texts and numbers written alike on every engine."""
    parts = []
    for name, value in figures.items():
        written = _quoted(value) if isinstance(value, ir.StringValue) else value.cast(str)
        parts.append(ibis.literal(f'"{name}": ') + written.fill_null("null"))
    return ibis.literal("{") + ibis.literal(", ").join(parts) + "}"


def _quoted(text: ir.StringValue) -> ir.StringValue:
    # What cannot stand in a JSON text as it is has no place in a name or a code either.
    return ibis.literal('"') + text.re_replace(r'["\\\x00-\x1f]', "") + '"'
