"""Who may send what, how much of it, how slowly? Asked of every route that there is, as it is declared."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient
from starlette.types import Message

from shuke import app
from shuke.access import sessions, tokens, users
from shuke.access.roles import Role, allows
from shuke.access.secret import project_key
from shuke.access.tokens import TokenRequest
from shuke.app import Project
from shuke.console.request_context import SESSION_COOKIE
from shuke.server import create_app
from shuke.web import bodies
from shuke.web.bodies import THROWN_AWAY, WRITTEN, Admits
from tests import shop
from tests.api.conftest import OWNER

PIECE = bytes(2**16)
KINDS = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "",
)
OPENING = b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
HUGE = 300 * 2**20

Headers = dict[str, str]
Doing = tuple[str, str]
Known = Callable[[Role], Headers]


@dataclass
class Heard:
    """What became of a request: the answer, and how much had been read when it began and when it ended."""

    status: int = 0
    headers: Headers = field(default_factory=dict)
    body: bytes = b""
    read: int = 0
    read_before: int = 0


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project of which nothing has been built: to be refused takes no data."""
    project = app.init(tmp_path_factory.mktemp("bodies") / "shop", shop.SETTINGS)
    for role in Role:
        made = users.create_user(project.operations, f"{role}-one", role, by=OWNER, now=shop.NOW)
        users.change_password(project.operations, made.user, f"{role} has one", by=OWNER, now=shop.NOW)
    return project


@pytest.fixture(scope="module")
def server(project: Project) -> FastAPI:
    return create_app(project)


@pytest.fixture(scope="module")
def known(project: Project) -> Known:
    """What a browser and a program of somebody of a role say with every request."""

    def headers(role: Role) -> Headers:
        user = users.get_user(project.operations, f"{role}-one")
        token = tokens.issue(
            project.operations, user, TokenRequest(name="x", role=role), by=OWNER, now=datetime.now(UTC)
        )
        key = project_key(project.data / "key")
        cookie = sessions.begin(project.operations, key, user, now=datetime.now(UTC))
        return {"authorization": f"Bearer {token}", "cookie": f"{SESSION_COOKIE}={cookie}"}

    return headers


def doings(server: FastAPI) -> Iterator[tuple[Doing, Admits | None]]:
    """Every method and address at which something can be sent, with what its endpoint declares."""
    for route in iter_route_contexts(server.routes):
        for method in sorted((route.methods or set()) - {"GET", "HEAD"}):
            path = (
                (route.path or "")
                .replace(":path", "")
                .format(**dict.fromkeys(route.param_convertors or {}, "1"))
            )
            yield (method, path), getattr(route.endpoint, "admits", None)


def ask(server: FastAPI, doing: Doing, headers: Headers, pieces: AsyncIterator[bytes]) -> Heard:
    """Send pieces as long as they are asked for."""
    heard = Heard()

    async def receive() -> Message:
        try:
            piece = await anext(pieces)
        except StopAsyncIteration:
            return {"type": "http.request", "body": b"", "more_body": False}
        heard.read += len(piece)
        return {"type": "http.request", "body": piece, "more_body": True}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            heard.status, heard.read_before = message["status"], heard.read
            heard.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            heard.body += message.get("body", b"")

    scope = {
        "type": "http", "http_version": "1.1", "scheme": "http", "method": doing[0], "path": doing[1],
        "raw_path": doing[1].encode(), "query_string": b"", "root_path": "", "client": ("192.0.2.1", 1),
        "server": ("shop.example", 80), "headers": [(n.encode(), v.encode()) for n, v in headers.items()],
    }  # fmt: skip
    asyncio.run(server(scope, receive, send))
    return heard


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield PIECE


