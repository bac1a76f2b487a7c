"""Disk: how does a change appear whole or not at all?

Everything is written aside, made durable, and moved into its place by one rename.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from shuke.errors import Busy
from shuke.languages import N_


def publish(aside: Path, place: Path) -> None:
    """Move a finished folder into its place; afterwards it survives a power cut."""
    for path in sorted(aside.rglob("*")):
        _sync(path)
    _sync(aside)
    place.parent.mkdir(parents=True, exist_ok=True)
    os.rename(aside, place)
    _sync(place.parent)


def replace(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a small file so that readers see the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    _sync(path.parent)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a mapping as readable JSON, atomically."""
    replace(path, json.dumps(value, ensure_ascii=False, indent=1, default=str).encode())


def read_json(path: Path) -> dict[str, Any]:
    """A mapping that `write_json` wrote."""
    value: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return value


@contextmanager
def only_one(lock: Path, *, doing: str, wait: float = 600.0) -> Iterator[None]:
    """Keep other processes from doing the same meanwhile; raises `Busy` after `wait` seconds."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock, timeout=wait):
            yield
    except Timeout:
        raise Busy(
            N_("Another process is {doing} this project; try again when it is done."), doing=doing
        ) from None


@contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """A folder for work in progress, gone afterwards whether it was published or not.

    Only call it holding the lock of that work: what a killed process left there is swept first.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder for this, and does not need to
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
