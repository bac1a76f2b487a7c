"""Daily: what do the days from one to another come to?

The figures of each day are a table of the build, small enough to be read whole: no page counts purchases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shuke.analyses.daily_figures import FIGURES, MOVES
from shuke.app import Opened
from shuke.tables.column import Unit
from shuke.views.overview import Figure, between
from shuke.views.query import Condition

_TABLE = "daily_figures"


@dataclass(frozen=True, kw_only=True)
class _Behind:
    """Where the rows are that a figure counts or, where there is a column `total`, sums."""

    table: str
    day: str = "day"
    where: tuple[Condition, ...] = ()
    total: str | None = None
    unit: Unit = "count"


_BEHIND: Mapping[str, _Behind] = {
    "net": _Behind(table="purchases", total="amount", unit="currency"),
    "returns": _Behind(
        table="purchases", where=(Condition("is_return", "eq", "true"),), total="amount", unit="currency"
    ),
    "new_customers": _Behind(table="rfm", day="first_day"),
    **{
        status: _Behind(table="lifecycle", day="since", where=(Condition("status", "eq", status),))
        for status in MOVES
    },
    "complaints": _Behind(table="complaints"),
}


@dataclass(frozen=True)
class DailyFigures:
    """By figure, its days with what each came to."""

    days: Mapping[str, Mapping[date, int | Decimal]]

    def figure(self, kind: str, first: date, last: date, *, name: str | None = None) -> Figure:
        """What the days come to, with the rows behind it."""
        behind = _BEHIND[kind]
        nothing: int | Decimal = Decimal(0) if behind.total else 0
        counted = (value for day, value in self.days.get(kind, {}).items() if first <= day <= last)
        return Figure(
            name=name or kind, title=FIGURES[kind], value=sum(counted, nothing), unit=behind.unit,
            table=behind.table, where=(*behind.where, *between(behind.day, first, last)), column=behind.total,
        )  # fmt: skip

    def first(self, kind: str) -> date | None:
        return min(self.days.get(kind, {}), default=None)


def of(opened: Opened) -> DailyFigures:
    """Those of a build; none where an earlier version made it."""
    if _TABLE not in opened.reader.tables:
        return DailyFigures({})
    return opened.once(_TABLE, lambda: DailyFigures(_by_figure(opened)))


def _by_figure(opened: Opened) -> dict[str, dict[date, int | Decimal]]:
    found: dict[str, dict[date, int | Decimal]] = {}
    for row in opened.reader.rows(_TABLE, "figure", list(FIGURES)).to_pylist():
        value = row["number"] if row["amount"] is None else row["amount"]
        found.setdefault(row["figure"], {})[row["day"]] = value
    return found
