"""Days: which day does somebody mean by '2026-03-31', or by '30d'?

'30d' is thirty days before the day that a build looks from; d, w, m and y are days, weeks, months and years.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shuke.errors import WrongCall
from shuke.languages import N_

Unit = Literal["d", "w", "m", "y"]

_PERIOD = re.compile(r"(\d{1,5})([dwmy])")

#: No further back: there the calendar ends, and nobody has customers.
_FIRST = date(1, 1, 1)


@dataclass(frozen=True)
class Period:
    """A stretch of the calendar, as long as it is before a day."""

    number: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.number}{self.unit}"

    def before(self, day: date) -> date:
        """The day so long before; of the 31st of a month the last where that has fewer days."""
        if self.unit in ("d", "w"):
            days = self.number * (7 if self.unit == "w" else 1)
            return day - timedelta(days=min(days, (day - _FIRST).days))
        months = day.year * 12 + day.month - 1 - self.number * (12 if self.unit == "y" else 1)
        year, month = divmod(months, 12)
        if year < _FIRST.year:
            return _FIRST
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


Day = date | Period
"""A day, or one so long before the day that a build looks from."""


def day(text: str) -> Day:
    """'2026-03-31', or a period; raises `WrongCall`."""
    if _PERIOD.fullmatch(text):
        return period(text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongCall(
            N_("{value} is no day. Write it as 2026-03-31, or how long ago it was, as 30d, 4w, 6m or 2y."),
            value=repr(text[:30]),
        ) from None


def period(text: str) -> Period:
    """'30d', '4w', '6m' or '2y'; raises `WrongCall`."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise WrongCall(
            N_("{value} is no period. Write a number and d, w, m or y: 30d, 4w, 6m, 2y."),
            value=repr(text[:30]),
        )
    number, unit = found.groups()
    return Period(int(number), unit)  # type: ignore[arg-type]


def on(day: Day, *, as_of: date) -> date:
    """The day itself, seen from `as_of`."""
    return day.before(as_of) if isinstance(day, Period) else day
