"""Answers: what does a browser get when something cannot be done?"""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shuke.access.limits import TooManyAttempts
from shuke.console.bodies import sends
from shuke.console.reading import Legible
from shuke.console.visits import NotLoggedIn, PasswordIsOnce, Visit, admit
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
from shuke.languages import translate as _

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

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


class Page(APIRoute):
    """A route whose errors are pages that say in the reader's words what was wrong."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                if sends(request):
                    await run_in_threadpool(admit, request)
                with told_as_it_was():
                    return await handle(Legible.of(request))
            except NotLoggedIn as error:
                return RedirectResponse(f"/login?{urlencode({'back': error.back})}", status_code=303)
            except PasswordIsOnce:
                return RedirectResponse("/account/password", status_code=303)
            except ShukeError as error:
                return refusal(request, status(error), str(error))
            except RequestValidationError:
                return unheard(request, 400)
            except HTTPException as error:
                return unheard(request, error.status_code)

        return answered


@contextmanager
def told_as_it_was() -> Iterator[None]:
    """FastAPI says of whatever happens while a body is read that it could not be parsed; say what it was."""
    try:
        yield
    except HTTPException as error:
        if isinstance(error.__cause__, ShukeError | ClientDisconnect):
            raise error.__cause__ from None
        raise


def status(error: ShukeError) -> int:
    if isinstance(error, KeyError):  # a name that nothing bears
        return 404
    return next(code for kind, code in STATUS if isinstance(error, kind))


def unheard(request: Request, code: int) -> Response:
    """What the server itself refuses: no such address, no such method, a form that cannot be read."""
    nowhere = _("There is nothing at this address.")
    useless = _("This address or form holds something that cannot be used.")
    return refusal(request, code, nowhere if code == 404 else useless)


def refusal(request: Request, code: int, reason: str) -> Response:
    try:
        visit = Visit.of(request)
    except Unavailable as error:  # nobody can say who this is, so the page is one for nobody
        return PlainTextResponse(str(error), status_code=503)
    return visit.page("refusal.html", status=code, code=code, reason=reason)
