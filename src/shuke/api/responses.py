"""Responses: what does a program get, and what if the request fails?"""

import json
import re
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from shuke.api.authentication import NoToken, admit
from shuke.errors import ShukeError
from shuke.languages import N_, _, translate
from shuke.views.json_text import jsonable
from shuke.web import statuses
from shuke.web.handling import Handler, handled


class Problem(BaseModel):
    """What every refusal says."""

    code: str
    message: str


#: For the description of the API: what may be answered beside what was asked for.
REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The call asks for what cannot be."},
    401: {"model": Problem, "description": "No token, or one that does not hold."},
    403: {"model": Problem, "description": "Not with these rights."},
    404: {"model": Problem, "description": "There is nothing of that name."},
    409: {"model": Problem, "description": "A person must decide first, or another process is at work."},
    405: {"model": Problem, "description": "One cannot do that there."},
    408: {"model": Problem, "description": "The request body was incomplete or arrived too slowly."},
    413: {"model": Problem, "description": "More than is taken."},
    422: {"model": Problem, "description": "It cannot be done with this file, or with what there is."},
    503: {"model": Problem, "description": "Nothing can be kept at the moment."},
    429: {
        "model": Problem,
        "description": "Too many attempts that failed, or who ask in SQL at once.",
    },
}


class ApiRoute(APIRoute):
    """A route whose errors are objects with a code and a message."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handled(handle, request, admit=admit)
            except ShukeError as error:
                return refusal(status(error), code(error), str(error), headers=_headers(error))
            except RequestValidationError as error:
                names = ", ".join(str(each["loc"][-1]) for each in error.errors())
                told = _("This part of the request is missing or invalid: {names}").format(names=names)
                return refusal(400, "wrong_call", told)
            except HTTPException as error:
                return unheard(error)

        return answered


def unheard(error: HTTPException) -> Response:
    """What the server itself refuses: no such address, no such method, a body that is no JSON and no form."""
    told = {
        400: ("wrong_call", N_("The request cannot be read. Send it as the API description says.")),
        404: ("not_found", N_("There is nothing at this address.")),
        405: ("wrong_method", N_("This address does not allow that method.")),
    }
    name, message = told.get(error.status_code, told[400])
    return refusal(error.status_code, name, translate(message), headers=dict(error.headers or {}))


def status(error: ShukeError) -> int:
    return 401 if isinstance(error, NoToken) else statuses.status(error)


def code(error: ShukeError) -> str:
    """The name of its class: WrongCall is wrong_call."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


def refusal(number: int, name: str, message: str, *, headers: dict[str, str] | None = None) -> Response:
    return answer({"code": name, "message": message}, number=number, headers=headers)


def answer(value: Any, *, number: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A value of a view as JSON."""
    text = json.dumps(jsonable(value), ensure_ascii=False)
    return Response(text, status_code=number, headers=headers, media_type="application/json")


def _headers(error: ShukeError) -> dict[str, str]:
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, NoToken) else {}
