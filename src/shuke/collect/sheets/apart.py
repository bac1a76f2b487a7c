"""Apart: what is in a file that only a process of its own may open, and what if that process dies?

Workbooks unpack, and their readers lay out a grid as large as the farthest cell is away: a stranger's
file of a thousand bytes may ask for any memory. So another process reads it, with limits that grow with what
is packed in the file, and may write nothing. Text is read here: it grows into nothing, and the engine, which
sorts out its columns, keeps in the work folder what does not fit into its memory.
"""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from shuke import confined
from shuke.collect.sheets.archives import DAMAGED
from shuke.collect.sheets.merged import Range
from shuke.collect.sheets.sheet import Source
from shuke.collect.strangers.process import SEPARATOR
from shuke.errors import Unavailable, Unreadable
from shuke.languages import N_

#: Memory for any file, for each byte that comes out of it, and at most.
_LEAST, _PER_BYTE, _MOST = 512 << 20, 20, 4 << 30
#: Seconds of work for any file, and bytes read in one more.
_SECONDS, _PER_SECOND = 25, 1 << 20
#: No line of an answer is longer: a cell of Excel has 32,767 letters.
_LONGEST = 256 << 20
#: What ends a process that is not given the memory that it asks for (6, 9), or has used up its time (24).
_STARVED, _LATE = {-6, -9}, {-24}
_PROGRAM = [sys.executable, "-P", "-s", "-m", "shuke.collect.strangers.process"]


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


def tables(source: Source) -> Iterator[Table]:
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
    size = path.stat().st_size
    with suppress(*DAMAGED), zipfile.ZipFile(path) as archive:
        size = max(size, sum(info.file_size for info in archive.infolist()))
    return {"memory": min(_MOST, _LEAST + _PER_BYTE * size), "seconds": _SECONDS + size // _PER_SECOND}


def _told(request: dict[str, Any], source: Source) -> Iterator[Table]:
    with _started(request, source) as process:
        lines = _Lines(process, source)
        try:
            lines.begin()
            while "end" not in (line := lines.next()):
                yield Table(
                    name=line["table"], hidden=line["hidden"], top=line["top"], left=line["left"],
                    merged=[((a, b), (c, d)) for (a, b), (c, d) in line["merged"]],
                    formats=line["formats"], rows=lines.rows(),
                )  # fmt: skip
                for _row in lines.rows():  # those that nobody wanted
                    pass
        finally:
            process.kill()


def _started(request: dict[str, Any], source: Source) -> subprocess.Popen[bytes]:
    known = {name: value for name, value in os.environ.items() if name in confined.KNOWS}
    home = str(Path(confined.__file__).parent.parent)  # from which this house was imported
    path = os.pathsep.join(filter(None, [home, known.get("PYTHONPATH")]))
    try:
        process = subprocess.Popen(
            _PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**known, "PYTHONPATH": path},
        )  # fmt: skip
    except OSError:
        raise Unavailable(_NONE, file=source.name) from None
    with suppress(BrokenPipeError):  # it has ended, as is noticed when there is nothing to read
        _pipe(process.stdin).write(json.dumps(request).encode() + b"\n")
        _pipe(process.stdin).close()
    return process


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


class _Lines:
    """What the process says, line by line."""

    def __init__(self, process: subprocess.Popen[bytes], source: Source) -> None:
        self._process, self._source = process, source
        self._ahead: list[dict[str, Any]] = []

    def begin(self) -> None:
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
        read = _pipe(self._process.stdout).readline(_LONGEST)
        if not read.endswith(b"\n"):
            if read:
                self._process.kill()  # what says so much in a line means no good
            raise _Died(self._process.wait())
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


def refused(said: dict[str, Any], source: Source) -> Unreadable:
    """Why a file is not read, in a person's words."""
    values = {name: value for name, value in said.items() if name != "refused"}
    return Unreadable(_REASONS.get(said["refused"], _REASONS["unread"]), file=source.name, **values)


def _reason(status: int, request: dict[str, Any], source: Source) -> Unreadable:
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
