"""Sales: how do they stand against the plan, last month and last year?"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from shuke import formats
from shuke.app import Opened
from shuke.languages import _, language
from shuke.views.daily import DailyFigures
from shuke.views.overview import Figure, this_month

#: So many months are shown: this one, and a whole year before it.
SHOWN = 13


@dataclass(frozen=True, kw_only=True)
class SalesMonth:
    """What a month brought, and what it was to bring."""

    month: date
    net: Figure
    returns: Figure  # part of `net`, and negative
    days: int
    known_days: int  # of them gone by, up to the day of the build
    planned: Decimal | None = None
    planned_goods: Decimal | None = None  # what counts towards the plan: goods alone
    last_year: Figure | None = None  # the same month a year before; None before sales are known

    @property
    def is_finished(self) -> bool:
        return self.known_days == self.days

    @property
    def reached(self) -> float | None:
        """The part of the plan that was reached."""
        if not self.planned or self.planned_goods is None:
            return None
        return float(self.planned_goods / self.planned)


@dataclass(frozen=True, kw_only=True)
class Sales:
    months: tuple[SalesMonth, ...]  # oldest first; the last is that of the day of the build
    month_before: Figure  # the same days of the month before as are known of this one
    year_before: Figure  # and of this month a year ago
    known_from: date  # the first day with a sale

    @property
    def current(self) -> SalesMonth:
        return self.months[-1]

    @property
    def last_whole(self) -> SalesMonth | None:
        return next((month for month in reversed(self.months) if month.is_finished), None)


def of(opened: Opened, daily: DailyFigures) -> Sales | None:
    """The sales of a build; None where it has none of a known day."""
    first = daily.first("net")
    if first is None:
        return None
    as_of = opened.build.manifest.as_of
    plans = _plans(opened)
    months = [_back(as_of, number) for number in reversed(range(SHOWN))]
    begin = first.replace(day=1)
    this, before = this_month(as_of)
    return Sales(
        months=tuple(_month(daily, month, as_of, plans) for month in months if month >= begin),
        month_before=_net(daily, "same_days_of_last_month", *before),
        year_before=_net(daily, "same_days_of_last_year", _year_ago(this[0]), _year_ago(as_of)),
        known_from=first,
    )


def sentences(sales: Sales, currency: str) -> tuple[str, ...]:
    """How sales stand, in words: this month so far, then the last whole one."""
    whole, current = sales.last_whole, sales.current
    told = [] if current.is_finished else [_so_far(sales, currency)]
    return (*told, *([_whole(whole, sales, currency)] if whole else ()))


def _so_far(sales: Sales, currency: str) -> str:
    month = sales.current
    gone = {"month": formats.month(month.month), "known": month.known_days, "days": month.days}
    share = formats.share(month.known_days / month.days, places=0)
    if not month.net.value:
        head = _(
            "{month}: nothing is sold yet that is known, with {known} of its {days} days gone by ({share})."
        )
        return head.format(**gone, share=share)
    head = _("{month} so far: {net}, with {known} of its {days} days gone by ({share}).")
    pairs = (
        (sales.month_before, _("the same days of last month")),
        (sales.year_before, _("the same days last year")),
    )
    told = head.format(**gone, net=_money(month.net, currency), share=share)
    return _joined(told, _against(month.net, pairs, sales), month, currency)


def _whole(month: SalesMonth, sales: Sales, currency: str) -> str:
    head = _("{month} brought {net}.").format(
        month=formats.month(month.month), net=_money(month.net, currency)
    )
    earlier = next((each.net for each in sales.months if each.month == _back(month.month, 1)), None)
    pairs = ((earlier, _("the month before")), (month.last_year, _("the same month last year")))
    return _joined(head, _against(month.net, pairs, sales), month, currency)


def _joined(head: str, against: list[str], month: SalesMonth, currency: str) -> str:
    told = [head]
    if against:
        told.append(_("That is {changes}.").format(changes=formats.listed(against)))
    if month.planned is not None and month.reached is not None:
        planned = formats.compact_money(month.planned, currency)
        share = formats.share(month.reached, places=0)
        told.append(_("Of the plan of {planned}, {share} is reached.").format(planned=planned, share=share))
    if month.returns.value:
        given_back = formats.compact_money(-month.returns.value, currency)
        told.append(_("Returns took {amount} of it.").format(amount=given_back))
    return ("" if language() == "zh" else " ").join(told)


def _against(now: Figure, pairs: Iterable[tuple[Figure | None, str]], sales: Sales) -> list[str]:
    """By how much it is more or less than each; nothing of what was nothing, or is known in part alone."""
    return [
        _("{change} against {before}").format(
            change=formats.change(float(now.value / before.value) - 1), before=name
        )
        for before, name in pairs
        if before is not None and before.value > 0 and _begin(before) >= sales.known_from.replace(day=1)
    ]


def _begin(figure: Figure) -> date:
    begin: date = next(condition.value for condition in figure.where if condition.op == "ge")
    return begin


def _money(figure: Figure, currency: str) -> str:
    return formats.compact_money(Decimal(figure.value), currency)


def _month(
    daily: DailyFigures, month: date, as_of: date, plans: Mapping[date, tuple[Decimal | None, Decimal | None]]
) -> SalesMonth:
    days = _days(month)
    last = month + timedelta(days=days - 1)
    planned, goods = plans.get(month, (None, None))
    year_ago = _year_ago(month)
    known = daily.first("net")
    return SalesMonth(
        month=month,
        net=_net(daily, "net", month, last),
        returns=daily.figure("returns", month, last),
        days=days,
        known_days=min((as_of - month).days + 1, days),
        planned=planned,
        planned_goods=goods,
        last_year=_net(daily, "last_year", year_ago, year_ago + timedelta(days=_days(year_ago) - 1))
        if known and known.replace(day=1) <= year_ago
        else None,
    )


def _net(daily: DailyFigures, name: str, first: date, last: date) -> Figure:
    return daily.figure("net", first, last, name=name)


def _plans(opened: Opened) -> dict[date, tuple[Decimal | None, Decimal | None]]:
    """What is planned for the company, and what came of it, by month."""
    if "planned_months" not in opened.reader.tables:
        return {}
    rows = opened.reader.rows("planned_months", "subject", ["company"]).to_pylist()
    return {row["month"]: (row["planned"], row["actual"]) for row in rows if row["kind"] == "plans"}


def _back(day: date, months: int) -> date:
    """The first day of the month so many months before."""
    month = day.year * 12 + day.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)


def _year_ago(day: date) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap_day else day.day)


def _days(month: date) -> int:
    return monthrange(month.year, month.month)[1]
