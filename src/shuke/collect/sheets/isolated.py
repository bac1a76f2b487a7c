"""Isolated: what is in a file that only a separate process may open, and what if that process dies?

Workbooks unpack, and their readers lay out a grid as large as the farthest cell is away: a stranger's
file of a thousand bytes may ask for any memory. So another process reads it, with limits that grow with what
is packed in the file, and may write nothing. Text is read here: it grows into nothing, and the engine, which
sorts out its columns, keeps in the work folder what does not fit into its memory.
"""

import atexit
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shuke.collect.sandbox.process import SEPARATOR
from shuke.collect.sheets.archives import DAMAGED
from shuke.collect.sheets.merged import Range
from shuke.collect.sheets.sheet import InputFile
from shuke.engine.processes import Process, ProcessPool
from shuke.errors import Unavailable, Unreadable
from shuke.languages import N_

#: Memory for any file, for each byte that comes out of it, and at most.
_LEAST, _PER_BYTE, _MOST = 512 << 20, 20, 4 << 30
#: Tables are packed into a thirtieth at most; what is smaller yet holds the same again and again.
_RATIO = 30
#: Seconds of work for any file, and bytes read in one more.
_SECONDS, _PER_SECOND = 25, 1 << 20
#: No line of an answer is longer: a cell of Excel has 32,767 letters.
_LONGEST = 256 << 20
#: What ends a process that is not given the memory that it asks for (6, 9), or has used up its time (24).
_STARVED, _LATE = {-6, -9}, {-24}
#: A process that was given less memory is kept for the next file.
_KEEPS = 640 << 20


@dataclass(frozen=True)
class Table:
    """A worksheet; its rows are read before the next table is asked for."""

    name: str
    hidden: bool
    top: int  # the first row that holds something, counted from 0
    left: int  # the first column of its rows
    merged: Sequence[Range]
    formats: bool  # whether the formats of its numbers could be read
    rows: Iterator[list[str]]


class _Died(Exception):
    """The process ended without a word."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def tables(source: InputFile) -> Iterator[Table]:
    """The worksheets of a file; raises `Unreadable`, which says why they, or the rest, cannot be read."""
    request = {"path": str(source.path.absolute()), "look": False, **_limits(source.path)}
    try:
        yield from _told(request, source)
    except _Died as death:
        if death.status in _STARVED:  # a look at every cell may tell which of them asked for so much
            with suppress(_Died):
                list(_told({**request, "look": True}, source))
        raise _reason(death.status, request, source) from None


def _limits(path: Path) -> dict[str, int]:
    """What may be taken for a file: in proportion to what comes out of it, as far as it says so."""
    size = packed = path.stat().st_size
    with suppress(*DAMAGED), zipfile.ZipFile(path) as archive:
        size = max(size, min(_RATIO * packed, sum(info.file_size for info in archive.infolist())))
    return {"memory": min(_MOST, _LEAST + _PER_BYTE * size), "seconds": _SECONDS + size // _PER_SECOND}


def _told(request: dict[str, Any], source: InputFile) -> Iterator[Table]:
    try:
        process = POOL.take()
    except OSError:
        raise Unavailable(_NONE, file=source.name) from None
    whole, lines = False, _Lines(process, source)
    try:
        lines.ask(request)
        while "end" not in (line := lines.next()):
            yield Table(
                name=line["table"], hidden=line["hidden"], top=line["top"], left=line["left"],
                merged=[((a, b), (c, d)) for (a, b), (c, d) in line["merged"]],
                formats=line["formats"], rows=lines.rows(),
            )  # fmt: skip
            for _row in lines.rows():  # those that nobody wanted
                pass
        whole = request["memory"] < _KEEPS  # one that has grown large goes
    finally:
        POOL.give_back(process, whole=whole)


class _Reader(Process):
    """One process that reads workbooks."""

    def __init__(self) -> None:
        super().__init__("-m", "shuke.collect.sandbox.process")


#: Those of this process.
POOL = ProcessPool(_Reader)
atexit.register(POOL.close)


class _Lines:
    """What the process says, line by line."""

    def __init__(self, process: Process, source: InputFile) -> None:
        self._process, self._source = process, source
        self._ahead: list[dict[str, Any]] = []

    def ask(self, request: dict[str, Any]) -> None:
        with suppress(BrokenPipeError):  # it has ended, as is noticed when there is nothing to read
            self._process.asked.write(json.dumps(request).encode() + b"\n")
            self._process.asked.flush()
        try:
            self.next()
        except _Died:
            raise Unavailable(_NONE, file=self._source.name) from None

    def rows(self) -> Iterator[list[str]]:
        """The rows until something else is said."""
        while "rows" in (line := self.next()):
            yield from _unpacked(line)
        self._ahead = [line]

    def next(self) -> dict[str, Any]:
        """What is said next; raises what was refused."""
        if self._ahead:
            return self._ahead.pop()
        read = self._process.told.readline(_LONGEST)
        if not read.endswith(b"\n"):
            if read:
                self._process.end("said too much")
            raise _Died(self._process.status())
        said: dict[str, Any] = json.loads(read)
        if "refused" in said:
            raise refused(said, self._source)
        return said


def _unpacked(line: dict[str, Any]) -> Iterable[list[str]]:
    if "width" not in line:
        rows: list[list[str]] = line["rows"]
        return rows
    width, cells = line["width"], line["rows"].split(SEPARATOR)
    return (cells[place : place + width] for place in range(0, len(cells), width))


def refused(said: dict[str, Any], source: InputFile) -> Unreadable:
    """Why a file is not read, in a person's words."""
    values = {name: value for name, value in said.items() if name != "refused"}
    return Unreadable(_REASONS.get(said["refused"], _REASONS["unread"]), file=source.name, **values)


def _reason(status: int, request: dict[str, Any], source: InputFile) -> Unreadable:
    if status in _STARVED:
        word, values = "memory", {"most": request["memory"] >> 20}
    else:
        word, values = "time" if status in _LATE else "unread", {"most": request["seconds"]}
    return Unreadable(_REASONS[word], file=source.name, **values)


_NONE = N_("The process that reads workbooks such as {file} does not run on this machine.")
_REASONS = {
    "password": N_("{file} is protected by a password: save it without one and import it again."),
    "unread": N_("{file} is no workbook that can be read: save it as XLSX or CSV and import it again."),
    "memory": N_(
        "{file} takes more than {most} MB of memory to read, too much for its size: copy what is in its "
        "worksheets into a new workbook, or save them as CSV, and import that."
    ),
    "time": N_(
        "{file} takes more than {most} seconds to read, too much for its size: save its worksheets as CSV "
        "and import them."
    ),
    "cell": N_(
        "{file}, worksheet {sheet}: something stands in cell {cell}, so that the table would have {rows} "
        "rows and {columns} columns; in a file of this size, {most} cells are accepted. Delete what stands "
        "far from the table, or copy the table into a new workbook, and import it again."
    ),
    "texts": N_(
        "{file} holds {size} MB of texts (its shared strings); in a workbook, {most} MB are accepted. Save "
        "its worksheets as CSV and import them."
    ),
    "unpacked": N_("{file} unpacks to {size} MB; for a workbook of its size, {most} MB are accepted."),
    "sheets": N_("{file} holds {count} worksheets, more than the {most} that are accepted."),
}
