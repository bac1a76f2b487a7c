"""Sales picture: where does each bar of the months stand, so that a page can draw it without a script?

Everything is placed in hundredths of the picture, so that letters keep their size on any screen.
"""

from dataclasses import dataclass
from decimal import Decimal
from math import floor, log10

from shuke import formats
from shuke.console.table_requests import behind
from shuke.languages import _
from shuke.views.sales import Sales, SalesMonth

#: Of the height: so much above the highest bar, and below the axis for the names of the months.
_ABOVE, _BELOW = 8.0, 14.0

#: Of the width: so much beside the first bar, for the amounts.
_BESIDE = 7.0

#: Of the room of a month: so much is its bar.
_BAR = 0.62


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A month as it is drawn."""

    month: SalesMonth
    link: str
    name: str  # of the month, short
    words: str  # all that it shows, for who points at it or cannot see it
    left: float
    width: float
    top: float
    height: float
    planned: float | None  # the height at which its plan is drawn
    last_year: float | None

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


@dataclass(frozen=True, kw_only=True)
class SalesPicture:
    bars: tuple[Bar, ...]
    zero: float  # the height of the axis
    lines: tuple[tuple[float, str], ...]  # heights with their amounts

    @property
    def has_plan(self) -> bool:
        return any(bar.planned is not None for bar in self.bars)

    @property
    def has_last_year(self) -> bool:
        return any(bar.last_year is not None for bar in self.bars)


def of(sales: Sales, currency: str) -> SalesPicture:
    """The months of a company, each at its place."""
    amounts = [float(each) for month in sales.months for each in _amounts(month)]
    scale = _Scale(min([0.0, *amounts]), max([1.0, *amounts]))
    room = (100 - _BESIDE) / len(sales.months)
    bars = [
        _bar(month, _BESIDE + place * room, room, scale, currency) for place, month in enumerate(sales.months)
    ]
    step = _round(scale.most / 2)
    marks = [step * number for number in (1, 2, 3) if step * number <= scale.most]
    lines = tuple((scale.at(mark), formats.compact_money(mark, currency)) for mark in marks)
    return SalesPicture(bars=tuple(bars), zero=scale.at(0), lines=lines)


def _round(amount: float) -> float:
    """The largest of 1, 2 and 5, with noughts, that is no more."""
    unit = 10.0 ** floor(log10(amount))
    return next(times * unit for times in (5, 2, 1) if times * unit <= amount)


@dataclass(frozen=True)
class _Scale:
    least: float
    most: float

    def at(self, amount: float) -> float:
        return round(_ABOVE + (self.most - amount) / (self.most - self.least) * (100 - _ABOVE - _BELOW), 2)


def _amounts(month: SalesMonth) -> list[Decimal | int]:
    told = [month.net.value, month.planned, month.last_year.value if month.last_year else None]
    return [each for each in told if each is not None]


def _bar(month: SalesMonth, left: float, room: float, scale: _Scale, currency: str) -> Bar:
    net, zero = scale.at(float(month.net.value)), scale.at(0)
    return Bar(
        month=month,
        link=behind(month.net),
        name=formats.short_month(month.month),
        words=_in_words(month, currency),
        left=round(left + room * (1 - _BAR) / 2, 2),
        width=round(room * _BAR, 2),
        top=min(net, zero),
        height=round(abs(zero - net), 2),
        planned=None if month.planned is None else scale.at(float(month.planned)),
        last_year=None if month.last_year is None else scale.at(float(month.last_year.value)),
    )


def _in_words(month: SalesMonth, currency: str) -> str:
    def money(amount: Decimal | int) -> str:
        return formats.money(amount, currency)

    net = _("{month}: net sales {amount}")
    told = [net.format(month=formats.month(month.month), amount=money(month.net.value))]
    if not month.is_finished:
        told.append(_("{known} of {days} days").format(known=month.known_days, days=month.days))
    if month.planned is not None:
        told.append(_("plan {amount}").format(amount=money(month.planned)))
    if month.last_year is not None:
        told.append(_("a year before {amount}").format(amount=money(month.last_year.value)))
    if month.returns.value:
        told.append(_("returns {amount}").format(amount=money(month.returns.value)))
    return " · ".join(told)
