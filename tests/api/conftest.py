"""What the tests of the API may ask for."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shuke.access import tokens, users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.access.tokens import TokenRequest
from shuke.app import Project, open_project
from shuke.server import create_app
from tests import shop

Caller = Callable[[Role], TestClient]

OWNER = Actor("ann", "cli")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop.shared(tmp_path_factory)


@pytest.fixture(scope="module")
def project(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tea shop, with one user of each role; each module of tests has its own copy."""
    root = Path(shutil.copytree(built, tmp_path_factory.mktemp("api") / "shop"))
    project = open_project(root)
    for role in Role:
        users.create_user(project.operations, f"{role}-one", role, by=OWNER, now=shop.NOW)
    return project


@pytest.fixture(scope="module")
def anybody(project: Project) -> Iterator[TestClient]:
    """A program without a token."""
    with TestClient(create_app(project)) as client:
        yield client


@pytest.fixture(scope="module")
def calling(project: Project, anybody: TestClient) -> Caller:
    """A program that acts for a user of a role."""

    def caller(role: Role) -> TestClient:
        user = users.get_user(project.operations, f"{role}-one")
        plain = tokens.issue(
            project.operations, user, TokenRequest(name="test", role=role), by=OWNER, now=shop.NOW
        )
        return TestClient(anybody.app, headers={"Authorization": f"Bearer {plain}"})

    return caller


@pytest.fixture(scope="module")
def analyst(calling: Caller) -> TestClient:
    return calling(Role.ANALYST)


@pytest.fixture(scope="module")
def viewer(calling: Caller) -> TestClient:
    return calling(Role.VIEWER)
