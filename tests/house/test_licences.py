"""Licences: may everything that Shuke is run with be shipped beside an Apache-2.0 program?

Read off what is installed. The GNU General Public Licence would pass its terms on to whoever ships Shuke.
"""

import re
from importlib.metadata import distribution

import pytest

from scripts import sbom

#: Words of licences that ask nothing of a program beside them, or only of their own files.
_PERMISSIVE = re.compile(
    r"\b(MIT|MIT-0|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|Zlib|CC0|Unlicense|LGPL|"
    r"Lesser General Public)\b",
    re.IGNORECASE,
)
_COPYLEFT = re.compile(r"\bA?GPL|(?<!Lesser )General Public", re.IGNORECASE)


def _run() -> list[str]:
    return sorted(pin.name for pin in sbom.pins() if pin.here)


@pytest.mark.parametrize("name", [*_run(), "psycopg", "psycopg-binary", "pyspark", "py4j"])
def test_a_package_may_be_shipped_beside_an_apache_licensed_program(name: str):
    said = sbom.licence(distribution(name))
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
