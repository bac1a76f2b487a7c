"""Licences: may everything that Shuke is run with be shipped beside an Apache-2.0 program?

Read off what is installed. The GNU General Public Licence would pass its terms on to whoever ships Shuke.
"""

import re
from importlib.metadata import Distribution, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

#: Words of licences that ask nothing of a program beside them, or only of their own files.
_PERMISSIVE = re.compile(
    r"\b(MIT|MIT-0|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|Zlib|CC0|Unlicense|LGPL|"
    r"Lesser General Public)\b",
    re.IGNORECASE,
)
_COPYLEFT = re.compile(r"\bA?GPL|(?<!Lesser )General Public", re.IGNORECASE)


def _run() -> list[str]:
    lock = (ROOT / "requirements" / "run.txt").read_text("utf-8")
    pins = [Requirement(line.rstrip(" \\")) for line in lock.splitlines() if re.match(r"[\w.-]+", line)]
    here = [pin for pin in pins if not pin.marker or pin.marker.evaluate()]
    return sorted(canonicalize_name(pin.name) for pin in here)


def _licence(installed: Distribution) -> str:
    """What a package says of its licence: the expression, else the classifiers, else the first line."""
    about = installed.metadata
    classified = [each for each in about.get_all("Classifier") or [] if each.startswith("License")]
    told = [*(about.get_all("License-Expression") or classified), *(about.get_all("License") or [])]
    return "; ".join(told[: len(classified) or 1]).splitlines()[0] if told else ""


@pytest.mark.parametrize("name", [*_run(), "psycopg", "psycopg-binary", "pyspark", "py4j"])
def test_a_package_may_be_shipped_beside_an_apache_licensed_program(name: str):
    said = _licence(distribution(name))
    assert _PERMISSIVE.search(said), said
    assert not _COPYLEFT.search(said), said


@pytest.mark.parametrize(
    "said",
    [
        "GPL-3.0-or-later",
        "License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
        "AGPL-3.0-only",
        "GPLv2",
    ],
)
def test_a_copyleft_licence_would_be_noticed(said: str):
    assert _COPYLEFT.search(said)
