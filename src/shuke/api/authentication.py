"""Authentication: for whom does this program act?"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param

from shuke.access import limits, tokens
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.channels.callback import Callback
from shuke.errors import Denied
from shuke.languages import N_
from shuke.views.viewer import Viewer
from shuke.web.bodies import admitted, weigh

_bearer = HTTPBearer(auto_error=False, description="A token of `shuke token issue`.")

#: The name under which wrong tokens are counted; whoever has a right one is never kept waiting. Nobody can be
#: called so, nor try to log in as that.
WRONG_TOKEN = "\0token"


class NoToken(Denied):
    """Say who you are (HTTP 401)."""

    def __init__(self) -> None:
        super().__init__(N_("Send a valid token: Authorization: Bearer shuke_…"))


def _project(request: Request) -> Project:
    project: Project = request.app.state.project
    return project


def admit(request: Request) -> None:
    """Let somebody send something to the route that they have come to; nothing of it has been read."""
    admits = admitted(request.scope)
    if not admits.anybody:
        viewer = _entered(request)
        for capability in admits.needs:
            viewer.require(capability)
    weigh(request)


def _entered(request: Request) -> Viewer:
    """For whom a request comes; asked once of each."""
    if not hasattr(request.state, "viewer"):
        request.state.viewer = _known(request)
    viewer: Viewer = request.state.viewer
    return viewer


def _known(request: Request) -> Viewer:
    project, now = _project(request), datetime.now(UTC)
    operations = project.operations
    scheme, given = get_authorization_scheme_param(request.headers.get("authorization"))
    if scheme.lower() != "bearer" or not given:
        raise NoToken
    principal = tokens.verify(operations, given, now=now)
    if principal is None:
        address = request.client.host if request.client else ""
        limits.admit(operations, WRONG_TOKEN, address, key=project.key, now=now)
        raise NoToken
    return Viewer(principal, "api", now)


def _viewer(request: Request, _: Annotated[object, Depends(_bearer)]) -> Viewer:
    """Whoever may do what a route declares; where it declares nothing, whoever may see."""
    viewer = _entered(request)
    for capability in admitted(request.scope).needs or (Capability.SEE,):
        viewer.require(capability)
    return viewer


async def _callback(request: Request) -> Callback:
    """What somebody sends who has no token, but signs it."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Callback(await request.body(), headers)


Signed = Annotated[Callback, Depends(_callback)]
Here = Annotated[Project, Depends(_project)]
Caller = Annotated[Viewer, Depends(_viewer)]
