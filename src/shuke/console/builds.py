"""Builds: which customer database is in force, and how does one make or take back one?"""

from fastapi import APIRouter, Response

from shuke.access.roles import Capability
from shuke.actions import builds as actions
from shuke.console.request_context import Form, Member, text
from shuke.console.responses import PageRoute
from shuke.console.table_requests import whole
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.views import builds as view
from shuke.views import jobs
from shuke.web.bodies import admits

router = APIRouter(route_class=PageRoute)


@router.get("/builds")
def everything(context: Member) -> Response:
    context.principal.require(Capability.SEE)
    return context.page(
        "builds.html", builds=view.builds(context.project), run=context.state.work.run,
        jobs=jobs.listed(context.project, viewer=context.viewer),
    )  # fmt: skip


@router.post("/builds")
@admits(Capability.BUILD)
def start(context: Member, _: Form) -> Response:
    """Begin a build in the background; the page shows how far it is."""
    context.state.work.start(context.project, viewer=context.viewer)
    return context.go("/builds")


@router.post("/builds/in-force")
@admits(Capability.BUILD)
def roll_back(context: Member, form: Form) -> Response:
    context.principal.require(Capability.BUILD)
    number = whole(written := text(form, "number"))
    if number is None:
        raise WrongCall(N_("There is no build {number}."), number=written[:20])
    actions.rollback(context.project, number, viewer=context.viewer)
    return context.go("/builds")
