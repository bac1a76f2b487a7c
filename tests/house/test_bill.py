"""Bill of materials: does it name everything that is run, and nothing else?"""

import json
import re
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from scripts import sbom
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(sbom.bill())
    return made


def test_it_is_cyclonedx():
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(sbom.bill()) is None


def test_it_names_what_the_lock_names_with_version_hashes_and_licence(bill: dict[str, Any]):
    listed = {each["name"]: each for each in bill["components"]}
    for name, version, hashes in _locked():
        if listed[name]["version"] == version:
            assert {each["content"] for each in listed[name]["hashes"]} == hashes
    assert set(listed) == {name for name, _, _ in _locked()}
    here = {pin.name: pin.version for pin in sbom.pins() if pin.here}
    assert {name: listed[name]["version"] for name in here} == here
    assert [name for name in here if not listed[name].get("licenses")] == []


def test_it_says_what_needs_what(bill: dict[str, Any]):
    needs = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    asked = [ref.partition("@")[0] for ref in needs["shuke"]]
    assert "pkg:pypi/duckdb" in asked and "pkg:pypi/mako" not in asked
    assert any(ref.startswith("pkg:pypi/mako@") for ref in needs[_ref(bill, "alembic")])


def test_the_same_lock_gives_the_same_bill():
    assert sbom.bill() == sbom.bill()


def _ref(bill: dict[str, Any], name: str) -> str:
    return next(str(each["bom-ref"]) for each in bill["components"] if each["name"] == name)


def _locked() -> list[tuple[str, str, set[str]]]:
    """The lock, read without the help of what is tested."""
    lock = (ROOT / "requirements" / "run.txt").read_text("utf-8")
    entries = re.findall(
        r"^([\w.-]+)==([^\s;]+)[^\n]*\n((?: +--hash=sha256:\w+[^\n]*\n?)+)", lock, re.MULTILINE
    )
    return [
        (name.lower(), version, set(re.findall(r"sha256:(\w+)", hashes))) for name, version, hashes in entries
    ]
