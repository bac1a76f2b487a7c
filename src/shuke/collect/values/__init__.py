"""Values: what does the text in a cell say?

Everything here is an expression over a whole column, run by the engine. A cell is *bad* when it is not
`blank` and yet reads as null. Plain forms go a short way (one pattern, one cast); the rest goes the
thorough way, so a later file that writes its values otherwise is still read right.
"""

from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir

from shuke.collect.mapping import Reading, targets
from shuke.collect.values import currencies, dates, folding, numbers, permissions, words
from shuke.collect.values.birthdays import month_day
from shuke.collect.values.folding import code, prose
from shuke.collect.values.identifiers import masked, plausible, spoilt_by_excel
from shuke.tables import Type

__all__ = [
    "Home",
    "blank",
    "is_code",
    "masked",
    "month_day",
    "needs_order",
    "plausible",
    "read",
    "spoilt_by_excel",
    "with_clock",
]

needs_order, with_clock = dates.needs_order, dates.with_clock


@dataclass(frozen=True)
class Home:
    """What is meant where nothing else is said: whose clocks, whose money, and which day it is."""

    zone: str
    currency: str | None = None
    today: date | None = None


def read(text: ir.StringValue, type: Type, reading: Reading, home: Home) -> ir.Value:  # noqa: A002
    """The typed value of every cell; null where it is blank or cannot be read as `type`."""
    match type:
        case Type.MONEY | Type.QUANTITY:
            return numbers.exact(text, reading.decimal)
        case Type.RATE:
            return numbers.rate(text, reading.decimal)
        case Type.NUMBER:
            return numbers.measure(text, reading.decimal)
        case Type.INTEGER if "interactions.seconds" in reading.to:
            return numbers.duration(text, reading.decimal)
        case Type.INTEGER:
            return numbers.whole(text, reading.decimal)
        case Type.SHARE:
            scale = reading.scale
            return numbers.share(text, reading.decimal, percent=scale == "percent", paid=scale == "paid")
        case Type.CURRENCY:
            return currencies.code(text, reading.currency or home.currency)
        case Type.FLAG if permissions.is_of_consent(reading):
            return permissions.permitted(text, reading)
        case Type.FLAG:
            return words.flag(text)
        case Type.DATE:
            return dates.day(text, reading, zone=home.zone, today=home.today)
        case Type.TIME:
            return dates.moment(text, reading, zone=home.zone, today=home.today)
    return _text(text, reading).nullif("")


def blank(text: ir.StringValue, reading: Reading | None = None) -> ir.BooleanValue:
    """Whether a cell says nothing. What counts as nothing depends a little on what is asked."""
    nothing = folding.blank(text, reading)
    of_consent = reading is not None and permissions.statements(reading)
    return nothing | permissions.says_nothing(text) if of_consent else nothing


def is_code(target: str) -> bool:
    """Whether a target holds numbers and names made by a machine, where full-width forms mean nothing.

    Excel may spoil them (`spoilt_by_excel`), and 17850.0 is the customer 17850.
    """
    column = targets()[target]
    return column.type is Type.TEXT and (
        column.pii in ("identifier", "phone", "email")
        or column.name.endswith(("_no", "_id", "_code", "postcode"))
    )


def _text(text: ir.StringValue, reading: Reading) -> ir.StringValue:
    if "people.gender" in reading.to:
        return words.gender(text)
    if "people.birth_month_day" in reading.to:
        return month_day(text, reading.order)
    if "people.kind" in reading.to:
        return words.kind(text)
    said = code(text) if any(is_code(target) for target in reading.to) else prose(text)
    return blank(text, reading).ifelse("", said)
