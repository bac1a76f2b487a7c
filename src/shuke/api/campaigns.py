"""Campaigns: how does a program write to customers, and learn what came of it?"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Response

from shuke.access.roles import Capability
from shuke.actions import campaigns as actions
from shuke.actions import consents
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.engage.campaign import Campaign
from shuke.engage.campaigns import Standing
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.views import campaigns as view
from shuke.web.bodies import admits
from shuke.web.bounds import Moment

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["campaigns"])

Name = Annotated[str, Path(max_length=200)]
Document = Annotated[
    dict[str, Any], Body(description="audience, channel and content; see the page on campaigns")
]
_VERBS = {
    "begin": actions.begin,
    "pause": actions.pause,
    "resume": actions.resume,
    "cancel": actions.cancel,
}


@router.get("/campaigns", summary="All campaigns", responses=gives({"campaigns": list[view.CampaignSummary]}))
def every(project: Here, caller: Caller) -> Response:
    """The newest first."""
    return answer({"campaigns": view.listed(project, viewer=caller)})


@router.get(
    "/campaigns-together",
    summary="What have all campaigns brought together?",
    responses=gives(view.CampaignsTogether),
)
def together(project: Here, caller: Caller) -> Response:
    """Beside those whom none reaches; `sentence` says it, or why it cannot be told."""
    return answer(view.together(project, viewer=caller))


@router.post(
    "/campaigns", summary="Write a campaign", status_code=201, responses=gives({"name": str}, number=201)
)
@admits(Capability.RUN_CAMPAIGNS)
def create(
    project: Here,
    caller: Caller,
    *,
    name: Annotated[str, Body(min_length=1, max_length=200)],
    campaign: Document,
) -> Response:
    """As a draft."""
    made = actions.create(project, name, Campaign.from_json(campaign), viewer=caller)
    return answer(_told(made), number=201)


@router.get("/campaigns/{name}", summary="One campaign", responses=gives(view.CampaignPage))
def one(project: Here, caller: Caller, name: Name) -> Response:
    """How far it has come, who was left alone and why, and what it changed."""
    return answer(view.one(project, name, viewer=caller))


@router.put("/campaigns/{name}", summary="Rewrite a draft", responses=gives({"name": str}))
@admits(Capability.RUN_CAMPAIGNS)
def edit(
    project: Here, caller: Caller, *, name: Name, campaign: Annotated[Document, Body(embed=True)]
) -> Response:
    """Only a draft can be rewritten."""
    return answer(_told(actions.edit(project, name, Campaign.from_json(campaign), viewer=caller)))


@router.put(
    "/campaigns/{name}/open-until",
    summary="Take in whoever comes to the audience until a moment",
    responses=gives({"name": str}),
)
@admits(Capability.RUN_CAMPAIGNS)
def take_in(
    project: Here,
    caller: Caller,
    *,
    name: Name,
    until: Annotated[Moment | None, Body(embed=True, description="none: nobody more")] = None,
) -> Response:
    """Of a campaign that was begun: each is drawn into an arm once, and written to once."""
    return answer(_told(actions.take_in(project, name, until, viewer=caller)))


@router.post(
    "/campaigns/{name}/{verb}",
    summary="Begin, pause, cancel and the like",
    responses=gives({"name": str}),
)
@admits(Capability.RUN_CAMPAIGNS)
def move(
    project: Here,
    caller: Caller,
    name: Name,
    verb: str,
    note: Annotated[str, Body(embed=True, max_length=2000, description="the reason of send-back")] = "",
) -> Response:
    """What begins is sent by `shuke run`; where a second person must agree, the first call asks for that."""
    if verb == "send-back":
        return answer(_told(actions.send_back(project, name, viewer=caller, note=note)))
    if verb not in _VERBS:
        raise WrongCall(N_("There is nothing at this address."))
    return answer(_told(_VERBS[verb](project, name, viewer=caller)))


@router.get("/campaigns/{name}/forecast", summary="What it would come to", responses=gives(view.Forecast))
@admits(Capability.RUN_CAMPAIGNS)
def forecast(project: Here, caller: Caller, name: Name) -> Response:
    """Whom it would reach now, who would be left alone and why, what it costs and could prove."""
    return answer(view.forecast(project, name, viewer=caller))


@router.get("/campaigns/{name}/preview", summary="What a customer would read", responses=gives({"text": str}))
def preview(
    project: Here, caller: Caller, name: Name, customer: Annotated[str, Query(max_length=200)]
) -> Response:
    """For who may see personal values."""
    message = view.preview(project, name, customer, viewer=caller)
    told = {
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "language": message.language,
    }
    return answer(told)


@router.post(
    "/suppressions",
    summary="Never write to an address again",
    status_code=201,
    responses=gives({"suppressed": bool}, number=201),
)
@admits(Capability.RUN_CAMPAIGNS)
def suppress(
    project: Here,
    caller: Caller,
    *,
    address: Annotated[str, Body(min_length=3, max_length=320)],
    reason: Annotated[str, Body(max_length=100)] = "bounced",
) -> Response:
    """Such as one that bounced. Only a keyed digest of it is kept."""
    consents.suppress(project, address, reason=reason, viewer=caller)
    return answer({"suppressed": True}, number=201)


@router.post(
    "/customers/{customer_id}/consents",
    summary="Write down what a customer says of being written to",
    status_code=201,
    responses=gives({"granted": bool}, number=201),
)
@admits(Capability.RUN_CAMPAIGNS)
def consent(
    project: Here,
    caller: Caller,
    *,
    customer_id: str,
    purpose: Annotated[str, Body(max_length=100)] = "marketing",
    channel: Annotated[str, Body(max_length=100)] = "any",
    granted: Annotated[bool, Body()],
    how: Annotated[str, Body(max_length=100)] = "api",
) -> Response:
    """It counts from now on, also for what is planned already."""
    consents.say(
        project, customer_id, purpose=purpose, channel=channel, granted=granted, how=how, viewer=caller
    )
    return answer({"purpose": purpose, "channel": channel, "granted": granted}, number=201)


def _told(standing: Standing) -> dict[str, Any]:
    return {"name": standing.name, "status": standing.status.value, "version": standing.version}
