"""Locks: are the exact files to install those that pyproject.toml asks for?"""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ["build", "run", "dev"]
RUN: list[str] = PROJECT["project"]["dependencies"]
EXTRAS: list[str] = [each for extra in PROJECT["project"]["optional-dependencies"].values() for each in extra]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_answers_everything_that_is_asked_of_it(lock: str):
    pins = _pinned(lock)
    unmet = [each for each in _declared(lock) if not any(_answers(pin, Requirement(each)) for pin in pins)]
    assert unmet == []


@pytest.mark.parametrize("smaller", ["build", "run"])
def test_what_is_tested_is_what_is_run(smaller: str):
    assert {str(each) for each in _pinned(smaller)} <= {str(each) for each in _pinned("dev")}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_exact_files_and_no_place(lock: str):
    text = _text(lock)
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all(re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", entry) for entry in entries)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert "://" not in text and "--index" not in text and "#" not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_serves_every_python_that_we_support(lock: str):
    """A version may differ by interpreter, never be missing for one."""
    for python in ("3.11", "3.12", "3.13", "3.14"):
        here = {"python_version": python, "python_full_version": f"{python}.0"}
        chosen = [each.name for each in _pinned(lock) if not each.marker or each.marker.evaluate(here)]
        assert len(chosen) == len(set(chosen))
        assert {canonicalize_name(each) for each in chosen} >= {
            canonicalize_name(Requirement(each).name) for each in _declared(lock)
        }


def test_every_dependency_has_its_reason_in_writing():
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    asked = {Requirement(each).name for lock in LOCKS for each in _declared(lock)}
    assert {each for each in asked if f"`{each}`" not in page} == set()


def _declared(lock: str) -> list[str]:
    declared: dict[str, list[str]] = {
        "build": _group("build"),
        "run": RUN,
        "dev": [*RUN, *EXTRAS, *_group("dev")],
    }
    return declared[lock]


def _group(group: str) -> list[str]:
    entries: list[str | dict[str, str]] = PROJECT["dependency-groups"][group]
    included = [
        each for entry in entries if isinstance(entry, dict) for each in _group(entry["include-group"])
    ]
    return [*included, *(entry for entry in entries if isinstance(entry, str))]


def _text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")


def _pinned(lock: str) -> list[Requirement]:
    lines = [line.rstrip("\\ ") for line in _text(lock).splitlines() if not line.startswith(" ")]
    return [Requirement(line) for line in lines]


def _answers(pin: Requirement, wanted: Requirement) -> bool:
    (exact,) = pin.specifier
    same = canonicalize_name(pin.name) == canonicalize_name(wanted.name)
    return same and wanted.specifier.contains(exact.version, prereleases=True)
