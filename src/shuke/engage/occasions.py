"""Occasions: who has entered an automation, on what occasion, and what was done for them?

A customer enters once for an occasion. What waits is due work, known by automation, customer, occasion and
step; a step that has ended is a row.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from shuke.analyses.campaign_arms import TREATED
from shuke.engage import campaigns
from shuke.engage.campaign import CampaignStatus
from shuke.store import due_work
from shuke.store.automation_rows import occasion_steps, occasions, simulations
from shuke.store.due_work import Work
from shuke.store.schema import insert_new

#: The kinds of due work that an automation asks of a build, that a step of it is, and that a simulation is.
LOOK, STEP, SIMULATION = "occasions", "step", "simulation"

#: How many rows go into one statement.
_ROWS = 1000


class Outcome(StrEnum):
    DONE = "done"  # of a message: it is in the books, which say what became of it
    LEFT_OUT = "left_out"  # this step, for a reason; the next ones go on
    ENDED = "ended"  # this step and all after it
    FAILED = "failed"  # tried for two days


class EndReason(StrEnum):
    """Why nothing more is done on an occasion."""

    UNLESS = "unless"  # the automation excepts them by now
    OVER = "over"  # it is not the case any more


@dataclass(frozen=True, kw_only=True)
class Entered:
    """Somebody who has entered an automation."""

    id: int = 0  # none yet
    campaign_id: int
    customer_id: str
    occasion: str
    version: int
    arm: str
    enters_on: date
    at: datetime


def key_of(campaign_id: int, customer_id: str, occasion: str, step: int) -> str:
    """By which a step is known, and a message of it to who receives that."""
    return f"{campaign_id}:{customer_id}:{occasion}:{step}"


def plan_looks(connection: sa.Connection, *, build: int, now: datetime) -> None:
    """Let every automation that is on look at a build for what has happened."""
    on = [
        each.id
        for each in campaigns.every(connection)
        if each.automation and each.status is CampaignStatus.SENDING
    ]
    work = [
        Work(key=f"{number}:{build}", due_at=now, payload={"campaign": number, "build": build})
        for number in on
    ]
    due_work.plan(connection, LOOK, work, now=now)


def entered(connection: sa.Connection, campaign_id: int) -> list[Entered]:
    """All who ever entered an automation, in turn."""
    query = sa.select(occasions).where(occasions.c.campaign_id == campaign_id)
    return _read(connection, query)


def of_customer(connection: sa.Connection, issued: Collection[str]) -> list[Entered]:
    """On what occasions a customer has entered any automation, under whatever ids they were issued."""
    return _read(connection, sa.select(occasions).where(occasions.c.customer_id.in_(issued)))


def latest(
    connection: sa.Connection, campaign_id: int, *, limit: int, offset: int = 0
) -> tuple[list[Entered], int]:
    """Who entered an automation last, and how many have in all."""
    mine = occasions.c.campaign_id == campaign_id
    newest = sa.select(occasions).where(mine).order_by(occasions.c.at.desc(), occasions.c.id.desc())
    found = connection.execute(newest.limit(limit).offset(offset))
    total = connection.execute(sa.select(sa.func.count()).select_from(occasions).where(mine)).scalar_one()
    return [Entered(**row._mapping) for row in found], int(total)


def enter(connection: sa.Connection, entries: Iterable[Entered]) -> None:
    """Write down who enters; who has entered on an occasion has done so once."""
    rows = [{n: getattr(e, n) for n in e.__dataclass_fields__ if n != "id"} for e in entries]
    for first in range(0, len(rows), _ROWS):
        connection.execute(insert_new(connection, occasions).values(rows[first : first + _ROWS]))


def count(connection: sa.Connection, campaign_id: int) -> dict[str, int]:
    """How many times somebody of each arm has entered."""
    of = occasions.c
    query = sa.select(of.arm, sa.func.count().label("times")).where(of.campaign_id == campaign_id)
    return {row.arm: row.times for row in connection.execute(query.group_by(of.arm))}


def waiting(connection: sa.Connection, campaign_id: int) -> int:
    """How many steps of an automation wait for their time."""
    of = due_work.due_work.c
    mine = of.key.startswith(f"{campaign_id}:", autoescape=True)
    query = sa.select(sa.func.count()).where(of.kind == STEP, mine, of.ended_at.is_(None))
    return int(connection.execute(query).scalar_one())


def entering_on(connection: sa.Connection, campaign_id: int, since: date) -> dict[date, int]:
    """How many of whom something is done enter on each day from one on."""
    of = occasions.c
    query = (
        sa.select(of.enters_on, sa.func.count().label("customers"))
        .where(of.campaign_id == campaign_id, of.enters_on >= since, of.arm == TREATED)
        .group_by(of.enters_on)
    )
    return {row.enters_on: row.customers for row in connection.execute(query)}


def end_step(
    connection: sa.Connection,
    entry: Entered,
    step: int,
    outcome: Outcome,
    *,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Write down that a step has ended; the first word counts."""
    row = {"occasion_id": entry.id, "step": step, "outcome": outcome.value, "reason": reason, "at": now}
    connection.execute(insert_new(connection, occasion_steps).values(row))


