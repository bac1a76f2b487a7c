"""Alerts: what needs somebody, and who takes care of it?"""

from datetime import date, timedelta

from fastapi import APIRouter, Response

from shuke import formats
from shuke.access.roles import Capability
from shuke.actions.alerts import act
from shuke.alerts.flips import Status
from shuke.alerts.notices import OWN
from shuke.console.request_context import Form, Member, RequestContext, local, text
from shuke.console.responses import PageRoute
from shuke.console.table_requests import AT_ONCE, TableRequest, pages, whole
from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.views import alerts as view
from shuke.views import tables
from shuke.views.query import Condition
from shuke.web.bodies import admits

router = APIRouter(route_class=PageRoute)

#: By what the list may be narrowed in its address: /alerts?status=open&rule=lapsing
NARROWED_BY = ("status", "rule", "severity", "subject")

SNOOZES = (7, 30, 90)  # days
DEEDS = {"acknowledge": Status.ACKNOWLEDGED, "resolve": Status.RESOLVED, "open": Status.OPEN}


@router.get("/alerts")
def everything(context: Member) -> Response:
    context.principal.require(Capability.SEE)
    if context.opened is None:
        return context.page("welcome.html")
    chosen = {n: value for n in NARROWED_BY if (value := context.request.query_params.get(n))}
    asked = TableRequest.of(context.params)
    found = view.listed(
        context.project,
        [Condition(name, "eq", value) for name, value in chosen.items()],
        viewer=context.viewer,
        limit=AT_ONCE,
        offset=(asked.page - 1) * AT_ONCE,
    )
    return context.page(
        "alerts.html",
        found=found,
        chosen=chosen,
        asked=asked,
        pages=pages(found.total),
        rules=_rules(context),
        waiting=_waiting(context),
        snoozes=SNOOZES,
        own=OWN,
    )


@router.post("/alerts")
@admits(Capability.HANDLE_ALERTS)
def handle(context: Member, form: Form) -> Response:
    """Acknowledge, snooze, resolve or reopen one alert."""
    context.principal.require(Capability.HANDLE_ALERTS)
    status, until = _wanted(context, text(form, "do"))
    rule, subject = text(form, "rule"), text(form, "subject")
    seen = next((each for each in Status if each == text(form, "seen")), None)
    act(context.project, rule, subject, status, viewer=context.viewer, until=until, seen=seen)
    return context.go(local(text(form, "back")))


def _wanted(context: RequestContext, event: str) -> tuple[Status, date | None]:
    """What a button asks for: acknowledge, resolve, open, or snooze-7."""
    days = event.removeprefix("snooze-")
    if (number := whole(days)) in SNOOZES:
        return Status.SNOOZED, context.today + timedelta(days=number)
    if event not in DEEDS:
        raise WrongCall(N_("There is nothing at this address."))
    return DEEDS[event], None


def _waiting(context: RequestContext) -> str:
    """How many alerts wait for somebody, in one sentence."""
    waiting = view.counts(context.project, viewer=context.viewer)
    grave = sum(number for (_rule, severity), number in waiting.items() if severity == "high")
    told = _(
        "Open: {open}, of these high: {grave}. The gravest come first, and of these where most is at stake."
    )
    return told.format(open=formats.number(sum(waiting.values())), grave=formats.number(grave))


def _rules(context: RequestContext) -> list[tuple[str, str]]:
    listed = tables.catalog(context.project)
    return [(table.name, str(table.title)) for table in listed if table.area == "alerts"]
