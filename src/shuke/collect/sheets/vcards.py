"""vCards: who stands in this address book?

Versions 2.1 (quoted-printable, charsets by property), 3.0 and 4.0. One row a card; pictures, sounds
and keys are left out.
"""

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shuke.collect.sheets import header
from shuke.collect.sheets.file_format import FileFormat
from shuke.collect.sheets.header import HeaderLayout
from shuke.collect.sheets.rows import as_sheet, write
from shuke.collect.sheets.sheet import InputFile, RawRow, Sheet
from shuke.collect.sheets.text import encoding_of
from shuke.errors import Unreadable
from shuke.languages import N_

#: What the parts of a property are called; "" where nobody wants it.
_PARTS = {
    "FN": ("name",),
    "N": ("family name", "given name", "additional name", "prefix", "suffix"),
    "TEL": ("phone",),
    "FAX": ("fax",),
    "ADR": ("post box", "address line 2", "street", "city", "region", "postal code", "country"),
    "ORG": ("organisation", "department"),
    "BDAY": ("birthday",),
    "REV": ("revised",),
    "IMPP": ("messenger",),
    "CATEGORIES": ("categories",),
}
_LEFT_OUT = {
    "BEGIN",
    "END",
    "VERSION",
    "PRODID",
    "PHOTO",
    "LOGO",
    "SOUND",
    "KEY",
    "AGENT",
    "X-ABLABEL",
    "X-ABADR",
}
_BARE_ENCODINGS = {"QUOTED-PRINTABLE", "BASE64", "7BIT", "8BIT"}

#: Files below this are read once, others twice; no line is longer, and no card has more of them.
_LARGE, _LONGEST, _MOST = 4 << 20, 16 << 20, 1_000
#: Of a folded line, kept apart until there are so many; letters of a head, and parameters in it.
_PIECES, _HEAD, _PARAMETERS = 200_000, 1_000, 100


@dataclass(frozen=True)
class Property:
    """One line of a card: TEL;TYPE=work,fax:…"""

    name: str
    parameters: dict[str, str]  # upper case; TYPE holds all of them
    value: str

    @property
    def is_picture(self) -> bool:
        return self.parameters.get("ENCODING", "") in ("BASE64", "B") or self.value.startswith("data:")

    @property
    def is_fax(self) -> bool:
        return self.name == "TEL" and "FAX" in self.parameters.get("TYPE", "")


def read(source: InputFile) -> Iterator[Sheet]:
    """The cards of a file; a column for each property that any of them has."""
    cards: Iterable[dict[str, str]] = _Cards(source, encoding_of(source.path).codec)
    if source.path.stat().st_size < _LARGE:
        cards = list(cards)
    keys = header.some(key for card in cards for key in card)
    if not keys:
        raise Unreadable(N_("{file} holds no vCard that says anything."), file=source.name)
    layout = HeaderLayout(0, 1, header.names(keys))
    header.require_readable(layout.columns, file=source.name)
    target = source.aside(".parquet")
    written = write(
        (RawRow(n, [c.get(k) for k in keys]) for n, c in enumerate(cards, 1)), layout.columns, target
    )
    yield as_sheet(source, layout, written, target, sheet=None)


FORMAT = FileFormat(
    names=("vCard",), suffixes=(".vcf",), read=read,
    recognises=lambda content: content.text.startswith("begin:vcard"),
)  # fmt: skip


class _Cards:
    """The cards of a file as rows, read anew, a line at a time, by whoever goes through them."""

    def __init__(self, source: InputFile, codec: str) -> None:
        self._source, self._codec = source, codec

    def __iter__(self) -> Iterator[dict[str, str]]:
        with self._source.path.open(encoding=self._codec, errors="replace") as file:
            lines = iter(lambda: file.readline(_LONGEST), "")
            yield from map(_cells, _cards((line.rstrip("\r\n") for line in lines), self._source.name))


