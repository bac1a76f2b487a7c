"""Archives: which files are packed in this one?"""

import bz2
import errno
import gzip
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from shuke.collect.sheets.sheet import InputFile
from shuke.errors import Unreadable
from shuke.languages import N_

_CHUNK = 1 << 20
#: A header may ask for 4 GB before anything comes out; xz -9 takes 65 MB.
_MEMORY = 256 << 20


class Archive(StrEnum):
    """What files are packed in."""

    ZIP = "zip"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"


#: How each begins.
ARCHIVES = {
    b"PK\x03\x04": Archive.ZIP,
    b"PK\x05\x06": Archive.ZIP,
    b"\x1f\x8b": Archive.GZIP,
    b"BZh": Archive.BZIP2,
    b"\xfd7zXZ\x00": Archive.XZ,
}


ARCHIVE_NAMES = ("ZIP", "GZ", "BZ2", "XZ")
ARCHIVE_SUFFIXES = {".zip", ".gz", ".bz2", ".xz"}


class _Xz:
    """A file packed with xz, one stream or several, read in limited memory."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._decoder = lzma.LZMADecompressor(memlimit=_MEMORY)

    def __enter__(self) -> "_Xz":
        return self

    def __exit__(self, *_reason: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        while True:
            if self._decoder.eof:
                rest = (self._decoder.unused_data + self._file.read(size)).lstrip(b"\0")
                if not rest:
                    return b""
                self._decoder = lzma.LZMADecompressor(memlimit=_MEMORY)
            else:
                rest = self._file.read(_CHUNK) if self._decoder.needs_input else b""
                if not rest and self._decoder.needs_input:
                    raise EOFError
            if made := self._decoder.decompress(rest, max_length=size):
                return made


_OPENERS: dict[Archive, Callable[[Path], Any]] = {
    Archive.GZIP: gzip.open,
    Archive.BZIP2: bz2.open,
    Archive.XZ: _Xz,
}
#: What the readers of archives raise; a ValueError where a name is not in the encoding that it says.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, ValueError,
    OverflowError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True)
class ArchiveLimits:
    """How much an archive may grow before it is taken for a trap."""

    ratio: int = 500  # unpacked to packed, once it is large
    large: int = 200 << 20  # bytes below which the ratio does not matter
    total: int = 50 << 30  # bytes
    depth: int = 2  # archives within archives
    members: int = 10_000


def members(source: InputFile, kind: Archive, *, limits: ArchiveLimits) -> Iterator[InputFile]:
    """The files of an archive, each unpacked into the work folder."""
    try:
        yield from _zipped(source, limits) if kind is Archive.ZIP else _packed(source, kind, limits)
    except (*DAMAGED, OSError) as error:
        # The disk's fault, not the archive's, unless it names a place before its beginning.
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise Unreadable(N_("{file} is a damaged archive."), file=source.name) from None


def _packed(source: InputFile, kind: Archive, limits: ArchiveLimits) -> Iterator[InputFile]:
    """The one file that is packed alone; it has no name of its own."""
    name = source.name
    target = source.aside(".unpacked")
    with _OPENERS[kind](source.path) as packed:
        _unpack(packed, target, source, _Allowance(source.path.stat().st_size, limits))
    yield InputFile(target, name, source.work)


def _zipped(source: InputFile, limits: ArchiveLimits) -> Iterator[InputFile]:
    allowance = _Allowance(source.path.stat().st_size, limits)
    with zipfile.ZipFile(source.path) as archive:
        infos = [info for info in archive.infolist() if _is_wanted(info)]
        if len(infos) > limits.members:
            message = N_("{file} holds {count} files, more than the {most} that are accepted.")
            raise Unreadable(message, file=source.name, count=len(infos), most=limits.members)
        for info in infos:
            if info.flag_bits & 1:
                message = N_("{file} is protected by a password: pack it without one and import it again.")
                raise Unreadable(message, file=source.name)
            target = source.aside(".unpacked")
            with archive.open(info) as packed:
                _unpack(packed, target, source, allowance)
            yield InputFile(target, f"{source.name}/{_name(info)}", source.work)


class _Allowance:
    """How many bytes may yet come out of an archive."""

    def __init__(self, packed: int, limits: ArchiveLimits) -> None:
        self._left = min(limits.total, max(limits.large, packed * limits.ratio))
        self.most = self._left

    def spend(self, size: int) -> bool:
        self._left -= size
        return self._left >= 0


def _unpack(packed: IO[bytes], target: Path, source: InputFile, allowance: _Allowance) -> None:
    with target.open("wb") as out:
        while chunk := packed.read(_CHUNK):
            if not allowance.spend(len(chunk)):
                out.close()
                target.unlink()
                message = N_("{file} unpacks to more than {most} MB: too much for its size to be a table.")
                raise Unreadable(message, file=source.name, most=allowance.most >> 20)
            out.write(chunk)


def _is_wanted(info: zipfile.ZipInfo) -> bool:
    """Not a folder, nor what a Mac or Windows leaves behind."""
    parts = info.filename.split("/")
    return not (
        info.is_dir() or parts[0] == "__MACOSX" or parts[-1].startswith(".") or parts[-1] == "Thumbs.db"
    )


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name; archives made on a Chinese Windows write it in GBK and do not say so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename
