"""Findings: what does every rule say of what it found?"""

from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type

#: The columns of every table in the area `alerts`.
FINDING = [
    Column("rule", Type.TEXT, Text("Rule", "规则")),
    Column("subject_kind", Type.TEXT, Text("About what", "对象类型")),
    Column("subject", Type.TEXT, Text("About whom", "对象")),
    Column("since", Type.DATE, Text("Since", "起始日")),
    Column("severity", Type.TEXT, Text("Severity", "严重程度")),
    Column("evidence", Type.JSON, Text("Evidence", "依据")),
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
