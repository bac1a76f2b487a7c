"""Periods: which moment, day or month is it, and in whose zone?

Times are stored in UTC without a zone. People see and group them in the project's zone. The steps of a
zone's clock become one expression, so that every engine converts alike without a zone database of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import ibis
import ibis.expr.types as ir

from shuke.errors import WrongSettings
from shuke.languages import N_

FIRST, LAST = datetime(1990, 1, 1), datetime(2046, 1, 1)  # noqa: DTZ001 - UTC without a zone, as stored
_STRIDE = timedelta(days=5)  # shorter than any stretch between two steps of a clock (Ramadan in Morocco: 29)


@dataclass(frozen=True)
class OffsetChange:
    """From `at` (UTC) on, the clock is `after` ahead of UTC; until then it was `before`."""

    at: datetime
    before: timedelta
    after: timedelta


def to_utc(local: ir.TimestampValue, zone: str) -> ir.TimestampValue:
    """The moment in UTC at which the clocks of `zone` showed `local`.

    An hour that a clock shows twice is its first showing; an hour that it skips is read as if the clock
    had not yet been put forward (PEP 495, fold=0). Before 1990 and after 2045 the nearest offset holds.
    """
    thresholds = [(step.at + max(step.before, step.after), -step.after) for step in steps(zone)]
    return _shifted(local, thresholds, -_first_offset(zone))


def to_local(utc: ir.TimestampValue, zone: str) -> ir.TimestampValue:
    """What the clocks of `zone` showed at the moment `utc`."""
    return _shifted(utc, [(step.at, step.after) for step in steps(zone)], _first_offset(zone))


#: Every zone has these days whole.
_FIRST_DAY, _LAST_DAY = date(1, 1, 2), date(9999, 12, 29)


def midnight(day: date, zone: str) -> datetime:
    """The first moment, in UTC without saying so, that is no longer `day` in `zone`."""
    day = min(max(day, _FIRST_DAY), _LAST_DAY)
    after = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return after.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def day_begin(day: date, zone: str) -> datetime:
    """The first moment of `day` in `zone`, aware."""
    return midnight(day - timedelta(days=1), zone).replace(tzinfo=UTC)


def day_end(day: date, zone: str) -> ir.TimestampScalar:
    """The same, to be compared with a column."""
    return ibis.literal(midnight(day, zone))


@cache
def steps(zone: str) -> tuple[OffsetChange, ...]:
    """Every change of the clocks of `zone` from 1990 to 2045, oldest first."""
    return tuple(_steps(_zone(zone)))


def _steps(clock: ZoneInfo) -> Iterator[OffsetChange]:
    here = FIRST
    while here < LAST:
        there = here + _STRIDE
        before, after = _offset(here, clock), _offset(there, clock)
        if before != after:
            yield OffsetChange(_moment(here, there, clock), before, after)
        here = there


def _moment(here: datetime, there: datetime, clock: ZoneInfo) -> datetime:
    """The second between `here` and `there` from which the clock shows the later offset."""
    before = _offset(here, clock)
    while there - here > timedelta(seconds=1):
        middle = here + timedelta(seconds=(there - here) // timedelta(seconds=2))
        here, there = (middle, there) if _offset(middle, clock) == before else (here, middle)
    return there


def _offset(utc: datetime, clock: ZoneInfo) -> timedelta:
    return clock.fromutc(utc.replace(tzinfo=clock)).replace(tzinfo=None) - utc


def _first_offset(zone: str) -> timedelta:
    return _offset(FIRST, _zone(zone))


def _zone(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongSettings(
            N_("{zone} is not a time zone. Give its IANA name, such as Asia/Shanghai."), zone=zone
        ) from None


def _shifted(
    time: ir.TimestampValue, thresholds: list[tuple[datetime, timedelta]], first: timedelta
) -> ir.TimestampValue:
    """`time` moved by the shift of the last threshold that it has reached."""
    if not thresholds:
        return time + ibis.interval(seconds=_seconds(first)) if first else time
    # Through an array of one, so that the engine works `time` out once and not at every comparison.
    return ibis.array([time]).map(lambda t: t + _shift(t, thresholds, first).as_interval("s"))[0]


def _shift(
    t: ir.TimestampValue, thresholds: list[tuple[datetime, timedelta]], first: timedelta
) -> ir.IntegerValue:
    """Looked up by the year of `t`, then compared with the few thresholds of that year.

    Fifty-six years of cases would be written as quickly, but take the engine ten times as long.
    """
    years = [_year(year, thresholds, first) for year in range(FIRST.year, LAST.year)]
    most = max(len(moments) for moments, _ in years)
    at = ibis.least(ibis.greatest(t.year() - FIRST.year, 0), len(years) - 1)
    shift = _lookup([_seconds(shifts[-1]) for _, shifts in years], at)
    for n in reversed(range(most)):
        moment = _lookup([moments[n] if n < len(moments) else LAST for moments, _ in years], at)
        before = _lookup([_seconds(shifts[min(n, len(shifts) - 1)]) for _, shifts in years], at)
        shift = (t < moment).ifelse(before, shift)
    return shift


def _year(
    year: int, thresholds: list[tuple[datetime, timedelta]], first: timedelta
) -> tuple[list[datetime], list[timedelta]]:
    """The thresholds within a year, and the shifts before, between and after them."""
    earlier = [shift for moment, shift in thresholds if moment.year < year]
    within = [(moment, shift) for moment, shift in thresholds if moment.year == year]
    return [moment for moment, _ in within], [[first, *earlier][-1], *(shift for _, shift in within)]


def _lookup(values: list[int] | list[datetime], at: ir.IntegerValue) -> ir.Value:
    kind = "int64" if isinstance(values[0], int) else "timestamp"
    return ibis.literal(values, type=f"array<{kind}>")[at]


def _seconds(shift: timedelta) -> int:
    return int(shift.total_seconds())
