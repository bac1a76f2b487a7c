"""Listening: which connections does the server keep, and for how long?"""

import asyncio
from collections.abc import Sequence

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

#: Seconds until a request's head is there, from the first moment that it could be sent.
HEAD = 10.0
#: Bytes of a head: more than the longest address with all its conditions.
LONGEST_HEAD = 2**14
#: Connections; what comes beyond them is told so (503). A process may have 1,024 files open on most machines.
CONNECTIONS = 500
#: Seconds that a connection is kept for the next request.
KEEP_ALIVE = 5


def config(app: ASGIApp, *, proxies: Sequence[str] = ()) -> uvicorn.Config:
    """How the server listens. What is sent after a head is the business of `web.bodies`."""
    return uvicorn.Config(
        app,
        http=Impatient,
        ws="none",
        log_level="warning",
        access_log=False,  # of a request, only what goes wrong is written down, and never its address
        server_header=False,
        # Whoever is not named may write into a request's headers what they like, from this machine too.
        proxy_headers=bool(proxies),
        forwarded_allow_ips=[*proxies],
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE,
        h11_max_incomplete_event_size=LONGEST_HEAD,
    )


class Impatient(H11Protocol):
    """Closes a connection on which a request has begun and does not get on; uvicorn itself would wait."""

    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.access_log = False  # whoever listens to uvicorn's loggers gets no addresses either
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait()
        else:
            self._wait_no_longer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_longer()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(HEAD, self.transport.close)

    def _wait_no_longer(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None
