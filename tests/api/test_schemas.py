"""What does the description of an answer say of values of each kind?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from math import nan
from typing import Any, Literal

import pyarrow as pa
import pytest

from shuke.api.schemas import gives, shape
from shuke.languages import Text
from shuke.views.json_text import UNTOLD, jsonable


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Cup:
    number: int
    price: Decimal
    colour: Colour
    side: Literal["left", "right"]
    title: Text
    made: date
    drunk: datetime | None = None
    marks: tuple[str, ...] = ()
    holds: Mapping[str, float] = field(default_factory=dict)
    rows: pa.Table = field(default_factory=lambda: pa.table({"n": [1]}))
    handle: Any = field(default=object, metadata=UNTOLD)
    _inside: Any = object


CUP = Cup(
    1, Decimal("4.50"), Colour.RED, "left", Text("cup", "杯"), date(2026, 1, 2),
    drunk=datetime(2026, 1, 3, tzinfo=UTC), marks=("a", "b"), holds={"tea": 0.2, "nothing": nan},
)  # fmt: skip


def test_what_is_written_of_a_value_is_what_its_shape_says():
    text, written = {"type": "string"}, jsonable(CUP)
    assert shape(Cup) == {
        "type": "object",
        "required": [*written],
        "properties": {
            "number": {"type": "integer"},
            "price": {"type": "number"},
            "colour": {"enum": ["red"]},
            "side": {"enum": ["left", "right"]},
            "title": text | {"description": "in the language that was asked for"},
            "made": text | {"format": "date"},
            "drunk": {"anyOf": [text | {"format": "date-time"}, {"type": "null"}]},
            "marks": {"type": "array", "items": text},
            "holds": {"type": "object", "additionalProperties": {"type": ["number", "null"]}},
            "rows": {"type": "array", "items": {"type": "object"}},
        },
    }
    assert written == {
        "number": 1, "price": 4.5, "colour": "red", "side": "left", "title": "cup", "made": "2026-01-02",
        "drunk": "2026-01-03T00:00:00Z", "marks": ["a", "b"], "holds": {"tea": 0.2, "nothing": None},
        "rows": [{"n": 1}],
    }  # fmt: skip


def test_an_answer_of_several_values_is_an_object_of_them():
    told = gives({"total": int, "marks": list[str]}, number=201)[201]["content"]["application/json"]["schema"]
    assert told["required"] == ["total", "marks"] and told["properties"]["total"] == {"type": "integer"}


def test_a_kind_that_nobody_can_write_has_no_shape():
    with pytest.raises(TypeError):
        shape(object)
