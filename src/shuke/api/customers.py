"""Customers: what may a program know of one of them, and what needs doing about them?"""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response

from shuke.access.roles import Capability
from shuke.actions import annotations as actions
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.engage.annotations import AnnotationKind
from shuke.views import customer as view
from shuke.views.find import find as find_customers
from shuke.web.bodies import admits
from shuke.web.bounds import Day, Offset

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["customers"])

Limit = Annotated[int, Query(ge=1, le=1000)]

FOUND = gives({"total": int, "as_of": date, "customers": list[dict[str, Any]]})


@router.get("/customers", summary="Find customers by anything", responses=FOUND)
def find(project: Here, caller: Caller, q: str = "", limit: Limit = 50, offset: Offset = 0) -> Response:
    """By customer id, a source's number, phone, e-mail or another identifier; else by a part of the name."""
    page = find_customers(project, q, viewer=caller, limit=limit, offset=offset)
    return answer({"total": page.total, "as_of": page.as_of, "customers": page.rows})


@router.post(
    "/customers/search",
    summary="Find customers by anything, without saying it in an address",
    responses=FOUND,
)
@admits(Capability.SEE)
def search(
    project: Here,
    caller: Caller,
    *,
    q: Annotated[str, Body(description="as of GET /api/customers")],
    limit: Annotated[int, Body(ge=1, le=1000)] = 50,
    offset: Annotated[Offset, Body()] = 0,
) -> Response:
    """As `GET /api/customers`; what stands in addresses is written into logs on the way."""
    return find(project, caller, q, limit, offset)


@router.get(
    "/customers/{customer_id}", summary="Everything known of one customer", responses=gives(view.CustomerPage)
)
def customer(
    project: Here,
    caller: Caller,
    customer_id: str,
    *,
    as_of: Annotated[Day | None, Query(description="the record as it was at the end of a day")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """`families` are who they are, what they do, what they are worth; `facts` say where each value is from.

    `limit` and `offset` page through purchases and timeline.
    """
    return answer(view.customer(project, customer_id, viewer=caller, as_of=as_of, limit=limit, offset=offset))


@router.post(
    "/customer-annotations",
    summary="Tag customers, or give them a note or an owner",
    responses=gives({"changed": int}),
)
@admits(Capability.ANNOTATE)
def annotate(
    project: Here,
    caller: Caller,
    *,
    customers: Annotated[list[str], Body(description="customer ids", max_length=10_000)],
    kind: Annotated[AnnotationKind, Body()],
    value: Annotated[str, Body(description="the tag, the note, or the name of a user", max_length=4000)] = "",
    withdrawn: Annotated[bool, Body(description="take it back")] = False,
) -> Response:
    """What stands already is not said again. The next build lands it as what source `shuke` says."""
    changed = actions.say(project, customers, kind, value, viewer=caller, withdrawn=withdrawn)
    return answer({"changed": changed})
