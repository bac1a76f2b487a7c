"""Server: what answers at the address that `shuke serve` prints?"""

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from shuke.api import (
    alert_rules,
    alert_settings,
    alerts,
    automations,
    campaigns,
    channels,
    customers,
    grades,
    health,
    identity,
    offers,
    plans,
    quality,
    segments,
    tables,
    tasks,
    topics,
    visitors,
    work,
)
from shuke.api.responses import unheard
from shuke.app import Project
from shuke.console import responses as pages
from shuke.console import routes as console
from shuke.version import __version__

DESCRIPTION = """
The customer database of one company, for programs. Send a token with each call:

    Authorization: Bearer shuke_…

A token is issued with `shuke token issue USER NAME` and may at most what its user may. For viewers, values
that give a person away are masked, and one can neither filter, sort nor search by them. Moments are UTC.
Errors are objects with a `code` for programs and a `message` in the language of `Accept-Language`.
"""

#: The rooms of the API.
ROOMS = (
    tables, customers, alerts, alert_rules, alert_settings, segments, visitors, identity, quality, grades,
    offers, plans, topics, campaigns, channels, automations, tasks, work,
)  # fmt: skip


def create_app(project: Project) -> FastAPI:
    """Console and API of a project."""
    app = FastAPI(
        title="Shuke 熟客",
        version=__version__,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        # Their pages load scripts from other places; no page of ours does that.
        docs_url=None,
        redoc_url=None,
    )
    app.state.project = project
    for room in ROOMS:
        app.include_router(room.router, prefix="/api")
    app.include_router(health.router)
    console.mount(app, project)
    app.state.health = health.looks(project, app.state.console.work)
    app.add_exception_handler(HTTPException, _refused)
    return app


def _refused(request: Request, error: Exception) -> Response:
    """What no route has answered, in the form of the door at which it was asked."""
    assert isinstance(error, HTTPException)
    if request.scope["path"].split("/")[1] == "api":
        return unheard(error)
    return pages.unheard(request, error.status_code)
