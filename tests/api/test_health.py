"""Does the server say of each of its parts whether it is well, whatever becomes of them?"""

import json
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from shuke import app
from shuke.api import health
from shuke.app import Project, open_project
from shuke.engine.workers import Workers
from shuke.server import create_app
from shuke.web.background_build import BuildProgress
from tests import shop

PARTS = {"database": "well", "build": "nothing yet", "disk": "well", "worker": "idle", "sql": "well"}


@pytest.fixture
def fresh(tmp_path: Path) -> Project:
    return app.init(tmp_path / "shop", shop.SETTINGS)


@pytest.fixture
def client(fresh: Project) -> TestClient:
    return TestClient(create_app(fresh))


def told(client: TestClient) -> tuple[int, str, dict[str, str]]:
    answer = client.get("/health")
    said: dict[str, Any] = answer.json()
    for part in said["parts"].values():
        assert part["well"] == (part["state"] in health.WELL)
    return answer.status_code, said["status"], {name: p["state"] for name, p in said["parts"].items()}


def unwell(client: TestClient) -> dict[str, str]:
    """The parts that are not what they are in a new project; the answer says so."""
    code, status, parts = told(client)
    assert (code, status) == (503, "unwell")
    return {name: state for name, state in parts.items() if PARTS[name] != state}


def test_of_a_new_project_every_part_is_well(client: TestClient):
    assert told(client) == (200, "ok", PARTS)


def test_a_database_that_is_gone_is_told_though_somebody_has_it_open(fresh: Project, client: TestClient):
    assert told(client)[0] == 200
    (fresh.data / "operations.db").rename(fresh.data / "elsewhere.db")
    assert unwell(client) == {"database": "unreachable"}


def test_a_build_is_read_and_one_that_cannot_be_is_told(built: Path, tmp_path: Path):
    project = open_project(Path(shutil.copytree(built, tmp_path / "shop")))
    client = TestClient(create_app(project))
    assert told(client) == (200, "ok", {**PARTS, "build": "well"})
    (file,) = project.builds.current().path("customers").glob("*.parquet")
    whole = file.read_bytes()
    for left in (b"", whole[:-1], whole[: len(whole) // 2]):
        file.write_bytes(left)
        assert unwell(client) == {"build": "unreadable"}
    file.write_bytes(whole)
    assert told(client)[0] == 200
    (project.data / "builds" / "current").write_text("rubbish")
    assert unwell(client) == {"build": "unreadable"}
    (project.data / "builds" / "current").unlink()
    assert unwell(client) == {"build": "unreadable"}


def test_a_disk_that_is_full_or_takes_nothing_is_told(
    fresh: Project, client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        patch.setattr(health, "ROOM", 2**70)
        assert unwell(client) == {"disk": "full"}
    shutil.rmtree(fresh.work, ignore_errors=True)
    fresh.work.write_text("no folder")
    assert unwell(client) == {"disk": "not writable"}


def test_a_build_whose_thread_has_gone_is_told(client: TestClient):
    work = client.app.state.console.work  # type: ignore[attr-defined]
    work.run, work._thread = BuildProgress(), threading.Thread()
    assert unwell(client) == {"worker": "failed"}
    work.run = BuildProgress(over=True)
    assert told(client)[0] == 200


def test_it_is_told_whether_anybody_can_answer_what_is_asked_in_sql(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    few = Workers(at_once=1)
    monkeypatch.setattr(health, "WORKERS", few)
    assert told(client)[2] == PARTS
    with few.place():
        assert told(client)[2] == {**PARTS, "sql": "busy"}
    few.close()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/usr/bin/false")
        assert unwell(client) == {"sql": "cannot be asked"}
    assert told(client)[0] == 200
    few.close()


def test_nothing_is_told_but_parts_and_words(client: TestClient, fresh: Project):
    answer = client.get("/health")
    assert set(answer.json()) == {"status", "parts"} and str(fresh.root) not in answer.text
    described = client.get("/api/openapi.json").json()
    assert set(described["paths"]["/health"]["get"]["responses"]) == {"200", "503"}


class Line:
    """A line to the tests' PostgreSQL, which can be cut, and can go dead without anybody being told."""

    def __init__(self, place: Path) -> None:
        self.place, self.open, self.dead = place / ".s.PGSQL.5432", True, threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        self.open = False
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while self.open:
                near, _ = self._door.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self.place))
                self._ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while content := one.recv(2**16):
                if not self.dead.is_set():
                    other.sendall(content)


@pytest.fixture
def line(postgres_socket: Path) -> Iterator[Line]:
    made = Line(postgres_socket)
    yield made
    made.cut()


@pytest.fixture
def far(fresh: Project, line: Line) -> Iterator[TestClient]:
    """A server whose database is at the other end of a line."""
    url = f"postgresql://postgres@127.0.0.1:{line.port}/postgres?connect_timeout=60"
    file = fresh.root / "shuke.toml"
    file.write_text(f"database = {json.dumps(url)}\n" + file.read_text("utf-8"), "utf-8")
    project = open_project(fresh.root)
    yield TestClient(create_app(project))
    line.cut()
    project.operations.close()


@pytest.mark.postgres
def test_a_server_of_databases_that_has_stopped_is_told(far: TestClient, line: Line):
    assert told(far) == (200, "ok", PARTS)
    line.cut()
    assert unwell(far) == {"database": "unreachable"}


@pytest.mark.postgres
def test_a_database_that_hangs_hangs_nobody(far: TestClient, line: Line, monkeypatch: pytest.MonkeyPatch):
    assert told(far)[0] == 200
    line.dead.set()
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    before, began = threading.active_count(), time.monotonic()
    for _ in range(10):
        assert unwell(far) == {"database": "hangs"}
    assert time.monotonic() - began < 10
    assert sum(thread.name == "health" for thread in threading.enumerate()) == 1, before
