"""Tasks: what is to be done for whom, by whom, and what comes first?"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from zoneinfo import ZoneInfo

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.engage import care as carers
from shuke.engage import tasks
from shuke.engage.care import CareRule
from shuke.engage.tasks import Origin, Task, TaskChange, TaskStatus
from shuke.views import alerts, care, occasions, offers
from shuke.views.names import names_of
from shuke.views.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    """One line of a list of tasks; `called` is the customer's name, as far as the viewer may see it."""

    id: int
    customer_id: str  # whom it means by now
    called: str
    title: str
    due_on: date
    is_overdue: bool
    origin: Origin
    origin_name: str
    origin_title: str  # what a person calls that
    created_at: datetime
    status: TaskStatus
    assignee: str
    comment: str  # the last word
    at: datetime
    who: str | None
    contact: str  # who looks after the customer
    priority: int
    is_known: bool  # whether the customer is anybody in the current build


def listed(
    project: Project,
    *,
    viewer: Viewer,
    assignee: str | None = None,
    status: TaskStatus | None = TaskStatus.OPEN,
    overdue: bool = False,
    customer: str | None = None,
) -> tuple[TaskLine, ...]:
    """Tasks: those of the customers who matter most first, then by the day on which they are due.

    All of them, or those given to one person; of one status, open ones unless told otherwise; only those
    that are overdue; of one customer, by whatever id. That somebody looked at names is written down.
    """
    viewer.require(Capability.SEE)
    ids = None if customer is None else offers.meaning_the_same(project, customer)
    with project.operations.reading() as connection:
        found = tasks.listed(connection, status=status, assignee=assignee, customers=ids)
    lines = [line for line in _lines(project, found, viewer) if line.is_overdue or not overdue]
    if viewer.sees_personal and any(line.called for line in lines):
        viewer.did(project.operations, AuditEvent(verb="looked_at_tasks", count=len(lines)))
    return tuple(sorted(lines, key=lambda line: (-line.priority, line.due_on, line.id)))


def of_customer(
    project: Project, opened: Opened, customer_id: str, *, viewer: Viewer
) -> tuple[TaskLine, ...]:
    """The open tasks of a customer of the build, whatever id they were opened by; what is due first."""
    ids = opened.reader.rows("customer_ids", "customer_id", [customer_id], ("issued_id",))
    with project.operations.reading() as connection:
        found = tasks.listed(connection, customers=ids["issued_id"].to_pylist())
    return tuple(_lines(project, found, viewer))


@dataclass(frozen=True, kw_only=True)
class TaskCounts:
    """How many tasks are open, and how many of these overdue: of who looks, and of all."""

    mine: int
    mine_overdue: int
    open: int
    overdue: int


def counts(project: Project, *, viewer: Viewer) -> TaskCounts:
    """What waits, told without a look at anybody."""
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        found = tasks.listed(connection)
    late = [task for task in found if task.due_on < today(project, viewer)]
    mine = [task for task in found if task.assignee == viewer.actor.who]
    return TaskCounts(
        mine=len(mine), mine_overdue=len([task for task in late if task in mine]), open=len(found),
        overdue=len(late),
    )  # fmt: skip


def one(project: Project, number: int, *, viewer: Viewer) -> TaskLine:
    """A task as it stands; raises `UnknownTask`."""
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        found = tasks.one(connection, number)
    (line,) = _lines(project, [found], viewer)
    if viewer.sees_personal and line.called:
        viewer.did(project.operations, AuditEvent(verb="looked_at_tasks", count=1))
    return line


def today(project: Project, viewer: Viewer) -> date:
    """The day on the clocks of the company."""
    return viewer.now.astimezone(ZoneInfo(project.settings.zone)).date()


def mine(project: Project, *, viewer: Viewer) -> tuple[TaskLine, ...]:
    """The open tasks of who looks."""
    return listed(project, viewer=viewer, assignee=viewer.actor.who)


def history(project: Project, number: int, *, viewer: Viewer) -> tuple[TaskChange, ...]:
    """What became of a task, oldest first; raises `UnknownTask`."""
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        tasks.one(connection, number)
        return tuple(tasks.history(connection, number))


def care_rules(project: Project, *, viewer: Viewer) -> tuple[CareRule, ...]:
    """Who looks after the customers of which segment, the most important first."""
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        return tuple(carers.rules(connection))


def _lines(project: Project, found: Iterable[Task], viewer: Viewer) -> list[TaskLine]:
    every = list(found)
    now = today(project, viewer)
    asked = {task.customer_id for task in every}
    means: Mapping[str, str] = {}
    called: Mapping[str, str] = {}
    looking: Mapping[str, CareRule] = {}
    rules: Mapping[tuple[Origin, str], str] = {}
    if asked and project.builds.pointed:
        opened = project.open()
        means, looking = occasions.whom(opened, asked), care.of(project, opened, asked)
        called = names_of(opened, means.values(), viewer=viewer)
        rules = {
            (task.origin, task.origin_name): str(alerts.title(project, opened, task.origin_name))
            for task in every
            if task.origin is Origin.ALERT
        }
    return [
        TaskLine(
            **{name: value for name, value in asdict(task).items() if name in _KEPT},
            customer_id=means.get(task.customer_id, task.customer_id),
            called=called.get(means.get(task.customer_id, ""), ""),
            origin_title=rules.get((task.origin, task.origin_name), task.origin_name),
            is_overdue=task.status is TaskStatus.OPEN and task.due_on < now,
            contact=looking[task.customer_id].contact if task.customer_id in looking else "",
            priority=looking[task.customer_id].priority if task.customer_id in looking else 0,
            is_known=task.customer_id in means,
        )
        for task in every
    ]


#: What a line tells just as the task does.
_KEPT = {each.name for each in fields(Task)} - {"customer_id", "number"}
