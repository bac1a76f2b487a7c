"""Bodies: how much of a request body is read, for how long, and for whom?

Whether somebody may send something at all is asked by the route (`admits`) before the first byte of it is
read; how much and how slowly, here, while it is read. That holds for every route of every door, whatever is
sent and whether or not its length was told before.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shuke.access.roles import Capability
from shuke.errors import TooLarge, TooSlow

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

#: Bytes: of a form that anybody may send, of what a program or a member writes, and of files.
FROM_ANYBODY, WRITTEN, FILES = 2**16, 2**20, 2**32

#: Seconds without a byte, then it has stalled.
STALLED = 15.0
#: In all there are as many seconds as this, and one more for so many bytes.
PATIENCE, BYTES_A_SECOND = 15.0, 2**13

#: Whoever is refused may still be sending, and reads the answer after that: so much is thrown away for them.
LINGERS, THROWN_AWAY = 2.0, 2**24


@dataclass(frozen=True)
class Admits:
    """Who may send something to a route, and how many bytes of it."""

    needs: tuple[Capability, ...] = ()
    anybody: bool = False
    largest: int = WRITTEN


def admits(
    *needs: Capability, anybody: bool = False, largest: int | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Declare it of an endpoint: whoever has logged in and may do all of this, or indeed `anybody`."""
    told = Admits(needs, anybody, largest or (FROM_ANYBODY if anybody else WRITTEN))

    def declared(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__["admits"] = told
        return endpoint

    return declared


def admitted(scope: Scope) -> Admits:
    """What the route that a request leads to has declared."""
    told: Admits = getattr(scope.get("endpoint"), "admits", Admits())
    return told


def sends(request: Request) -> bool:
    """Whether a request is one that brings something, or changes something."""
    return request.method not in ("GET", "HEAD") or _has_body(request.headers)


def weigh(request: Request) -> None:
    """Refuse what is announced as larger than the route takes, whether or not the route would read it."""
    largest = admitted(request.scope).largest
    if _length(request.headers) > largest:
        raise TooLarge(largest)


class Bodies:
    """ASGI middleware: ends what is too large or too slow; what nobody has read, nobody keeps."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(scope, receive, send)
        # Whoever has hung up while sending waits for no answer.
        with suppress(ClientDisconnect):
            await self.app(scope, body.receive, body.send)


class _Body:
    """One body on its way."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._whole = not _has_body(Headers(scope=scope))
        self._read = 0
        self._began: float | None = None
        self._closing = False

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()  # the next message says that they have left
        message, largest = await self._next(), admitted(self._scope).largest
        self._read += len(message.get("body", b""))
        if self._read > largest:
            raise TooLarge(largest)
        return message

    async def _next(self) -> Message:
        self._began = self._began or monotonic()
        left = self._began + PATIENCE + self._read / BYTES_A_SECOND - monotonic()
        try:
            async with asyncio.timeout(min(left, STALLED)):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow from None
        self._whole = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._whole:
            # Else the server would go on reading what nobody wants, as long as it comes.
            MutableHeaders(scope=message)["connection"] = "close"
            self._closing = True
        elif self._closing and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            await self._linger()
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    async def _linger(self) -> None:
        """Take in what is still coming: a connection that is closed upon a sender loses them the answer."""
        left = THROWN_AWAY
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGERS):
                while not self._whole and left > 0:
                    message = await self._receive()
                    left -= len(message.get("body", b""))
                    self._whole = not message.get("more_body", False)


def _length(headers: Headers) -> int:
    told = headers.get("content-length", "")
    return int(told) if told.isascii() and told.isdecimal() else 0


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
