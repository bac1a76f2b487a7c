"""Questions: what do the analyses answer, by what a manager asks?"""

from fastapi import APIRouter, Response

from shuke.access.roles import Capability
from shuke.console.request_context import Member
from shuke.console.responses import PageRoute
from shuke.console.tables import sentences
from shuke.views import questions

router = APIRouter(route_class=PageRoute)


@router.get("/questions")
def index(context: Member) -> Response:
    context.principal.require(Capability.SEE)
    if context.opened is None:
        return context.page("questions.html", themes=())
    asked = questions.themes(
        context.project,
        viewer=context.viewer,
        tell=lambda seen: sentences(context, seen.opened, seen.declared),
    )
    return context.page("questions.html", themes=asked)
