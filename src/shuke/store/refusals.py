"""Refusals: what can a database refuse, and what is said of it?"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shuke.errors import Busy, Damaged, ShukeError, Unavailable, Unwritable
from shuke.languages import N_

_BROKEN = N_(
    "The operations database is damaged. Put it back from a copy; or run `shuke doctor --repair`, which says "
    "what is lost and makes a new one."
)


_UNWRITABLE = N_(
    "The operations database cannot be written to: the system refuses it. Are the disk, its quota or the "
    "size of files at their limit, or is the folder somebody else's?"
)


@contextmanager
def explained() -> Iterator[None]:
    """Say in one line what the database refuses, where it is no slip of ours."""
    try:
        yield
    except PoolTimeout:
        raise _busy() from None
    except DatabaseError as error:
        if type(error) not in (OperationalError, DatabaseError):
            raise
        raise explanation(error.orig) from error


def explanation(error: BaseException | None) -> ShukeError:
    """What is said of an error of the database's own driver."""
    name = getattr(error, "sqlite_errorname", "")
    state = getattr(error, "sqlstate", None) or ""
    if name.startswith("SQLITE_BUSY") or state.startswith("40") or state == "55P03":
        return _busy()
    if name.startswith("SQLITE_FULL") or state == "53100":
        return Unwritable(errno.ENOSPC)
    if name.startswith(("SQLITE_IOERR", "SQLITE_READONLY")):
        return Unavailable(_UNWRITABLE)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")) or _lacks_a_table(error):
        return Damaged(_BROKEN)
    return Unavailable(N_("The operations database cannot be used now."))


def _busy() -> Busy:
    return Busy(N_("Another process is writing to the operations database. Try again."))


def _lacks_a_table(error: BaseException | None) -> bool:
    return str(error).startswith(("no such table", "no such column"))
