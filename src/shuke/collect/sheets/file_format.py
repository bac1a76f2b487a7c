"""File format: how is it told that a file is of a format, and which tables does it then hold?"""

import re
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shuke.collect.sheets.sheet import InputFile, Sheet
from shuke.collect.sheets.text import wide

_BEGINNING = 1 << 14
_ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")
_MARKED_TEXT = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")


class FileContent:
    """What of a file tells its format: how it begins and, of a ZIP archive, what is in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            self.beginning = file.read(_BEGINNING)

    @cached_property
    def is_zip(self) -> bool:
        return self.beginning.startswith(_ZIPPED)

    @cached_property
    def members(self) -> Mapping[str, int] | None:
        """The files in a ZIP archive with their sizes; None where it is none, or is damaged."""
        if not self.is_zip:
            return {}
        try:
            with zipfile.ZipFile(self._path) as archive:
                return {info.filename: info.file_size for info in archive.infolist()}
        except (zipfile.BadZipFile, struct.error, NotImplementedError, ValueError, OverflowError):
            return None

    @cached_property
    def is_binary(self) -> bool:
        """More than a few control characters other than those of text, and those that set cells apart."""
        if self.beginning.startswith(_MARKED_TEXT) or wide(self.beginning):
            return False
        controls = len(re.findall(rb"[\x02-\x08\x0e-\x1a\x1c-\x1e\x7f]", self.beginning))
        return controls + self.beginning.count(0) > max(3, 0.02 * len(self.beginning))

    @cached_property
    def text(self) -> str:
        """How its text begins, in lower case; "" where it is no text."""
        if self.is_binary or self.is_zip:
            return ""
        text = self.beginning.decode("utf-8-sig", errors="replace").replace("\0", "")
        return text.lstrip("\ufffd \t\r\n").lower()


@dataclass(frozen=True, kw_only=True)
class FileFormat:
    """A format that can be read; declared in a module of this room, which is found there.

    What a file holds decides, whatever its name says; `suffixes` only say which names tell no more than that.
    """

    names: tuple[str, ...]  # as people call it: "XLSX", "ODS"
    suffixes: tuple[str, ...]  # of file names: ".xlsx", ".ods"
    recognises: Callable[[FileContent], bool]
    read: Callable[[InputFile], Iterator[Sheet]]
    last: bool = False  # asked after all others: it takes any text
