"""Disk: how does a change appear whole or not at all?

Everything is written aside, made durable, and moved into its place by one rename.
"""

import errno
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from shuke.errors import Busy, Unavailable
from shuke.languages import N_, translate

#: What a disk says when it cannot keep anything, whatever is written to it.
_FULL = N_("The disk is full. Make room and try again.")
_FAILING = N_("The disk cannot be written to ({reason}).")
_REFUSALS = {errno.ENOSPC: _FULL, errno.EDQUOT: _FULL, errno.EIO: _FAILING, errno.EROFS: _FAILING}


@contextmanager
def explained() -> Iterator[None]:
    """Say it in one line when the disk takes nothing any more."""
    try:
        yield
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        raise Unavailable(_REFUSALS[error.errno], reason=os.strerror(error.errno)) from error


@explained()
def publish(aside: Path, place: Path) -> None:
    """Move a finished folder into its place; afterwards it survives a power cut."""
    for path in sorted(aside.rglob("*")):
        _sync(path)
    _sync(aside)
    place.parent.mkdir(parents=True, exist_ok=True)
    os.rename(aside, place)
    try:
        _sync(place.parent)
    except OSError:
        os.rename(place, aside)  # whoever hears of an error may try again, and must not do it twice
        raise


@explained()
def replace(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a small file so that readers see the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
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
            N_("Another process is {doing} this project; try again when it is done."), doing=translate(doing)
        ) from None


@contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """A folder for work in progress, gone afterwards whether it was published or not.

    Only call it holding the lock of that work: what a killed process left there is swept first.
    """
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with explained():
            folder.mkdir(parents=True)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(path: Path) -> None:
    """Remove what killed processes left of `replace`; a living one needs a moment, not a minute."""
    for left in path.parent.glob(f".{path.name}.*"):
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < time.time() - 60:
                left.unlink()


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder for this, and does not need to
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
