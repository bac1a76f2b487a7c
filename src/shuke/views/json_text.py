"""JSON text: how do values, and whole columns of them, become text exactly as they are?

A value at a time, Python takes minutes for what Arrow writes in seconds; so columns are written at once.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from unicodedata import normalize

from shuke.languages import Text
from shuke.lazy import pa, pc

#: Of a field that serves whoever renders a value, and says nothing by itself: `field(metadata=UNTOLD)`.
UNTOLD = {"untold": True}


def jsonable(value: Any) -> Any:
    """A value of a view as what JSON knows: figures as numbers, times in ISO 8601, texts in one language."""
    if is_dataclass(value) and not isinstance(value, type | Text):
        return {field.name: jsonable(getattr(value, field.name)) for field in written(value)}
    if isinstance(value, Mapping):
        return {str(name): jsonable(each) for name, each in value.items()}
    if isinstance(value, pa.Table):
        return jsonable(value.to_pylist())
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(each) for each in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return _scalar(value)


def written(value: Any) -> list[Field[Any]]:
    """The fields that are written of a dataclass, or of a value of one."""
    return [field for field in fields(value) if not field.name.startswith("_") and field.metadata != UNTOLD]


def _scalar(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no word for it
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def objects(batch: pa.RecordBatch) -> str:
    """The rows as JSON objects, a line each, with commas between."""
    pairs = [
        pc.binary_join_element_wise(json.dumps(name, ensure_ascii=False), values(column), ": ")
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    ]
    lines = pc.binary_join_element_wise(*pairs, ", ") if pairs else pa.array([], pa.string())
    return ",\n".join(f"{{{line}}}" for line in lines.to_pylist())


def values(column: pa.Array) -> pa.Array:
    """Each value as JSON; null as null."""
    kind = column.type
    if pa.types.is_decimal(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        text = plain(column)
    elif pa.types.is_floating(kind):
        text = plain(pc.if_else(pc.is_finite(column), column, pa.scalar(None, kind)))
    elif pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        text = pc.binary_join_element_wise('"', plain(column), '"', "")
    elif pa.types.is_string(kind) or pa.types.is_interval(kind) or pa.types.is_binary(kind):
        text = _quoted(plain(column))
    else:
        text = _dumped(column)
    return pc.fill_null(text, "null")


def plain(column: pa.Array) -> pa.Array:
    """Each value as people and programs read it alike: 4.5, true, 2026-03-05, 2026-03-05T10:00:00Z."""
    kind = column.type
    if pa.types.is_decimal(kind):
        return _trimmed(_decimal_text(column))
    if pa.types.is_timestamp(kind):
        return pc.strftime(column.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_string(kind):
        return column
    if pa.types.is_nested(kind):
        return _dumped(column)
    if pa.types.is_interval(kind) or pa.types.is_duration(kind) or pa.types.is_binary(kind):
        return pa.array([None if v is None else as_text(v) for v in column.to_pylist()], pa.string())
    return column.cast(pa.string())


def as_text(value: Any) -> str:
    """A value that has no word of its own in JSON or a spreadsheet: a list, a span of time, octets."""
    match value:
        case pa.MonthDayNano():
            return _span(value)
        case timedelta():
            return _span(pa.MonthDayNano([0, 0, round(value / timedelta(microseconds=1)) * 1000]))
        case bytes():
            return value.hex()
        case list() | dict() | tuple():
            return json.dumps(value, ensure_ascii=False, default=as_text)
        case _:
            return str(value)


def _span(span: pa.MonthDayNano) -> str:
    """As databases write it: 1 year 2 months 3 days 04:05:06."""
    years, months = divmod(abs(span.months), 12)
    sign = "-" if span.months < 0 else ""
    counts = (
        (years, f"{sign}{years} year"),
        (months, f"{sign}{months} month"),
        (span.days, f"{span.days} day"),
    )
    parts = [text + "s" * (abs(count) != 1) for count, text in counts if count]
    seconds, rest = divmod(abs(span.nanoseconds), 10**9)
    clock = f"{'-' * (span.nanoseconds < 0)}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    fraction = f".{rest:09}".rstrip("0") if rest else ""
    return " ".join([*parts, clock + fraction] if span.nanoseconds or not parts else parts)


#: What begins a formula: one of these four, in whatever width, height or size it is written, behind blanks
#: and signs that are not seen; or a tab or the end of a line, which move what follows into the next cell.
_SIGNS = "".join(sign for sign in map(chr, range(2**16)) if normalize("NFKC", sign) in {*"=+-@"})
_FORMULA = rf"^(?:[\t\r\n]|[\pZ\pC]*[{re.escape(_SIGNS)}])"


def defused(text: pa.Array) -> pa.Array:
    """With an apostrophe before whatever a spreadsheet would take for a formula."""
    risky = pc.match_substring_regex(text, _FORMULA)
    return pc.if_else(risky, pc.binary_join_element_wise("'", text, ""), text)


def _decimal_text(column: pa.Array) -> pa.Array:
    # Arrow writes very small decimals as 1E-7, which is a number as well but not as people write it.
    text = column.cast(pa.string())
    odd = pc.any(pc.match_substring(text, "E")).as_py()
    return (
        pa.array([None if v is None else f"{v:f}" for v in column.to_pylist()], pa.string()) if odd else text
    )


def _trimmed(text: pa.Array) -> pa.Array:
    fraction = pc.match_substring(text, ".")
    return pc.if_else(fraction, pc.utf8_rtrim(pc.utf8_rtrim(text, "0"), "."), text)


def _quoted(text: pa.Array) -> pa.Array:
    if pc.any(pc.match_substring_regex(text, r"[\x00-\x1f]")).as_py():
        return _dumped(text)
    escaped = pc.replace_substring(pc.replace_substring(text, "\\", "\\\\"), '"', '\\"')
    return pc.binary_join_element_wise('"', escaped, '"', "")


def _dumped(column: pa.Array) -> pa.Array:
    """A value at a time, for the few columns that need it."""
    values = column.to_pylist()
    return pa.array(
        [None if v is None else json.dumps(v, ensure_ascii=False, default=as_text) for v in values],
        pa.string(),
    )
