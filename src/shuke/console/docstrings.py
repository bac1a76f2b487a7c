"""Docstrings: how is a docstring shown to somebody who is not a programmer?

Blank lines part paragraphs, `- ` begins a line of a list, indented lines stay as they are typed, and
`names` in grave accents are code, **words** between asterisks are strong. Nothing else has a meaning.
"""

import re
from itertools import groupby

from markupsafe import Markup, escape

_CODE = re.compile(r"`{1,2}([^`]+)`{1,2}")
_STRONG = re.compile(r"\*\*(\S(?:[^*]*\S)?)\*\*")
_BULLET = re.compile(r"^[-*] ", re.MULTILINE)


def prose(text: str) -> Markup:
    return Markup("\n").join(
        _block(block) for block in re.split(r"\n\s*\n", text.strip("\n")) if block.strip()
    )


def _block(block: str) -> Markup:
    lines = block.splitlines()
    if all(line.startswith("    ") for line in lines):
        return Markup('<pre tabindex="0"><code>{}</code></pre>').format(block)
    if _BULLET.match(lines[0].strip()):
        items = Markup("").join(Markup("<li>{}</li>").format(inline(item)) for item in _items(lines))
        return Markup("<ul>{}</ul>").format(items)
    return Markup("<p>{}</p>").format(inline(" ".join(line.strip() for line in lines)))


def _items(lines: list[str]) -> list[str]:
    """The points of a list, each with the lines that continue it."""
    number = 0

    def which(line: str) -> int:
        nonlocal number
        number += bool(_BULLET.match(line.strip()))
        return number

    points = (" ".join(line.strip() for line in group) for _, group in groupby(lines, which))
    return [_BULLET.sub("", point) for point in points]


def inline(text: object) -> Markup:
    """One line, its `names` as code."""
    parts = _CODE.split(str(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else _loud(part)
        for index, part in enumerate(parts)
    )


def _loud(text: str) -> Markup:
    """Text that is no code, its **words** strong."""
    return Markup("").join(
        Markup("<strong>{}</strong>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(_STRONG.split(text))
    )
