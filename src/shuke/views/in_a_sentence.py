"""In a sentence: how does a customer stand with us, said in one breath?"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from shuke import formats
from shuke.languages import _, language
from shuke.tables.statuses import LOST, OVERDUE, STATUSES

#: Whoever bought on so many days has a habit.
HABIT = 3


def sentence(
    standing: Mapping[str, Any], behaviour: Mapping[str, Any], spent: Decimal | None, currency: str
) -> str | None:
    """Active customer since 2023, buys tea every 24 days, 9 days overdue, worth ¥3,400 a year."""
    if not standing:
        return None
    parts = [_who(standing, behaviour), *_habit(standing, behaviour), *_lateness(standing)]
    if spent:
        parts.append(
            _("worth {amount} in twelve months").format(amount=formats.compact_money(spent, currency))
        )
    return ("，" if language() == "zh" else ", ").join(parts) + ("。" if language() == "zh" else ".")


def _who(standing: Mapping[str, Any], behaviour: Mapping[str, Any]) -> str:
    status = str(STATUSES[standing["status"]])
    first: date | None = behaviour.get("first_order")
    if first is None:
        return status
    return _("{status}, customer since {year}").format(status=status, year=first.year)


def _habit(standing: Mapping[str, Any], behaviour: Mapping[str, Any]) -> Iterator[str]:
    gap, path = standing.get("usual_days"), behaviour.get("category")
    what = path.rpartition(">")[2].strip() if path else None
    if gap and (standing.get("buying_days") or 0) >= HABIT:
        days = formats.number(round(gap))
        if what:
            yield _("buys {what} about every {days} days").format(what=what, days=days)
        else:
            yield _("buys about every {days} days").format(days=days)
    elif what:
        yield _("bought mostly {what}").format(what=what)


def _lateness(standing: Mapping[str, Any]) -> Iterator[str]:
    late, silent = standing.get("late_days"), standing.get("silent_days")
    if standing["status"] in (OVERDUE, LOST) and silent is not None:
        if late is not None and standing["status"] == OVERDUE and silent > late:
            yield _("{days} days overdue").format(days=formats.number(silent - late))
        else:
            yield _("silent for {days} days").format(days=formats.number(silent))
