"""Alert rules: which rules of its own does the company have, and what would one find now?"""

from dataclasses import dataclass
from decimal import Decimal

import ibis

from shuke.access.roles import Capability
from shuke.alerts import own_rules, rule_versions
from shuke.alerts.own_rules import OwnRule
from shuke.alerts.rule_versions import RuleVersion
from shuke.app import Project
from shuke.errors import WrongCall
from shuke.graph import catalogue
from shuke.languages import N_
from shuke.tables.declared import as_declared
from shuke.views import tables
from shuke.views.viewer import Viewer


class UnknownRule(WrongCall, KeyError):
    """The company has no rule of that name (HTTP 404)."""


@dataclass(frozen=True, kw_only=True)
class RulePreview:
    """What a rule would find in the current build."""

    findings: int
    at_stake: Decimal | None


@dataclass(frozen=True, kw_only=True)
class RulePage:
    """A rule as it stands, and every version of it, the newest first."""

    name: str
    versions: tuple[RuleVersion, ...]
    preview: RulePreview | None  # none where it cannot be asked now
    problem: str | None = None  # why not


def listed(project: Project, *, viewer: Viewer) -> tuple[RuleVersion, ...]:
    viewer.require(Capability.SEE)
    return rule_versions.latest(project.root)


def one(project: Project, name: str, *, viewer: Viewer) -> RulePage:
    viewer.require(Capability.SEE)
    versions = history(project, name)
    try:
        found, problem = preview(project, versions[0].rule, viewer=viewer), None
    except WrongCall as wrong:
        found, problem = None, str(wrong)
    return RulePage(name=name, versions=versions, preview=found, problem=problem)


def history(project: Project, name: str) -> tuple[RuleVersion, ...]:
    known = {version.rule.name for version in rule_versions.latest(project.root)}
    if name not in known:
        raise UnknownRule(
            N_("There is no rule {rule}. There are: {rules}."),
            rule=name,
            rules=", ".join(sorted(known)) or "-",
        )  # fmt: skip
    return rule_versions.history(project.root, name)


def preview(project: Project, rule: OwnRule, *, viewer: Viewer) -> RulePreview:
    """Raises `WrongCall` where the rule cannot be read, or its table is not in the build."""
    viewer.require(Capability.SEE)
    known = catalogue.derived(project.root)
    own_rules.check(rule, known)
    if not project.builds.numbers():
        raise WrongCall(N_("There is no build yet that a rule could look at."))
    opened = project.open()
    step = own_rules.made(rule, known)
    source, _last = step.reads
    table = tables.declaration(project, opened, source.removeprefix("landed_"))
    rows = opened.table(table.name)
    nothing = ibis.memtable([], schema=step.schema)
    found = as_declared(
        step(rows, nothing, as_of=opened.build.manifest.as_of, zone=project.settings.zone), step
    )
    told = found.aggregate(findings=found.count(), at_stake=found.at_stake.sum()).to_pyarrow().to_pylist()[0]
    return RulePreview(findings=told["findings"], at_stake=told["at_stake"])
