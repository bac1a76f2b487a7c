"""Restoring: how does a backup become a project again, completely or not at all?"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import tomlkit

from shuke.access import audit
from shuke.access.audit import Actor, AuditEvent
from shuke.app import Project, open_project
from shuke.backup import archive
from shuke.backup.archive import ArchiveHeader, Report
from shuke.backup.encryption import DecryptionKeys, unsealing
from shuke.backup.snapshot import DATABASE
from shuke.errors import Busy, Unreadable, WrongCall
from shuke.languages import N_
from shuke.settings import FILE
from shuke.store import disk, operations_copy
from shuke.store.operations import connect, open_operations

#: What a project's folder may get from a backup.
_OURS = {FILE, "data", "mappings", "analyses"}

#: Where a project lies until it is whole, and the lock of whoever makes it so.
UNFINISHED, _LOCK = ".restoring", ".restoring.lock"


@dataclass(frozen=True)
class Restored:
    """What came of it."""

    project: Project
    about: ArchiveHeader
    had_database: bool  # outside of its folder; its rows are in the folder now


def restore(
    file: Path,
    folder: Path,
    *,
    keys: DecryptionKeys,
    by: Actor,
    now: datetime,
    database: str = "",
    report: Callable[[int], Report] = lambda size: lambda done: None,
) -> Restored:
    """Make the project that a backup holds in a new or empty folder.

    `database` is the URL of an empty one for what the operations database held; none: a file in the folder.
    """
    made = not folder.exists()
    if not made:
        _check_empty(folder)
    if database and connect(database).engine.url.password:
        raise WrongCall(
            N_("Leave the password out of the URL: put it into ~/.pgpass, or the file that PGPASSFILE names.")
        )
    with disk.explained(), _alone(folder):
        _check_empty(folder)  # somebody may have been quicker
        _sweep(folder)
        try:
            about, had_database = _unpacked(file, folder, keys, report, database=database)
            project = open_project(folder)
            audit.record(project.operations, by, AuditEvent(verb="restored"), now=now)
        except BaseException:
            _remove(folder / UNFINISHED, *map(folder.joinpath, _OURS))
            if made:
                shutil.rmtree(folder, ignore_errors=True)
            raise
    return Restored(project, about, had_database)


def _unpacked(
    file: Path, folder: Path, keys: DecryptionKeys, report: Callable[[int], Report], *, database: str
) -> tuple[ArchiveHeader, bool]:
    """Have the project in its place, where nothing else is; and whether it had a database elsewhere."""
    unfinished = disk.private(folder / UNFINISHED)
    about = _read(file, unfinished, keys, report)
    _check(unfinished)
    had_database = _uses(unfinished / FILE, database)
    with _loaded(unfinished / "data", database):
        # The settings last: a folder without them is no project.
        for each in sorted(unfinished.iterdir(), key=lambda path: path.name == FILE):
            disk.publish(each, folder / each.name)
    unfinished.rmdir()
    return about, had_database


def left(folder: Path) -> bool:
    """Whether a restore that was interrupted has left something in a folder; one at work has not."""
    if not (folder / UNFINISHED).exists():
        return False
    try:
        with _alone(folder):
            return True
    except Busy:
        return False


def sweep(folder: Path) -> None:
    """Remove what a restore that was interrupted has left; raises `Busy` while one is at work."""
    with _alone(folder):
        _sweep(folder)


def _sweep(folder: Path) -> None:
    """Before the settings are there, whatever lies beside came out of the backup as well."""
    if (folder / UNFINISHED).exists():
        _remove(folder / UNFINISHED, *([] if (folder / FILE).exists() else map(folder.joinpath, _OURS)))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else restores into this folder meanwhile."""
    lock = folder / _LOCK
    with disk.only_one(lock, doing=N_("restoring"), wait=1.0):
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def _remove(*paths: Path) -> None:
    for path in paths:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def check(
    file: Path, *, keys: DecryptionKeys, report: Callable[[int], Report] = lambda size: lambda done: None
) -> ArchiveHeader:
    """Read a backup to its end and compare every file's digest; nothing is written."""
    with disk.explained():
        return _read(file, None, keys, report)


def _read(
    file: Path, folder: Path | None, keys: DecryptionKeys, report: Callable[[int], Report]
) -> ArchiveHeader:
    try:
        source = file.open("rb")
    except OSError as error:
        raise WrongCall(N_("{file} cannot be read: {reason}"), file=file, reason=error.strerror) from None
    with source, unsealing(source, keys) as stream:
        return archive.read(stream, folder, report=report(file.stat().st_size))


def _check(folder: Path) -> None:
    there = {each.name for each in folder.iterdir()}
    if not {FILE, "data"} <= there <= _OURS:
        raise Unreadable(N_("This is an age file, but not a Shuke backup."))


def _check_empty(folder: Path) -> None:
    there = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else [folder.name]
    swept = {UNFINISHED, _LOCK, *_OURS} if FILE not in there and UNFINISHED in there else {_LOCK}
    if there := [name for name in there if name not in swept]:
        raise WrongCall(
            N_("{folder} is not empty ({first}). Restore a backup into a new or empty folder."),
            folder=folder, first=there[0],
        )  # fmt: skip


def _uses(settings: Path, database: str) -> bool:
    """Have the project use this database, or the one in its folder: the one it had goes on without it."""
    document = tomlkit.parse(settings.read_text("utf-8"))
    before = document.pop("database", None)
    if database:
        document.add("database", database)
    disk.replace(settings, tomlkit.dumps(document).encode())
    return bool(before) and not database


@contextmanager
def _loaded(data: Path, database: str) -> Iterator[None]:
    """Have the rows in the database at once with what is done meanwhile, or neither."""
    if not database:
        yield
        return
    target = open_operations(database)
    try:
        with operations_copy.loading(data / DATABASE, target):
            for path in data.glob(f"{DATABASE}*"):
                path.unlink()
            yield
    finally:
        target.close()
