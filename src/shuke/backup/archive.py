"""Archive: how do a project's files become one stream, and files again?

A tar of the project's files under their names in its folder. Before them stands `backup.json`, which says
what the backup is; after them `digests.json`, which says of each file its length, its digest, and when it was
changed last: by that the project knows, once it is restored, that nothing has been written into it since.
"""

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from shuke.errors import Unreadable
from shuke.languages import N_
from shuke.store import disk

ABOUT, DIGESTS = "backup.json", "digests.json"
FORMAT = 1

#: Called with how many bytes more are done.
Report = Callable[[int], object]

_LONGEST_NOTE = 256 << 20  # bytes of `digests.json`: two million files
_PIECE = 1 << 20
_PART_OF_A_NAME = re.compile(r"[^\\/:\x00-\x1f]+")


@dataclass(frozen=True, kw_only=True)
class ArchiveHeader:
    """What a backup says of itself."""

    made_at: str  # ISO 8601
    version: str  # of Shuke
    builds: tuple[int, ...]
    format: int = FORMAT


@dataclass(frozen=True)
class ArchiveMember:
    """A file of the project: its name there, and where it lies while it is read."""

    name: str
    path: Path

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @property
    def modified(self) -> int:
        """When it was changed last, in nanoseconds since 1970."""
        return self.path.stat().st_mtime_ns


@dataclass(frozen=True)
class ArchivedDigest:
    """What was read of a file."""

    size: int
    sha256: str


def write(
    stream: BinaryIO, parts: Iterable[ArchiveMember], about: ArchiveHeader, *, report: Report
) -> dict[str, ArchivedDigest]:
    """Write everything into the stream; returns what was read of each file."""
    found: dict[str, ArchivedDigest] = {}
    digests: dict[str, tuple[int, str, int]] = {}
    with tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        _add_note(tar, ABOUT, asdict(about))
        for part in parts:
            with part.path.open("rb") as file:
                digesting = _Digesting(file, report)
                info = _info(part.name, part.size)
                info.mtime = int(part.modified / 1e9)
                tar.addfile(info, digesting)
            found[part.name] = ArchivedDigest(info.size, digesting.digest)
            digests[part.name] = (info.size, digesting.digest, part.modified)
        _add_note(tar, DIGESTS, {"files": digests})
    return found


def read(stream: BinaryIO, folder: Path | None, *, report: Report) -> ArchiveHeader:
    """Write every file of the stream into the folder, or nowhere; raises `Unreadable` unless all are right.

    The files are there before it is known whether they are right: the folder must be one that is thrown away.
    """
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            return _checked(tar, folder, report)
    except (tarfile.TarError, EOFError) as error:
        raise _damaged() from error


def _checked(tar: tarfile.TarFile, folder: Path | None, report: Report) -> ArchiveHeader:
    about: ArchiveHeader | None = None
    found: dict[str, ArchivedDigest] = {}
    for member in tar:
        if about is None:
            about = _about(tar, member)
        elif member.name == DIGESTS:
            changed = _compared(_note(tar, member).get("files"), found)
            if folder is not None:
                for name, moment in changed.items():
                    os.utime(folder / name, ns=(moment, moment))
            return about
        else:
            if member.name in found:
                raise _damaged()
            found[member.name] = _unpacked(tar, member, folder, report)
    raise _damaged()


def _compared(told: Any, found: Mapping[str, ArchivedDigest]) -> dict[str, int]:
    """When each file was changed last; raises `Unreadable` unless all are what they were."""
    try:
        said = {
            name: (ArchivedDigest(size, sha256), int(changed))
            for name, (size, sha256, changed) in told.items()
        }
    except (AttributeError, TypeError, ValueError):
        raise _damaged() from None
    if {name: content for name, (content, _) in said.items()} != found:
        raise _damaged()
    return {name: changed for name, (_, changed) in said.items()}


def _about(tar: tarfile.TarFile, member: tarfile.TarInfo) -> ArchiveHeader:
    told = _note(tar, member) if member.name == ABOUT else {}
    if not isinstance(told.get("format"), int):
        raise Unreadable(N_("This is an age file, but not a Shuke backup."))
    if told["format"] > FORMAT:
        raise Unreadable(
            N_("This backup was made by Shuke {version}, which is newer. Restore it with that version."),
            version=told.get("version"),
        )
    return ArchiveHeader(**{**told, "builds": tuple(told["builds"])})


def _unpacked(
    tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path | None, report: Report
) -> ArchivedDigest:
    name = member.name
    source = tar.extractfile(member) if member.isreg() and _is_plain(name) else None
    if source is None:
        raise _damaged()
    digesting = _Digesting(source, report)
    if folder is None:
        while digesting.read(_PIECE):
            pass
    else:
        disk.private((folder / name).parent)
        with disk.new(folder / name) as target:
            shutil.copyfileobj(digesting, target, _PIECE)
    return ArchivedDigest(member.size, digesting.digest)


class _Digesting:
    """Reads a file and knows the digest of what was read."""

    def __init__(self, file: IO[bytes], report: Report) -> None:
        self._file, self._report = file, report
        self._sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._sha256.update(piece)
        self._report(len(piece))
        return piece

    @property
    def digest(self) -> str:
        return self._sha256.hexdigest()


def _add_note(tar: tarfile.TarFile, name: str, value: Mapping[str, Any]) -> None:
    content = json.dumps(value, ensure_ascii=False).encode()
    tar.addfile(_info(name, len(content)), io.BytesIO(content))


def _note(tar: tarfile.TarFile, member: tarfile.TarInfo) -> dict[str, Any]:
    source = tar.extractfile(member) if member.isreg() and member.size <= _LONGEST_NOTE else None
    try:
        value = json.load(source) if source else None
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise _damaged()
    return value


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, disk.FILE
    return info


def _is_plain(name: str) -> bool:
    """Whether it names a file within the folder on every system."""
    parts = name.split("/")
    return not {"", ".", ".."} & set(parts) and all(map(_PART_OF_A_NAME.fullmatch, parts))


def _damaged() -> Unreadable:
    return Unreadable(N_("The backup is damaged or truncated. Nothing was restored."))
