"""Sheets: what tables of text are in this file?"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from glob import glob, has_magic
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from shuke.collect.sheets.archives import ARCHIVE_NAMES, ARCHIVE_SUFFIXES, Archive, ArchiveLimits, members
from shuke.collect.sheets.file_format import FileFormat
from shuke.collect.sheets.header import require_readable
from shuke.collect.sheets.kinds import kind_of
from shuke.collect.sheets.sheet import ROW, BadRow, InputFile, Note, Sheet, Skipped, SkippedKind
from shuke.errors import Unreadable, WrongCall
from shuke.languages import N_

__all__ = [
    "ROW",
    "ArchiveLimits",
    "BadRow",
    "Note",
    "Sheet",
    "Skipped",
    "SkippedKind",
    "expand",
    "formats",
    "names",
    "read",
    "suffixes",
]

_LIMITS = ArchiveLimits()


def read(path: Path, *, work: Path, name: str | None = None, limits: ArchiveLimits = _LIMITS) -> list[Sheet]:
    """Every table in a file, its rows written as text into the folder `work`.

    `name` is what the person calls the file, where that is not its name on disk (an upload).
    Unreadable if there is no table in it.
    """
    found = list(_sheets(InputFile(path, name or path.name, work), limits))
    for sheet in found:
        require_readable(sheet.columns, file=sheet.file)
    return found


@cache
def formats() -> tuple[FileFormat, ...]:
    """Every format that can be read: whatever a module beside this one declares."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    found = [each for module in modules for each in vars(module).values() if isinstance(each, FileFormat)]
    return tuple(sorted(found, key=lambda each: (not each.last, each.names)))


def names() -> list[str]:
    """What people call all that can be read, archives last."""
    return [*(name for each in formats() for name in each.names), *ARCHIVE_NAMES]


def suffixes() -> set[str]:
    """The endings of file names that say what kind of file it is, and no more."""
    return {suffix for each in formats() for suffix in each.suffixes} | ARCHIVE_SUFFIXES


def expand(patterns: Iterable[str]) -> list[Path]:
    """The files that paths and patterns such as `exports/*.csv` stand for, in order, each once."""
    found: dict[Path, None] = {}
    for pattern in patterns:
        paths = [Path(pattern)] if Path(pattern).exists() or not has_magic(pattern) else _matching(pattern)
        if not paths or not paths[0].exists():
            raise WrongCall(N_("There is no file {pattern}."), pattern=pattern)
        if paths[0].is_dir():
            raise WrongCall(
                N_("{pattern} is a folder: name its files, as in {example}."), **_example(pattern)
            )
        found |= dict.fromkeys(paths)
    return list(found)


def _matching(pattern: str) -> list[Path]:
    return sorted(path for path in _globbed(pattern) if path.is_file())


def _globbed(pattern: str) -> Iterable[Path]:
    return map(Path, glob(pattern, recursive=True))  # noqa: PTH207 - Path.glob refuses absolute patterns


def _example(pattern: str) -> dict[str, str]:
    return {"pattern": pattern, "example": str(Path(pattern) / "*.csv")}


def _sheets(source: InputFile, limits: ArchiveLimits) -> Iterator[Sheet]:
    kind = kind_of(source, formats(), accepted=", ".join(names()))
    yield from kind.read(source) if isinstance(kind, FileFormat) else _unpacked(source, kind, limits)


def _unpacked(source: InputFile, kind: Archive, limits: ArchiveLimits) -> Iterator[Sheet]:
    """The tables of an archive; a member that is none is named in the notes of the first."""
    if limits.depth == 0:
        raise Unreadable(
            N_("{file} holds archives within archives: unpack it and import the files."), file=source.name
        )
    found: list[Sheet] = []
    left_out: list[Note] = []
    reasons: list[Unreadable] = []
    for member in members(source, kind, limits=limits):
        try:
            found += _sheets(member, replace(limits, depth=limits.depth - 1))
        except Unreadable as reason:
            reasons.append(reason)
            left_out.append(Note(N_("Left out: {reason}"), {"reason": reason}))
        finally:
            member.path.unlink(missing_ok=True)
    if not found:
        raise reasons[0] if len(reasons) == 1 else Unreadable(N_("{file} holds no table."), file=source.name)
    found[0] = replace(found[0], notes=(*found[0].notes, *left_out))
    yield from found
