"""Alerts: what needs somebody, and who takes care of it?"""

from datetime import date, timedelta
from typing import BinaryIO, cast, get_args
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from shuke import formats
from shuke.access.roles import Capability
from shuke.actions import alerts as actions
from shuke.actions import tasks
from shuke.alerts.flips import Status
from shuke.alerts.notices import OWN
from shuke.console.request_context import Form, Member, RequestContext, day, local, text
from shuke.console.responses import PageRoute
from shuke.console.table_requests import AT_ONCE, TableRequest, pages, whole
from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.views import alert_downloads, tables
from shuke.views import alert_history as view_history
from shuke.views import alerts as view
from shuke.views.alerts import Order
from shuke.views.downloads import MEDIA_TYPES, FileFormat
from shuke.views.query import Condition
from shuke.web.bodies import admits
from shuke.web.file_responses import sent

router = APIRouter(route_class=PageRoute)

#: By what the list may be narrowed in its address: /alerts?status=open&rule=lapsing
NARROWED_BY = ("status", "rule", "severity", "assignee", "subject", "since")

ORDERS: dict[Order, str] = {
    "at_stake": N_("most at stake first"),
    "severity": N_("gravest first"),
    "since": N_("newest first"),
}

SNOOZES = (7, 30, 90)  # days
DEEDS = {"acknowledge": Status.ACKNOWLEDGED, "resolve": Status.RESOLVED, "open": Status.OPEN}


@router.get("/alerts")
def everything(context: Member) -> Response:
    context.principal.require(Capability.SEE)
    if context.opened is None:
        return context.page("welcome.html")
    chosen, asked = _chosen(context), TableRequest.of(context.params)
    found = view.listed(
        context.project, _conditions(chosen), viewer=context.viewer, order=_order(context), limit=AT_ONCE,
        offset=(asked.page - 1) * AT_ONCE,
    )  # fmt: skip
    view.note(context.project, found.alerts, viewer=context.viewer)
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
        orders_of={name: _(words) for name, words in ORDERS.items()},
        order=_order(context),
        users=view.assignable(context.project),
        kept=urlencode(_kept(context)),
        tomorrow=context.today + timedelta(days=1),
        next_week=context.today + timedelta(days=7),
    )


@router.get("/alerts-download")
def take(context: Member, format: str = "csv") -> Response:  # noqa: A002 - the name in the address
    """The alerts that the address asks for, all of them; noted in the audit log."""
    context.principal.require(Capability.EXPORT)
    if format not in get_args(FileFormat):
        raise WrongCall(N_("There is no format {format}."), format=format[:20])
    chosen, file_format = _conditions(_chosen(context)), cast(FileFormat, format)

    def write(file: BinaryIO) -> None:
        alert_downloads.download(
            context.project, chosen, file, file_format=file_format, viewer=context.viewer,
            order=_order(context),
        )  # fmt: skip

    return sent(write, f"alerts.{file_format}", MEDIA_TYPES[file_format])


@router.get("/alerts/{rule}/{subject:path}")
def one(context: Member, rule: str, subject: str) -> Response:
    """What has happened to one alert, and what one may do about it."""
    context.principal.require(Capability.SEE)
    if context.opened is None:
        return context.page("welcome.html")
    found = view_history.history(context.project, rule, subject, viewer=context.viewer)
    view.note(context.project, [found.alert] if found.alert else [], viewer=context.viewer)
    return context.page(
        "alert.html", found=found, own=OWN, snoozes=SNOOZES, users=view.assignable(context.project),
        happened=view_history.happened, back=f"/alerts/{quote(rule)}/{quote(subject)}",
        tomorrow=context.today + timedelta(days=1), next_week=context.today + timedelta(days=7),
    )  # fmt: skip


@router.post("/alerts")
@admits(Capability.HANDLE_ALERTS)
def handle(context: Member, form: Form) -> Response:
    """Acknowledge, snooze, resolve or reopen one alert."""
    context.principal.require(Capability.HANDLE_ALERTS)
    status, until = _wanted(context, form)
    rule, subject = text(form, "rule"), text(form, "subject")
    seen = next((each for each in Status if each == text(form, "seen")), None)
    actions.act(context.project, rule, subject, status, viewer=context.viewer, until=until, seen=seen)
    return context.go(local(text(form, "back")))


@router.post("/alert-deeds")
@admits(Capability.HANDLE_ALERTS)
def handle_many(context: Member, form: Form) -> Response:
    """Do something with the alerts that are ticked, or with all that the list holds."""
    context.principal.require(Capability.HANDLE_ALERTS)
    where, project, viewer = _ticked(form), context.project, context.viewer
    match text(form, "do"):
        case "assign":
            actions.assign(project, where, text(form, "assignee"), viewer=viewer)
        case "task":
            tasks.open_for_alerts(
                project, where, text(form, "task"), day(text(form, "due_on")), viewer=viewer,
                assignee=text(form, "assignee"),
            )  # fmt: skip
        case "comment":
            actions.comment(project, where, text(form, "comment"), viewer=viewer)
        case _:
            status, until = _wanted(context, form)
            actions.act_on(project, where, status, viewer=viewer, until=until)
    return context.go(local(text(form, "back")))


def _ticked(form: FormData) -> list[Condition]:
    if text(form, "every"):
        fields = {name: "assignee_was" if name == "assignee" else name for name in NARROWED_BY}
        return _conditions({name: told for name, field in fields.items() if (told := text(form, field))})
    ticked = [str(each) for each in form.getlist("alert")]
    if not ticked:
        raise WrongCall(N_("Tick the alerts that you mean, or all of them."))
    return [Condition("alert", "in", ticked)]


def _wanted(context: RequestContext, form: FormData) -> tuple[Status, date | None]:
    """What a button asks for: acknowledge, resolve, open, snooze-7, or snooze until the day in the form."""
    event = text(form, "do")
    days = event.removeprefix("snooze-")
    if (number := whole(days)) in SNOOZES:
        return Status.SNOOZED, context.today + timedelta(days=number)
    if event == "snooze":
        try:
            return Status.SNOOZED, date.fromisoformat(text(form, "until"))
        except ValueError:
            raise WrongCall(N_("Say until when to snooze the alert: a day after today.")) from None
    if event not in DEEDS:
        raise WrongCall(N_("There is nothing at this address."))
    return DEEDS[event], None


def _chosen(context: RequestContext) -> dict[str, str]:
    return {n: value for n in NARROWED_BY if (value := context.request.query_params.get(n))}


def _conditions(chosen: dict[str, str]) -> list[Condition]:
    return [Condition(name, "ge" if name == "since" else "eq", value) for name, value in chosen.items()]


def _order(context: RequestContext) -> Order:
    asked = context.request.query_params.get("order")
    return next((each for each in ORDERS if each == asked), "at_stake")


def _kept(context: RequestContext) -> dict[str, str]:
    """What the address of the list says of it, for a file of the same."""
    return _chosen(context) | {"order": _order(context)}


def _waiting(context: RequestContext) -> str:
    """How many alerts wait for somebody, in one sentence."""
    waiting = view.counts(context.project, viewer=context.viewer)
    grave = sum(number for (_rule, severity), number in waiting.items() if severity == "high")
    told = _("Open: {open}, of these high: {grave}. Where most is at stake comes first.")
    return told.format(open=formats.number(sum(waiting.values())), grave=formats.number(grave))


def _rules(context: RequestContext) -> list[tuple[str, str]]:
    listed = tables.catalog(context.project)
    return [(table.name, str(table.title)) for table in listed if table.area == "alerts"]
