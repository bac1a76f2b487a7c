"""Topics: how does a program list what customers talk about, and name it?"""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Body, Response

from shuke.access.roles import Capability
from shuke.actions import topics as actions
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.views import topics as view
from shuke.views.topics import NamedTopic
from shuke.web.bodies import admits
from shuke.web.bounds import Number

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["topics"])


@router.get("/topics", summary="What customers talk about", responses=gives({"topics": list[NamedTopic]}))
def every(project: Here, caller: Caller) -> Response:
    """By their numbers, which stay the same over builds; 0 is what fits no topic."""
    return answer({"topics": [asdict(topic) for topic in view.listed(project, viewer=caller)]})


@router.post("/topics/{number}", summary="Name or pin a topic", responses=gives(NamedTopic))
@admits(Capability.NAME_TOPICS)
def name(
    project: Here,
    caller: Caller,
    number: Number,
    *,
    called: Annotated[str | None, Body(description="empty: by its words", max_length=60)] = None,
    pinned: Annotated[bool | None, Body(description="keeps its words")] = None,
) -> Response:
    """What is left out stays as it is."""
    return answer(asdict(actions.name(project, number, called=called, pinned=pinned, viewer=caller)))
