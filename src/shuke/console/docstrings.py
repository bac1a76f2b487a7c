"""Docstrings: how is a docstring shown to somebody who is not a programmer, or reads another language?

Blank lines part paragraphs, `- ` begins a line of a list, indented lines stay as they are typed, and
`names` in grave accents are code, **words** between asterisks are strong. Nothing else has a meaning.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup, escape

from shuke.languages import translate

_CODE = re.compile(r"`{1,2}([^`]+)`{1,2}")
_STRONG = re.compile(r"\*\*(\S(?:[^*]*\S)?)\*\*")
#: What is typed and has no run of words is a formula, which reads alike in every language.
_WORDS = re.compile(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}")
_BULLET = re.compile(r"^[-*] ", re.MULTILINE)


def prose(text: str) -> Markup:
    return Markup("\n").join(_shown(block) for block in _blocks(text))


def translated(text: str) -> str:
    """The docstring in the reader's language, as far as it is written in it."""
    return "\n\n".join(_translated(block) for block in _blocks(text))


def messages(text: str) -> Iterator[str]:
    """What of a docstring is translated as a whole: a paragraph, a point of a list, lines that are typed."""
    for block in _blocks(text):
        if not _is_typed(block):
            yield from _points(block) or [_on_one_line(block)]
        elif _WORDS.search(block):
            yield block


def _blocks(text: str) -> list[str]:
    return [block for block in re.split(r"\n\s*\n", text.strip("\n")) if block.strip()]


def _is_typed(block: str) -> bool:
    return all(line.startswith("    ") for line in block.splitlines())


def _on_one_line(block: str) -> str:
    return " ".join(line.strip() for line in block.splitlines())


def _shown(block: str) -> Markup:
    if _is_typed(block):
        return Markup('<pre tabindex="0"><code>{}</code></pre>').format(block)
    if points := _points(block):
        items = Markup("").join(Markup("<li>{}</li>").format(inline(point)) for point in points)
        return Markup("<ul>{}</ul>").format(items)
    return Markup("<p>{}</p>").format(inline(_on_one_line(block)))


def _translated(block: str) -> str:
    if _is_typed(block):
        return translate(block)
    if points := _points(block):
        return "\n".join(f"- {translate(point)}" for point in points)
    return translate(_on_one_line(block))


def _points(block: str) -> list[str]:
    """The points of a list, each with the lines that continue it; none, where it is no list."""
    lines, number = block.splitlines(), 0
    if not _BULLET.match(lines[0].strip()):
        return []

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
