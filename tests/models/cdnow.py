"""The published sample of CDNOW: who of 2,357 customers bought on which day, and for how much."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from shuke.models.gamma_gamma import Spenders
from shuke.models.histories import PurchaseHistories

#: The papers fit on the first 39 weeks and foretell the next 39.
CUT, END = date(1997, 9, 30), date(1998, 6, 30)


def days(folder: Path) -> dict[str, dict[date, float]]:
    """What each customer paid on each day; two purchases of one day are one."""
    found: dict[str, dict[date, float]] = {}
    for line in (folder / "cdnow_sample" / "CDNOW_sample.txt").read_text("ascii").splitlines():
        _, who, day, _, paid = line.split()
        hers = found.setdefault(who, {})
        when = date(int(day[:4]), int(day[4:6]), int(day[6:]))
        hers[when] = hers.get(when, 0.0) + float(paid)
    return found


def groups(bought: dict[str, dict[date, float]]) -> PurchaseHistories:
    """The histories of the first 39 weeks, in weeks."""
    rows = []
    for hers in bought.values():
        seen = sorted(day for day in hers if day <= CUT)
        rows.append((len(seen) - 1, (seen[-1] - seen[0]) / _WEEK, (CUT - seen[0]) / _WEEK))
    distinct, counts = np.unique(np.array(rows, float), axis=0, return_counts=True)
    frequency, recency, age = distinct.T
    return PurchaseHistories(frequency, recency, age, counts.astype(float))


def spenders(bought: dict[str, dict[date, float]]) -> Spenders:
    """Mean amounts of the repeat purchases of those weeks."""
    rows = []
    for hers in bought.values():
        _, *again = sorted(day for day in hers if day <= CUT)
        if again:
            rows.append((len(again), sum(hers[day] for day in again) / len(again)))
    frequency, spend = np.array(rows, float).T
    return Spenders(frequency, spend, np.ones(len(rows)))


_WEEK = timedelta(days=7)
