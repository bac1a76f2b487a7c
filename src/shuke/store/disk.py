"""Disk: how is a change written atomically, and readable by its owner alone?

Everything is written aside, made durable, and moved into its place by one rename. Files and folders are the
owner's whatever the umask is: 0600 and 0700.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from shuke.errors import Busy, Damaged, Unwritable
from shuke.languages import N_, translate

#: The modes of what a project keeps.
FOLDER, FILE = 0o700, 0o600


@contextmanager
def explained() -> Iterator[None]:
    """Say it in one line when the disk takes nothing any more."""
    try:
        yield
    except OSError as error:
        if error.errno not in Unwritable.CODES:
            raise
        raise Unwritable(error.errno) from error


def private(folder: Path) -> Path:
    """Make a folder, and what is missing above it, for the owner alone; one that is there stays as it is."""
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(FOLDER, exist_ok=True)
    return folder


@explained()
def publish(aside: Path, place: Path) -> None:
    """Move a finished folder into its place; afterwards it survives a power cut."""
    for path in (*sorted(aside.rglob("*")), aside):
        path.chmod(FOLDER if path.is_dir() else FILE)  # an engine wrote it
        _sync(path)
    private(place.parent)
    os.rename(aside, place)
    try:
        _sync(place.parent)
    except OSError:
        os.rename(place, aside)  # whoever hears of an error may try again, and must not do it twice
        raise


@explained()
def replace(path: Path, content: bytes) -> None:
    """Write a small file so that readers see the old content or the new, never a part."""
    private(path.parent)
    _sweep(path)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    _sync(path.parent)


def new(path: Path) -> BinaryIO:
    """A file that is not there yet, open to be written."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE), "wb")


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a mapping as readable JSON, atomically."""
    replace(path, json.dumps(value, ensure_ascii=False, indent=1, default=str).encode())


def read_json(path: Path) -> dict[str, Any]:
    """A mapping that `write_json` wrote."""
    with intact(path):
        value: dict[str, Any] = dict(json.loads(path.read_text("utf-8")))
        return value


@contextmanager
def intact(path: Path) -> Iterator[None]:
    """Say it in one line where a file of ours cannot be read as what was written there: `Damaged`."""
    try:
        yield
    except (OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise Damaged.at(path) from error


def number(path: Path) -> int:
    """The number in a file that points to something."""
    with intact(path):
        return int(path.read_text("ascii"))


@contextmanager
def only_one(lock: Path, *, doing: str, wait: float = 600.0) -> Iterator[None]:
    """Keep other processes from doing the same meanwhile; raises `Busy` after `wait` seconds."""
    private(lock.parent)
    try:
        with FileLock(lock, timeout=wait, mode=FILE):
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
            private(folder)
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
