"""Home: what changed, and what needs doing?"""

from dataclasses import dataclass
from decimal import Decimal

from fastapi import APIRouter, Response

from shuke import formats
from shuke.access.roles import Capability
from shuke.app import Opened
from shuke.console.request_context import Member, RequestContext
from shuke.console.responses import PageRoute
from shuke.console.tables import sentences
from shuke.languages import language
from shuke.tables import Derived
from shuke.views import alerts, tables
from shuke.views import overview as view
from shuke.views.alerts import Alert
from shuke.views.overview import Figure
from shuke.views.query import Condition

router = APIRouter(route_class=PageRoute)

#: The tables whose sentence says what changed, where the build has them.
TELLING = ("monthly_sales", "loss", "retention", "rfm")


#: So many alerts are told by name.
NAMED = 5


@dataclass(frozen=True)
class Headline:
    """What a table's picture says, and where it stands."""

    name: str
    title: str
    sentence: str
    drawn: bool


@router.get("/")
def overview(context: Member) -> Response:
    context.principal.require(Capability.SEE)
    if context.opened is None:
        return context.page("welcome.html")
    return context.page(
        "home.html",
        overview=view.overview(context.project, viewer=context.viewer),
        told=_told(context, context.opened, TELLING),
        standing=_told(context, context.opened, ("lifecycle",)),
        amount=amount,
        waiting=_waiting(context),
        title_of=lambda name: tables.tables(context.project, context.project.open())[name].title,
    )


def amount(figure: Figure, currency: str) -> str:
    """A figure as a heading shows it."""
    if figure.unit == "currency":
        return formats.compact_money(Decimal(figure.value), currency)
    return formats.compact(figure.value)


def _waiting(context: RequestContext) -> tuple[Alert, ...]:
    """The gravest alerts that nobody has taken up yet."""
    is_open = (Condition("status", "eq", "open"),)
    return alerts.listed(
        context.project, is_open, viewer=context.viewer, order="severity", limit=NAMED
    ).alerts


def _told(context: RequestContext, opened: Opened, names: tuple[str, ...]) -> tuple[Headline, ...]:
    known = tables.tables(context.project, opened)
    found = [known[name] for name in names if name in known and name in opened.build.manifest.tables]
    return tuple(
        Headline(table.name, str(table.title.in_(language())), sentence, bool(table.charts))
        for table in found
        if isinstance(table, Derived) and not opened.build.manifest.tables[table.name].failed
        for sentence in sentences(context, opened, table)[:1]
    )
