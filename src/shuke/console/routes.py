"""Routes: at which address is which page?"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.types import Lifespan

from shuke.app import Project
from shuke.console import (
    account,
    alert_rules,
    alert_settings,
    alerts,
    audit_log,
    automations,
    builds,
    bundle,
    campaigns,
    customer_list,
    customers,
    dictionary,
    downloads,
    identity,
    imports,
    login,
    offers,
    people,
    plans,
    quality,
    questions,
    segments,
    tables,
    tasks,
    today,
    topics,
    tracked_links,
    unsubscribe,
)
from shuke.console.assets import FOREVER, asset
from shuke.console.guard import Guard
from shuke.console.request_context import Anybody
from shuke.console.responses import PageRoute
from shuke.console.state import ConsoleState
from shuke.languages import translate as _
from shuke.views import unused_fields
from shuke.web.bodies import Bodies

files = APIRouter(route_class=PageRoute)
nowhere = APIRouter(route_class=PageRoute)  # after every other route
ROUTERS = (
    today.router, customer_list.router, customers.router, identity.router, tables.router, login.router,
    account.router, people.router, audit_log.router, alerts.router, alert_rules.router,
    alert_settings.router, offers.router, plans.router, builds.router, dictionary.router,
    downloads.router, imports.router, quality.router,
    questions.router, segments.router, topics.router,
    campaigns.router, automations.router, tasks.router, unsubscribe.router, tracked_links.router,
    files, nowhere,
)  # fmt: skip


def mount(app: FastAPI, project: Project) -> None:
    """Serve the console of a project under `/`; called after whatever else the server answers."""
    app.state.console = ConsoleState(project)
    app.add_middleware(Bodies)
    app.add_middleware(Guard)
    for router in ROUTERS:
        app.include_router(router, include_in_schema=False)
    app.router.lifespan_context = _prepared(app.router.lifespan_context, project)


@files.get("/static/{digest}/{name}")
def static(digest: str, name: str) -> Response:
    """A file of ours. The digest is there for the browser; whatever it says, the file is today's."""
    found = asset(name)
    keep = FOREVER if digest == found.digest else "no-cache"
    return Response(found.content, media_type=found.kind, headers={"Cache-Control": keep})


@nowhere.get("/{path:path}")
def nothing(context: Anybody, path: str) -> Response:
    reason = _("There is nothing at this address.")
    if path.split("/", maxsplit=1)[0] == "api":
        return JSONResponse({"code": "not_found", "message": reason}, 404)
    return context.page("refusal.html", status=404, code=404, reason=reason)


@files.get("/charts/vega-{version}.js")
def chart_script(request: Request, version: str) -> Response:
    made = bundle.script()
    keep = FOREVER if version == bundle.version() else "no-cache"
    headers = {"Cache-Control": keep, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(made.gzipped, media_type="text/javascript", headers=headers)
    return Response(made.text, media_type="text/javascript", headers=headers)


def _prepared(
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[Any]], project: Project
) -> Lifespan[FastAPI]:
    """The life of a server, that begins with making what its first reader should not wait for."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[Any]:
        bundle.prepare()
        unused_fields.prepare(project.root)
        async with lifespan(app) as state:
            yield state

    return life
