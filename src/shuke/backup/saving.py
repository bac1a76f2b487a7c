"""Saving: how does a project become one encrypted file, completely or not at all?"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shuke.access import audit
from shuke.access.audit import Actor, AuditEvent
from shuke.app import Project
from shuke.backup import archive
from shuke.backup.archive import ArchivedDigest, ArchiveHeader, Report
from shuke.backup.encryption import EncryptionKeys, sealing
from shuke.backup.snapshot import BuildScope, take_snapshot
from shuke.errors import Damaged, WrongCall
from shuke.languages import N_
from shuke.store import disk
from shuke.store.landing import read_receipt
from shuke.version import __version__


@dataclass(frozen=True)
class Saved:
    """What came of it."""

    file: Path
    files: int
    size: int  # of the project's files
    builds: tuple[int, ...]
    damaged: tuple[str, ...]  # batches of which something is not as it landed


def back_up(
    project: Project,
    file: Path,
    *,
    locks: EncryptionKeys,
    which: BuildScope,
    by: Actor,
    now: datetime,
    report: Callable[[int], Report] = lambda size: lambda done: None,
) -> Saved:
    """Write the project as it is now into a new file. `report` hears how much there is, then what is done."""
    _check(project, file)
    audit.record(project.operations, by, AuditEvent(verb="backed_up"), now=now)
    lock = disk.only_one(project.work / "backup.lock", doing=N_("backing up"))
    with disk.explained(), lock, disk.aside(project.work / "backup") as aside:
        found = take_snapshot(project, aside, which=which)
        about = ArchiveHeader(made_at=now.isoformat(), version=__version__, builds=found.builds)
        unfinished = file.with_name(f".{file.name}.unfinished")
        unfinished.unlink(missing_ok=True)
        try:
            with disk.new(unfinished) as target:
                with sealing(target, locks) as stream:
                    written = archive.write(stream, found.parts, about, report=report(found.size))
                target.flush()
                os.fsync(target.fileno())
            _check(project, file)
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
        damaged = tuple(sorted(_damaged(project, written)))
        return Saved(file, len(found.parts), found.size, found.builds, damaged)


def _damaged(project: Project, written: Mapping[str, ArchivedDigest]) -> set[str]:
    """The batches of which something is missing or was read otherwise than their receipts say."""
    prefix = project.landing.folder.relative_to(project.root).as_posix()
    batches = {name.split("/")[2] for name in written if name.startswith(f"{prefix}/")}
    found = set()
    for batch in batches:
        try:
            receipt = read_receipt(project.landing.folder / batch / "receipt.json")
        except Damaged:
            found.add(batch)
            continue
        for name, told in receipt.landed.items():
            if written.get(f"{prefix}/{batch}/{name}") != ArchivedDigest(told.size, told.sha256):
                found.add(batch)
    return found


def _check(project: Project, file: Path) -> None:
    place = file.resolve()
    if place.exists():
        raise WrongCall(N_("{file} already exists; a backup never overwrites a file."), file=file)
    if not place.parent.is_dir():
        raise WrongCall(N_("There is no folder {folder}."), folder=place.parent)
    if place.is_relative_to(project.data.resolve()):
        raise WrongCall(
            N_("{file} is inside the project being backed up. Choose another location."), file=file
        )
