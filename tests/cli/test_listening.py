"""Which connections does the server keep, and for how long? Over a real socket."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn

from shuke import app
from shuke.cli import listening
from shuke.server import create_app
from shuke.web.bodies import THROWN_AWAY
from tests import shop

Call = Callable[[], socket.socket]


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Call]:
    """A connection to a server that waits half a second for a head."""
    project = app.init(tmp_path_factory.mktemp("listening") / "shop", shop.SETTINGS)
    door = socket.create_server(("127.0.0.1", 0))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(listening, "HEAD", 0.5)
        server = uvicorn.Server(listening.config(create_app(project)))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        yield lambda: socket.create_connection(door.getsockname(), timeout=20)
        server.should_exit = True
        thread.join(20)
    door.close()


def heard(line: socket.socket) -> bytes:
    """Everything until the server hangs up."""
    told = b""
    while piece := line.recv(2**16):
        told += piece
    return told


@pytest.mark.parametrize("begun", [b"", b"GET /health", b"GET /health HTTP/1.1\r\nHost: shop\r\nX-A: b"])
def test_a_head_that_does_not_come_ends_its_connection(call: Call, begun: bytes):
    with call() as line:
        line.sendall(begun)
        assert heard(line) == b""


def test_a_head_that_trickles_ends_its_connection_too(call: Call):
    with call() as line:
        line.sendall(b"GET /health HTTP/1.1\r\nX-A: ")
        with pytest.raises(OSError):  # noqa: PT011 - broken pipe or reset, as it happens
            trickle(line, seconds=15)


def trickle(line: socket.socket, *, seconds: float) -> None:
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        line.sendall(b"a")
        time.sleep(0.05)


def test_the_second_head_of_a_connection_is_waited_for_no_longer(call: Call):
    with call() as line:
        line.sendall(b"GET /health HTTP/1.1\r\nHost: shop\r\n\r\n")
        assert line.recv(2**16).startswith(b"HTTP/1.1 200")
        line.sendall(b"GET /hea")
        assert heard(line).find(b"HTTP/1.1 200") == -1


def test_a_head_that_is_too_long_is_refused(call: Call):
    with call() as line:
        line.sendall(b"GET /health?q=" + b"a" * 2 * listening.LONGEST_HEAD)
        assert line.recv(2**16).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "told", [b"Content-Length: 314572800", b"Transfer-Encoding: chunked"], ids=["announced", "chunked"]
)
def test_who_sends_300_megabytes_as_nobody_hears_no_and_is_cut_off(call: Call, told: bytes):
    with call() as line:
        line.sendall(b"POST /api/imports HTTP/1.1\r\nHost: shop\r\n" + told + b"\r\n\r\n")
        sent, piece = 0, b"10000\r\n" + bytes(2**16) + b"\r\n"
        try:
            while sent < 300 * 2**20:
                line.sendall(piece)
                sent += len(piece)
        except OSError:
            pass  # cut off
        assert sent < THROWN_AWAY + 16 * 2**20  # what the network had under way is among it


def test_who_is_refused_can_read_why(call: Call):
    with call() as line:
        line.sendall(b"POST /api/imports HTTP/1.1\r\nHost: shop\r\nContent-Length: 3000000\r\n\r\n")
        for _ in range(30):
            line.sendall(bytes(100_000))
        answer = heard(line)
        assert answer.startswith(b"HTTP/1.1 401") and b'"no_token"' in answer
