"""Examination: what is found in a project, and what is left once it was repaired?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from shuke.app import open_project
from shuke.errors import ShukeError, UnknownProject, WrongSettings
from shuke.integrity.checks import examine
from shuke.integrity.findings import IntegrityFinding


@dataclass(frozen=True)
class Examination:
    """What was found, and what of it was repaired before."""

    findings: tuple[IntegrityFinding, ...]
    repaired: tuple[IntegrityFinding, ...]
    counts: Mapping[str, int]  # of batches and builds; nothing where there is no project to count in

    @property
    def sound(self) -> bool:
        return not any(finding.grave for finding in self.findings)


def examined(start: Path, *, repair: bool = False) -> Examination:
    """Look at the project that `start` stands in; `repair` what can be made again, and look once more."""
    findings = examine(start)
    repaired: list[IntegrityFinding] = []
    failed: dict[tuple[str, str], str] = {}
    for finding in findings if repair else ():
        if finding.repair is None:
            continue
        try:
            finding.repair()
            repaired.append(finding)
        except ShukeError as error:
            failed[finding.check, finding.place] = str(error)
    if repaired or failed:
        findings = [_after(finding, failed) for finding in _left(start)]
    return Examination(tuple(findings), tuple(repaired), _counts(start))


def _left(start: Path) -> list[IntegrityFinding]:
    """What is found after a repair, which may have removed what was to become a project."""
    try:
        return examine(start)
    except UnknownProject:
        return []


def _after(finding: IntegrityFinding, failed: Mapping[tuple[str, str], str]) -> IntegrityFinding:
    """A finding that is still there, with why it could not be repaired."""
    why = failed.get((finding.check, finding.place))
    return replace(finding, what=f"{finding.what} {why}") if why else finding


def _counts(start: Path) -> dict[str, int]:
    try:
        project = open_project(start)
    except (UnknownProject, WrongSettings):
        return {}
    return {"batches": len(project.landing.batches()), "builds": len(project.builds.numbers())}
