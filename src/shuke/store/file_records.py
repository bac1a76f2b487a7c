"""File records: is a file still what was written?

A file that has the size and the time of its last change that it had when it was written is taken for what it
was; of any other the digest tells. So a project costs one look at each file, and one that was copied, or a
file that something has written into, is read once: SHA-256 takes a second for each gigabyte. What changes
bytes and leaves time and size alone, as a dying disk does, is found by `thorough`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shuke.languages import N_
from shuke.lazy import pq


@dataclass(frozen=True, kw_only=True)
class FileRecord:
    """What a Parquet file was when it was written."""

    rows: int
    size: int
    modified: int  # nanoseconds since 1970
    sha256: str


def of(path: Path) -> FileRecord:
    told = path.stat()
    rows = pq.read_metadata(path).num_rows
    return FileRecord(rows=rows, size=told.st_size, modified=told.st_mtime_ns, sha256=_digest(path))


def from_json(value: Mapping[str, Mapping[str, Any]]) -> dict[str, FileRecord]:
    """Those of the files of a folder, by name."""
    return {name: FileRecord(**told) for name, told in value.items()}


def fault(path: Path, written: FileRecord | None, *, thorough: bool = False) -> str | None:
    """What is wrong with a file, as a template of the catalogue; None: nothing.

    `thorough`: whatever its time says, its bytes are digested.
    """
    try:
        told = path.stat()
        if written is None:
            return N_("it was not there when this was written")
        if told.st_size != written.size:
            return N_("its size is another one")
        if (thorough or told.st_mtime_ns != written.modified) and _digest(path) != written.sha256:
            return N_("its content is another one")
    except FileNotFoundError:
        return N_("it is gone")
    except OSError:
        return N_("it cannot be read")
    return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
