"""Bill of materials: what is Shuke run with, in which versions, and under which licences?

    python scripts/sbom.py FILE    write it as CycloneDX JSON (`make sbom`)

It lists what `requirements/run.txt` locks, with the hashes that are locked; what a package says of its
licence and of what it needs is read off the installed one. The same lock gives the same file.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from itertools import chain
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import shuke

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "run.txt"

#: The first lines of licences that a package brings along without saying which they are.
_TITLES = {"MIT": re.compile(r"(The )?MIT License( \(MIT\))?")}


@dataclass(frozen=True)
class Pin:
    """One exact version of the lock, and the files that it may come in."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        return next(iter(self.requirement.specifier)).version

    @property
    def here(self) -> bool:
        """Whether it is for this interpreter and system; a lock serves all of them."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


def pins(lock: Path = LOCK) -> list[Pin]:
    """Everything that a lock names, for whichever system."""
    entries = re.split(r"\n(?=\S)", lock.read_text("utf-8").strip())
    return [
        Pin(Requirement(entry.partition("\\")[0]), tuple(re.findall(r"sha256:([0-9a-f]{64})", entry)))
        for entry in entries
    ]


#: Classifiers that name no licence.
_GENERAL = ("License :: DFSG approved", "License :: OSI Approved")


def licence(installed: Distribution) -> str:
    """What a package says of its licence: the expression, else classifiers, else a line, else its file, else
    the bill of materials that it brings (PEP 770)."""
    about = installed.metadata
    classified = [
        each
        for each in about.get_all("Classifier") or []
        if each.startswith("License") and each not in _GENERAL
    ]
    told = [*(about.get_all("License-Expression") or classified), *(about.get_all("License") or [])]
    said = "; ".join(told[: len(classified) or 1]).splitlines()
    return said[0] if said else next(chain(_titles(installed), _billed(installed)), "")


def bill(lock: Path = LOCK) -> str:
    """The bill of materials, as JSON."""
    bom, ours = Bom(), _ours()
    bom.metadata.component = ours
    bom.metadata.timestamp = None  # type: ignore[assignment]  # none is written then, and the format asks for none
    # Of the versions of a package that a lock has for several Pythons, that of this one.
    listed = {pin.name: _component(pin) for pin in sorted(pins(lock), key=lambda pin: (pin.name, pin.here))}
    bom.components = listed.values()
    for name, component in listed.items():
        bom.register_dependency(component, [listed[each] for each in _needs(name) if each in listed])
    bom.register_dependency(ours, [listed[each] for each in _asked()])
    bom.serial_number = uuid5(NAMESPACE_URL, f"{shuke.__version__} {lock.read_text('utf-8')}")
    return JsonV1Dot6(bom).output_as_string(indent=1)


def _ours() -> Component:
    licences = [LicenseFactory().make_from_string("Apache-2.0")]
    return Component(
        name="shuke", version=shuke.__version__, type=ComponentType.APPLICATION, bom_ref="shuke",
        licenses=licences,
    )  # fmt: skip


def _component(pin: Pin) -> Component:
    url = PackageURL("pypi", name=pin.name, version=pin.version)
    installed = _installed(pin.name)
    said = licence(installed) if installed else ""
    marker = pin.requirement.marker
    return Component(
        name=pin.name, version=pin.version, purl=url, bom_ref=str(url), type=ComponentType.LIBRARY,
        licenses=[LicenseFactory().make_from_string(said)] if said else (),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in pin.hashes],
        properties=[Property(name="shuke:wanted-where", value=str(marker))] if marker else (),
    )  # fmt: skip


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _needs(name: str) -> list[str]:
    installed = _installed(name)
    asked = [Requirement(each) for each in (installed.requires if installed else None) or []]
    met = [each for each in asked if each.marker is None or each.marker.evaluate({"extra": ""})]
    return [canonicalize_name(each.name) for each in met]


def _asked() -> list[str]:
    """What Shuke itself asks for; the rest comes with that."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [canonicalize_name(Requirement(each).name) for each in project["dependencies"]]


def _titles(installed: Distribution) -> Iterator[str]:
    for file in installed.metadata.get_all("License-File") or []:
        first = next(iter((installed.read_text(f"licenses/{file}") or "").splitlines()), "")
        yield from (name for name, title in _TITLES.items() if title.fullmatch(first.strip()))


def _billed(installed: Distribution) -> Iterator[str]:
    for file in installed.files or []:
        if file.parent.name == "sboms" and file.suffix == ".json":
            told = json.loads(file.read_text("utf-8"))["metadata"]["component"].get("licenses", [])
            yield from (each["expression"] for each in told if "expression" in each)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(bill(), "utf-8")
