"""Statuses: by which number does HTTP say what was wrong?"""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shuke.access.limits import TooManyAttempts
from shuke.errors import (
    Busy,
    Crowded,
    Denied,
    ShukeError,
    TooLarge,
    TooSlow,
    Unavailable,
    Undecided,
    WrongCall,
)

#: The first class that fits says the status.
STATUS: tuple[tuple[type[ShukeError], int], ...] = (
    (TooManyAttempts, 429),
    (TooLarge, 413),
    (TooSlow, 408),
    (Denied, 403),
    (Crowded, 429),
    (Busy, 409),
    (Undecided, 409),
    (Unavailable, 503),
    (WrongCall, 400),
    (ShukeError, 422),
)


def status(error: ShukeError) -> int:
    if isinstance(error, KeyError):  # a name that nothing bears
        return 404
    return next(code for kind, code in STATUS if isinstance(error, kind))


@contextmanager
def original_errors() -> Iterator[None]:
    """FastAPI says of whatever happens while a body is read that it could not be parsed; say what it was."""
    try:
        yield
    except HTTPException as error:
        if isinstance(error.__cause__, ShukeError | ClientDisconnect):
            raise error.__cause__ from None
        raise
