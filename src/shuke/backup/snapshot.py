"""Snapshot: which files make up a project at one moment, while others import, build and decide?

What has landed and what is built never changes: it is enough to know which of it was there. The operations
database is copied in one transaction, small files by their content. If anything landed, was built or was put
in force meanwhile, all is looked at once more: what is the same before and after was so in between.
"""

import os
import shutil
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from shuke.app import Project
from shuke.backup.archive import ArchiveMember
from shuke.errors import Busy, Damaged, WrongCall
from shuke.languages import N_
from shuke.settings import FILE
from shuke.store import disk, operations_copy

DATABASE = "operations.db"
_TRIES = 20


class BuildScope(StrEnum):
    """Which builds to take along; every one can be made again from what has landed."""

    NONE = "none"
    CURRENT = "current"
    ALL = "all"


@dataclass(frozen=True)
class Snapshot:
    parts: tuple[ArchiveMember, ...]
    builds: tuple[int, ...]

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)


def take_snapshot(project: Project, aside: Path, *, which: BuildScope) -> Snapshot:
    """The project as it is now. What could change or go while it is read lies in the folder `aside`."""
    project.key  # noqa: B018 - makes it where nobody has asked for it yet
    for number in range(_TRIES):
        frozen = disk.private(aside / str(number))
        before = _Standing.now(project, which)
        try:
            operations_copy.copy(project.operations, frozen / DATABASE)
            parts = tuple(_parts(project, before, frozen))
        except FileNotFoundError:  # a build was dropped, or a mapping is being replaced
            if before == _Standing.now(project, which):
                raise
        else:
            if before == _Standing.now(project, which):
                return Snapshot(parts, before.builds(project))
        shutil.rmtree(frozen)
    raise Busy(N_("The project keeps changing. Try again when it is less busy."))


@dataclass(frozen=True)
class _Standing:
    """What is there: folders that never change, by name, and files that may, with what tells that one did."""

    numbered: tuple[Path, ...]
    loose: tuple[tuple[Path, int, int], ...]

    @classmethod
    def now(cls, project: Project, which: BuildScope) -> "_Standing":
        tables = project.builds.tables.folder
        folders, files = _walked(project.data, leaving=(project.work, tables))
        ours = _wanted(project, which)
        numbered = [each for each in folders if each.parent != project.builds.folder]
        numbered += sorted(ours | _tables(project, ours))
        written = [project.root / FILE, *_files(project.mappings), *_files(project.root / "analyses")]
        pointed = [
            each for each in files if which is not BuildScope.NONE or each.parent != project.builds.folder
        ]
        told = [(path, path.stat()) for path in (*written, *pointed) if path.exists()]
        return cls(tuple(numbered), tuple((path, one.st_mtime_ns, one.st_size) for path, one in told))

    def builds(self, project: Project) -> tuple[int, ...]:
        return tuple(int(each.name) for each in self.numbered if each.parent == project.builds.folder)


def _wanted(project: Project, which: BuildScope) -> set[Path]:
    """The folders of the builds to take along."""
    builds = project.builds
    if which is BuildScope.CURRENT:
        return {builds.current().folder} if builds.pointed else set()
    return {
        builds.folder / f"{number:06d}" for number in (builds.numbers() if which is BuildScope.ALL else [])
    }


def _tables(project: Project, builds: Iterable[Path]) -> set[Path]:
    """The folders of their tables, where these do not lie in the builds' own."""
    found: set[Path] = set()
    for folder in builds:
        with suppress(Damaged, WrongCall):  # a damaged build is taken along as it is
            build = project.builds.open(int(folder.name))
            found |= {build.path(name) for name, made in build.manifest.tables.items() if not made.failed}
    return {path for path in found if path.parent == project.builds.tables.folder}


def _walked(data: Path, *, leaving: Container[Path]) -> tuple[list[Path], list[Path]]:
    """The folders below that carry a number, as what never changes does, and the files outside of them."""
    numbered: list[Path] = []
    loose: list[Path] = []
    for place, folders, files in os.walk(data):
        here = Path(place)
        numbered += [here / name for name in folders if name[0].isdigit()]
        folders[:] = sorted(
            n for n in folders if not n[0].isdigit() and n[0] != "." and here / n not in leaving
        )
        loose += [here / name for name in files if not _passes(name)]
    return sorted(numbered), sorted(loose)


def _passes(name: str) -> bool:
    """Whether a file is a lock, half written, or of the database, which is copied in its own way."""
    return name.startswith((".", DATABASE)) or name.endswith(".lock")


def _parts(project: Project, standing: _Standing, frozen: Path) -> Iterator[ArchiveMember]:
    yield ArchiveMember(f"data/{DATABASE}", frozen / DATABASE)
    for number, (path, _, _) in enumerate(standing.loose):
        copy = frozen / f"{number}"
        shutil.copy2(path, copy)  # with the time of its last change
        yield ArchiveMember(_name(project, path), copy)
    for folder in standing.numbered:
        dropped_one_day = folder.is_relative_to(project.builds.folder)
        for number, path in enumerate(_files(folder)):
            held = _held(path, frozen / f"{folder.name}-{number}") if dropped_one_day else path
            yield ArchiveMember(_name(project, path), held)


def _held(path: Path, link: Path) -> Path:
    """The file under a second name, that stays when the first goes; a copy where it cannot have two."""
    try:
        os.link(path, link)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(path, link)
    return link


def _files(folder: Path) -> list[Path]:
    """What lies in a folder, without what Python leaves there."""
    found = (Path(place) / name for place, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if "__pycache__" not in path.parts and not path.name.startswith("."))


def _name(project: Project, path: Path) -> str:
    return path.relative_to(project.root).as_posix()
