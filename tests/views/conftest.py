"""What the tests of the views may ask for."""

from pathlib import Path

import pytest

from shuke.access.roles import Principal, Role
from shuke.app import Project
from shuke.views.viewer import Viewer, at_home
from tests import shop


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tea shop, built; tests only look at it."""
    folder: Path = tmp_path_factory.mktemp("shop")
    return shop.built(folder)


@pytest.fixture(scope="session")
def owner() -> Viewer:
    return at_home("ann", "cli", now=shop.NOW)


@pytest.fixture(scope="session")
def stranger() -> Viewer:
    """A viewer, who must not see personal values."""
    return Viewer(Principal(7, "val", frozenset({Role.VIEWER})), "console", shop.NOW)
