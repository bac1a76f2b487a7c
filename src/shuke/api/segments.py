"""Segments: how does a program define whom the company means, and get to know who that is?"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response

from shuke.access.roles import Capability
from shuke.actions import segments as actions
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.builds.segment_log import SegmentVersion
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.views import lookalikes, segment_comparison
from shuke.views import segments as view
from shuke.views.query import Query as Asked
from shuke.web.bodies import admits
from shuke.web.bounds import Offset

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["segments"])

Limit = Annotated[int, Query(ge=0, le=10_000)]
Condition = Annotated[str | None, Body(description="as text, such as city = 'Leeds'", max_length=10_000)]
Rules = Annotated[dict[str, Any] | None, Body(description="the same in the shape of react-querybuilder")]
Note = Annotated[str, Body(max_length=500)]

MEMBERS = gives({"segment": str, "total": int, "rows": list[dict[str, Any]]})


@router.get("/segments", summary="Which segments are there?", responses=gives(list[view.SegmentSummary]))
def every(project: Here, caller: Caller, archived: bool = False) -> Response:
    return answer(view.listed(project, viewer=caller, archived=archived))


@router.get(
    "/segment-names", summary="By which names may a condition ask?", responses=gives(list[view.AttributeName])
)
def names(project: Here, caller: Caller) -> Response:
    return answer(view.names(project, viewer=caller))


@router.post("/segment-size", summary="What does a condition come to?", responses=gives(view.Measured))
@admits(Capability.SEE)
def measure(project: Here, caller: Caller, expression: Condition = None, rules: Rules = None) -> Response:
    """Nothing is kept. The answer has the condition both ways: as text and as rules."""
    text = _text(project, expression, rules)
    return answer(view.measure(project, text, viewer=caller))


@router.post(
    "/segment-comparison",
    summary="What sets one segment apart from another?",
    responses=gives(segment_comparison.SegmentComparison),
)
@admits(Capability.SEE)
def compare(
    project: Here,
    caller: Caller,
    *,
    here: Annotated[str, Body(description="a condition, such as in_segment('vip')", max_length=10_000)],
    there: Annotated[
        str | None, Body(description="another one; else all other customers", max_length=10_000)
    ] = None,
) -> Response:
    """The largest differences first; `q` is held down, for many are tried."""
    return answer(segment_comparison.compare(project, here, there, viewer=caller))


@router.post(
    "/segment-lookalikes", summary="Who is most like a segment?", responses=gives(lookalikes.Lookalikes)
)
@admits(Capability.SEE)
def alike(
    project: Here,
    caller: Caller,
    *,
    expression: Annotated[str, Body(max_length=10_000)],
    limit: Annotated[int, Body(ge=1, le=10_000)] = 100,
) -> Response:
    """The nearest first, and by which figures they are near."""
    return answer(lookalikes.lookalikes(project, expression, viewer=caller, limit=limit))


@router.get("/segments/{name}", summary="One segment and its versions", responses=gives(view.SegmentPage))
def one(project: Here, caller: Caller, name: str) -> Response:
    return answer(view.one(project, name, viewer=caller))


@router.get("/segments/{name}/members", summary="The customers of a segment", responses=MEMBERS)
def members(project: Here, caller: Caller, name: str, limit: Limit = 100, offset: Offset = 0) -> Response:
    """Rows of `customers`; masked where the caller sees nobody."""
    page = view.members(project, name, Asked(limit=limit, offset=offset), viewer=caller)
    return answer({"segment": name, "total": page.total, "rows": page.rows})


@router.post(
    "/segments/{name}",
    summary="Define a segment, or change it",
    responses=gives({"version": SegmentVersion, "unknown": list[str], "ambiguous": list[str]}),
)
@admits(Capability.EDIT_SEGMENTS)
def save(
    project: Here,
    caller: Caller,
    *,
    name: str,
    expression: Condition = None,
    rules: Rules = None,
    customers: Annotated[
        list[str] | None,
        Body(description="instead of a condition: ids, phones or e-mails", max_length=100_000),
    ] = None,
    note: Note = "",
    seen: Annotated[int | None, Body(description="the version that you looked at; 0 for a new one")] = None,
) -> Response:
    """By a condition, or by a list, of which what was not found is said. 409 where it is no longer `seen`."""
    if customers is None:
        text = _text(project, expression, rules)
        kept = actions.save(project, name, text, viewer=caller, note=note, seen=seen)
        return answer({"version": kept, "unknown": [], "ambiguous": []})
    if expression is not None or rules is not None:
        raise WrongCall(_EITHER)
    listed = actions.save_list(project, name, customers, viewer=caller, note=note, seen=seen)
    found = listed.customers
    return answer({"version": listed.version, "unknown": found.unknown, "ambiguous": found.ambiguous})


@router.post("/segments/{name}/archive", summary="Put a segment away", responses=gives(SegmentVersion))
@admits(Capability.EDIT_SEGMENTS)
def archive(project: Here, caller: Caller, name: str) -> Response:
    """It can be restored; nothing of its history is lost."""
    return answer(actions.archive(project, name, viewer=caller))


@router.post("/segments/{name}/restore", summary="Take up again a segment", responses=gives(SegmentVersion))
@admits(Capability.EDIT_SEGMENTS)
def restore(project: Here, caller: Caller, name: str) -> Response:
    return answer(actions.restore(project, name, viewer=caller))


_EITHER = N_("Give either `expression`, or `rules`, or a list of `customers`.")


def _text(project: Here, expression: str | None, rules: dict[str, Any] | None) -> str:
    if (expression is None) == (rules is None):
        raise WrongCall(_EITHER)
    return view.rule(project, rules) if expression is None else expression
