"""Responses: what does a browser get if a request fails?"""

from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from shuke.console.request_context import NotLoggedIn, PasswordIsOnce, RequestContext, admit
from shuke.errors import ShukeError, Unavailable
from shuke.languages import translate as _
from shuke.web.handling import Handler, handled
from shuke.web.statuses import status


class PageRoute(APIRoute):
    """A route whose errors are pages that say in the reader's words what was wrong."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handled(handle, request, admit=admit)
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


def unheard(request: Request, code: int) -> Response:
    """What the server itself refuses: no such address, no such method, a form that cannot be read."""
    nowhere = _("There is nothing at this address.")
    useless = _("This address or form holds something that cannot be used.")
    return refusal(request, code, nowhere if code == 404 else useless)


def refusal(request: Request, code: int, reason: str) -> Response:
    try:
        context = RequestContext.of(request)
    except Unavailable as error:  # nobody can say who this is, so the page is one for nobody
        return PlainTextResponse(str(error), status_code=503)
    return context.page("refusal.html", status=code, code=code, reason=reason)
