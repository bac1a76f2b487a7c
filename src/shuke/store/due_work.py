"""Due work: what waits to be done, from which moment on, and who is doing it?

A piece of work is a row: of a kind, with a key by which it is known, with a moment before which it must not
be done. Whoever takes it has it until the lease ends; if they have died by then, another takes it over. So
work is done at least once, and whoever does it must bear doing the same key again.

    plan(connection, "send", [Work(key="spring:C1", due_at=...)])    what is planned already stays as it is
    for due in claim(connection, ["send"], worker="…", now=...):      nobody else has it meanwhile
        finish(connection, due, now=...)                              or postpone, or fail
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from shuke.store.schema import DOCUMENT, NUMBER, UtcMoment, insert_new, metadata

#: As long as one piece of work may take before another worker believes that its worker is dead.
LEASE = timedelta(minutes=5)

#: After the first failure; twice as long after each further one.
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)

#: How many rows go into one statement: SQLite takes 32,766 parameters.
_ROWS = 1000

due_work = Table(
    "due_work",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("payload", DOCUMENT, nullable=False),
    Column("due_at", UtcMoment, nullable=False),
    Column("planned_at", UtcMoment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", Text),  # who has it, until the lease ends
    Column("leased_until", UtcMoment),
    Column("ended_at", UtcMoment),  # done, failed or withdrawn: nobody takes it any more
    Column("outcome", Text),
    Column("error", Text),  # why the last attempt failed, without a personal value
    UniqueConstraint("kind", "key"),
    Index(None, "ended_at", "kind", "due_at"),
    sqlite_autoincrement=True,
)

DONE, FAILED, WITHDRAWN = "done", "failed", "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is to be planned."""

    key: str
    due_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Due:
    """A piece of work that somebody has taken."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    due_at: datetime
    attempts: int  # this one counted
    worker: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """How much of a kind waits."""

    kind: str
    waiting: int
    failed: int
    next_at: datetime | None


def plan(connection: sa.Connection, kind: str, work: Iterable[Work], *, now: datetime) -> int:
    """Plan what is not planned yet, by its key; returns how much that was."""
    rows = [
        {
            "kind": kind,
            "key": w.key,
            "payload": w.payload,
            "due_at": w.due_at,
            "planned_at": now,
            "attempts": 0,
        }
        for w in work
    ]
    insert = insert_new(connection, due_work).returning(due_work.c.id)
    planned = 0
    for first in range(0, len(rows), _ROWS):
        planned += len(connection.execute(insert.values(rows[first : first + _ROWS])).all())
    return planned


def claim(
    connection: sa.Connection,
    kinds: Collection[str],
    *,
    worker: str,
    now: datetime,
    limit: int = 1,
    lease: timedelta = LEASE,
) -> list[Due]:
    """Take what is due and nobody has, the longest due first; it is the worker's until the lease ends."""
    free = sa.or_(due_work.c.leased_until.is_(None), due_work.c.leased_until <= now)
    ready = (
        sa.select(due_work.c.id)
        .where(due_work.c.ended_at.is_(None), due_work.c.kind.in_(kinds), due_work.c.due_at <= now, free)
        .order_by(due_work.c.due_at, due_work.c.id)
        .limit(limit)
    )
    taken = (
        sa.update(due_work)
        .where(due_work.c.id.in_(ready))
        .values(worker=worker, leased_until=now + lease, attempts=due_work.c.attempts + 1)
        .returning(*(due_work.c[name] for name in _TOLD))
    )
    found = [Due(**row._mapping, worker=worker) for row in connection.execute(taken)]
    return sorted(found, key=lambda due: (due.due_at, due.id))


_TOLD = ("id", "kind", "key", "payload", "due_at", "attempts")


def finish(connection: sa.Connection, due: Due, *, now: datetime) -> bool:
    """It is done; False where the lease had ended and another has it, or has done it."""
    return _end(connection, due, ended_at=now, outcome=DONE, error=None)


def fail(connection: sa.Connection, due: Due, *, now: datetime, error: str) -> bool:
    """It will not be tried again."""
    return _end(connection, due, ended_at=now, outcome=FAILED, error=error)


def postpone(connection: sa.Connection, due: Due, *, until: datetime, error: str | None = None) -> bool:
    """It is given back, to be done at another moment."""
    return _end(connection, due, due_at=until, error=error)


def renew(connection: sa.Connection, due: Due, *, now: datetime, lease: timedelta = LEASE) -> bool:
    """The worker still lives; False where another has taken it over."""
    held = sa.update(due_work).where(*_held(due)).values(leased_until=now + lease)
    return bool(connection.execute(held).rowcount)


def withdraw(connection: sa.Connection, kind: str, *, prefix: str, now: datetime) -> int:
    """Nobody is to do what has not been begun, of the keys that begin so; returns how much that was."""
    free = sa.or_(due_work.c.leased_until.is_(None), due_work.c.leased_until <= now)
    ended = (
        sa.update(due_work)
        .where(
            due_work.c.kind == kind,
            due_work.c.key.startswith(prefix, autoescape=True),
            due_work.c.ended_at.is_(None),
            free,
        )
        .values(ended_at=now, outcome=WITHDRAWN)
    )
    return connection.execute(ended).rowcount


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts have failed."""
    doubled: int = 2 ** min(attempts - 1, 16)
    return min(_LONGEST_WAIT, _FIRST_WAIT * doubled)


def waiting(connection: sa.Connection) -> list[Waiting]:
    """What waits and what has failed, by kind."""
    open_ = due_work.c.ended_at.is_(None)
    query = (
        sa.select(
            due_work.c.kind,
            sa.func.count().filter(open_).label("waiting"),
            sa.func.count().filter(due_work.c.outcome == FAILED).label("failed"),
            sa.func.min(due_work.c.due_at).filter(open_).label("next_at"),
        )
        .group_by(due_work.c.kind)
        .order_by(due_work.c.kind)
    )
    return [Waiting(**row._mapping) for row in connection.execute(query)]


def is_waiting(connection: sa.Connection, kind: str, *, prefix: str) -> bool:
    """Whether any work of the kind whose key begins so has not ended."""
    query = (
        sa.select(due_work.c.id)
        .where(
            due_work.c.ended_at.is_(None), due_work.c.kind == kind,
            due_work.c.key.startswith(prefix, autoescape=True),
        )
        .limit(1)
    )  # fmt: skip
    return connection.execute(query).first() is not None


def next_due(connection: sa.Connection, kinds: Collection[str]) -> datetime | None:
    """When the next piece of work is due; none where none waits."""
    query = sa.select(sa.func.min(due_work.c.due_at)).where(
        due_work.c.ended_at.is_(None), due_work.c.kind.in_(kinds)
    )
    found: datetime | None = connection.execute(query).scalar()
    return found


def _end(connection: sa.Connection, due: Due, **values: Any) -> bool:
    given_back = sa.update(due_work).where(*_held(due)).values(worker=None, leased_until=None, **values)
    return bool(connection.execute(given_back).rowcount)


def _held(due: Due) -> tuple[sa.ColumnElement[bool], ...]:
    return due_work.c.id == due.id, due_work.c.worker == due.worker, due_work.c.ended_at.is_(None)
