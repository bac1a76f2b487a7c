"""Coefficients: how is what was fitted set down in a table, to be taken up by what goes by it?"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.lazy import pd
from shuke.tables import Column, Type

KEY = ("part", "term")
_SCHEMA = {"part": "string", "term": "string", "value": "float64", "method": "string"}

#: The figures of each part of a model, by what they are figures of.
Coefficients = Mapping[str, Mapping[str, float]]


def columns(parts: dict[str, Text], methods: dict[str, Text]) -> list[Column]:
    """The columns of a table of coefficients."""
    return [
        Column("part", Type.TEXT, Text("Part", "部分"), codes=parts),
        Column("term", Type.TEXT, Text("Term", "项")),
        Column("value", Type.NUMBER, Text("Value", "数值")),
        Column("method", Type.TEXT, Text("Method", "方法"), codes=methods),
    ]


def written(method: str, parts: Coefficients) -> ir.Table:
    """The rows of a model that was fitted by a method."""
    rows = [(part, term, value, method) for part, terms in parts.items() for term, value in terms.items()]
    return ibis.memtable(pd.DataFrame(rows, columns=list(_SCHEMA)), schema=_SCHEMA)


def read(rows: ir.Table) -> tuple[str, dict[str, dict[str, float]]] | None:
    """The method, and the figures by part, in the order of their terms; none where nothing was fitted."""
    frame = rows.order_by(*KEY).to_pandas()
    if frame.empty:
        return None
    found: dict[str, dict[str, float]] = {}
    for part, term, value in zip(frame.part, frame.term, frame.value, strict=True):
        found.setdefault(part, {})[term] = float(value)
    return str(frame.method.iloc[0]), found
