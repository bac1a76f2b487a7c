"""Languages: in which words does a person read it?

Declarations (tables, columns, analyses) carry both wordings in a `Text`. Everything else that a
person reads is written in English where it stands and translated through the catalogue:

    _("Customers")                     translated now, into the language of this context
    N_("Row {row} has no date.")       marked for the catalogue, translated when it is shown
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_current: ContextVar[Language] = ContextVar("language", default="en")


@dataclass(frozen=True)
class Text:
    """One wording in both languages; as a string, that of the current context."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.in_(language())

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


def language() -> Language:
    """The language of the reader that this context serves."""
    return _current.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Serve a reader of `language` inside the block."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def choose(accepted: str | None) -> Language:
    """The first language we speak in an Accept-Language header or a POSIX locale.

    choose("zh-CN,zh;q=0.9,en;q=0.8")  "zh"
    choose("zh_CN.UTF-8")              "zh"
    choose("de-DE,en;q=0.5")           "en"
    choose(None)                       "en"
    """
    ranked = []
    for position, part in enumerate((accepted or "").split(",")):
        tag, _, parameters = part.strip().partition(";")
        quality = parameters.strip().removeprefix("q=")
        weight = float(quality) if quality.replace(".", "", 1).isdigit() else 1.0
        ranked.append((-weight, position, tag.lower().replace("_", "-").split("-")[0].split(".")[0]))
    spoken = (tag for _, _, tag in sorted(ranked) if tag in LANGUAGES)
    return "zh" if next(spoken, "en") == "zh" else "en"


def translate(message: str) -> str:
    """The wording of an English message for the current reader; itself where none is written."""
    return _catalogue().get(message, message) if language() == "zh" else message


_ = translate


def N_(message: str) -> str:  # noqa: N802 - gettext's own name, which the extraction looks for
    """Mark a message for the catalogue without translating it yet."""
    return message


@cache
def _catalogue() -> Mapping[str, str]:
    """What scripts/catalogue.py wrote; empty where the file was left out."""
    file = Path(__file__).parent / "locale" / "zh_CN.po"
    return wordings(file.read_text("utf-8")) if file.exists() else {}


def wordings(po: str) -> dict[str, str]:
    """The translated messages of a .po file.

    Only what our own catalogue is written in: no contexts, no plurals, no fuzzy ones. Babel reads all of
    it, and takes ten times as long, for which every Chinese command would have to wait.
    """
    return {
        message: wording
        for message, wording in (map(_unquoted, pair) for pair in _ENTRY.findall(po))
        if message and wording
    }


_ENTRY = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"(?:\n|\Z))+)', re.MULTILINE)


def _unquoted(lines: str) -> str:
    """The text of quoted lines, which are escaped as JSON's are."""
    return "".join(json.loads(line, strict=False) for line in lines.strip("\n").split("\n"))
