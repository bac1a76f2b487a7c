"""Schemas: how does the API description describe a response?

Read off the same declarations by which `json_text.jsonable` writes an answer, so that the one cannot say what
the other does not do.
"""

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

from shuke.languages import Text
from shuke.views.json_text import written

Shape = dict[str, Any]

#: Values that are written as one of JSON's own.
_SCALARS: dict[Any, Shape] = {
    Any: {},
    NoneType: {"type": "null"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": ["number", "null"]},
    Decimal: {"type": "number"},
    str: {"type": "string"},
    Text: {"type": "string", "description": "in the language that was asked for"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    pa.Table: {"type": "array", "items": {"type": "object"}},
}


def gives(kind: Any, *, number: int = 200) -> dict[int | str, dict[str, Any]]:
    """For the description of a route: its answer is a value of that kind, or an object of such values.

    gives(Quality)                          {200: …}
    gives({"total": int, "customers": …})   {200: …}
    """
    return {number: {"content": {"application/json": {"schema": shape(kind)}}}}


def shape(kind: Any) -> Shape:
    """The JSON schema of what is written for a value of a kind."""
    if isinstance(kind, dict):
        return _object(kind)
    if kind in _SCALARS:
        return {**_SCALARS[kind]}
    origin, within = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return {"anyOf": [shape(each) for each in within]}
    if origin is Literal:
        return {"enum": [*within]}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": shape(within[1])}
    if origin in (tuple, list, frozenset):
        return _array(within)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return _object({field.name: hints[field.name] for field in written(kind)})
    if issubclass(kind, Enum):
        return {"enum": [each.value for each in kind]}
    raise TypeError(f"{kind} has no shape")


def _object(fields: Mapping[str, Any]) -> Shape:
    properties = {name: shape(kind) for name, kind in fields.items()}
    return {"type": "object", "properties": properties, "required": [*properties]}


def _array(within: tuple[Any, ...]) -> Shape:
    kinds = [each for each in within if each is not Ellipsis]
    items = shape(kinds[0]) if len(set(kinds)) == 1 else {"anyOf": [shape(each) for each in kinds]}
    return {"type": "array", "items": items}
