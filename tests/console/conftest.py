"""The company and the browsers of its people."""

import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from shuke.app import Project, open_project
from shuke.builds import pipeline
from shuke.server import create_app
from tests.console import company
from tests.landing import land

Enter = Callable[..., TestClient]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The company before anything was imported; only to be copied."""
    return company.found(tmp_path_factory.mktemp("founded"))


@pytest.fixture(scope="session")
def built(founded: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The company with its files imported and a current build; for tests that change nothing."""
    folder = tmp_path_factory.mktemp("built")
    return company.fill(_copy(founded, folder), folder)


@pytest.fixture
def own(built: Project, tmp_path: Path) -> Project:
    """A copy of the company, to be changed at will."""
    return _copy(built, tmp_path)


@pytest.fixture
def fresh(founded: Project, tmp_path: Path) -> Project:
    """A copy of the company before anything was imported."""
    return _copy(founded, tmp_path)


@pytest.fixture
def enter() -> Iterator[Enter]:
    """enter(project, "lin"): the browser of somebody who has logged in; without a name, a stranger's."""
    opened: list[TestClient] = []

    def browser(project: Project, name: str | None = None, *, language: str = "en-GB") -> TestClient:
        client = TestClient(serving(project), headers={"Accept-Language": language})
        opened.append(client)
        if name:
            log_in(client, name)
        return client

    yield browser
    for client in opened:
        client.close()


@pytest.fixture(scope="session")
def lin(built: Project) -> Iterator[TestClient]:
    """The administrator's browser, for looking."""
    with TestClient(serving(built), headers={"Accept-Language": "en-GB"}) as client:
        log_in(client, "lin")
        yield client


@pytest.fixture(scope="session")
def vera(built: Project) -> Iterator[TestClient]:
    """The browser of one who may look, but sees personal values masked."""
    with TestClient(serving(built), headers={"Accept-Language": "en-GB"}) as client:
        log_in(client, "vera")
        yield client


@pytest.fixture(scope="session")
def address(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a copy of the company is served over a real socket."""
    with listening(_copy(built, tmp_path_factory.mktemp("served"))) as found:
        yield found


@pytest.fixture(scope="session")
def fair(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the company is served after a fair: somebody left a name and a town that may be of 林薇."""
    project = _copy(built, tmp_path_factory.mktemp("fair"))
    land(project, "fair", people=[{"record_id": "F1", "name": "Wei Lin", "city": "杭州"}])
    pipeline.build(project, now=company.NOW)
    with listening(project) as found:
        yield found


@contextmanager
def listening(project: Project) -> Iterator[str]:
    """Serve a project over a real socket: its address."""
    door = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(serving(project), log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    server.should_exit = True
    thread.join(20)
    door.close()


def serving(project: Project) -> FastAPI:
    return create_app(project)


def _copy(project: Project, folder: Path) -> Project:
    shutil.copytree(project.root, folder / "company")
    return open_project(folder / "company")


def log_in(client: TestClient, name: str, password: str = company.PASSWORD, back: str = "/") -> None:
    page = client.get("/login")
    sent = {"csrf": token(page.text), "name": name, "password": password, "back": back}
    client.post("/login", data=sent)


def token(page: str) -> str:
    """The form token of a page."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found, "the page has no form"
    return found[1]
