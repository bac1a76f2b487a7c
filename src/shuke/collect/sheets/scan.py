"""Scan: what does a look at every byte tell about delimited text?

Readers agree on quotation marks that stand at the edges of a cell or come doubled. They differ on
marks with blanks or a backslash beside them; this finds those at the speed of the disk.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

_CHUNK = 1 << 20
_LONGEST_LINE = 64 << 20
#: More of them between a mark and an edge are no slip.
_BLANKS = 1000
_QUOTE, _BLANK, _BACKSLASH, _EQUALS = b'" \\='

Octets = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Scan:
    lines: int = 0  # blank lines at the end left out
    trailing: int = 0  # blank lines at the end
    zeros: bool = False
    spaced: bool = False  # blanks between a delimiter and a quotation mark
    backslash: bool = False  # \" inside a cell
    wrapped: bool = False  # ="…"


def scan(path: Path, delimiter: str) -> Scan:
    """Look at every byte of a file."""
    lines = blank = marks = 0
    zeros = spaced = backslash = wrapped = stray = False
    for chunk in _whole_lines(path):
        lines += chunk.count(b"\n")
        zeros = zeros or b"\0" in chunk
        ends = len(chunk) - len(chunk.rstrip(b"\r\n"))
        blank = chunk[len(chunk) - ends :].count(b"\n") + (blank if ends == len(chunk) else 0)
        if b'"' in chunk:
            quotes = _Quotes(chunk, delimiter, marks)
            marks += len(quotes.places)
            stray = stray or quotes.stray()
            spaced = spaced or quotes.spaced(strictly=stray)
            backslash, wrapped = backslash or quotes.escaped(), wrapped or quotes.wraps()
    unfinished = bool(lines or marks) and blank == 0
    return Scan(lines + unfinished - max(0, blank - 1), max(0, blank - 1), zeros, spaced, backslash, wrapped)


def _whole_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk if chunk.endswith(b"\n") else chunk + file.readline(_LONGEST_LINE)


class _Quotes:
    """The quotation marks of some lines, and what stands around each."""

    def __init__(self, lines: bytes, delimiter: str, marks_before: int) -> None:
        self._octets: Octets = np.frombuffer(b"\n\n" + lines + b"\n\n", np.uint8)
        self._edges = np.array([ord(delimiter), *b"\r\n"], np.uint8)
        self.places: Places = np.flatnonzero(self._octets == _QUOTE)
        # Within quotes, if marks come in pairs as they should.
        self._within = ((np.arange(len(self.places)) + marks_before) & 1).astype(bool)
        self._left, self._right = self._octets[self.places - 1], self._octets[self.places + 1]

    def stray(self) -> bool:
        """Does a mark stand in the middle of a cell, so that pairs cannot be counted?"""
        regular = np.append(self._edges, [_QUOTE, _BLANK])
        return bool((~np.isin(self._left, regular) & ~np.isin(self._right, regular)).any())

    def spaced(self, *, strictly: bool) -> bool:
        """Do blanks stand between an edge and a mark that opens or closes a cell?"""
        opening = (self._left == _BLANK) & (strictly | ~self._within)
        closing = (self._right == _BLANK) & (strictly | self._within)
        return self._edge(self.places[opening], -1) or self._edge(self.places[closing], 1)

    def escaped(self) -> bool:
        """Does a backslash stand before a mark inside a cell? Before an edge it ends the cell."""
        inside = ~np.isin(self._right, np.append(self._edges, _QUOTE))
        return bool(((self._left == _BACKSLASH) & inside).any())

    def wraps(self) -> bool:
        """Does an equals sign stand before a mark?"""
        return bool((self._left == _EQUALS).any())

    def _edge(self, places: Places, step: int) -> bool:
        """Is an edge what comes first beyond the blanks beside any of the marks?"""
        places = places + step
        for _ in range(_BLANKS):
            if not len(places):
                break
            if np.isin(self._octets[places], self._edges).any():
                return True
            places = places[self._octets[places] == _BLANK] + step
        return False
