"""Restoring: how does a backup become a project again, whole or not at all?"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import tomlkit

from shuke.access import audit
from shuke.access.audit import Actor, Deed
from shuke.app import Project, open_project
from shuke.backup import archive
from shuke.backup.archive import About, Report
from shuke.backup.sealed import Keys, unsealing
from shuke.errors import Unreadable, WrongCall
from shuke.languages import N_
from shuke.settings import FILE
from shuke.store import disk

#: What a project's folder may get from a backup.
_OURS = {FILE, "data", "mappings", "analyses"}


@dataclass(frozen=True)
class Restored:
    """What came of it."""

    project: Project
    about: About
    had_database: bool  # outside of its folder; its rows are in the folder now


def restore(
    file: Path,
    folder: Path,
    *,
    keys: Keys,
    by: Actor,
    now: datetime,
    report: Callable[[int], Report] = lambda size: lambda done: None,
) -> Restored:
    """Make the project that a backup holds in a new or empty folder."""
    made = not folder.exists()
    if not made and not (folder.is_dir() and not any(folder.iterdir())):
        raise WrongCall(
            N_("{folder} is not empty. A backup is restored into a new or empty folder."), folder=folder
        )
    unfinished = folder / ".restoring"
    moved: list[Path] = []
    try:
        with disk.explained():
            disk.private(unfinished)
            about = _read(file, unfinished, keys, report)
            _check(unfinished)
            had_database = _on_its_own(unfinished / FILE)
            # The settings last: a folder without them is no project.
            for each in sorted(unfinished.iterdir(), key=lambda path: path.name == FILE):
                moved.append(folder / each.name)
                disk.publish(each, folder / each.name)
            unfinished.rmdir()
        project = open_project(folder)
        audit.record(project.operations, by, Deed(verb="restored"), now=now)
    except BaseException:
        for each in (unfinished, *moved):
            shutil.rmtree(each, ignore_errors=True) if each.is_dir() else each.unlink(missing_ok=True)
        if made:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return Restored(project, about, had_database)


def check(
    file: Path, *, keys: Keys, report: Callable[[int], Report] = lambda size: lambda done: None
) -> About:
    """Read a backup to its end and compare every file's digest; nothing is written."""
    with disk.explained():
        return _read(file, None, keys, report)


def _read(file: Path, folder: Path | None, keys: Keys, report: Callable[[int], Report]) -> About:
    try:
        source = file.open("rb")
    except OSError as error:
        raise WrongCall(N_("{file} cannot be read: {reason}"), file=file, reason=error.strerror) from None
    with source, unsealing(source, keys) as stream:
        return archive.read(stream, folder, report=report(file.stat().st_size))


def _check(folder: Path) -> None:
    there = {each.name for each in folder.iterdir()}
    if not {FILE, "data"} <= there <= _OURS:
        raise Unreadable(N_("This is an age file, but no backup of Shuke's."))


def _on_its_own(settings: Path) -> bool:
    """Have the project use the database in its folder: the other one goes on without it."""
    document = tomlkit.parse(settings.read_text("utf-8"))
    if not document.pop("database", None):
        return False
    disk.replace(settings, tomlkit.dumps(document).encode())
    return True
