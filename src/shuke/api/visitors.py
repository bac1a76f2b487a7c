"""Visitors: what may a shop's page show one of whom nothing is known but this visit?"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict, Field

from shuke.access.roles import Capability
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.models.session import VisitorEvent
from shuke.views import visitors as view
from shuke.web.bodies import admits

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["visitors"])

#: Of a longer visit the last tell enough.
MOST_EVENTS = 200


class Done(BaseModel):
    """One thing that the visitor did."""

    # What is written wrongly must not be taken for what is not there.
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=200, description="view, search, favourite, cart, purchase, …")]
    product_id: Annotated[str | None, Field(max_length=200)] = None
    query: Annotated[str | None, Field(max_length=200, description="what was searched for")] = None
    at: Annotated[
        datetime | None, Field(description="UTC where it names no zone; without it, as late as the last")
    ] = None


@router.post(
    "/recommendations",
    summary="What may a visitor like, by this visit alone?",
    responses=gives(view.VisitorSuggestions),
)
@admits(Capability.SEE)
def recommend(
    project: Here,
    caller: Caller,
    events: Annotated[list[Done], Body(max_length=MOST_EVENTS, description="what the visitor did so far")],
    limit: Annotated[int, Body(ge=1, le=50)] = 10,
) -> Response:
    """`products`, the likeliest first, each with a `reason` for the visitor in the language asked for.

    What visitors looked at, searched for, liked, put into the cart or bought speaks for what goes with it,
    the later the more; of a visit that tells nothing, what is popular is shown. `unheard` says which events
    spoke for nothing, and why. Nothing of the visit is kept. For a known customer, read the table
    `recommendations` instead.
    """
    done = [VisitorEvent(**event.model_dump()) for event in events]
    return answer(view.suggest(project, done, many=limit, viewer=caller))
