"""Cells: how does a value stand in a table, and where does a click on it lead?"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from babel.numbers import format_decimal, get_currency_precision

from shuke import formats
from shuke.languages import Text
from shuke.languages import translate as _
from shuke.store.builds import Manifest
from shuke.tables import Column, Type
from shuke.views.labels import OPS, UNITS, known_as, value_label
from shuke.views.query import Condition

#: What stands right-aligned, digits under digits.
NUMBERS = (Type.INTEGER, Type.NUMBER, Type.MONEY, Type.QUANTITY, Type.RATE, Type.SHARE)

#: Days that stand for a whole month.
MONTHS = ("month", "cohort")

_LONG = 40  # characters from which a text may break into lines


@dataclass(frozen=True)
class Cell:
    text: str
    kind: str = ""  # a class of the style file: n number, w never broken, long, nothing
    link: str | None = None
    hint: str | None = None  # the code or id that is stored, where something else is shown


NO_CUSTOMER: Mapping[str, str] = {}


def cell(
    column: Column,
    value: Any,
    manifest: Manifest,
    row: Mapping[str, Any],
    called: Mapping[str, str] = NO_CUSTOMER,
) -> Cell:
    """What stands in a column of a row; a customer goes by their name where it is told in `called`."""
    if value is None or value == "":
        if column.name == "name" and row.get("customer_id") and not row.get("organisation"):
            told = called.get(row["customer_id"], row["customer_id"])  # who has no name goes by what is known
            return Cell(told, _breaking(told), _link(column, "", row), hint=row["customer_id"])
        return Cell(formats.NOTHING, "nothing n" if column.type in NUMBERS else "nothing")
    if isinstance(value, str) and value in called:
        return Cell(called[value], _breaking(called[value]), f"/customers/{quote(value)}", hint=value)
    if isinstance(value, str):  # a text, or the mask of something else
        told = value_label(column, value)
        code = value if told != value and column.type is not Type.JSON else None
        return Cell(told, _breaking(told), _link(column, value, row), hint=code)
    return Cell(written(column, value, manifest), "n" if column.type in NUMBERS else "w")


def written(column: Column, value: Any, manifest: Manifest) -> str:
    """A value in the reader's way of writing, its unit known from its column."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.moment(value, manifest.zone)
    if isinstance(value, date):
        return formats.month(value) if column.unit == "month" or column.name in MONTHS else formats.day(value)
    if isinstance(value, int | float | Decimal):
        return _number(column, value, manifest)
    return str(value)


def _number(column: Column, value: int | float | Decimal, manifest: Manifest) -> str:
    if isinstance(value, float) and math.isnan(value):
        return formats.NOTHING
    if column.unit in ("share", "percent"):
        return formats.share(value if column.unit == "share" else value / 100)
    if column.unit == "currency" and column.type is Type.MONEY:
        return _amount(value, manifest.currency)
    return formats.number(value)


def _amount(value: int | float | Decimal, currency: str) -> str:
    """Always to the currency's own places, so that the digits of a column stand under one another."""
    places = "0" * get_currency_precision(currency)
    return format_decimal(value, f"#,##0.{places}" if places else "#,##0", locale=formats.locale())


def condition(
    column: Column, asked: Condition, called: Callable[[Iterable[str]], Mapping[str, str]] = lambda _ids: {}
) -> str:
    """A condition as a person reads it: Status is one of new, active."""
    if asked.op in ("empty", "given"):
        return f"{column.title} {OPS[asked.op]}"
    values = str(asked.value).split("|") if asked.op == "in" else [str(asked.value)]
    asks = _("is one of") if asked.op == "in" else OPS[asked.op]
    names = called(values)
    told = (names.get(value) or value_label(column, value) for value in values)
    return f"{column.title} {asks} {', '.join(told)}"


def unit(column: Column, manifest: Manifest, *, mixed: bool) -> str | None:
    """What a number's heading says of it; nothing where amounts in several currencies stand in a column.

    Days are named where the title does not speak of days itself.
    """
    if column.type not in NUMBERS or column.unit is None:
        return None
    if column.unit == "currency":
        return None if mixed else manifest.currency
    untold = column.unit == "day" and str(_DAY) not in str(column.title).lower()
    return str(UNITS[column.unit]) if column.unit in UNSAID or untold else None


#: What a title does not say by itself.
UNSAID = ("piece", "point")

#: By what a title says that it counts days.
_DAY = Text("day", "天")


def _breaking(text: str) -> str:
    return "long" if len(text) > _LONG else "w"


def _link(column: Column, value: str, row: Mapping[str, Any]) -> str | None:
    if column.name == "subject" and row.get("subject_kind") == "customer":
        return f"/customers/{quote(value)}"
    if column.name in ("customer_id", "name", "organisation") and row.get("customer_id"):
        return f"/customers/{quote(row['customer_id'])}"
    return None


def record_title(record: str) -> str:
    """A record of identity, as a person names it: its source, and what that calls somebody.

    record_title("members:member_no:vip01000") "members · Membership number vip01000"
    """
    source, _mark, record_id = record.partition(":")
    return f"{source} · {known_as(record_id)}" if record_id else record