def _cards(lines: Iterable[str], file: str) -> Iterator[list[Property]]:
    card: list[Property] = []
    for line in _unfolded(lines):
        found = _property(line)
        if found is None:
            continue
        if found.name == "END":
            yield card
            card = []
        elif found.name not in _LEFT_OUT and not found.is_picture:
            card.append(found)
            if len(card) > _MOST or len(line) >= _LONGEST:
                message = N_(
                    "{file} holds a card of more than {most} lines, or a line of more than {size} MB."
                )
                raise Unreadable(message, file=file, most=_MOST, size=_LONGEST >> 20)


def _unfolded(lines: Iterable[str]) -> Iterator[str]:
    """Whole lines: one that begins with a blank, or follows a soft end with "=", goes with the one before."""
    parts, length = [""], 0
    for line in lines:
        quoted = parts[-1].endswith("=") and "QUOTED-PRINTABLE" in parts[0][:_HEAD].partition(":")[0].upper()
        if quoted:
            parts[-1] = parts[-1][:-1]
        elif line[:1] not in (" ", "\t"):
            yield "".join(parts)
            parts, length = [], 0
        if length < _LONGEST:
            parts.append(line if quoted or not parts else line[1:])
            length += len(line)
        if len(parts) > _PIECES:
            parts = ["".join(parts)]
    yield "".join(parts)


def _property(line: str) -> Property | None:
    head, colon, value = _cut(line)
    if not colon:
        return None
    name, *rest = head.split(";", _PARAMETERS)
    parameters = _parameters(rest[: _PARAMETERS - 1])
    if parameters.get("ENCODING") == "QUOTED-PRINTABLE":
        value = _decoded(value, parameters.get("CHARSET", "utf-8"))
    return Property(name.rpartition(".")[2].upper(), parameters, value)


def _cut(line: str) -> tuple[str, str, str]:
    """The head of a property and its value, cut at the first colon outside quotation marks."""
    found = re.match(r'((?:[^":]++|"[^"]*+")*+):(.*)', line, re.DOTALL)
    return (found[1], ":", found[2]) if found else (line, "", "")


def _parameters(words: list[str]) -> dict[str, str]:
    """TYPE=work;TYPE=fax, or as version 2.1 writes it WORK;FAX."""
    parameters: dict[str, str] = {}
    for word in words:
        key, equals, value = word.upper().partition("=")
        if not equals:
            key, value = ("ENCODING" if key in _BARE_ENCODINGS else "TYPE"), key
        parameters[key] = ",".join(filter(None, (parameters.get(key), value.strip('"'))))
    return parameters


def _decoded(value: str, charset: str) -> str:
    octets = quopri.decodestring(value.encode("utf-8"))
    try:
        return octets.decode(charset, errors="replace")
    except LookupError:
        return octets.decode("utf-8", errors="replace")


def _cells(card: list[Property]) -> dict[str, str]:
    """The card as one row: a second telephone is "phone (2)"."""
    cells: dict[str, str] = {}
    known: dict[tuple[str, ...], int] = {}  # how often each stands in the card
    for found in card:
        parts = _PARTS.get("FAX" if found.is_fax else found.name, (found.name.lower(),))
        texts = _split(found.value, len(parts)) if len(parts) > 1 else [_plain(found)]
        again = known.get(parts, 1)
        while any(_numbered(part, again) in cells for part in parts):
            again += 1
        known[parts] = again
        cells |= {_numbered(p, again): t for p, t in zip(parts, texts, strict=False) if t}
    return cells


def _numbered(name: str, again: int) -> str:
    return name if again == 1 else f"{name} ({again})"


def _split(value: str, parts: int) -> list[str]:
    """The parts of a structured value, cut at semicolons that are not escaped; the last takes the rest."""
    texts = [_unescaped(text).strip() for text in re.split(r"(?<!\\);", value)]
    return [*texts[: parts - 1], ", ".join(filter(None, texts[parts - 1 :]))]


def _plain(found: Property) -> str:
    value = re.sub(r"(?i)^(tel|mailto):", "", found.value) if found.name in ("TEL", "EMAIL") else found.value
    return _unescaped(value).strip()


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\,;:nN])", lambda found: "\n" if found[1] in "nN" else found[1], text)
