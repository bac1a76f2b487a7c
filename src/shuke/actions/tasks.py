"""Tasks: how does somebody open one, give it to a colleague, and say that it is done?"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

from shuke.access.audit import AuditEvent, add
from shuke.access.roles import Capability
from shuke.actions import assignments
from shuke.alerts.flips import CUSTOMER
from shuke.app import Project
from shuke.engage import care, tasks
from shuke.engage.care import CareRule
from shuke.engage.tasks import NewTask, Origin, TaskStatus
from shuke.errors import UnknownCustomer, WrongCall
from shuke.languages import N_
from shuke.views import alerts, segments
from shuke.views import care as carers
from shuke.views.offers import unknown
from shuke.views.query import Condition
from shuke.views.viewer import Viewer, word

#: As many tasks as anybody opens at once.
AT_ONCE = 10_000


def open_for(
    project: Project,
    customers: Collection[str],
    title: str,
    due_on: date,
    *,
    viewer: Viewer,
    assignee: str = "",
    comment: str = "",
    rule: str = "",
) -> list[int]:
    """Open the same task for each of these customers; it goes to who looks after them unless it says to whom.

    `rule`: of whose alert it comes. Raises `UnknownCustomer`.
    """
    viewer.require(Capability.HANDLE_TASKS)
    asked = sorted(set(customers))
    if not asked:
        raise WrongCall(N_("Say for which customer the task is."))
    for missing in unknown(project, asked):
        raise UnknownCustomer(N_("There is no customer {id}."), id=missing)
    origin = (Origin.ALERT, rule) if rule else (Origin.PERSON, viewer.actor.who)
    return _open(
        project,
        [
            NewTask(customer_id=customer, title=title, due_on=due_on, assignee=assignee, comment=comment,
                    origin=origin[0], origin_name=origin[1])
            for customer in asked
        ],
        viewer,
    )  # fmt: skip


def open_for_alerts(
    project: Project,
    where: Iterable[Condition],
    title: str,
    due_on: date,
    *,
    viewer: Viewer,
    assignee: str = "",
    comment: str = "",
) -> list[int]:
    """Open the same task for the customer of every alert that meets the conditions, one for each alert.

    It goes to whom the alert is given unless it says to whom. Raises `WrongCall` where none is of a customer.
    """
    viewer.require(Capability.HANDLE_TASKS)
    found = alerts.listed(project, where, viewer=viewer, limit=AT_ONCE).alerts
    wanted = [
        NewTask(
            customer_id=alert.subject, title=title, due_on=due_on, assignee=assignee or alert.assignee or "",
            comment=comment, origin=Origin.ALERT, origin_name=alert.rule,
        )
        for alert in found
        if alert.subject_kind == CUSTOMER
    ]  # fmt: skip
    if not wanted:
        raise WrongCall(N_("None of these alerts is about a customer, so there is nobody to do it for."))
    return _open(project, wanted, viewer)


def _open(project: Project, wanted: Sequence[NewTask], viewer: Viewer) -> list[int]:
    """Open tasks; what is given to nobody goes to who looks after the customer."""
    whose = {new.customer_id for new in wanted if not new.assignee}
    looking = carers.of(project, project.open(), whose) if whose else {}
    opened: list[int] = []
    given_to: set[str] = set()
    with project.operations.writing() as connection:
        for new in wanted:
            rule = looking.get(new.customer_id)
            given = replace(new, assignee=new.assignee or (rule.contact if rule else ""))
            number = tasks.open_new(connection, given, who=viewer.actor.who, now=viewer.now)
            assert number is not None
            opened.append(number)
            given_to.add(given.assignee)
        assignments.plan(connection, project.settings, given_to - {viewer.actor.who}, now=viewer.now)
        event = AuditEvent(verb="task.opened", subject_kind="task", count=len(opened))
        add(connection, viewer.actor, event, now=viewer.now)
    return opened


def change(
    project: Project,
    numbers: Sequence[int],
    *,
    viewer: Viewer,
    status: TaskStatus | None = None,
    assignee: str | None = None,
    comment: str = "",
) -> int:
    """Give tasks to somebody, say that they are done or dropped, or open them again; returns how many.

    What is so already stays as it is.
    """
    viewer.require(Capability.HANDLE_TASKS)
    if status is None and assignee is None and not comment.strip():
        raise WrongCall(N_("Say what is to become of the tasks."))
    changed = 0
    with project.operations.writing() as connection:
        for number in dict.fromkeys(numbers):
            task = tasks.one(connection, number)
            same = replace(task, status=status or task.status)
            if assignee is not None:
                same = replace(same, assignee=assignee)
            if same == task and not comment.strip():
                continue
            tasks.change(
                connection, task, who=viewer.actor.who, now=viewer.now, status=status, assignee=assignee,
                comment=comment.strip(),
            )  # fmt: skip
            verb = (
                f"task.{status}" if status else "task.assigned" if assignee is not None else "task.commented"
            )
            event = AuditEvent(verb=verb, subject_kind="task", subject_id=str(number))
            add(connection, viewer.actor, event, now=viewer.now)
            changed += 1
        if changed and assignee and assignee != viewer.actor.who:
            assignments.plan(connection, project.settings, [assignee], now=viewer.now)
    return changed


def look_after(project: Project, rule: CareRule, *, viewer: Viewer) -> None:
    """Say who looks after the customers of a segment, or, archived, that nobody does any more."""
    viewer.require(Capability.HANDLE_TASKS)
    if not rule.archived:
        segments.check_in_force(project, rule.segment)
    with project.operations.writing() as connection:
        care.write(connection, rule, who=viewer.actor.who, now=viewer.now)
        verb = "care.ended" if rule.archived else "care.named"
        event = AuditEvent(verb=verb, subject_kind="segment", subject_id=word(rule.segment))
        add(connection, viewer.actor, event, now=viewer.now)
