"""Tracked links: where does a link of a letter lead, and what does its picture show?

They are counted only where the company has its letters tracked; a link that stands in a letter leads on for
ever, also where nothing can be written down just now.
"""

import base64
from contextlib import suppress

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from shuke.actions import message_events
from shuke.console.request_context import Anybody
from shuke.console.responses import PageRoute
from shuke.engage import tracking
from shuke.errors import Busy, Unavailable

router = APIRouter(route_class=PageRoute)

#: One point that cannot be seen.
_GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@router.get("/l/{token}")
def follow(context: Anybody, token: str) -> Response:
    link = tracking.read(token, key=context.project.key)
    _count(context, token)
    return RedirectResponse(link.url or "/", status_code=302, headers={"Referrer-Policy": "no-referrer"})


@router.get("/o/{token}")
def picture(context: Anybody, token: str) -> Response:
    tracking.read(token, key=context.project.key)
    _count(context, token)
    return Response(_GIF, media_type="image/gif")


def _count(context: Anybody, token: str) -> None:
    with suppress(Busy, Unavailable):
        message_events.followed(context.project, token, now=context.now)
