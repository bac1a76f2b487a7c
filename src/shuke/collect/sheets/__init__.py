"""Sheets: what tables of text are in this file?"""

from pathlib import Path

from shuke.collect.sheets import delimited, workbooks
from shuke.collect.sheets.sheet import ROW, BadRow, Kind, Note, Sheet, Skipped, Source

__all__ = ["ROW", "BadRow", "Kind", "Note", "Sheet", "Skipped", "read"]


def read(path: Path, *, work: Path) -> list[Sheet]:
    source = Source(path, path.name, work)
    with path.open("rb") as f:
        head = f.read(8)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return list(workbooks.read(source))
    return [delimited.read(source)]
