"""Work: who does what is due, and what becomes of what cannot be done?

A module of this package that has a `Kind` is asked to do the due work of that name. It does it and returns
how to write that down, which happens in one transaction with the end of the work; so what the books say was
done is not done again, and what was interrupted is done once more, under the same key.
"""

import logging
import pkgutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module

import sqlalchemy as sa

import shuke.actions
from shuke.app import Project
from shuke.channels.message import Refused
from shuke.errors import ShukeError, WrongCall
from shuke.store import due_work
from shuke.store.due_work import Due

log = logging.getLogger(__name__)

#: After so many attempts, which are spread over two days, a piece of work is given up.
MAX_ATTEMPTS = 15

#: How much one worker takes at once.
AT_ONCE = 200

Books = Callable[[sa.Connection], None]
"""What is to be written down, within the transaction that ends the work."""

Each = Callable[[Due, datetime], Books]
"""Does one piece of work; what it raises says what becomes of it, see `Kind`."""

Opens = Callable[[Project, Sequence[Due], datetime], Each]
"""Looks up what several pieces of work need, and gives what does each."""

GiveUp = Callable[[sa.Connection, Due, str, datetime], None]
"""What is to be written down of work that failed for good: (connection, due, why, now)."""


def nothing_written(_connection: sa.Connection) -> None:
    """The books of work of which there is nothing to say."""


class Later(Exception):
    """It is not to be done now, and that is no failure."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def _nothing(_connection: sa.Connection, _due: Due, _error: str, _now: datetime) -> None: ...


@dataclass(frozen=True)
class Kind:
    """Due work of one name: how it is done, and what is written down when it is given up.

    `opens` is called once for all that a worker has taken, so that what these need is looked up at once, and
    gives what does each. That raises `Refused` or `WrongCall` where it will never do, any other error where
    it may later, and `Later` where it is not the time. A piece that takes longer than others says how long
    its worker has it: it is done after all that is short.
    """

    name: str
    opens: Opens
    give_up: GiveUp = _nothing
    lease: timedelta | None = None


@dataclass(frozen=True)
class Worked:
    """What came of the work that one worker took."""

    done: int = 0
    later: int = 0
    failed: int = 0

    def __add__(self, other: "Worked") -> "Worked":
        return Worked(self.done + other.done, self.later + other.later, self.failed + other.failed)

    def __bool__(self) -> bool:
        return bool(self.done or self.later or self.failed)


def work(
    project: Project,
    *,
    worker: str,
    clock: Callable[[], datetime],
    lease: timedelta = due_work.LEASE,
    limit: int = AT_ONCE,
    only: Collection[str] | None = None,
) -> Worked:
    """Do what is due, as much of it as one worker takes at once; nothing where nothing is.

    `only` these kinds, where they are named. `worker` is a name that no other process has; several may
    work at once.
    """
    began = clock()
    with project.operations.writing() as connection:
        wanted = [name for name in kinds() if only is None or name in only]
        taken = due_work.claim(connection, wanted, worker=worker, now=began, limit=limit, lease=lease)
    came, desk = Worked(), _Desk(project, taken)
    for due in sorted(taken, key=lambda due: kinds()[due.kind].lease or lease):
        now, needed = clock(), max(kinds()[due.kind].lease or lease, lease)
        # What is left of the lease is plenty, or is renewed, unless another has taken the work over.
        is_plenty = needed == lease and now - began < lease / 2
        if is_plenty or _still_held(project, due, now=now, lease=needed):
            came += _done(desk, due, now=now)
    return came


def one_by_one(
    do: Callable[[Project, Due, datetime], Books],
) -> Callable[[Project, Sequence[Due], datetime], Each]:
    """`opens` of a kind of which nothing is worth looking up for several at once."""
    return lambda project, _taken, _now: lambda due, now: do(project, due, now)


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of work by name."""
    modules = (
        import_module(f"{shuke.actions.__name__}.{found.name}")
        for found in pkgutil.iter_modules(shuke.actions.__path__)
    )
    found = (value for module in modules for value in vars(module).values() if isinstance(value, Kind))
    return {kind.name: kind for kind in found}


@dataclass(frozen=True)
class _Desk:
    """What one worker has taken, and what was looked up for it."""

    project: Project
    taken: Sequence[Due]
    opened: dict[str, Each] = field(default_factory=dict)

    def do(self, due: Due, now: datetime) -> Books:
        if due.kind not in self.opened:
            together = [each for each in self.taken if each.kind == due.kind]
            self.opened[due.kind] = kinds()[due.kind].opens(self.project, together, now)
        return self.opened[due.kind](due, now)


def _done(desk: _Desk, due: Due, *, now: datetime) -> Worked:
    project = desk.project
    try:
        books = desk.do(due, now)
    except Later as later:
        with project.operations.writing() as connection:
            due_work.postpone(connection, due, until=later.until)
        return Worked(later=1)
    # The outermost loop over work of every kind: what one meets must not keep the others waiting.
    except Exception as error:  # noqa: BLE001 - logged, kept with the work, and tried again
        return _not_done(project, kinds()[due.kind], due, error, now=now)
    with project.operations.writing() as connection:
        if due_work.finish(connection, due, now=now):
            books(connection)
            return Worked(done=1)
    return Worked()  # another has taken it over, and will write it down


def _not_done(project: Project, kind: Kind, due: Due, error: Exception, *, now: datetime) -> Worked:
    told = str(error) if isinstance(error, ShukeError) else type(error).__name__
    log.warning("due work %s %s: %s", due.kind, due.id, told)
    log.debug("due work %s", due.id, exc_info=error)
    is_final = isinstance(error, Refused | WrongCall)
    with project.operations.writing() as connection:
        if is_final or due.attempts >= MAX_ATTEMPTS:
            if due_work.fail(connection, due, now=now, error=told):
                kind.give_up(connection, due, told, now)
                return Worked(failed=1)
        elif due_work.postpone(connection, due, until=now + due_work.backoff(due.attempts), error=told):
            return Worked(later=1)
    return Worked()


def _still_held(project: Project, due: Due, *, now: datetime, lease: timedelta) -> bool:
    with project.operations.writing() as connection:
        return due_work.renew(connection, due, now=now, lease=lease)
