"""Tasks: what is somebody to do for a customer, by when, and has it been done?

Every change of a task is a row; how it stands, and whom it is given to, is its last one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from shuke.errors import Overtaken, WrongCall
from shuke.languages import N_
from shuke.store.schema import insert_new
from shuke.store.task_rows import task_changes, tasks

#: As long as a title may be; it is one line of a list.
MAX_TITLE = 200


class TaskStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"  # nobody is to do it any more


class Origin(StrEnum):
    """What opened a task."""

    PERSON = "person"
    AUTOMATION = "automation"
    ALERT = "alert"


@dataclass(frozen=True, kw_only=True)
class NewTask:
    """What is to be done; `key` is that by which the same is not opened twice."""

    customer_id: str
    title: str
    due_on: date
    origin: Origin = Origin.PERSON
    origin_name: str = ""  # which automation or rule, or who
    assignee: str = ""
    comment: str = ""
    key: str | None = None

    def __post_init__(self) -> None:
        """Raises `WrongCall`."""
        if not self.title.strip():
            raise WrongCall(N_("A task says what is to be done."))
        if len(self.title) > MAX_TITLE:
            raise WrongCall(N_("The title of a task has at most {most} characters."), most=MAX_TITLE)


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task as it stands."""

    id: int
    customer_id: str
    title: str
    due_on: date
    origin: Origin
    origin_name: str
    created_at: datetime
    number: int  # of its last change
    status: TaskStatus
    assignee: str
    comment: str
    at: datetime
    who: str | None


@dataclass(frozen=True, kw_only=True)
class TaskChange:
    """One row of a task's history."""

    at: datetime
    who: str | None
    status: TaskStatus
    assignee: str
    comment: str


class UnknownTask(WrongCall, KeyError): ...


def open_new(connection: sa.Connection, new: NewTask, *, who: str | None, now: datetime) -> int | None:
    """Open a task; none where one of its key was."""
    row = {
        "key": new.key, "customer_id": new.customer_id, "title": new.title.strip(), "due_on": new.due_on,
        "origin": new.origin.value, "origin_name": new.origin_name, "created_at": now,
    }  # fmt: skip
    number = connection.execute(insert_new(connection, tasks).values(row).returning(tasks.c.id)).scalar()
    if number is None:
        return None
    first = {
        "task_id": number, "number": 1, "status": TaskStatus.OPEN.value, "assignee": new.assignee,
        "comment": new.comment, "at": now, "who": who,
    }  # fmt: skip
    connection.execute(sa.insert(task_changes), [first])
    return int(number)


def change(
    connection: sa.Connection,
    task: Task,
    *,
    who: str,
    now: datetime,
    status: TaskStatus | None = None,
    assignee: str | None = None,
    comment: str = "",
) -> None:
    """Give a task to somebody, end it or open it again, or say something of it.

    Raises `Overtaken` where somebody changed it since it was read.
    """
    newest = connection.execute(
        sa.select(sa.func.max(task_changes.c.number)).where(task_changes.c.task_id == task.id)
    ).scalar_one()
    if newest != task.number:
        raise Overtaken
    row = {
        "task_id": task.id, "number": task.number + 1, "status": (status or task.status).value,
        "assignee": task.assignee if assignee is None else assignee, "comment": comment, "at": now,
        "who": who,
    }  # fmt: skip
    connection.execute(sa.insert(task_changes), [row])


def one(connection: sa.Connection, number: int) -> Task:
    """Raises `UnknownTask`."""
    for found in _read(connection, tasks.c.id == number):
        return found
    raise UnknownTask(N_("There is no task {number}."), number=number)


def listed(
    connection: sa.Connection,
    *,
    status: TaskStatus | None = TaskStatus.OPEN,
    assignee: str | None = None,
    customers: Collection[str] | None = None,
) -> list[Task]:
    """Tasks of a status, or of all; given to somebody, or to all; of some ids of customers, or of all."""
    return _read(
        connection,
        sa.true() if status is None else task_changes.c.status == status.value,
        sa.true() if assignee is None else task_changes.c.assignee == assignee,
        sa.true() if customers is None else tasks.c.customer_id.in_(customers),
    )


def given(connection: sa.Connection, name: str, *, since: datetime, until: datetime) -> list[Task]:
    """The tasks that others gave to somebody between two moments, who had not had them and still has."""
    of, before = task_changes.c, task_changes.alias().c
    was = sa.select(before.assignee).where(before.task_id == of.task_id, before.number == of.number - 1)
    fresh = sa.select(of.task_id).where(
        of.assignee == name, of.at >= since, of.at < until, of.who.is_distinct_from(name),
        sa.func.coalesce(was.scalar_subquery(), "") != name,
    )  # fmt: skip
    return [t for t in _read(connection, tasks.c.id.in_(fresh)) if t.assignee == name]


def history(connection: sa.Connection, number: int) -> list[TaskChange]:
    """What became of a task, oldest first."""
    of = task_changes.c
    rows = connection.execute(sa.select(task_changes).where(of.task_id == number).order_by(of.number))
    return [
        TaskChange(at=r.at, who=r.who, status=TaskStatus(r.status), assignee=r.assignee, comment=r.comment)
        for r in rows
    ]


def _read(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> list[Task]:
    of = task_changes.c
    last = sa.select(of.task_id, sa.func.max(of.number).label("last")).group_by(of.task_id).subquery()
    query = (
        sa.select(tasks, of.number, of.status, of.assignee, of.comment, of.at, of.who)
        .join(last, last.c.task_id == tasks.c.id)
        .join(task_changes, (of.task_id == tasks.c.id) & (of.number == last.c.last))
        .where(*where)
        .order_by(tasks.c.due_on, tasks.c.id)
    )
    return [_task(row._mapping) for row in connection.execute(query)]


def _task(row: Any) -> Task:
    told = {name: row[name] for name in Task.__dataclass_fields__}
    return Task(**told | {"origin": Origin(row["origin"]), "status": TaskStatus(row["status"])})