def announced(kind: str, length: int | None) -> Headers:
    told = {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
    return {**told, **({"content-type": kind} if kind else {})}


def test_every_route_at_which_something_is_sent_says_who_may(server: FastAPI):
    assert [doing for doing, admits in doings(server) if admits is None] == []
    assert len(list(doings(server))) > 20


@pytest.mark.parametrize("length", [HUGE, None], ids=["announced", "chunked"])
@pytest.mark.parametrize("kind", KINDS)
def test_of_what_nobody_sends_nothing_is_read(server: FastAPI, kind: str, length: int | None):
    for doing, admits in doings(server):
        heard = ask(server, doing, announced(kind, length), endless())
        assert admits and heard.status in ({400, 403, 413} if admits.anybody else {303, 401}), doing
        most = admits.largest + len(PIECE) if admits.anybody and length is None else 0
        assert heard.read_before <= most, doing
        assert heard.read <= most + THROWN_AWAY + len(PIECE), doing
        assert heard.headers["connection"] == "close", doing


@pytest.mark.parametrize("role", list(Role))
def test_of_what_somebody_may_not_send_nothing_is_read(server: FastAPI, known: Known, role: Role):
    headers = known(role)
    for doing, admits in doings(server):
        assert admits
        if all(allows(role, need) for need in admits.needs):
            continue
        heard = ask(server, doing, {**headers, **announced(KINDS[0], None)}, endless())
        assert (heard.status, heard.read_before) == (403, 0), doing


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_announced_as_too_large_is_not_begun(server: FastAPI, known: Known, kind: str):
    headers = {**known(Role.ADMIN), **announced(kind, 2**33)}
    for doing, _ in doings(server):
        heard = ask(server, doing, headers, endless())
        assert (heard.status, heard.read_before) == (413, 0), doing


@pytest.mark.parametrize(
    "path", ["/api/sql", "/api/recommendations", "/alerts", "/import/1", "/account/password"]
)
@pytest.mark.parametrize("kind", KINDS[:3])
def test_what_turns_out_too_large_is_read_no_further(server: FastAPI, known: Known, kind: str, path: str):
    heard = ask(server, ("POST", path), {**known(Role.ADMIN), **announced(kind, None)}, endless())
    assert heard.status in (400, 403, 413) and heard.read_before <= WRITTEN + len(PIECE)


@pytest.mark.parametrize("path", ["/api/sql", "/api/imports", "/login", "/import"])
def test_what_is_too_large_is_said_in_the_form_of_the_door(server: FastAPI, known: Known, path: str):
    headers = {**known(Role.ADMIN), **announced(KINDS[0] if "sql" in path else KINDS[2], 2**33)}
    heard = ask(server, ("POST", path), headers, endless())
    assert heard.status == 413
    kind = "application/json" if path.startswith("/api") else "text/html"
    assert heard.headers["content-type"].startswith(kind) and b"KB" in heard.body


@pytest.mark.parametrize("path", ["/api/recommendations", "/api/imports", "/login", "/import"])
def test_what_stalls_or_trickles_is_dropped(server: FastAPI, known: Known, path: str, monkeypatch):
    monkeypatch.setattr(bodies, "STALLED", 0.05)
    monkeypatch.setattr(bodies, "PATIENCE", 0.2)
    monkeypatch.setattr(bodies, "LINGERS", 0.1)

    async def stalling() -> AsyncIterator[bytes]:
        yield begun
        await asyncio.sleep(60)

    async def trickling() -> AsyncIterator[bytes]:
        yield begun
        while True:
            yield b" "
            await asyncio.sleep(0.02)

    kind = KINDS[0] if "recommend" in path else KINDS[2] if "import" in path else KINDS[1]
    begun = OPENING if kind == KINDS[2] else b" "
    for sender in (stalling, trickling):
        heard = ask(server, ("POST", path), {**known(Role.ADMIN), **announced(kind, None)}, sender())
        assert (heard.status, heard.headers["connection"]) == (408, "close"), sender


def test_whoever_is_answered_in_time_keeps_the_connection(server: FastAPI, known: Known):
    answer = TestClient(server).post("/api/builds/9/in-force", headers=known(Role.ADMIN))
    assert answer.status_code == 400 and "connection" not in answer.headers


@pytest.mark.parametrize(
    "sent", ["{", '{"a": ' * 100_000, "[" * 200_000, "\xff", '{"query": "\\ud800"}', "null", "NaN"]
)
def test_broken_json_is_told_in_the_form_of_the_api(server: FastAPI, known: Known, sent: str):
    headers = {**known(Role.ADMIN), "content-type": "application/json"}
    answer = TestClient(server).post("/api/sql", content=sent.encode("latin-1"), headers=headers)
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message"}


@pytest.mark.parametrize("doing", [("POST", "/api/nothing"), ("PUT", "/api/tables"), ("GET", "/api/nothing")])
def test_what_is_not_there_is_told_in_the_form_of_the_api(server: FastAPI, doing: Doing):
    answer = TestClient(server).request(*doing)
    assert answer.status_code in (404, 405) and set(answer.json()) == {"code", "message"}
