"""Topics: what do customers talk about, and what shall it be called?"""

from fastapi import APIRouter, Response

from shuke.access.roles import Capability
from shuke.actions import topics as actions
from shuke.console.request_context import Form, Member, text
from shuke.console.responses import PageRoute
from shuke.views import topics as view
from shuke.web.bodies import admits
from shuke.web.bounds import Number

router = APIRouter(route_class=PageRoute)


@router.get("/topics")
def everything(context: Member) -> Response:
    found = [topic for topic in view.listed(context.project, viewer=context.viewer) if topic.number]
    return context.page("topics.html", found=found, longest=actions.LONGEST)


@router.post("/topics/{number}")
@admits(Capability.NAME_TOPICS)
def name(context: Member, form: Form, number: Number) -> Response:
    context.principal.require(Capability.NAME_TOPICS)
    called, pinned = text(form, "called"), bool(text(form, "pinned"))
    actions.name(context.project, number, called=called, pinned=pinned, viewer=context.viewer)
    return context.go("/topics")
