"""Manual: is what the pages say what the program does?"""

import re
from pathlib import Path
from typing import Any

import pytest

from scripts import analyses
from shuke.cli.commands import KNOWN, group, load
from shuke.engine.functions import FUNCTIONS
from shuke.views import dictionary
from tests.conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_the_dictionary_is_that_of_the_code():
    """`make docs` writes it anew."""
    written = (ROOT / "docs" / "dictionary.md").read_text("utf-8")
    assert written == dictionary.markdown(dictionary.dictionary())


def test_the_page_of_every_analysis_is_that_of_the_code():
    """`make docs` writes them anew."""
    written = {path.name: path.read_text("utf-8") for path in analyses.FOLDER.glob("*.md")}
    assert written == analyses.pages()


def test_the_page_about_sql_lists_every_function_that_may_be_called():
    page = (ROOT / "docs" / "sql.md").read_text("utf-8")
    assert set(re.findall(r"`(\w+)`", page.partition("## Functions")[2])) == FUNCTIONS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_is_known_with_its_options(page: Path):
    for words in _calls(page.read_text("utf-8")):
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert options <= _options(words), words


def test_every_test_that_is_said_to_show_something_is_there():
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    shown = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)
    missing = [
        (path, test)
        for path, test in shown
        if not (ROOT / path).exists() or (test and f"def {test}(" not in (ROOT / path).read_text("utf-8"))
    ]
    assert missing == [] and len(shown) > 30


def _calls(text: str) -> list[list[str]]:
    """The words of each `shuke …` in a page, after `shuke`, without comments."""
    inline = re.findall(r"`shuke ([^`]+)`", text)
    typed = [
        part.strip().removeprefix("shuke ")
        for block in re.findall(r"```(?:console|sh)\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
        for part in line.removeprefix("$ ").partition("#")[0].split("&&")
        if part.strip().startswith("shuke ")
    ]
    return [call.split() for call in (*inline, *typed)]


def _options(words: list[str]) -> set[str]:
    """Those that the command knows with which a call begins."""
    command: Any = group()
    if not words[0].startswith("--"):
        assert words[0] in KNOWN, words
        command = load(words[0])
        for word in words[1:]:
            if word.startswith("--") or not hasattr(command, "commands"):
                break  # a group alone says how things stand
            command = command.commands[word]
    return {"--help", *(o for each in command.params for o in (*each.opts, *each.secondary_opts))}
