"""Calendar effects: how much of a month's sales came or went with feasts that move from year to year?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np

from shuke.models.series_forecasts import SEASON, SEASONS, Floats

#: People buy for a feast in the three weeks before it; one of so many days is a feast to buy for.
BEFORE, FEAST = 21, 3
#: An effect that chance brings oftener is none.
CHANCE = 0.05


def moving_days(months: Sequence[date], country: str) -> Floats:
    """Of each month the days of public holidays, and the days in the weeks before a feast that moves.

    A feast moves that falls on other days in other years, as the Spring Festival does. No days at all of a
    country whose holidays nobody knows.
    """
    import holidays  # heavy, and only builds need it

    years = range(min(months).year - 1, max(months).year + 3)
    if country not in holidays.list_supported_countries(include_aliases=False):
        return np.zeros((len(months), 2))
    known = holidays.country_holidays(country, years=years)
    names: dict[str, set[tuple[int, int]]] = {}
    for day, name in known.items():
        names.setdefault(_plain(name), set()).add((day.month, day.day))
    moving = {day for day, name in known.items() if len(names[_plain(name)]) > 1}
    eves = {
        start - timedelta(days=n)
        for start in moving
        if start - timedelta(days=1) not in moving
        and all(start + timedelta(days=n) in known for n in range(FEAST))
        for n in range(1, BEFORE + 1)
    }
    return np.array([[_within(month, known), _within(month, eves)] for month in months], dtype=float)


def _plain(name: str) -> str:
    return name.split("(", maxsplit=1)[0].strip()


def _within(month: date, days: Iterable[date]) -> int:
    return sum((day.year, day.month) == (month.year, month.month) for day in days)


def effects(values: Floats, months: Sequence[date], country: str, *, ahead: Sequence[date]) -> Floats:
    """By what factor each month, and each of those ahead, is above what it were without moving feasts.

    The logarithm of a month over the same one a year before is regressed on how their days differ; where
    that explains no more than chance would (F test), every factor is one.
    """
    both = moving_days([*months, *ahead], country)
    known = both[: len(months)]
    nothing = np.ones(len(both))
    if len(values) < SEASONS * SEASON or (values <= 0).any():
        return nothing
    change = np.log(values[SEASON:] / values[:-SEASON])
    differ = known[SEASON:] - known[:-SEASON]
    used = np.flatnonzero(np.abs(differ).sum(axis=0) > 0)
    if not len(used):
        return nothing
    design = np.column_stack([np.ones(len(change)), differ[:, used]])
    line, *_ = np.linalg.lstsq(design, change, rcond=None)
    left = float(((change - design @ line) ** 2).sum())
    all_ = float(((change - change.mean()) ** 2).sum())
    if _by_chance(all_, left, len(used), len(change) - design.shape[1]) > CHANCE:
        return nothing
    return np.asarray(np.exp((both[:, used] - known[:, used].mean(axis=0)) @ line[1:]), dtype=float)


def _by_chance(all_: float, left: float, terms: int, free: int) -> float:
    from scipy.stats import f  # heavy, and only builds need it

    if free < 1 or left <= 0:
        return 1.0
    return float(f.sf((all_ - left) / terms / (left / free), terms, free))
