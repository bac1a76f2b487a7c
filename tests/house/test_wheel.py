"""Wheel: does what we hand out hold everything that it needs?"""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.house.sources import PACKAGE, tracked


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_package(wheel: Path):
    """Pages, styles, catalogues and migrations are not modules, and are as easily forgotten."""
    wanted = {
        path.relative_to(PACKAGE.parent).as_posix() for path in tracked() if path.is_relative_to(PACKAGE)
    }
    assert wanted - set(zipfile.ZipFile(wheel).namelist()) == set()


def test_the_wheel_holds_the_licence_and_no_tests(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    assert any(each.endswith("/licenses/LICENSE") for each in names)
    assert not any(each.startswith(("tests/", "bench/", "scripts/")) for each in names)


def test_the_wheel_alone_can_be_imported(wheel: Path):
    """From its archive, without the checkout on the way."""
    ask = f"import sys; sys.path.insert(0, {str(wheel)!r}); import shuke; print(shuke.__file__)"
    answer = subprocess.run(
        [sys.executable, "-c", ask], cwd=wheel.parent, capture_output=True, text=True, check=True
    )
    assert answer.stdout.startswith(str(wheel))
