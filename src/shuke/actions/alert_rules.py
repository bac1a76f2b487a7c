"""Alert rules: how does somebody make a rule of the company's own, change it, and switch it off?"""

import re
from dataclasses import replace

from shuke.access import audit
from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.alerts import own_rules, rule_versions
from shuke.alerts.own_rules import OwnRule
from shuke.alerts.rule_versions import RuleVersion
from shuke.app import Project
from shuke.errors import Overtaken, WrongCall
from shuke.graph import catalogue
from shuke.languages import N_
from shuke.views import alert_rules
from shuke.views.viewer import Viewer

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LONGEST = 500


def save(
    project: Project, rule: OwnRule, *, viewer: Viewer, note: str = "", seen: int | None = None
) -> RuleVersion:
    """Make a rule, or change it; the next build asks it. What it says is checked first.

    `seen` is the version that one has looked at, 0 for a new rule: raises `Overtaken` where there is another
    by now.
    """
    viewer.require(Capability.EDIT_RULES)
    if not _NAME.fullmatch(rule.name) or not audit.keeps(rule.name):
        raise WrongCall(
            N_("A rule's name has at most 40 small letters, digits and underscores, a letter first.")
        )
    if not rule.title.strip() or max(map(len, (rule.title, note))) > _LONGEST:
        raise WrongCall(
            N_("A rule has a title. It and a note have at most {limit} characters."), limit=_LONGEST
        )
    own_rules.check(rule, catalogue.derived(project.root))
    before = rule_versions.history(project.root, rule.name)
    number = before[0].number if before else 0
    if seen is not None and seen != number:
        raise Overtaken
    version = RuleVersion(
        rule=rule, number=number + 1, on=True, who=viewer.actor.who, at=viewer.now, note=note
    )
    return _write(project, version, "alert_rule.saved", viewer)


def switch(project: Project, name: str, *, on: bool, viewer: Viewer, note: str = "") -> RuleVersion:
    """Switch a rule on or off, as its next version; where it is so already, nothing is done."""
    viewer.require(Capability.EDIT_RULES)
    last = alert_rules.history(project, name)[0]
    if last.on == on:
        return last
    version = replace(
        last, number=last.number + 1, on=on, who=viewer.actor.who, at=viewer.now, note=note[:_LONGEST]
    )
    return _write(project, version, "alert_rule.on" if on else "alert_rule.off", viewer)


def _write(project: Project, version: RuleVersion, verb: str, viewer: Viewer) -> RuleVersion:
    rule_versions.write(project.root, version)
    viewer.did(project.operations, AuditEvent(verb=verb, subject_kind="rule", subject_id=version.rule.name))
    return version
