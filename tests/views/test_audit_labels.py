"""What the audit log writes down has a name that people read, whatever is done and with what."""

import ast
from collections.abc import Iterator
from itertools import product
from typing import get_args

from shuke.access.audit import Door, Fact
from shuke.alerts.flips import Status
from shuke.builds.stewardship import Verb
from shuke.engage.annotations import AnnotationKind
from shuke.engage.campaign import CampaignStatus
from shuke.engage.tasks import TaskStatus
from shuke.views.audit_labels import DETAILS, DOORS, SUBJECTS, VERBS
from tests.house.sources import MODULES, parsed

#: Deeds whose name is put together, and every name that comes of it.
PUT_TOGETHER = {
    "{}.{}": {
        f"{kind}.{what}"
        for kind, what in product(
            ("automation", "campaign"), [*map(str, CampaignStatus), "created", "edited", "opened", "closed"]
        )
        if kind == "campaign" or what not in ("opened", "closed")
    },
    "alert.{}": {f"alert.{status}" for status in Status},
    "identity.{}": {f"identity.{verb}" for verb in get_args(Verb)},
    "task.{}": {f"task.{status}" for status in TaskStatus},
    "customer.{}_{}": {
        f"customer.{kind}_{what}" for kind, what in product(AnnotationKind, ("given", "taken_back"))
    },
}

#: Names of files and columns are written with a dot as well.
NO_DEEDS = (".html", ".json", ".db", ".toml", ".lock", ".id")


def deeds() -> Iterator[str]:
    """Every name of a deed that a module which writes events holds, or what one is put together from."""
    for path in MODULES:
        tree = parsed(path)
        if not any(isinstance(node, ast.Name) and node.id == "AuditEvent" for node in ast.walk(tree)):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and (name := _pattern(node)) in PUT_TOGETHER:
                yield name
            elif (
                isinstance(node, ast.keyword) and node.arg == "verb" and isinstance(node.value, ast.JoinedStr)
            ):
                yield _pattern(node.value)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_deed(node.value):
                yield node.value
            elif (
                isinstance(node, ast.keyword) and node.arg == "verb" and isinstance(node.value, ast.Constant)
            ):
                yield str(node.value.value)


def _is_deed(text: str) -> bool:
    kind, _, what = text.partition(".")
    is_named = all(part.replace("_", "").isalpha() for part in (kind, what))
    return is_named and not text.endswith(NO_DEEDS)


def _pattern(node: ast.JoinedStr) -> str:
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def test_every_deed_has_a_name():
    found = set(deeds())
    assert found >= PUT_TOGETHER.keys() | {"exported", "campaign.tested", "alert_rule.set"}
    assert (found - PUT_TOGETHER.keys()) | set().union(*PUT_TOGETHER.values()) <= VERBS.keys()


def test_every_door_and_every_detail_has_a_name():
    assert set(get_args(Door)) == DOORS.keys()
    assert set(get_args(Fact)) == DETAILS.keys()


def test_every_kind_of_thing_has_a_name():
    kinds = {
        str(each.value.value)
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "AuditEvent"
        for each in node.keywords
        if each.arg == "subject_kind" and isinstance(each.value, ast.Constant)
    }
    assert kinds - SUBJECTS.keys() == set()
