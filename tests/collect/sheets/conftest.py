from collections.abc import Callable
from pathlib import Path

import pytest

from shuke.collect.sheets import Sheet, read


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.fixture
def written(tmp_path: Path, work: Path) -> Callable[..., Sheet]:
    """Write bytes, or text in an encoding, to a file and read the one table in it."""

    def read_written(content: bytes | str, name: str = "file.csv", encoding: str = "utf-8") -> Sheet:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        [sheet] = read(path, work=work)
        return sheet

    return read_written
