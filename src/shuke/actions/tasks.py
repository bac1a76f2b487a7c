"""Tasks: how does somebody open one, give it to a colleague, and say that it is done?"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from shuke.access.audit import AuditEvent, add
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.engage import care, tasks
from shuke.engage.care import CareRule
from shuke.engage.tasks import NewTask, Origin, TaskStatus
from shuke.errors import UnknownCustomer, WrongCall
from shuke.languages import N_
from shuke.views import care as carers
from shuke.views import segments
from shuke.views.offers import unknown
from shuke.views.viewer import Viewer, word


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
    looking = {} if assignee else carers.of(project, project.open(), asked)
    opened = []
    with project.operations.writing() as connection:
        for customer in asked:
            whose = assignee or (looking[customer].contact if customer in looking else "")
            new = NewTask(
                customer_id=customer, title=title, due_on=due_on, assignee=whose, comment=comment,
                origin=Origin.ALERT if rule else Origin.PERSON, origin_name=rule or viewer.actor.who,
            )  # fmt: skip
            number = tasks.open_new(connection, new, who=viewer.actor.who, now=viewer.now)
            assert number is not None
            opened.append(number)
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
