"""Rule settings: how does somebody set thresholds and reminders of a rule, and try them on the past first?"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from shuke.access.audit import AuditEvent, add
from shuke.access.roles import Capability
from shuke.actions.work import Books, Kind, one_by_one
from shuke.alerts import rule_settings
from shuke.alerts.rule_settings import REPLAY, RuleSettings
from shuke.app import Project
from shuke.builds import alert_replay
from shuke.errors import Overtaken, WrongCall
from shuke.languages import N_
from shuke.store import due_work
from shuke.store.due_work import Due, Work
from shuke.views import rule_settings as view
from shuke.views.viewer import Viewer

#: How many days a replay looks at, which each are a past build.
MOST_LOOKS = 60

_LONGEST_NOTE, _MOST_DAYS, _MOST_TIMES = 500, 365, 100


def save(
    project: Project,
    rule: str,
    thresholds: Mapping[str, Any],
    *,
    viewer: Viewer,
    remind_days: int | None = None,
    remind_times: int | None = None,
    note: str = "",
    seen: int | None = None,
) -> RuleSettings:
    """Set what holds for a rule from the next build on; what is left out goes by shuke.toml, or by the rule.

    `seen` is the number that one has looked at, 0 where nothing was set: raises `Overtaken` where there is
    another by now.
    """
    viewer.require(Capability.EDIT_RULES)
    read = view.thresholds(project, rule, thresholds)
    for days, most in ((remind_days, _MOST_DAYS), (remind_times, _MOST_TIMES)):
        if days is not None and not 0 <= days <= most:
            raise WrongCall(N_("A reminder is a whole number from 0 to {most}."), most=most)
    with project.operations.writing() as connection:
        before = rule_settings.history(connection, rule)
        number = before[0].number if before else 0
        if seen is not None and seen != number:
            raise Overtaken
        settings = RuleSettings(
            rule=rule, number=number + 1, thresholds=read, remind_days=remind_days, remind_times=remind_times,
            at=viewer.now, who=viewer.actor.who, note=note[:_LONGEST_NOTE],
        )  # fmt: skip
        rule_settings.add(connection, settings)
        _note(connection, viewer, rule, "alert_rule.set")
    return settings


def try_out(
    project: Project,
    rule: str,
    thresholds: Mapping[str, Any],
    *,
    since: date,
    until: date,
    step: int = 7,
    viewer: Viewer,
) -> None:
    """Have `shuke run` look at whom a rule would have told of what with these, beside what holds now."""
    viewer.require(Capability.EDIT_RULES)
    read = view.thresholds(project, rule, thresholds)
    if step < 1 or not since <= until or (until - since).days // step >= MOST_LOOKS:
        raise WrongCall(
            N_("A replay goes from a day to a later one and looks at most {most} times."), most=MOST_LOOKS
        )
    if until > project.builds.current().manifest.as_of:
        raise WrongCall(
            N_("A replay goes from a day to a later one, which is not after the build's: {day}."),
            day=project.builds.current().manifest.as_of,
        )
    payload = {
        "rule": rule, "thresholds": read, "since": since.isoformat(), "until": until.isoformat(),
        "step": step,
    }  # fmt: skip
    with project.operations.writing() as connection:
        work = Work(key=f"{rule}:{viewer.now.isoformat()}", due_at=viewer.now, payload=payload)
        due_work.plan(connection, REPLAY, [work], now=viewer.now)
        _note(connection, viewer, rule, "alert_rule.replayed")


def _replay(project: Project, due: Due, now: datetime) -> Books:
    asked, rule = due.payload, due.payload["rule"]
    since, until = (date.fromisoformat(asked[name]) for name in ("since", "until"))
    found = alert_replay.replay(
        project, [rule], since=since, until=until, step=timedelta(days=asked["step"]),
        tried=[{}, asked["thresholds"]],
    )  # fmt: skip
    told = {name: asked[name] for name in ("since", "until", "step")}
    told["tried"] = [view.as_kept(each) for each in found]

    def write(connection: sa.Connection) -> None:
        rule_settings.keep_replay(connection, rule, told, now=now)

    return write


def _note(connection: sa.Connection, viewer: Viewer, rule: str, verb: str) -> None:
    add(connection, viewer.actor, AuditEvent(verb=verb, subject_kind="rule", subject_id=rule), now=viewer.now)


KIND = Kind(REPLAY, one_by_one(_replay), lease=timedelta(hours=6))
