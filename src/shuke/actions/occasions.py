"""Occasions: who enters an automation by a new build, and when does the first step for them begin?

A build that comes into force has every automation that is on look at it (see `engage.occasions`). Whoever has
entered on an occasion does not enter on it again, whatever they are called by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from shuke.actions.arms import Entrants
from shuke.actions.work import Books, Kind, nothing_written, one_by_one
from shuke.analyses.campaign_arms import TREATED
from shuke.app import Opened, Project
from shuke.engage import books, campaigns, occasions
from shuke.engage.automation import Automation
from shuke.engage.books import Assigned
from shuke.engage.campaign import CampaignStatus
from shuke.engage.campaigns import Standing
from shuke.engage.occasions import LOOK, STEP, Entered, key_of
from shuke.periods import day_begin
from shuke.store import due_work
from shuke.store.due_work import Due, Work
from shuke.views import occasions as view


def look_at(connection: sa.Connection, standing: Standing, build: int, *, now: datetime) -> None:
    """Let an automation that was just switched on look at the build in force."""
    work = Work(
        key=f"{standing.id}:{build}:{now.isoformat()}", due_at=now,
        payload={"campaign": standing.id, "build": build},
    )  # fmt: skip
    due_work.plan(connection, LOOK, [work], now=now)


def _look(project: Project, due: Due, now: datetime) -> Books:
    with project.operations.reading() as connection:
        standing = campaigns.by_id(connection, due.payload["campaign"])
    number, current = due.payload["build"], project.builds.current()
    # A build that was rolled back, or dropped, is not what is the case.
    if standing.status is not CampaignStatus.SENDING or number > current.number:
        return nothing_written
    if number not in project.builds.numbers():
        return nothing_written
    opened = project.open(number)
    if opened.build.manifest.looks_back:
        return nothing_written
    with project.operations.reading() as connection:
        known = books.assigned(connection, standing.id)
        before = occasions.entered(connection, standing.id)
    entering = _Entering(project, opened, standing, known, before, now)
    return entering.books()


@dataclass(frozen=True)
class _Entering:
    """Those to whom it has happened anew."""

    project: Project
    opened: Opened
    standing: Standing
    known: list[Assigned]
    before: Sequence[Entered]
    now: datetime

    def books(self) -> Books:
        rows = self._new()
        fresh = Entrants(self.project, self.opened, self.standing, self.known).assigned(
            view.named({row["customer_id"] for row in rows})
        )
        arms = self._arms(fresh)
        with self.project.operations.reading() as connection:
            taken = occasions.entering_on(connection, self.standing.id, self._today)
        entries = []
        for row in rows:
            arm = arms[row["customer_id"]]
            day = self._free_day(taken) if arm == TREATED else self._today
            entries.append(
                Entered(
                    campaign_id=self.standing.id, customer_id=row["customer_id"], occasion=row["occasion"],
                    version=self.standing.version, arm=arm, enters_on=day, at=self.now,
                )
            )  # fmt: skip
            if arm == TREATED:
                taken[day] = taken.get(day, 0) + 1
        wait = self._automation.then[0].wait
        planned = [
            _step(entry, 0, self._begins(entry.enters_on) + wait) for entry in entries if entry.arm == TREATED
        ]

        def write(connection: sa.Connection) -> None:
            books.assign(connection, self.standing.id, fresh, now=self.now)
            occasions.enter(connection, entries)
            due_work.plan(connection, STEP, planned, now=self.now)

        return write

    @property
    def _automation(self) -> Automation:
        assert self.standing.automation
        return self.standing.automation

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.project.settings.zone)

    @cached_property
    def _today(self) -> date:
        return self.now.astimezone(self._zone).date()

    @cached_property
    def _means(self) -> dict[str, str]:
        """Whom the ids mean by now by which somebody entered or was assigned."""
        ids = {e.customer_id for e in self.before} | {a.customer_id for a in self.known}
        return view.whom(self.opened, ids)

    def _new(self) -> list[dict[str, Any]]:
        """What has happened to whom, of each customer what began first, where nothing keeps them out."""
        found = view.in_build(self.project, self.opened, self._automation, name=self.standing.name)
        had = {(self._means.get(e.customer_id, e.customer_id), e.occasion) for e in self.before}
        rest = timedelta(days=self._automation.cool_down_days)
        resting = {
            self._means.get(e.customer_id, e.customer_id) for e in self.before if e.at > self.now - rest
        }
        new: list[dict[str, Any]] = []
        for row in found.order_by("day", "customer_id", "occasion").to_pyarrow().to_pylist():
            if row["customer_id"] in resting or (row["customer_id"], row["occasion"]) in had:
                continue
            new.append(row)
            if rest:
                resting.add(row["customer_id"])
        return new

    def _arms(self, fresh: Sequence[Assigned]) -> dict[str, str]:
        """Of each the arm; who has become one with somebody held out is held out."""
        arms = {each.customer_id: each.arm for each in fresh}
        for each in self.known:
            who = self._means.get(each.customer_id, each.customer_id)
            if arms.get(who, TREATED) == TREATED:
                arms[who] = each.arm
        return arms

    def _free_day(self, taken: dict[date, int]) -> date:
        day, limit = self._today, self._automation.limit
        while limit is not None and taken.get(day, 0) >= limit:
            day += timedelta(days=1)
        return day

    def _begins(self, day: date) -> datetime:
        return self.now if day == self._today else day_begin(day, self.project.settings.zone)


def plan_step(
    connection: sa.Connection, entry: Entered, step: int, *, due_at: datetime, now: datetime
) -> None:
    """Let a step wait for its time."""
    due_work.plan(connection, STEP, [_step(entry, step, due_at)], now=now)


def _step(entry: Entered, step: int, due_at: datetime) -> Work:
    payload = {
        "campaign": entry.campaign_id, "customer": entry.customer_id, "occasion": entry.occasion,
        "version": entry.version, "step": step,
    }  # fmt: skip
    key = key_of(entry.campaign_id, entry.customer_id, entry.occasion, step)
    return Work(key=key, due_at=due_at, payload=payload)


KIND = Kind(LOOK, one_by_one(_look))
