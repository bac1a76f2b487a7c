"""Festivals: on which day of the common calendar does a feast of the lunar one fall?"""

from datetime import date
from functools import cache

from lunar_python import Lunar

#: Where shops close for the Spring Festival or live from it.
OBSERVED_IN = frozenset({"CN", "HK", "ID", "KR", "MO", "MY", "SG", "TW", "VN"})


@cache
def spring_festival(year: int) -> date:
    """The first day of the Chinese lunar year that begins in `year`: between 21 January and 20 February."""
    day = Lunar.fromYmd(year, 1, 1).getSolar()
    return date(day.getYear(), day.getMonth(), day.getDay())
