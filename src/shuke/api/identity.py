"""Identity: how does a program learn who is who, and say what people have decided?"""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Response

from shuke.access.roles import Capability
from shuke.actions import identity as actions
from shuke.actions import models as learning
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.builds.identity_training import ModelChange, TrainedModel
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.views import explanation, identity, models, resolution, reviews
from shuke.web.bodies import admits
from shuke.web.bounds import Number, Offset

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["identity"])

Side = Annotated[list[str], Body(description="records as source:number, or a customer id", min_length=1)]
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/identity", summary="Who is who, in figures", responses=gives(resolution.Resolution))
def summary(project: Here, caller: Caller) -> Response:
    return answer(resolution.resolution(project, viewer=caller))


@router.get(
    "/identity/reviews",
    summary="Pairs that wait for a person's decision",
    responses=gives(reviews.ReviewPage),
)
def queue(project: Here, caller: Caller, limit: Limit = 50, offset: Offset = 0) -> Response:
    """The likeliest first."""
    return answer(reviews.reviews(project, viewer=caller, limit=limit, offset=offset))


@router.get(
    "/identity/explain",
    summary="Why two are one customer, or why they are not",
    responses=gives(explanation.Explanation),
)
def explain(project: Here, caller: Caller, a: str, b: str) -> Response:
    """`a` and `b` are customer ids, or records as source:number."""
    return answer(explanation.explain(project, a, b, viewer=caller))


@router.get(
    "/identity/decisions",
    summary="What people have decided",
    responses=gives({"decisions": list[identity.IdentityDecision]}),
)
def decisions(project: Here, caller: Caller) -> Response:
    """The newest first, those that were undone among them."""
    return answer({"decisions": identity.decisions(project, viewer=caller)})


@router.post(
    "/identity/decisions",
    summary="Decide who is who",
    status_code=201,
    responses=gives({"number": int, "in_force": bool}, number=201),
)
@admits(Capability.DECIDE_IDENTITY)
def decide(
    project: Here,
    caller: Caller,
    *,
    verb: Annotated[str, Body(description="same, different or split")],
    left: Side,
    right: Side,
    note: Annotated[str, Body(max_length=500)] = "",
) -> Response:
    """In force from the next build. Of a `split`, `right` are the records that leave the customer `left`."""
    if verb == "split" and len(left) == 1:
        number = actions.split(project, left[0], right, viewer=caller, note=note)
    elif verb in ("same", "different") and len(left) == len(right) == 1:
        decided = actions.merge if verb == "same" else actions.never
        number = decided(project, left[0], right[0], viewer=caller, note=note)
    else:
        raise WrongCall(
            N_(
                "Decide that two records are the same or different, one on each side, or split records "
                "off a customer."
            )
        )
    return answer({"number": number, "in_force": False}, number=201)


@router.post(
    "/identity/decisions/{number}/undo",
    summary="Take a decision back",
    responses=gives({"number": int, "undone": bool}),
)
@admits(Capability.DECIDE_IDENTITY)
def undo(project: Here, caller: Caller, number: Number) -> Response:
    """From the next build on it is as if it had never been made."""
    actions.undo(project, number, viewer=caller)
    return answer({"number": number, "undone": True})


@router.get(
    "/customers/{customer_id}/history",
    summary="What became of a customer id",
    responses=gives({"history": list[identity.IdChange]}),
)
def history(project: Here, caller: Caller, customer_id: str) -> Response:
    """The changes of meaning of that id and of all that mean the same customer now, the oldest first."""
    return answer({"history": identity.history(project, customer_id, viewer=caller)})


@router.get(
    "/identity/models",
    summary="Which versions of the model there are",
    responses=gives({"models": list[models.Version]}),
)
def versions(project: Here, caller: Caller) -> Response:
    """The shipped one, number 0, first."""
    return answer({"models": models.versions(project, viewer=caller)})


@router.post(
    "/identity/models",
    summary="Learn a version from the current build",
    status_code=201,
    responses=gives(TrainedModel, number=201),
)
@admits(Capability.BUILD)
def train(project: Here, caller: Caller) -> Response:
    """It is not in use until that is said; `change` tells whom it would merge and split."""
    return answer(learning.train(project, viewer=caller), number=201)


@router.post(
    "/identity/models/{number}/use",
    summary="Have the next build weigh by a version",
    responses=gives(ModelChange),
)
@admits(Capability.BUILD)
def use(project: Here, caller: Caller, number: Number) -> Response:
    """Tells how many customers that would merge and split."""
    return answer(learning.use(project, number, viewer=caller))
