"""Overview: how is the company doing, what changed, and what needs doing?

Every figure says which rows of which table it counts or sums, so that a click leads to them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import ibis
import pyarrow as pa

from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.languages import Text
from shuke.tables.column import Unit
from shuke.tables.statuses import ACTIVE, EVER, STATUSES
from shuke.views import alerts, import_accounts, tables
from shuke.views.import_accounts import IncompleteLines
from shuke.views.query import Condition, holds
from shuke.views.viewer import Viewer

TREND_MONTHS = 24

#: Days without a sale at the start of a stretch of time that are no sign of its records being lacking.
QUIET = 7

#: Where rows lie that are in no build: the pages of batches and of alerts.
BATCHES, ALERTS = "batches", "alerts"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number and the rows behind it: their count or, where there is a `column`, its sum."""

    name: str
    title: Text
    value: int | Decimal
    unit: Unit
    table: str
    where: tuple[Condition, ...] = ()
    column: str | None = None


@dataclass(frozen=True, kw_only=True)
class PeriodComparison:
    """The same figure of two stretches of time."""

    now: Figure
    before: Figure
    known_from: date | None = None  # the first day with sales, where the earlier stretch begins before it

    @property
    def change(self) -> float | None:
        """In relation to what it was; none where that was nothing or less, or is known in part alone."""
        if self.known_from or self.before.value <= 0:
            return None
        return float(self.now.value / self.before.value) - 1


@dataclass(frozen=True, kw_only=True)
class Share:
    """A figure among those it is taken from."""

    part: Figure
    whole: Figure

    @property
    def value(self) -> float | None:
        return float(self.part.value / self.whole.value) if self.whole.value else None


@dataclass(frozen=True, kw_only=True)
class Overview:
    as_of: date
    build: int
    currency: str
    customers: Figure
    active: Share | None  # of those who ever were customers; none where no status could be told
    statuses: tuple[Figure, ...]  # customers by status, in the order of `STATUSES`; those that there are
    new: PeriodComparison  # customers who first bought this month; in the same days of the month before
    month: PeriodComparison  # net sales of this month so far; the same days of the month before
    year: PeriodComparison  # net sales of the last twelve months; the twelve before
    trend: pa.Table  # month, net, orders, customers of the last months, oldest first
    alerts: tuple[Figure, ...]  # open ones, by rule and severity
    quality: tuple[Figure | Share, ...]
    failed: tuple[str, ...]  # tables that this build could not make
    incomplete_lines: tuple[
        IncompleteLines, ...
    ]  # sources most of whose lines have no day, no amount, or nobody

    @property
    def figures(self) -> Iterator[Figure]:
        """Every figure on the page."""
        yield self.customers
        for pair in (self.new, self.month, self.year):
            yield from (pair.now, pair.before)
        yield from self.statuses
        yield from self.alerts
        for share in (*((self.active,) if self.active else ()), *self.quality):
            yield from (share.part, share.whole) if isinstance(share, Share) else (share,)


def overview(project: Project, *, viewer: Viewer) -> Overview:
    """What the current build and the open alerts say."""
    viewer.require(Capability.SEE)
    opened = project.open()
    said = opened.once("overview", lambda: _of_build(project, opened))
    quality = (_rejected(project), *said.quality)
    return replace(said, alerts=_alerts(project, opened, viewer), quality=quality)


def _of_build(project: Project, opened: Opened) -> Overview:
    """What the build says, without what people do meanwhile."""
    manifest = opened.build.manifest
    count, stood = _Counter(project, opened), "lifecycle" in opened.reader.tables
    return Overview(
        as_of=manifest.as_of,
        build=manifest.number,
        currency=manifest.currency,
        customers=count("customers", Text("Customers", "客户"), "customers"),
        active=_active(count) if stood else None,
        statuses=tuple(_statuses(count)) if stood else (),
        new=_new(count, manifest.as_of),
        month=_month(count, manifest.as_of),
        year=_year(count, manifest.as_of),
        trend=_trend(opened),
        alerts=(),
        quality=_quality(count),
        failed=tuple(name for name, made in manifest.tables.items() if made.failed),
        incomplete_lines=import_accounts.incomplete_lines(opened),
    )


@dataclass(frozen=True)
class _Counter:
    """Makes figures of the tables of a build."""

    project: Project
    opened: Opened

    def __call__(
        self,
        name: str,
        title: Text,
        table: str,
        *where: Condition,
        total: str | None = None,
        unit: Unit = "count",
    ) -> Figure:
        declared = tables.declaration(self.project, self.opened, table)
        rows = self.opened.table(table)
        chosen = rows.filter(holds(rows, declared, where)) if where else rows
        measure = chosen[total].sum().fill_null(0) if total else chosen.count()
        value: Any = measure.to_pyarrow().as_py()
        return Figure(name=name, title=title, value=value, unit=unit, table=table, where=where, column=total)

    @cached_property
    def first_sale(self) -> date | None:
        first: date | None = self.opened.table("purchases").day.min().to_pyarrow().as_py()
        return first

    def known_from(self, day: date) -> date | None:
        """The day of the first sale, if it is later than `day` by more than one may well sell nothing."""
        return self.first_sale if self.first_sale and (self.first_sale - day).days > QUIET else None

    def sales(self, name: str, title: Text, first: date, last: date) -> Figure:
        return self(name, title, "purchases", *between("day", first, last), total="amount", unit="currency")


