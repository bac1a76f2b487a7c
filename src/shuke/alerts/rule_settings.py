"""Rule settings: which thresholds and reminders did people set for a rule that warns?

Every change is a row, and the last one of a rule holds. It goes before shuke.toml, which goes before what the
rule says itself; what it is silent about stands there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from shuke.settings import Settings
from shuke.store.operations import Operations
from shuke.store.rule_setting_rows import rule_replays, rule_settings

#: The kind of due work that the replay of a rule is.
REPLAY = "rule_replay"


@dataclass(frozen=True, kw_only=True)
class RuleSettings:
    """What was set for a rule from a moment on, and by whom."""

    rule: str
    number: int
    thresholds: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    remind_days: int | None = None  # none: as the notice says; 0: never
    remind_times: int | None = None  # none: for as long as nobody has taken care of it
    at: datetime
    who: str
    note: str = ""


def history(connection: sa.Connection, rule: str) -> tuple[RuleSettings, ...]:
    """Everything that was ever set for a rule, the newest first."""
    of = rule_settings.c
    rows = connection.execute(sa.select(rule_settings).where(of.rule == rule).order_by(of.number.desc()))
    return tuple(RuleSettings(**row._mapping) for row in rows)


def in_force(connection: sa.Connection) -> dict[str, RuleSettings]:
    """What holds by now, of each rule for which anything was set."""
    of = rule_settings.c
    rows = connection.execute(sa.select(rule_settings).order_by(of.rule, of.number))
    return {row.rule: RuleSettings(**row._mapping) for row in rows}


def add(connection: sa.Connection, settings: RuleSettings) -> None:
    row = {name: getattr(settings, name) for name in settings.__dataclass_fields__}
    connection.execute(sa.insert(rule_settings), [row | {"thresholds": dict(settings.thresholds)}])


def applied(settings: Settings, operations: Operations) -> Settings:
    """What shuke.toml says, with the thresholds that people have set since."""
    with operations.reading() as connection:
        thresholds = {rule: dict(each.thresholds) for rule, each in in_force(connection).items()}
    tables = {name: dict(answers) for name, answers in settings.tables.items()}
    for rule, own in thresholds.items():
        if own:
            tables[rule] = tables.get(rule, {}) | own
    return replace(settings, tables=tables) if tables != settings.tables else settings


def reminders(
    rules: Iterable[str], chosen: Mapping[str, RuleSettings], *, usual: int, sent: int
) -> dict[int, list[str]]:
    """After how many days somebody is reminded of which rules, having been reminded `sent` times.

    `usual` is what their notice says, 0: never.
    """
    found: dict[int, list[str]] = {}
    for rule in sorted(set(rules)):
        own = chosen.get(rule)
        days = usual if own is None or own.remind_days is None else own.remind_days
        is_over = own is not None and own.remind_times is not None and sent >= own.remind_times
        if days and not is_over:
            found.setdefault(days, []).append(rule)
    return found


def keep_replay(connection: sa.Connection, rule: str, result: Mapping[str, Any], *, now: datetime) -> None:
    """Keep what a replay came to in place of that before."""
    connection.execute(sa.delete(rule_replays).where(rule_replays.c.rule == rule))
    connection.execute(sa.insert(rule_replays), [{"rule": rule, "result": dict(result), "at": now}])


def last_replay(connection: sa.Connection, rule: str) -> tuple[Mapping[str, Any], datetime] | None:
    """What the last replay of a rule came to, and when."""
    found = connection.execute(sa.select(rule_replays).where(rule_replays.c.rule == rule)).one_or_none()
    return (found.result, found.at) if found else None
