"""Quiet hours: when may a customer be disturbed, where they live?"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.core import get_global


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """From `begins` in the evening to `ends` in the morning nobody is written to; alike: no quiet hours."""

    begins: time = time(21)
    ends: time = time(8)

    def wake(self, now: datetime, zones: tuple[str, ...]) -> datetime:
        """`now`, or the first moment after it at which it is quiet in none of the zones.

        Where no such moment comes within two days, as in a country that spans the globe, that of the first
        zone.
        """
        moment = now
        for _ in range(2 * len(zones) + 2):
            awake = max(self._awake(moment, zone) for zone in zones)
            if awake == moment:
                return moment
            moment = awake
        return self._awake(now, zones[0])

    def _awake(self, moment: datetime, zone: str) -> datetime:
        """`moment`, or when it stops being quiet in the zone."""
        local = moment.astimezone(ZoneInfo(zone))
        if not self._is_quiet(local.time()):
            return moment
        morning = datetime.combine(local.date(), self.ends, tzinfo=ZoneInfo(zone))
        next_one = morning if morning > local else morning + timedelta(days=1)
        return next_one.astimezone(moment.tzinfo)

    def _is_quiet(self, at: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


def zones_of(country: str | None, *, home: str) -> tuple[str, ...]:
    """In which zones a customer may live: the company's own where the country has it or is not known."""
    known: tuple[str, ...] = tuple(get_global("territory_zones").get((country or "").upper(), ()))
    return (home,) if not known or home in known else known
