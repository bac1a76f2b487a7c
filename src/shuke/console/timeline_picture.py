"""Timeline picture: where on one axis are the days on which a customer bought, was spoken to or alarmed us?

Placed in hundredths of the picture, so that letters keep their size on any screen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from shuke import formats
from shuke.console.table_requests import rows_where
from shuke.languages import N_, _
from shuke.views.customer import CustomerPage
from shuke.views.query import Condition

#: What stands in which row of the picture.
LANES: Mapping[str, str] = {"purchases": N_("Purchases"), "contacts": N_("Contacts"), "alerts": N_("Alerts")}

#: Where the axis begins and ends.
_FIRST, _LAST = 14.0, 98.0


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A day on which something happened."""

    across: float
    words: str
    link: str | None


@dataclass(frozen=True, kw_only=True)
class Lane:
    name: str
    title: str
    place: int  # from above
    marks: tuple[Mark, ...]


@dataclass(frozen=True, kw_only=True)
class TimelinePicture:
    lanes: tuple[Lane, ...]
    years: tuple[tuple[float, str], ...]  # where each begins


def of(known: CustomerPage) -> TimelinePicture | None:
    """The days of a customer; None where nothing of a known day is told of them."""
    days = {**known.days, "alerts": tuple(sorted({alert["since"] for alert in known.alerts}))}
    every = [day for each in days.values() for day in each]
    if not every:
        return None
    axis = _Axis(min(every), max([known.as_of, *every]))
    told = [name for name in LANES if days[name]]
    lanes = [
        Lane(
            name=name, title=_(LANES[name]), place=place,
            marks=tuple(_marks(name, days[name], axis, known.customer_id)),
        )
        for place, name in enumerate(told)
    ]  # fmt: skip
    return TimelinePicture(lanes=tuple(lanes), years=tuple(axis.years()))


@dataclass(frozen=True)
class _Axis:
    first: date
    last: date

    def at(self, day: date) -> float:
        whole = (self.last - self.first).days or 1
        return round(_FIRST + (day - self.first).days / whole * (_LAST - _FIRST), 2)

    def years(self) -> Iterator[tuple[float, str]]:
        begin = [date(year, 1, 1) for year in range(self.first.year + 1, self.last.year + 1)]
        yield _FIRST, str(self.first.year)
        for day in begin:
            if self.at(day) - _FIRST > 8:
                yield self.at(day), str(day.year)


def _marks(name: str, days: tuple[date, ...], axis: _Axis, whose: str) -> Iterator[Mark]:
    for day in days:
        on_it = (Condition("customer_id", "eq", whose), Condition("day", "eq", day))
        link = rows_where("purchases", on_it) if name == "purchases" else None
        yield Mark(across=axis.at(day), words=f"{_(LANES[name])} · {formats.day(day)}", link=link)
