"""What the tests of the views may ask for."""

import shutil

import pytest

from shuke.access.roles import Principal, Role
from shuke.app import Project, open_project
from shuke.views.viewer import Viewer, at_home
from tests import shop


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tea shop, built; tests only look at it."""
    root = shutil.copytree(shop.shared(tmp_path_factory), tmp_path_factory.mktemp("views") / "shop")
    return open_project(root)


@pytest.fixture(scope="session")
def owner() -> Viewer:
    return at_home("ann", "cli", now=shop.NOW)


@pytest.fixture(scope="session")
def stranger() -> Viewer:
    """A viewer, who must not see personal values."""
    return Viewer(Principal(7, "val", frozenset({Role.VIEWER})), "console", shop.NOW)
