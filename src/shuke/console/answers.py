"""Answers: what does a browser get when something cannot be done?"""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from shuke.access.limits import TooManyAttempts
from shuke.console.visits import NotLoggedIn, PasswordIsOnce, Visit
from shuke.errors import (
    Busy,
    Crowded,
    Denied,
    ShukeError,
    Unavailable,
    Undecided,
    WrongCall,
)
from shuke.languages import translate as _

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

#: The first class that fits says the status.
STATUS: tuple[tuple[type[ShukeError], int], ...] = (
    (TooManyAttempts, 429),
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
                return await handle(request)
            except NotLoggedIn as error:
                return RedirectResponse(f"/login?{urlencode({'back': error.back})}", status_code=303)
            except PasswordIsOnce:
                return RedirectResponse("/account/password", status_code=303)
            except ShukeError as error:
                return refusal(request, status(error), str(error))
            except RequestValidationError:
                return refusal(request, 400, _("This address or form holds something that cannot be used."))
            except HTTPException as error:
                return refusal(request, error.status_code, _("There is nothing at this address."))

        return answered


def status(error: ShukeError) -> int:
    if isinstance(error, KeyError):  # a name that nothing bears
        return 404
    return next(code for kind, code in STATUS if isinstance(error, kind))


def refusal(request: Request, code: int, reason: str) -> Response:
    visit = Visit.of(request)
    return visit.page("refusal.html", status=code, code=code, reason=reason)
