"""Disconnects: how is work stopped once the client has hung up?"""

import asyncio
from collections.abc import Callable

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from shuke.engine.workers import CANCELLATION, Cancellation


async def while_there(request: Request, work: Callable[[], Response]) -> Response:
    """Do the work in a thread; what it has asked in SQL is ended when the connection is."""
    leaving = Cancellation()
    CANCELLATION.set(leaving)
    watching = asyncio.create_task(_watch(request, leaving))
    try:
        return await run_in_threadpool(work)
    finally:
        watching.cancel()


async def _watch(request: Request, leaving: Cancellation) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    leaving.leave()
