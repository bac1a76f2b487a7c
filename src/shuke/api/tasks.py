"""Tasks: how does a program give people something to do, and learn that it was done?"""

from typing import Annotated, Any, BinaryIO, Literal

from fastapi import APIRouter, Body, Query, Response

from shuke.access.roles import Capability
from shuke.actions import tasks as actions
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.engage.care import MAX_PRIORITY, CareRule
from shuke.engage.tasks import MAX_TITLE, TaskChange, TaskStatus
from shuke.views import call_lists
from shuke.views import tasks as view
from shuke.views.downloads import MEDIA_TYPES, FileFormat
from shuke.web.bodies import admits
from shuke.web.bounds import Day, Number
from shuke.web.file_responses import sent

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["tasks"])

User = Annotated[str | None, Body(max_length=200)]
Comment = Annotated[str, Body(max_length=2000)]
AS_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {kind: {} for kind in MEDIA_TYPES.values()} | gives(list[dict[str, Any]])[200]["content"]
    }
}


@router.get("/tasks", summary="What is to be done", responses=gives({"tasks": list[view.TaskLine]}))
def listed(
    project: Here,
    caller: Caller,
    *,
    status: TaskStatus = TaskStatus.OPEN,
    assignee: Annotated[str | None, Query(max_length=200)] = None,
    customer: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """For the customers who matter most first, then what is due first."""
    found = view.listed(project, viewer=caller, status=status, assignee=assignee, customer=customer)
    return answer({"tasks": found})


@router.post(
    "/tasks", summary="Open tasks", status_code=201, responses=gives({"tasks": list[int]}, number=201)
)
@admits(Capability.HANDLE_TASKS)
def open_(
    project: Here,
    caller: Caller,
    *,
    customers: Annotated[list[str], Body(min_length=1, max_length=10_000)],
    title: Annotated[str, Body(min_length=1, max_length=MAX_TITLE)],
    due_on: Annotated[Day, Body()],
    assignee: User = None,
    comment: Comment = "",
    rule: Annotated[str, Body(max_length=200, description="of whose alert it comes")] = "",
) -> Response:
    """One for each customer; it goes to who looks after them unless it says to whom."""
    opened = actions.open_for(
        project, customers, title, due_on, viewer=caller, assignee=assignee or "", comment=comment, rule=rule
    )
    return answer({"tasks": opened}, number=201)


@router.get(
    "/tasks/{number}", summary="What became of a task", responses=gives({"changes": list[TaskChange]})
)
def one(project: Here, caller: Caller, number: Number) -> Response:
    """Oldest first."""
    return answer({"changes": view.history(project, number, viewer=caller)})


@router.post("/task-changes", summary="Assign and end tasks", responses=gives({"changed": int}))
@admits(Capability.HANDLE_TASKS)
def change(
    project: Here,
    caller: Caller,
    *,
    tasks: Annotated[list[Number], Body(min_length=1, max_length=10_000)],
    status: Annotated[TaskStatus | None, Body()] = None,
    assignee: User = None,
    comment: Comment = "",
) -> Response:
    """What is so already stays as it is."""
    changed = actions.change(project, tasks, viewer=caller, status=status, assignee=assignee, comment=comment)
    return answer({"changed": changed})


@router.get("/care", summary="Who looks after whom", responses=gives({"rules": list[CareRule]}))
def rules(project: Here, caller: Caller) -> Response:
    """The most important first."""
    return answer({"rules": view.care_rules(project, viewer=caller)})


@router.post("/care", summary="Say who looks after a segment", responses=gives({"rules": list[CareRule]}))
@admits(Capability.HANDLE_TASKS)
def look_after(
    project: Here,
    caller: Caller,
    *,
    segment: Annotated[str, Body(max_length=200)],
    contact: Annotated[str, Body(min_length=1, max_length=200)],
    priority: Annotated[int, Body(ge=0, le=MAX_PRIORITY)] = 10,
    ended: Annotated[bool, Body(description="nobody does any more")] = False,
) -> Response:
    """Their tasks come first and go there."""
    rule = CareRule(segment=segment, contact=contact, priority=priority, archived=ended)
    actions.look_after(project, rule, viewer=caller)
    return answer({"rules": view.care_rules(project, viewer=caller)})


@router.get("/call-list", summary="Whom to ring, as a file", responses=AS_FILES)
@admits(Capability.EXPORT)
def calls(
    project: Here,
    caller: Caller,
    *,
    segment: Annotated[
        str | None, Query(max_length=20_000, description="a condition of segments; left out: open tasks")
    ] = None,
    assignee: Annotated[str | None, Query(max_length=200)] = None,
    why: Annotated[str, Query(max_length=200)] = "",
    purpose: Annotated[
        Literal["marketing", "service"], Query(description="service takes no consent")
    ] = "marketing",
    form: Annotated[FileFormat, Query(alias="format")] = "csv",
) -> Response:
    """Only who has agreed to be rung. Takes the right to export and to see personal values."""
    if segment:
        found = call_lists.of_segment(project, segment, viewer=caller, purpose=purpose, why=why)
    else:
        found = call_lists.of_tasks(project, viewer=caller, assignee=assignee, purpose=purpose)

    def write(target: BinaryIO) -> None:
        call_lists.download(project, found, target, file_format=form, viewer=caller)

    return sent(write, f"call-list.{form}", MEDIA_TYPES[form])
