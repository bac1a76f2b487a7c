"""What the house tests look at: the modules of the package and the files under version control."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "shuke"
MODULES = sorted(PACKAGE.rglob("*.py"))


def name(path: Path) -> str:
    """The path as a person would say it: store/landing.py."""
    return (
        path.relative_to(PACKAGE).as_posix() if path.is_relative_to(PACKAGE) else str(path.relative_to(ROOT))
    )


def dotted(path: Path) -> str:
    """The name by which a module is imported."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def tracked() -> list[Path]:
    """Every file that is, or is about to be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    paths = (ROOT / entry for entry in listed.stdout.decode().split("\0") if entry)
    return [path for path in paths if path.is_file()]


def tracked_texts() -> Iterator[tuple[Path, str]]:
    """Those of them that hold text."""
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            yield path, content.decode("utf-8", "replace")
