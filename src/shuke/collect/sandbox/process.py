"""Process: what is in this file, as told to the parent process?

Started as `python -m shuke.collect.sandbox.process` (see `sheets.apart`), and imports no more of the house
than its neighbours here, so that it is there within a tenth of a second. Requests come in, a line of JSON
each; for each of them lines of JSON go out:

    {"begun": true}        it runs
    {"table": name, …}     a worksheet begins; what is known of it
    {"rows": [[text, …]]}  some of its rows, from the top; or with "width" as one text, cut at each SEPARATOR
    {"refused": word, …}   why no more is read; what the word means is known to whoever asked
    {"end": true}
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from shuke.collect.sandbox import workbook
from shuke.collect.sandbox.inspection import WorkbookRefused, look
from shuke.confined import give_up_rights, take_at_most

#: Between cells, which are told all in one, so that it takes half the time.
SEPARATOR = "\x1f"
#: Rows told at a time, and letters, of which one row may have more.
_ROWS, _LETTERS = 500, 1 << 20


def serve(asked: TextIO, written: TextIO) -> None:
    """Answer request after request."""

    def tell(said: dict[str, Any]) -> None:
        written.write(json.dumps(said, ensure_ascii=False) + "\n")
        written.flush()

    for line in asked:
        request = json.loads(line)
        take_at_most(seconds=request["seconds"], memory=request["memory"])
        tell({"begun": True})
        try:
            _read(Path(request["path"]), request, tell)
        except WorkbookRefused as refused:
            tell({"refused": refused.word, **refused.values})
        except MemoryError:
            tell({"refused": "memory", "most": request["memory"] >> 20})
        tell({"end": True})


def _read(path: Path, request: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> None:
    look(path, memory=request["memory"], thorough=request["look"])
    if request["look"]:
        return
    for about, rows in workbook.tables(path):
        tell(about)
        for some in _some(rows):
            tell(_packed(some))


def _packed(rows: list[list[str]]) -> dict[str, Any]:
    width = len(rows[0])
    together = SEPARATOR.join(map(SEPARATOR.join, rows))
    regular = all(len(row) == width for row in rows)
    if width and regular and together.count(SEPARATOR) == width * len(rows) - 1:
        return {"rows": together, "width": width}
    return {"rows": rows}


def _some(rows: Iterable[list[str]]) -> Iterator[list[list[str]]]:
    """So many rows at a time that no line grows long."""
    stream, size = iter(rows), 1
    while some := list(islice(stream, size)):
        yield some
        letters = sum(len(cell) for cell in some[-1])
        size = max(1, min(_ROWS, size * 2, _LETTERS // (letters + 1)))


if __name__ == "__main__":
    give_up_rights()
    # Lone surrogates, which no text may hold, are told as question marks.
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n")  # type: ignore[union-attr]
    serve(sys.stdin, sys.stdout)
