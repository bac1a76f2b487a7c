"""Unsubscribe: how does a reader of our messages end them?

Whoever follows the link is asked; only who answers, or whose mail program posts to it (RFC 8058), ends
anything. So no scanner that looks at links unsubscribes anybody.
"""

from fastapi import APIRouter, Response

from shuke.actions import consents
from shuke.console.request_context import STRANGER_COOKIE, Anybody, RequestContext, greeted
from shuke.console.responses import PageRoute
from shuke.web.bodies import admits

router = APIRouter(route_class=PageRoute)


@router.get("/u/{token}")
def ask(context: Anybody, token: str) -> Response:
    consents.link(context.project, token)
    return _page(context, token, done=False)


@router.post("/u/{token}")
@admits(anybody=True)
def end(context: Anybody, token: str) -> Response:
    consents.unsubscribe(context.project, token, now=context.now)
    return _page(context, token, done=True)


def _page(context: RequestContext, token: str, *, done: bool) -> Response:
    context, stranger = greeted(context)
    response = context.page("unsubscribe.html", token=token, done=done)
    context.keep(response, STRANGER_COOKIE, stranger)
    return response