def steps_of(connection: sa.Connection, campaign_id: int) -> dict[tuple[int, str, str | None], int]:
    """How many times each step has ended how, and why."""
    of = occasion_steps.c
    query = (
        sa.select(of.step, of.outcome, of.reason, sa.func.count().label("times"))
        .join(occasions, occasions.c.id == of.occasion_id)
        .where(occasions.c.campaign_id == campaign_id)
        .group_by(of.step, of.outcome, of.reason)
        .order_by(of.step, of.outcome, of.reason)
    )
    return {(row.step, row.outcome, row.reason): row.times for row in connection.execute(query)}


def awaited(connection: sa.Connection, entries: Iterable[Entered]) -> dict[int, tuple[int, datetime]]:
    """Which step waits of these, and until when, by the id of the entry."""
    keys = {
        key_of(e.campaign_id, e.customer_id, e.occasion, step): (e.id, step)
        for e in entries
        for step in range(_MOST)
    }
    of = due_work.due_work.c
    query = sa.select(of.key, of.due_at).where(of.kind == STEP, of.key.in_(keys), of.ended_at.is_(None))
    waiting = ((*keys[row.key], row.due_at) for row in connection.execute(query))
    return {entry: (step, due_at) for entry, step, due_at in waiting}


def ended(
    connection: sa.Connection, entries: Iterable[Entered]
) -> dict[int, list[tuple[int, str, str | None, datetime]]]:
    """Which steps of these have ended, how, why and when, by the id of the entry."""
    of = occasion_steps.c
    query = sa.select(occasion_steps).where(of.occasion_id.in_([e.id for e in entries]))
    found: dict[int, list[tuple[int, str, str | None, datetime]]] = {}
    for row in connection.execute(query.order_by(of.occasion_id, of.step)):
        found.setdefault(row.occasion_id, []).append((row.step, row.outcome, row.reason, row.at))
    return found


#: As many steps as an automation may have.
_MOST = 20


def keep_simulation(
    connection: sa.Connection, campaign_id: int, version: int, result: dict[str, Any], *, now: datetime
) -> None:
    """Keep what a simulation came to in place of that before."""
    of = simulations.c
    same = (of.campaign_id == campaign_id) & (of.version == version)
    connection.execute(sa.delete(simulations).where(same))
    row = {"campaign_id": campaign_id, "version": version, "result": result, "at": now}
    connection.execute(sa.insert(simulations), [row])


def simulation(
    connection: sa.Connection, campaign_id: int, version: int
) -> tuple[dict[str, Any], datetime] | None:
    """What the last simulation of a version came to, and when."""
    of = simulations.c
    query = sa.select(of.result, of.at).where(of.campaign_id == campaign_id, of.version == version)
    found = connection.execute(query).one_or_none()
    return (found.result, found.at) if found else None


def _read(connection: sa.Connection, query: sa.Select[Any]) -> list[Entered]:
    return [Entered(**row._mapping) for row in connection.execute(query.order_by(occasions.c.id))]
