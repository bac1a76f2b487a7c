"""Catalogue: which messages do the sources hold, and what is each of them in Chinese?

    python scripts/catalogue.py    bring src/shuke/locale/zh_CN.po up to date, and list what it lacks

A wording stays as long as the sources say its message, and goes with it. Messages stand in the order of the
files that say them, without line numbers and dates, so that a change of the catalogue is a change of words.
"""

from collections.abc import Iterator
from inspect import getsourcefile
from itertools import takewhile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import normalize, read_po

from shuke.console import docstrings
from shuke.graph.catalogue import derived

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "shuke"
CATALOGUE = PACKAGE / "locale" / "zh_CN.po"
METHODS = [("**.py", "python"), ("console/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "N_": None}

HEADER = """msgid ""
msgstr ""
"Project-Id-Version: Shuke\\n"
"Language: zh_CN\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""


def said() -> dict[str, list[str]]:
    """Every message of the sources, and the files that say it."""
    messages: dict[str, list[str]] = {}
    found = extract_from_dir(PACKAGE, METHODS, keywords=KEYWORDS, comment_tags=())
    for file, _line, message, _comments, _context in sorted(found, key=lambda told: told[:2]):
        files = messages.setdefault(str(message), [])
        files += [file] if file not in files else []
    for file, message in _methods():
        files = messages.setdefault(message, [])
        files += [file] if file not in files else []
    return messages


def _methods() -> Iterator[tuple[str, str]]:
    """How each table is made, as its page says it."""
    for _name, table in sorted(derived().items()):
        file = Path(str(getsourcefile(table.function))).relative_to(PACKAGE).as_posix()
        yield from ((file, message) for message in docstrings.messages(table.doc))


def catalogue() -> Catalog:
    """What is written so far."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_CN")


def updated(before: Catalog) -> str:
    """The text of the catalogue for the messages that the sources hold now."""
    parts = [_glossary() + HEADER]
    for message, files in said().items():
        known = before.get(message)
        wording = str(known.string) if known else ""
        parts.append(f"#: {' '.join(files)}\nmsgid {_quoted(message)}\nmsgstr {_quoted(wording)}\n")
    return "\n".join(parts)


def missing() -> list[str]:
    """The messages that no Chinese is written for."""
    written = catalogue()
    return [message for message in said() if not ((known := written.get(message)) and known.string)]


def _glossary() -> str:
    """The comment at the head of the file, which translators keep by hand."""
    lines = CATALOGUE.read_text("utf-8").splitlines(keepends=True)
    return "".join(takewhile(lambda line: line.startswith("#"), lines))


def _quoted(text: str) -> str:
    return str(normalize(text, width=0))


if __name__ == "__main__":
    CATALOGUE.write_text(updated(catalogue()), "utf-8", newline="\n")
    for each in missing():
        print(f"no Chinese for: {each}")
