"""Changes: what happened since somebody last looked?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from shuke import formats
from shuke.app import Project
from shuke.languages import Text, _
from shuke.tables.records import OWN
from shuke.tables.statuses import LOST, OVERDUE
from shuke.views import alerts
from shuke.views.daily import DailyFigures
from shuke.views.overview import ALERTS, BATCHES, Figure
from shuke.views.query import Condition
from shuke.views.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that happened, in a sentence, with the rows that it tells of."""

    sentence: str
    figure: Figure


@dataclass(frozen=True, kw_only=True)
class Since:
    """From which day on it is told what changed, and from which moment on what came in."""

    day: date
    at: datetime | None  # when they looked; none for who never did


def of(project: Project, daily: DailyFigures, since: Since, *, viewer: Viewer) -> tuple[Change, ...]:
    """What happened from that day on, what brought money first; of what did not happen nothing is said."""
    manifest = project.open().build.manifest
    told = (*_of_build(daily, since.day, manifest.as_of, manifest.currency), _opened(project, since, viewer))
    return tuple(change for change in (*told, _landed(project, since)) if change.figure.value)


def _of_build(daily: DailyFigures, first: date, last: date, currency: str) -> Iterator[Change]:
    net = daily.figure("net", first, last)
    money = formats.compact_money(Decimal(net.value), currency)
    yield Change(sentence=_("Net sales came to {amount}.").format(amount=money), figure=net)
    for kind, words in _HAPPENED.items():
        figure = daily.figure(kind, first, last)
        yield Change(sentence=_counted(words, int(figure.value)), figure=figure)


def _counted(words: tuple[Text, Text], number: int) -> str:
    one, several = words
    return str(one if number == 1 else several).format(number=formats.number(number))


#: What is said of one customer, and of several.
_HAPPENED: dict[str, tuple[Text, Text]] = {
    "new_customers": (
        Text("One customer bought for the first time.", "1 位客户首次购买。"),
        Text("{number} customers bought for the first time.", "{number} 位客户首次购买。"),
    ),
    "returned": (
        Text("One who was given up came back.", "1 位流失客户回归。"),
        Text("{number} who were given up came back.", "{number} 位流失客户回归。"),
    ),
    OVERDUE: (
        Text("One customer became overdue.", "1 位客户转为逾期。"),
        Text("{number} customers became overdue.", "{number} 位客户转为逾期。"),
    ),
    LOST: (
        Text("One customer was lost.", "1 位客户流失。"),
        Text("{number} customers were lost.", "{number} 位客户流失。"),
    ),
    "complaints": (
        Text("One complaint came in.", "收到 1 条投诉。"),
        Text("{number} complaints came in.", "收到 {number} 条投诉。"),
    ),
}

_ALERTS = (
    Text("One alert opened that nobody has taken up.", "新增 1 条预警，尚无人处理。"),
    Text("{number} alerts opened that nobody has taken up.", "新增 {number} 条预警，尚无人处理。"),
)
_ROWS = (
    Text("One row of data landed.", "导入 1 行数据。"),
    Text("{number} rows of data landed.", "导入 {number} 行数据。"),
)


def _opened(project: Project, since: Since, viewer: Viewer) -> Change:
    where = (Condition("status", "eq", "open"), Condition("since", "ge", since.day))
    number = alerts.listed(project, where, viewer=viewer, limit=1).total
    figure = Figure(
        name="alerts", title=Text("Alerts", "预警"), value=number, unit="count", table=ALERTS, where=where
    )
    return Change(sentence=_counted(_ALERTS, number), figure=figure)


def _landed(project: Project, since: Since) -> Change:
    news = [
        receipt.loaded
        for receipt in project.landing.standing()
        if receipt.source != OWN and since.at is not None and receipt.received_at > since.at
    ]
    figure = Figure(
        name="landed", title=Text("Rows landed", "导入行数"), value=sum(news), unit="count", table=BATCHES,
        column="loaded",
    )  # fmt: skip
    return Change(sentence=_counted(_ROWS, sum(news)), figure=figure)
