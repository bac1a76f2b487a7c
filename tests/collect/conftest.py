"""What the tests of collecting may ask for."""

from pathlib import Path

import pytest

from tests.collect.desk import Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An import desk in front of an empty project."""
    return open_desk(tmp_path)
