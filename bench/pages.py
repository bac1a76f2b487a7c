"""Pages: how long until the first byte of each page of the console?"""

import asyncio
import secrets
import time
from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import company
from bench.measured import Measured
from shuke.access import sessions, tokens, users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.access.secret import project_key
from shuke.app import Project
from shuke.console.request_context import SESSION_COOKIE
from shuke.server import create_app

#: As in a browser that has the scripts and styles already; a page waits for nothing else.
PAGES = (
    "/", "/customers", "/customers?search=wang", "/customers/{customer}", "/tables", "/tables/rfm",
    "/tables/purchases", "/alerts", "/batches", "/builds", "/dictionary",
)  # fmt: skip


def pages(folder: Path, *, rounds: int) -> Iterator[Measured]:
    """Every page several times, in this process and without a network; the first time is one of them."""
    project = company.project(folder)
    app, (cookie, _) = create_app(project), logged_in(project)
    customer = project.open().table("customers").limit(1).to_pyarrow()["customer_id"][0].as_py()
    for page in PAGES:
        path = page.format(customer=customer)
        answers = [asyncio.run(_first_byte(app, path, cookie)) for _ in range(rounds)]
        yield Measured(
            section="first byte", name=page, ours=tuple(seconds for seconds, _ in answers),
            note=f"cold {answers[0][0]:.2f} s" if answers[0][1] == 200 else f"STATUS {answers[0][1]}",
        )  # fmt: skip


async def _first_byte(app: Any, path: str, cookie: str) -> tuple[float, int]:
    """Seconds until the first part of the body of a page, and its status."""
    place, _, query = path.partition("?")
    headers = {"host": "localhost", "accept-language": "en", "cookie": f"{SESSION_COOKIE}={cookie}"}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": place, "raw_path": place.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }  # fmt: skip
    status: list[int] = []
    arrived: list[float] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])
        elif not arrived:
            arrived.append(time.perf_counter())

    started = time.perf_counter()
    await app(scope, receive, send)
    return arrived[0] - started, status[0]


def logged_in(project: Project) -> tuple[str, str]:
    """The cookie of a new administrator, and a token."""
    now = datetime.now(UTC)
    by = Actor("bench", "cli")
    name = f"stopwatch-{secrets.token_hex(4)}"
    user = users.create_user(project.operations, name, Role.ADMIN, by=by, now=now).user
    users.change_password(project.operations, user, secrets.token_urlsafe(), by=by, now=now)
    wish = tokens.TokenRequest(name="bench", role=Role.ADMIN)
    cookie = sessions.begin(project.operations, project_key(project.data / "key"), user, now=now)
    return cookie, tokens.issue(project.operations, user, wish, by=by, now=now)
