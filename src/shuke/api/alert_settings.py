"""Alert settings: how does a program set the thresholds and reminders of a rule, and try them first?"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from shuke.access.roles import Capability
from shuke.actions import rule_settings as actions
from shuke.alerts.rule_settings import RuleSettings
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.views import rule_settings as view
from shuke.web.bodies import admits
from shuke.web.bounds import Day, Number

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["alerts"])

Thresholds = Annotated[dict[str, Any], Body(description='by name, such as {"near": 0.9}')]


@router.get(
    "/alert-settings",
    summary="What holds for each rule that warns?",
    responses=gives(list[view.RuleSummary]),
)
def every(project: Here, caller: Caller) -> Response:
    """Each threshold with who says so: `door` (people), `file` (shuke.toml), or the `rule` itself."""
    return answer(view.listed(project, viewer=caller))


@router.get("/alert-settings/{rule}", summary="What holds for a rule", responses=gives(view.RuleSettingsPage))
def one(project: Here, caller: Caller, rule: str) -> Response:
    """With everything that was ever set, and what the last replay came to."""
    return answer(view.one(project, rule, viewer=caller))


@router.post("/alert-settings/{rule}", summary="Set what holds for a rule", responses=gives(RuleSettings))
@admits(Capability.EDIT_RULES)
def save(
    project: Here,
    caller: Caller,
    *,
    rule: str,
    thresholds: Thresholds,
    remind_days: Annotated[Number | None, Body(description="0: never; none: as the notice says")] = None,
    remind_times: Annotated[Number | None, Body(description="none: until somebody takes care of it")] = None,
    note: Annotated[str, Body(max_length=500)] = "",
    seen: Annotated[Number | None, Body(description="the number that you looked at; 0: none")] = None,
) -> Response:
    """From the next build on. What is left out stands in shuke.toml, or in the rule."""
    saved = actions.save(
        project, rule, thresholds, viewer=caller, remind_days=remind_days, remind_times=remind_times,
        note=note, seen=seen,
    )  # fmt: skip
    return answer(saved)


@router.post(
    "/alert-replays/{rule}", summary="Try thresholds on the past", status_code=202,
    responses=gives({"rule": str}, number=202),
)  # fmt: skip
@admits(Capability.EDIT_RULES)
def try_out(
    project: Here,
    caller: Caller,
    *,
    rule: str,
    thresholds: Thresholds,
    since: Annotated[Day, Body()],
    until: Annotated[Day, Body()],
    step: Annotated[int, Body(ge=1, le=366, description="days from one look to the next")] = 7,
) -> Response:
    """`shuke run` does it; `GET /alert-settings/{rule}` tells what it came to. Nothing is opened."""
    actions.try_out(project, rule, thresholds, since=since, until=until, step=step, viewer=caller)
    return answer({"rule": rule}, number=202)
