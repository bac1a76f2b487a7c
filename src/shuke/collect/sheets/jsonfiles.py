"""JSON files: which tables do these objects and arrays hold?"""

import json
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from shuke.collect.sheets import header
from shuke.collect.sheets.file_format import FileContent, FileFormat
from shuke.collect.sheets.header import HeaderLayout
from shuke.collect.sheets.rows import as_sheet, tabulate, write
from shuke.collect.sheets.sheet import InputFile, RawRow, Sheet
from shuke.collect.sheets.text import transcribe
from shuke.errors import Unreadable
from shuke.languages import N_

_CHUNK = 1 << 20
#: A single value longer than this is no row of a table.
_LONGEST_VALUE = 256 << 20
#: What the brackets and commas of a value take when it is read, as far as can be foreseen, and at most.
_TAKES, _MOST, _LARGE = {"{": 232, "[": 88, ",": 70}, 1 << 30, 16 << 20
#: Numbers stay as they are written: 17850, 1.10, 620123456789012345.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)


def read(source: InputFile) -> Iterator[Sheet]:
    """An array of objects or of arrays, lines of them, or an object that holds such arrays."""
    path = transcribe(source.path, source.aside(".json")).path
    try:
        first = list(islice(values(path), 2))
        if not first:
            raise Unreadable(N_("{file} holds an empty JSON array."), file=source.name)
        if len(first) == 1 and isinstance(first[0], dict) and (arrays := dict(_arrays(first[0]))):
            yield from (_sheet(array, source, key) for key, array in arrays.items())
        else:
            yield _sheet(_Values(path), source, None)
    except json.JSONDecodeError:
        raise Unreadable(N_("{file} looks like JSON, but is damaged or cut off."), file=source.name) from None
    except RecursionError:
        message = N_("{file} is JSON whose values stand within one another too deep for a table.")
        raise Unreadable(message, file=source.name) from None
    except _Large:
        message = N_(
            "{file} is JSON in one piece that would take more than {most} MB of memory to read: write its "
            "objects one a line (JSON lines), or split it."
        )
        raise Unreadable(message, file=source.name, most=_MOST >> 20) from None


def _recognises(content: FileContent) -> bool:
    """A bracket alone does not make JSON: "[total]" may be the heading of a CSV file."""
    return re.match(r'\{|(\[\s*)+[{\d"\]-]', content.text) is not None


FORMAT = FileFormat(
    names=("JSON",), suffixes=(".json", ".jsonl", ".ndjson"), recognises=_recognises, read=read
)


class _Large(Exception):
    """One value would take too much memory."""


def values(path: Path) -> Iterator[Any]:
    """The elements of a JSON array, or the values that stand one after another, in bounded memory."""
    with path.open(encoding="utf-8-sig") as file:
        text, done, in_array = "", False, None
        while not done:
            chunk = file.read(max(_CHUNK, len(text)))
            done = not chunk
            text = (text + chunk).lstrip()
            if in_array is None and text:
                in_array = text.startswith("[") and not _is_row(text)
                text = text[1:] if in_array else text
            found, text = _decoded(text, last=done)
            yield from found
    if text.rstrip() != ("]" if in_array else ""):
        raise json.JSONDecodeError("neither a value nor the end", text, 0)


class _Values:
    """The values of a file, read anew by whoever goes through them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[Any]:
        return values(self._path)


def _is_row(text: str) -> bool:
    """Is the file lines of arrays rather than one array?"""
    line, _, more = text.partition("\n")
    try:
        value = json.loads(line)
    except json.JSONDecodeError:
        return False
    return more.lstrip().startswith("[") and isinstance(value, list)


def _decoded(text: str, *, last: bool) -> tuple[list[Any], str]:
    """The whole values at the beginning of a text, and the rest of it."""
    found: list[Any] = []
    place = 0
    while True:
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        if place >= len(text) or text[place] == "]":
            return found, text[place:]
        if len(text) - place > _LARGE and sum(text.count(c) * size for c, size in _TAKES.items()) > _MOST:
            raise _Large
        try:
            value, end = _DECODER.raw_decode(text, place)
        except json.JSONDecodeError:
            if last or len(text) - place > _LONGEST_VALUE:
                raise
            return found, text[place:]
        if end == len(text) and not last:  # a number may go on in the next chunk
            return found, text[place:]
        found.append(value)
        place = end


def _arrays(value: dict[str, Any], path: str = "") -> Iterator[tuple[str, list[Any]]]:
    """The arrays of objects inside an object, by their dotted keys."""
    for key, inner in value.items():
        name = f"{path}.{key}" if path else key
        if isinstance(inner, dict):
            yield from _arrays(inner, name)
        elif isinstance(inner, list) and inner and all(isinstance(i, dict) for i in inner):
            yield name, inner


def _sheet(rows: "_Values | list[Any]", source: InputFile, key: str | None) -> Sheet:
    kinds = {type(row) for row in rows}
    if kinds == {list}:
        records = (RawRow(n, [_text(c) for c in row]) for n, row in enumerate(rows, start=1))
        if (sheet := tabulate(records, source, sheet=key)) is not None:
            return sheet
    if kinds != {dict}:
        message = N_("{file} is JSON, but no table: it must hold objects with the same keys, or rows.")
        raise Unreadable(message, file=source.name)
    return _objects(rows, source, key)


def _objects(rows: "_Values | list[Any]", source: InputFile, key: str | None) -> Sheet:
    """Two passes, because the last object may have a key that the others lack."""
    keys = header.some(chain.from_iterable(flat(row) for row in rows))
    if not keys:
        raise Unreadable(N_("{file} is JSON, but its objects have no keys."), file=source.name)
    header.require_readable(keys, file=source.name)
    layout = HeaderLayout(0, 1, header.names(keys))
    target = source.aside(".parquet")
    flattened = ((n, flat(row)) for n, row in enumerate(rows, start=1))
    written = write((RawRow(n, [row.get(k) for k in keys]) for n, row in flattened), layout.columns, target)
    return as_sheet(source, layout, written, target, sheet=key)


def flat(row: dict[str, Any], path: str = "") -> dict[str, str | None]:
    """An object as one row of text.

    flat({"buyer": {"name": "Li"}, "tags": ["a"], "paid": True})
    {"buyer.name": "Li", "tags": '["a"]', "paid": "true"}
    """
    cells: dict[str, str | None] = {}
    for key, value in row.items():
        name = _whole(f"{path}.{key}" if path else key)
        cells |= flat(value, name) if isinstance(value, dict) else {name: _text(value)}
    return cells


def _text(value: Any) -> str | None:
    if value is None or value in ([], {}):
        return None  # none of what it would hold
    return _whole(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _whole(text: str) -> str:
    """Without halves of characters, such as \\ud800, which JSON can write and no text can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
