"""Handling: what comes before a route's own work, whichever door it belongs to?"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from shuke.web.bodies import sends
from shuke.web.statuses import original_errors
from shuke.web.validation import ValidatedRequest

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


async def handled(handle: Handler, request: Request, *, admit: Callable[[Request], Any]) -> Response:
    """The answer of a route; who sends something is admitted before any of it is read."""
    if sends(request):
        await run_in_threadpool(admit, request)
    with original_errors():
        return await handle(ValidatedRequest.of(request))
