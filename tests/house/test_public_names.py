"""Public names: does every module offer what it says that it offers?"""

import importlib
import importlib.metadata
from pathlib import Path
from types import ModuleType

import pytest

import shuke
from tests.house.sources import MODULES, dotted, name


@pytest.mark.parametrize("path", [path for path in MODULES if "migrations" not in path.parts], ids=name)
def test_every_name_in_all_exists(path: Path):
    module = importlib.import_module(dotted(path))
    offered = getattr(module, "__all__", [])
    assert [each for each in offered if not hasattr(module, each)] == []
    assert len(offered) == len(set(offered))


def test_the_package_offers_every_public_name_that_it_has():
    """One who reads `__all__` has read everything that `import shuke` promises to keep."""
    public = {
        each
        for each, value in vars(shuke).items()
        if not each.startswith("_") and not isinstance(value, ModuleType)
    }
    assert public <= set(getattr(shuke, "__all__", []))


def test_the_version_is_that_of_the_package():
    assert importlib.metadata.version("shuke") == shuke.__version__
