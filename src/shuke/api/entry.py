"""Entry: for whom does this program act?"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shuke.access import limits, tokens
from shuke.app import Project
from shuke.errors import Denied
from shuke.languages import N_
from shuke.views.viewer import Viewer

_bearer = HTTPBearer(auto_error=False, description="A token of `shuke token issue`.")

#: The name under which wrong tokens are counted; whoever has a right one is never kept waiting.
WRONG_TOKEN = "token"


class NoToken(Denied):
    """Say who you are (HTTP 401)."""

    def __init__(self) -> None:
        super().__init__(N_("Send a token that holds: Authorization: Bearer shuke_…"))


def _project(request: Request) -> Project:
    project: Project = request.app.state.project
    return project


def _viewer(
    request: Request,
    project: Annotated[Project, Depends(_project)],
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Viewer:
    now = datetime.now(UTC)
    principal = tokens.verify(project.operations, given.credentials, now=now) if given else None
    if principal is None:
        if given:
            address = request.client.host if request.client else ""
            limits.admit(project.operations, WRONG_TOKEN, address, now=now)
        raise NoToken
    return Viewer(principal, "api", now)


Here = Annotated[Project, Depends(_project)]
Caller = Annotated[Viewer, Depends(_viewer)]
