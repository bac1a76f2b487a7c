"""Rule settings: which thresholds hold for a rule that warns, who says so, and what would others tell?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any

from shuke.access.roles import Capability
from shuke.alerts import rule_settings
from shuke.alerts.findings import AlertRule
from shuke.alerts.rule_settings import REPLAY, RuleSettings
from shuke.app import Project
from shuke.builds.alert_replay import Replay
from shuke.errors import WrongCall
from shuke.graph import catalogue
from shuke.languages import N_, Text
from shuke.store import due_work
from shuke.views import parameters
from shuke.views.alert_rules import UnknownRule
from shuke.views.viewer import Viewer

#: So many of the alerts of a replay are kept to be shown.
SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class RuleThreshold:
    """One number of a rule; `set_by` is `door` where people set it, `file` (shuke.toml), or `rule`."""

    name: str
    value: Any
    set_by: str
    set_here: Any | None  # by people
    in_file: Any | None
    default: Any


@dataclass(frozen=True, kw_only=True)
class RuleSummary:
    """What holds for a rule."""

    rule: str
    title: Text
    about: Text | None
    thresholds: tuple[RuleThreshold, ...]
    remind_days: int | None
    remind_times: int | None


@dataclass(frozen=True, kw_only=True)
class RuleSettingsPage:
    """The same, with everything that was ever set, the newest first, and the last replay."""

    summary: RuleSummary
    history: tuple[RuleSettings, ...]
    replay: Mapping[str, Any] | None
    replayed_at: datetime | None
    is_replaying: bool  # one was asked for, and `shuke run` has not done it yet

    @property
    def number(self) -> int:
        """Of the last change, 0 where nothing was ever set."""
        return self.history[0].number if self.history else 0


def listed(project: Project, *, viewer: Viewer) -> tuple[RuleSummary, ...]:
    """Every rule that a build asks, by name."""
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        chosen = rule_settings.in_force(connection)
    return tuple(_summary(project, step, chosen.get(name)) for name, step in sorted(_rules(project).items()))


def one(project: Project, rule: str, *, viewer: Viewer) -> RuleSettingsPage:
    """Raises `UnknownRule`."""
    viewer.require(Capability.SEE)
    step = _rule(project, rule)
    with project.operations.reading() as connection:
        history = rule_settings.history(connection, rule)
        replayed = rule_settings.last_replay(connection, rule)
        is_replaying = due_work.is_waiting(connection, REPLAY, prefix=f"{rule}:")
    return RuleSettingsPage(
        summary=_summary(project, step, history[0] if history else None), history=history,
        replay=replayed and _dated(replayed[0]), replayed_at=replayed and replayed[1],
        is_replaying=is_replaying,
    )  # fmt: skip


def thresholds(project: Project, rule: str, written: Mapping[str, Any]) -> dict[str, Any]:
    """What was written, as the rule reads it; raises `WrongCall`, or `UnknownRule`."""
    read = parameters.answers(_rule(project, rule), written)
    for name, value in read.items():
        if isinstance(value, int | float) and not (isfinite(value) and value >= 0):
            raise WrongCall(N_("{name} is a number from 0 on."), name=name)
    return read


def as_kept(found: Replay) -> dict[str, Any]:
    """A replay as it is kept: its counts, and the alerts themselves, the first ones."""
    openings = [
        asdict(each)
        | {
            "opened": each.opened.isoformat(), "closed": each.closed and each.closed.isoformat(),
            "at_stake": None if each.at_stake is None else str(each.at_stake),
        }
        for each in found.openings[:SHOWN]
    ]  # fmt: skip
    return {
        "thresholds": dict(found.parameters), "alerts": len(found.openings), "right": found.right,
        "wrong": found.wrong, "openings": openings,
    }  # fmt: skip


def _dated(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A replay as it was kept, its days as days."""
    tried = [
        {**each, "openings": [_with_days(one, "opened", "closed") for one in each["openings"]]}
        for each in kept["tried"]
    ]
    return {**_with_days(kept, "since", "until"), "tried": tried}


def _with_days(told: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**told, **{name: told[name] and date.fromisoformat(told[name]) for name in names}}


def _rules(project: Project) -> dict[str, AlertRule]:
    return {n: t for n, t in catalogue.derived(project.root).items() if isinstance(t, AlertRule)}


def _rule(project: Project, rule: str) -> AlertRule:
    known = _rules(project)
    if rule not in known:
        raise UnknownRule(
            N_("There is no rule {rule}. There are: {rules}."), rule=rule, rules=", ".join(sorted(known))
        )
    return known[rule]


def _summary(project: Project, step: AlertRule, chosen: RuleSettings | None) -> RuleSummary:
    in_file, own = project.settings.answers(step.name), dict(chosen.thresholds) if chosen else {}
    told = tuple(
        RuleThreshold(
            name=name, default=default, in_file=in_file.get(name), set_here=own.get(name),
            value=own.get(name, in_file.get(name, default)),
            set_by="door" if name in own else "file" if name in in_file else "rule",
        )
        for name, (_kind, default) in step.parameters.items()
    )  # fmt: skip
    return RuleSummary(
        rule=step.name, title=step.title, about=step.about, thresholds=told,
        remind_days=chosen.remind_days if chosen else None,
        remind_times=chosen.remind_times if chosen else None,
    )  # fmt: skip
