"""Rule versions: which rules of its own does the company have, and how did each become what it is?

A version is a file in the project that is never written again: `analyses/rules/NAME/0001.json`. The last one
holds; a rule that is switched off is in no build.
"""

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from shuke.alerts.own_rules import OwnRule
from shuke.errors import Overtaken
from shuke.store import disk

FOLDER = "analyses/rules"


@dataclass(frozen=True, kw_only=True)
class RuleVersion:
    """What a rule was from a moment on, and who made it so."""

    rule: OwnRule
    number: int
    on: bool
    who: str
    at: datetime
    note: str = ""


def history(root: Path, name: str) -> tuple[RuleVersion, ...]:
    """Every version of a rule, the newest first."""
    files = sorted((root / FOLDER / name).glob("*.json"), reverse=True)
    return tuple(map(_read, files))


def latest(root: Path) -> tuple[RuleVersion, ...]:
    """The last version of every rule, by name."""
    folders = sorted(each for each in (root / FOLDER).glob("*") if each.is_dir())
    newest = [max(each.glob("*.json"), default=None) for each in folders]
    return tuple(_read(path) for path in newest if path)


def in_force(root: Path) -> Iterable[OwnRule]:
    return (version.rule for version in latest(root) if version.on)


def write(root: Path, version: RuleVersion) -> None:
    """Add a version; raises `Overtaken` where somebody has added one of that number."""
    folder = disk.private(root / FOLDER / version.rule.name)
    aside = folder / f".{uuid4().hex}.part"
    disk.write_json(aside, asdict(version))
    try:
        os.link(aside, folder / f"{version.number:04d}.json")
    except FileExistsError:
        raise Overtaken from None
    finally:
        aside.unlink(missing_ok=True)


def _read(path: Path) -> RuleVersion:
    told = disk.read_json(path)
    with disk.intact(path):
        rule, at = OwnRule(**told.pop("rule")), datetime.fromisoformat(told.pop("at"))
        return RuleVersion(rule=rule, at=at, **told)
