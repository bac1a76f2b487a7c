"""Tasks: what is to be done for whom, by whom, and whom is somebody to ring?"""

from datetime import timedelta
from typing import Any, BinaryIO, Literal

from fastapi import APIRouter, Response

from shuke.access.roles import Capability
from shuke.actions import tasks as actions
from shuke.console.request_context import Form, Member, day, local, text
from shuke.console.responses import PageRoute
from shuke.console.table_requests import whole
from shuke.engage.care import CareRule
from shuke.engage.tasks import TaskStatus
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.segments.expression import InSegment
from shuke.views import call_lists, segments
from shuke.views import task_labels as labels
from shuke.views import tasks as view
from shuke.views.alerts import assignable
from shuke.views.downloads import MEDIA_TYPES
from shuke.web.bodies import admits
from shuke.web.bounds import Number
from shuke.web.file_responses import sent

router = APIRouter(route_class=PageRoute)

#: As many as one may look at; the rest is found by person, status or customer.
MOST = 200

Assigned = Literal["mine", "all", "nobody"]


@router.get("/tasks")
def everything(
    context: Member,
    *,
    assigned: Assigned = "mine",
    status: TaskStatus = TaskStatus.OPEN,
    overdue: bool = False,
    customer: str = "",
    rule: str = "",
) -> Response:
    """Those of who looks, unless of a customer; what is overdue is open."""
    context.principal.require(Capability.SEE)
    project, viewer = context.project, context.viewer
    assignee = None if customer else {"mine": viewer.actor.who, "nobody": ""}.get(assigned)
    found = view.listed(
        project, viewer=viewer, status=status, assignee=assignee, overdue=overdue, customer=customer or None
    )
    return context.page(
        "tasks.html", found=found[:MOST], total=len(found), wanted=status,
        assigned="all" if customer else assigned,
        overdue=overdue, customer=customer, rule=rule, labels=labels, due=context.today + timedelta(days=1),
        counts=view.counts(project, viewer=viewer),
        users=assignable(context.project), rules=view.care_rules(project, viewer=viewer),
        segments=[each.name for each in segments.listed(project, viewer=viewer)],
    )  # fmt: skip


@router.get("/tasks/{number}")
def one(context: Member, number: Number) -> Response:
    """A task, and what became of it."""
    context.principal.require(Capability.SEE)
    return context.page(
        "task.html", task=view.one(context.project, number, viewer=context.viewer), labels=labels,
        changes=view.history(context.project, number, viewer=context.viewer),
        users=assignable(context.project),
    )  # fmt: skip


@router.post("/tasks")
@admits(Capability.HANDLE_TASKS)
def change(context: Member, form: Form) -> Response:
    """Give those that were ticked to somebody, or say that they are done, dropped, or open after all."""
    context.principal.require(Capability.HANDLE_TASKS)
    numbers = [number for each in form.getlist("task") if (number := whole(str(each)))]
    if not numbers:
        raise WrongCall(N_("Tick the tasks first."))
    deed = text(form, "do")
    given: dict[str, Any] = {"assignee": text(form, "assignee")} if deed == "assign" else {}
    if deed in list(TaskStatus):
        given["status"] = TaskStatus(deed)
    elif deed not in ("assign", "comment"):
        raise WrongCall(N_("There is nothing at this address."))
    actions.change(
        context.project, numbers, viewer=context.viewer, comment=text(form, "comment")[:2000], **given
    )
    return context.go(local(text(form, "back")))


@router.post("/new-tasks")
@admits(Capability.HANDLE_TASKS)
def create(context: Member, form: Form) -> Response:
    """The same for each customer assigned id is written there."""
    context.principal.require(Capability.HANDLE_TASKS)
    actions.open_for(
        context.project, text(form, "customers").split(), text(form, "title"), day(text(form, "due_on")),
        viewer=context.viewer, assignee=text(form, "assignee"), comment=text(form, "comment")[:2000],
        rule=text(form, "rule")[:200],
    )  # fmt: skip
    return context.go(local(text(form, "back")))


@router.post("/care")
@admits(Capability.HANDLE_TASKS)
def look_after(context: Member, form: Form) -> Response:
    """Say who looks after a segment's customers, or that nobody does any more."""
    context.principal.require(Capability.HANDLE_TASKS)
    rule = CareRule(
        segment=text(form, "segment"), contact=text(form, "contact"),
        priority=whole(text(form, "priority")) or 0, archived=text(form, "do") == "end",
    )  # fmt: skip
    actions.look_after(context.project, rule, viewer=context.viewer)
    return context.go("/tasks#care")


@router.get("/call-list.{file_format}")
def calls(
    context: Member,
    file_format: Literal["csv", "xlsx"],
    *,
    segment: str = "",
    assigned: Assigned = "all",
    purpose: Literal["marketing", "service"] = "marketing",
    why: str = "",
) -> Response:
    """Whom to ring, as a file; of a segment, or of open tasks."""
    context.principal.require(Capability.EXPORT)
    project, viewer, form = context.project, context.viewer, file_format
    if segment:
        condition = str(InSegment(segment))
        found = call_lists.of_segment(project, condition, viewer=viewer, purpose=purpose, why=why or segment)
    else:
        mine = viewer.actor.who if assigned == "mine" else None
        found = call_lists.of_tasks(project, viewer=viewer, assignee=mine, purpose=purpose)

    def write(file: BinaryIO) -> None:
        call_lists.download(project, found, file, file_format=form, viewer=viewer)

    return sent(write, f"call-list.{form}", MEDIA_TYPES[form])
