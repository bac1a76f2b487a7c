"""Alerts: how does a program get to know what needs somebody, and say what has become of it?"""

from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Body, Query, Response

from shuke.access.roles import Capability
from shuke.actions import alerts as actions
from shuke.actions import tasks
from shuke.alerts.flips import Status
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.engage.tasks import MAX_TITLE
from shuke.views import alert_downloads, alert_history
from shuke.views import alerts as view
from shuke.views.alerts import Order
from shuke.views.downloads import MEDIA_TYPES, FileFormat
from shuke.views.query import Condition
from shuke.web.bodies import admits
from shuke.web.bounds import Day, Offset
from shuke.web.file_responses import sent

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["alerts"])

Limit = Annotated[int, Query(ge=1, le=1000)]
Ranked = Annotated[Order, Query(description="where most is at stake first, the gravest, or the newest")]
#: Which alerts are meant, as conditions on the columns of the list.
Which = Annotated[
    list[str],
    Body(
        description="column:op:value, such as rule:eq:credit or alert:in:credit:C1|lapsing:C2; all must hold",
        max_length=20,
    ),
]
Wheres = Annotated[list[str], Query(description="column:op:value; all must hold")]

LISTED = gives(list[dict[str, Any]])
AS_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in MEDIA_TYPES.values()} | LISTED[200]["content"]}
}


@router.get("/alerts", summary="What needs somebody's attention?", responses=gives(view.AlertPage))
def alerts(
    project: Here,
    caller: Caller,
    *,
    rule: str | None = None,
    status: Status | None = Status.OPEN,
    severity: str | None = None,
    assignee: str | None = None,
    where: Wheres = [],  # noqa: B006 - FastAPI makes a list of its own for each call
    order: Ranked = "at_stake",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    asked = {"rule": rule, "status": status and status.value, "severity": severity, "assignee": assignee}
    chosen = [Condition(name, "eq", value) for name, value in asked.items() if value]
    page = view.listed(
        project, [*chosen, *map(Condition.parse, where)], viewer=caller, order=order, limit=limit,
        offset=offset,
    )  # fmt: skip
    view.note(project, page.alerts, viewer=caller)
    return answer(page)


@router.get(
    "/alerts-file",
    summary="The alerts as a file",
    responses=AS_FILES,
)
def file(
    project: Here,
    caller: Caller,
    *,
    where: Wheres = [],  # noqa: B006
    order: Ranked = "at_stake",
    form: Annotated[FileFormat, Query(alias="format")] = "csv",
) -> Response:
    """Every alert that meets the conditions."""
    conditions = [*map(Condition.parse, where)]

    def write(target: BinaryIO) -> None:
        alert_downloads.download(project, conditions, target, file_format=form, viewer=caller, order=order)

    return sent(write, f"alerts.{form}", MEDIA_TYPES[form])


@router.get(
    "/alerts/{rule}/{subject:path}",
    summary="What has happened to an alert?",
    responses=gives(alert_history.AlertHistory),
)
def history(project: Here, caller: Caller, rule: str, subject: str) -> Response:
    """The newest first; `alert` is how it stands, or null where it is over."""
    found = alert_history.history(project, rule, subject, viewer=caller)
    view.note(project, [found.alert] if found.alert else [], viewer=caller)
    return answer(found)


@router.post(
    "/alerts/{rule}/{subject:path}", summary="Say what has become of an alert", responses=gives(view.Alert)
)
@admits(Capability.HANDLE_ALERTS)
def act(
    project: Here,
    caller: Caller,
    *,
    rule: str,
    subject: str,
    status: Annotated[Status, Body()],
    until: Annotated[Day | None, Body(description="of a snoozed one")] = None,
    seen: Annotated[Status | None, Body(description="how it stood when you looked")] = None,
) -> Response:
    """Open, acknowledged, snoozed until a day, or resolved; 409 where it is no longer what was `seen`."""
    acted = actions.act(project, rule, subject, status, viewer=caller, until=until, seen=seen)
    return answer(acted)


@router.post(
    "/alert-statuses", summary="Say what has become of many alerts", responses=gives(actions.Handled)
)
@admits(Capability.HANDLE_ALERTS)
def act_on(
    project: Here,
    caller: Caller,
    *,
    where: Which,
    status: Annotated[Status, Body()],
    until: Annotated[Day | None, Body(description="of snoozed ones")] = None,
) -> Response:
    """All that meet the conditions, or none."""
    conditions = [*map(Condition.parse, where)]
    return answer(actions.act_on(project, conditions, status, viewer=caller, until=until))


@router.post("/alert-assignments", summary="Give alerts to a user", responses=gives({"alerts": int}))
@admits(Capability.HANDLE_ALERTS)
def assign(
    project: Here,
    caller: Caller,
    *,
    where: Which,
    assignee: Annotated[str, Body(description="the name of a user; empty: nobody any more", max_length=200)],
) -> Response:
    conditions = [*map(Condition.parse, where)]
    return answer({"alerts": actions.assign(project, conditions, assignee, viewer=caller)})


@router.post(
    "/alert-tasks",
    summary="Open a task for the customer of each alert",
    status_code=201,
    responses=gives({"tasks": list[int]}, number=201),
)
@admits(Capability.HANDLE_TASKS)
def open_tasks(
    project: Here,
    caller: Caller,
    *,
    where: Which,
    title: Annotated[str, Body(min_length=1, max_length=MAX_TITLE)],
    due_on: Annotated[Day, Body()],
    assignee: Annotated[str, Body(max_length=200, description="left out: whom the alert is given to")] = "",
    comment: Annotated[str, Body(max_length=2000)] = "",
) -> Response:
    """Given to nobody, it goes to who looks after the customer."""
    opened = tasks.open_for_alerts(
        project, map(Condition.parse, where), title, due_on, viewer=caller, assignee=assignee, comment=comment
    )
    return answer({"tasks": opened}, number=201)


@router.post("/alert-comments", summary="Comment on alerts", responses=gives({"alerts": int}))
@admits(Capability.HANDLE_ALERTS)
def comment(
    project: Here, caller: Caller, *, where: Which, comment: Annotated[str, Body(max_length=4000)]
) -> Response:
    conditions = [*map(Condition.parse, where)]
    return answer({"alerts": actions.comment(project, conditions, comment, viewer=caller)})
