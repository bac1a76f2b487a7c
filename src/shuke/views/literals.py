"""Literals: what does a value mean that somebody has written, and can anything in a table be like it?

Whatever no column could hold raises `ValueError`: it is refused where it is read, and not by an engine.
"""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from math import isfinite

#: The largest whole number of a column; one with more digits than `_DIGITS` is not even looked at.
_LARGEST, _DIGITS = 2**63 - 1, 40

#: The decimals of the widest decimal column, and the digits before them.
_AFTER, _BEFORE = 18, 20


def integer(text: str) -> int:
    """As a column of whole numbers may hold it: "12", "-3"; Python itself refuses more than 4,300 digits."""
    value = int(text) if len(text) <= _DIGITS else _LARGEST + 1
    if abs(value) > _LARGEST:
        raise ValueError("no column holds so large a number")
    return value


def decimal(text: str) -> Decimal:
    """As a column of money, quantities or shares may hold it; neither NaN nor sNaN nor infinite."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError("no number") from None
    if not value:
        return Decimal(0)
    if not value.is_finite() or not -_AFTER <= value.adjusted() < _BEFORE:
        raise ValueError("no column holds such a number")
    plain = Decimal(f"{value:f}")  # without an exponent, which the engine would take for many more digits
    if -int(plain.as_tuple().exponent) > _AFTER:
        raise ValueError("no column holds so many decimals")
    return plain


def number(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError("no number")
    return value


def moment(text: str) -> datetime:
    """In UTC, without saying so, as columns hold it; what names no zone is UTC."""
    told = datetime.fromisoformat(text)
    try:
        return told.astimezone(UTC).replace(tzinfo=None) if told.tzinfo else told
    except OverflowError:
        raise ValueError("before the first year or after the last") from None


def day(text: str) -> date:
    return date.fromisoformat(text)