def _active(count: _Counter) -> Share:
    ever = Text("Ever were customers", "曾为客户")
    return Share(
        part=count("active", Text("Current customers", "现有客户"), "lifecycle", _is_one_of(ACTIVE)),
        whole=count("ever", ever, "lifecycle", _is_one_of(EVER)),
    )


def _is_one_of(statuses: tuple[str, ...]) -> Condition:
    return Condition("status", "in", statuses)


def _statuses(count: _Counter) -> Iterator[Figure]:
    for code, title in STATUSES.items():
        figure = count(code, title, "lifecycle", Condition("status", "eq", code))
        if figure.value:
            yield figure


def _new(count: _Counter, as_of: date) -> PeriodComparison:
    now, before = this_month(as_of)
    title = Text("New buyers this month", "本月新客")
    title_before = Text("Same days of last month", "上月同期")
    return PeriodComparison(
        now=count("new", title, "rfm", *between("first_day", *now)),
        before=count("new_before", title_before, "rfm", *between("first_day", *before)),
        known_from=count.known_from(before[0]),
    )


def _month(count: _Counter, as_of: date) -> PeriodComparison:
    now, before = this_month(as_of)
    return PeriodComparison(
        now=count.sales("month", Text("Net sales this month so far", "本月至今净销售额"), *now),
        before=count.sales("month_before", Text("Same days of last month", "上月同期"), *before),
        known_from=count.known_from(before[0]),
    )


def _year(count: _Counter, as_of: date) -> PeriodComparison:
    first = _year_before(as_of)
    last = first - timedelta(days=1)
    title = Text("Net sales of twelve months", "近十二个月净销售额")
    title_before = Text("The twelve months before", "此前十二个月")
    return PeriodComparison(
        now=count.sales("year", title, first, as_of),
        before=count.sales("year_before", title_before, _year_before(last), last),
        known_from=count.known_from(_year_before(last)),
    )


def this_month(as_of: date) -> tuple[tuple[date, date], tuple[date, date]]:
    """This month up to the day, and as many days of the month before, as far as it has them."""
    first = as_of.replace(day=1)
    end_before = first - timedelta(days=1)
    return (first, as_of), (end_before.replace(day=1), end_before.replace(day=min(as_of.day, end_before.day)))


def _year_before(last: date) -> date:
    """The first day of the year that ends with `last`."""
    next_day = last + timedelta(days=1)
    leap_day = (next_day.month, next_day.day) == (2, 29)
    return next_day.replace(year=next_day.year - 1, day=28 if leap_day else next_day.day)


def between(column: str, first: date, last: date) -> tuple[Condition, Condition]:
    return Condition(column, "ge", first), Condition(column, "le", last)


def _trend(opened: Opened) -> pa.Table:
    months = opened.table("monthly_sales").select("month", "net", "orders", "customers")
    return months.order_by(ibis.desc("month")).limit(TREND_MONTHS).order_by("month").to_pyarrow()


def _alerts(project: Project, opened: Opened, viewer: Viewer) -> tuple[Figure, ...]:
    return tuple(
        Figure(
            name=f"{rule}_{severity}",
            title=alerts.title(project, opened, rule),
            value=number,
            unit="count",
            table=ALERTS,
            where=_open_alerts(rule, severity),
        )
        for (rule, severity), number in alerts.counts(project, viewer=viewer).items()
    )


def _open_alerts(rule: str, severity: str) -> tuple[Condition, ...]:
    held = {"status": "open", "rule": rule, "severity": severity}
    return tuple(Condition(column, "eq", value) for column, value in held.items())


def _quality(count: _Counter) -> tuple[Figure | Share, ...]:
    lines = count("lines", Text("Order lines", "订单明细"), "purchases")
    people = count("customers", Text("Customers", "客户"), "customers")
    joined = Text("Customers joined from several records", "由多条记录合并的客户")
    return (
        Share(part=_lines(count, "anonymous", _ANONYMOUS, "customer_id:empty"), whole=lines),
        Share(
            part=_lines(count, "unconverted", _UNCONVERTED, *_NO_RATE),
            whole=lines,
        ),
        Share(part=count("unreachable", _UNREACHABLE, "customers", *_NO_CONTACT), whole=people),
        Share(part=count("joined", joined, "customers", Condition("records", "ge", 2)), whole=people),
    )


_ANONYMOUS = Text("Lines without a known customer", "无已知客户的明细")
_UNCONVERTED = Text("Lines without an exchange rate", "无汇率的明细")
_UNREACHABLE = Text("Customers without telephone or e-mail", "无电话和邮箱的客户")
_NO_CONTACT = (Condition("phone", "empty"), Condition("email", "empty"))
_NO_RATE = ("amount:empty", "stated_amount:given")


def _lines(count: _Counter, name: str, title: Text, *conditions: str) -> Figure:
    return count(name, title, "purchases", *map(Condition.parse, conditions))


def _rejected(project: Project) -> Figure:
    return Figure(
        name="rejected",
        title=Text("Rows in quarantine", "隔离行数"),
        value=sum(receipt.rejected for receipt in project.landing.standing()),
        unit="count",
        table=BATCHES,
        column="rejected",
    )
