"""Tracked files: is there anything in the repository that must not be read elsewhere?"""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.house.sources import name, tracked_texts

#: What must stand in no file, and why. No pattern here matches its own line.
FORBIDDEN = {
    "the address of a registry": (
        r"(?:pypi|pythonhosted|npmjs|debian|ubuntu|golang|maven|crates)\.(?:org|io|com)\b"
    ),
    "an index of packages": r"--(?:extra-|default-)?index[-]url|--find[-]links",
    "a path of one machine": r"(?<![\w./~-])/(?:root|work|home/\w+|Users/\w+)/",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE" + " KEY",
    "a token": r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|xox[abp]-[\w-]{10,}|sk_live_\w{10,})",
    "a password in an address": r"://[\w.-]+:(?!secret@)[^@\s/{}$<>]{3,}@(?!localhost|127\.|example)",
    "work put off": r"\b(?:TO" + "DO|FIX" + r"ME|X" + r"XX)\b",
}

#: The licence names the home of its text; locks are hashes, which `test_locks` reads.
SKIPPED = {ROOT / "LICENSE"}


@pytest.fixture(scope="module")
def texts() -> list[tuple[Path, str]]:
    return [(path, text) for path, text in tracked_texts() if path not in SKIPPED]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str, texts: list[tuple[Path, str]]):
    found = [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path, text in texts
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(FORBIDDEN[what], line)
    ]
    assert not found, f"{what}:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("the address of a registry", "see pypi" + ".org/simple"),
        ("an index of packages", "--extra-" + "index-url x"),
        ("a path of one machine", "cd " + "/".join(["", "home", "anna", "shop"])),
        ("a private key", "-----BEGIN RSA PRIVATE" + " KEY-----"),
        ("a token", "AKIA" + "A" * 16),
        ("a password in an address", "postgresql://shop:" + "hunter2@db.company"),
        ("work put off", "# TO" + "DO: later"),
    ],
)
def test_what_must_not_stand_there_would_be_found(what: str, line: str):
    assert re.search(FORBIDDEN[what], line)


def test_no_file_is_larger_than_a_picture(texts: list[tuple[Path, str]]):
    assert [name(path) for path, text in texts if len(text) > 1_000_000] == []
