"""Staleness: from which day does a build look when nothing has been sold for long?"""

from datetime import date, timedelta

#: When the newest transaction is older than this, a build looks from the day after it.
STALE = timedelta(days=45)


def looked_from(today: date, newest: date | None) -> date:
    """Today, or the day after the newest transaction where that is long past."""
    return newest + timedelta(days=1) if newest and today - newest > STALE else today
