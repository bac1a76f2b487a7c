"""Automations: how does a program have something done when something happens to a customer?"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Response

from shuke.access.roles import Capability
from shuke.actions import automations as actions
from shuke.actions import simulations
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.engage.automation import Automation
from shuke.engage.campaigns import Standing
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.views import automation_runs
from shuke.views import automations as view
from shuke.views.simulation import MAX_DAYS
from shuke.web.bodies import admits
from shuke.web.bounds import Offset

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["automations"])

Name = Annotated[str, Path(max_length=200)]
Document = Annotated[dict[str, Any], Body(description="when, unless and then; see the page on automations")]
_VERBS = {
    "begin": actions.begin,
    "pause": actions.pause,
    "cancel": actions.cancel,
}


@router.get(
    "/automations", summary="All automations", responses=gives({"automations": list[view.AutomationSummary]})
)
def every(project: Here, caller: Caller) -> Response:
    """The newest first."""
    return answer({"automations": view.listed(project, viewer=caller)})


@router.post(
    "/automations", summary="Write an automation", status_code=201, responses=gives({"name": str}, number=201)
)
@admits(Capability.RUN_CAMPAIGNS)
def create(
    project: Here,
    caller: Caller,
    *,
    name: Annotated[str, Body(min_length=1, max_length=200)],
    document: Document,
) -> Response:
    """Switched off."""
    made = actions.create(project, name, Automation.from_json(document), viewer=caller)
    return answer(_summary(made), number=201)


@router.get("/automations/{automation}", summary="One automation", responses=gives(view.AutomationPage))
def one(project: Here, caller: Caller, automation: Name) -> Response:
    """How it stands, what was done, what the last simulation came to, and what it changed."""
    return answer(view.one(project, automation, viewer=caller))


@router.get(
    "/automations/{automation}/runs",
    summary="Who has entered an automation",
    responses=gives(automation_runs.RunPage),
)
def runs(
    project: Here,
    caller: Caller,
    automation: Name,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Offset = 0,
) -> Response:
    """What was done for whom, and what waits until when; who entered last comes first."""
    return answer(automation_runs.runs(project, automation, viewer=caller, limit=limit, offset=offset))


@router.put("/automations/{automation}", summary="Rewrite an automation", responses=gives({"name": str}))
@admits(Capability.RUN_CAMPAIGNS)
def edit(
    project: Here, caller: Caller, *, automation: Name, document: Annotated[Document, Body(embed=True)]
) -> Response:
    """While it is off or paused; then it must be switched on anew."""
    written = Automation.from_json(document)
    return answer(_summary(actions.edit(project, automation, written, viewer=caller)))


@router.post(
    "/automations/{automation}/simulation",
    summary="Have it tried on the past",
    status_code=202,
    responses=gives({"asked": bool}, number=202),
)
@admits(Capability.RUN_CAMPAIGNS)
def simulate(
    project: Here,
    caller: Caller,
    *,
    automation: Name,
    days: Annotated[int, Body(ge=1, le=MAX_DAYS, description="how many days back")] = 28,
    every: Annotated[int, Body(ge=1, le=MAX_DAYS, description="look at every so many of them")] = 7,
) -> Response:
    """`shuke run` does it; the answer is on its page then."""
    simulations.ask(project, automation, days=days, every=every, viewer=caller)
    return answer({"asked": True}, number=202)


@router.post(
    "/automations/{automation}/{verb}", summary="Switch on and off, and end", responses=gives({"name": str})
)
@admits(Capability.RUN_CAMPAIGNS)
def move(
    project: Here,
    caller: Caller,
    automation: Name,
    verb: str,
    note: Annotated[str, Body(embed=True, max_length=2000, description="the reason of send-back")] = "",
) -> Response:
    """begin, pause, cancel, send-back. Where a second person must agree, the first begin asks for that."""
    if verb == "send-back":
        return answer(_summary(actions.send_back(project, automation, viewer=caller, note=note)))
    if verb not in _VERBS:
        raise WrongCall(N_("There is nothing at this address."))
    return answer(_summary(_VERBS[verb](project, automation, viewer=caller)))


def _summary(standing: Standing) -> dict[str, Any]:
    return {"name": standing.name, "status": standing.status.value, "version": standing.version}
