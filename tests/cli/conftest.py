"""What the tests of the command line may ask for."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from shuke.cli import main
from tests import shop


@dataclass(frozen=True)
class Said:
    """What a call answered."""

    status: int
    out: str
    err: str


Shuke = Callable[..., Said]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tea shop, built; tests only look at it."""
    return shop.shared(tmp_path_factory)


@pytest.fixture
def own_shop(built: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(built, tmp_path / "shop"))


@pytest.fixture
def shuke(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Shuke:
    """Types `shuke …` in a folder, with neither terminal nor locale."""
    for name in ("SHUKE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)

    def typed(*words: object, at: Path) -> Said:
        monkeypatch.chdir(at)
        monkeypatch.setattr(sys, "argv", ["shuke", *map(str, words)])
        sys.stdout.flush()
        capfdbinary.readouterr()  # what fixtures, and libraries with buffers of their own, had still to say
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        sys.stdout.flush()
        captured = capfdbinary.readouterr()
        return Said(status, captured.out.decode("utf-8", "replace"), captured.err.decode("utf-8", "replace"))

    return typed
