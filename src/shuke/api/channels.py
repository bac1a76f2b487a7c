"""Channels: how does a provider tell what became of the messages that it was handed?"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response

from shuke.actions import message_events, replies
from shuke.actions.message_events import Taken
from shuke.actions.replies import Answered
from shuke.api.authentication import Here, Signed
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.web.bodies import WRITTEN, admits

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["channels"])

Name = Annotated[str, Path(max_length=200)]


@router.post("/channels/{name}/events", summary="What became of messages", responses=gives(Taken))
@admits(anybody=True, largest=WRITTEN)
def report(project: Here, name: Name, callback: Signed) -> Response:
    """For a provider, which has no token but signs what it sends by the channel's `callback_secret`: in its
    own words, or as `{"events": [{"id", "message", "event", "at", "address"}]}`.
    """
    return answer(message_events.report(project, name, callback, now=datetime.now(UTC)))


@router.post("/channels/{name}/replies", summary="What customers answered", responses=gives(Answered))
@admits(anybody=True, largest=WRITTEN)
def reply(project: Here, name: Name, callback: Signed) -> Response:
    """For the provider of a channel of SMS, which signs `{"replies": [{"from", "text", "at"}]}` by the
    channel's `callback_secret`. STOP, TD, 退订 and the like withdraw the consent to SMS.
    """
    return answer(replies.report(project, name, callback, now=datetime.now(UTC)))
