"""Simulation: whom would an automation have reached over the last days, how many a day, and at what cost?

The past is built for every few days, as `backtest` does, and the automation looks at each of them. Nobody is
written to, and nothing is kept of whom it would have been. Consents, caps and addresses are not asked: what
they keep back is told when something is sent.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke.alerts.flips import CUSTOMER
from shuke.app import Opened, Project
from shuke.builds import alert_replay, pipeline
from shuke.builds.pipeline import PastRun
from shuke.engage.automation import Automation
from shuke.engage.trigger import OPENINGS
from shuke.errors import WrongCall
from shuke.graph.names import is_of_landing
from shuke.graph.report import Report, unreported
from shuke.languages import N_
from shuke.segments import membership
from shuke.views import meant, occasions
from shuke.views.meant import SegmentMeaning

#: No simulation looks further back: a year.
MAX_DAYS = 366

_CHANGES, _MEMBERS = "segment_changes", "segment_members"


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What would have come of an automation had it been on.

    `entered` are times that somebody entered, by the day on which what happened began; `held_out` of them, by
    the share that is held out; each of the others costs what its steps cost, at most.
    """

    since: date
    until: date
    looks: int
    by_day: Mapping[date, int]
    entered: int
    customers: int
    held_out: int
    cost: Decimal
    today: int  # who would enter now

    @property
    def busiest(self) -> int:
        return max(self.by_day.values(), default=0)

    def to_json(self) -> dict[str, Any]:
        days = {day.isoformat(): number for day, number in self.by_day.items()}
        told = asdict(self) | {"by_day": days, "cost": str(self.cost)}
        return told | {"since": self.since.isoformat(), "until": self.until.isoformat()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Simulation":
        days = {date.fromisoformat(day): number for day, number in document["by_day"].items()}
        read = {"by_day": days, "cost": Decimal(document["cost"])}
        read |= {name: date.fromisoformat(document[name]) for name in ("since", "until")}
        return cls(**{**document, **read})


def check_span(days: int, every: int) -> None:
    """Raises `WrongCall` for so many days back, every so many of them, where that is no span."""
    if not 1 <= every <= days <= MAX_DAYS:
        raise WrongCall(
            N_("A simulation looks back over 1 to {most} days, every so many of them."), most=MAX_DAYS
        )


def simulate(
    project: Project,
    automation: Automation,
    *,
    days: int = 28,
    every: int = 7,
    report: Report = unreported,
) -> Simulation:
    """Look at every so many days of the last ones; raises `WrongCall` for a span that is none."""
    check_span(days, every)
    opened = project.open()
    until = opened.build.manifest.as_of
    looks = [until - timedelta(days=back) for back in range(0, days + every, every)][::-1]
    seldom = replace(automation, max_age_days=max(automation.max_age_days, every))
    found = _Looking(project, opened, seldom, looks).found(report)
    in_span = [row for row in found if row["day"] > until - timedelta(days=days)]
    entered = _entering(in_span, automation)
    by_day = Counter(row["day"] for row in entered)
    held_out = round(len(entered) * automation.campaign().share_held_out)
    each = sum((Decimal(step.cost) for step in automation.then), Decimal(0))
    now = occasions.in_build(project, opened, automation)
    return Simulation(
        since=until - timedelta(days=days - 1), until=until, looks=len(looks),
        by_day={day: by_day[day] for day in sorted(by_day)}, entered=len(entered),
        customers=len({row["customer_id"] for row in entered}), held_out=held_out,
        cost=each * (len(entered) - held_out), today=int(now.customer_id.nunique().to_pyarrow().as_py()),
    )  # fmt: skip


def _entering(found: Sequence[dict[str, Any]], automation: Automation) -> list[dict[str, Any]]:
    """Of what happened what somebody would have entered by: once an occasion, and not while they rest."""
    rest = timedelta(days=automation.cool_down_days)
    last: dict[str, date] = {}
    had: set[tuple[str, str]] = set()
    entered = []
    for row in sorted(found, key=lambda row: (row["day"], row["customer_id"], row["occasion"])):
        who, key = row["customer_id"], (row["customer_id"], row["occasion"])
        if key in had or (who in last and row["day"] - last[who] < rest):
            continue
        had.add(key)
        last[who] = row["day"]
        entered.append(row)
    return entered


@dataclass
class _Looking:
    """An automation that looks at days of the past, one after the other."""

    project: Project
    opened: Opened
    automation: Automation
    looks: Sequence[date]
    members: set[str] | None = None  # of its trigger's segment at the look before

    def found(self, report: Report) -> list[dict[str, Any]]:
        """All that happened, as each look finds it."""
        told: list[dict[str, Any]] = []
        alerts = self._openings()
        zone = self.opened.build.manifest.zone
        for done, day in enumerate(self.looks):
            report(f"{day}", done, len(self.looks))
            with pipeline.past(self.project, as_of=day, wanted=self._wanted) as past:
                tables = partial(self._table, past, day, alerts)
                rows = occasions.happened(self.automation, tables, as_of=day, zone=zone)
                if self._unless:
                    rows = rows.anti_join(self._holding(past, day, self._unless), "customer_id")
                told += rows.to_pyarrow().to_pylist()
        report("", len(self.looks), len(self.looks))
        return told

    @cached_property
    def _segment(self) -> SegmentMeaning | None:
        """The segment of which its trigger tells who came and went."""
        name = self.automation.answers.get("segment")
        if not name:
            return None
        found = meant.every(self.project, self.opened)
        if name in found.failed:
            raise found.failed[name]
        return SegmentMeaning(found.readable).only([name])

    @cached_property
    def _unless(self) -> SegmentMeaning | None:
        text = self.automation.unless
        return meant.meaning(self.project, self.opened, text) if text else None

    @cached_property
    def _wanted(self) -> list[str]:
        """The tables that must be made for each day."""
        conditions = filter(None, (self._segment, self._unless))
        named = {name for each in conditions for name in membership.needs(each.readable)}
        own = self.automation.happens.reads - {OPENINGS, _CHANGES, _MEMBERS}
        return sorted(name for name in own | named if not is_of_landing(name))

    def _table(self, past: PastRun, day: date, alerts: ir.Table, name: str) -> ir.Table:
        if name == OPENINGS:
            return alerts
        return self._moved(past, day) if name == _CHANGES else past.held(name)

    def _openings(self) -> ir.Table:
        """When the rule that it waits for would have opened alerts."""
        rule = self.automation.answers.get("rule")
        if not rule:
            return occasions.openings([])
        step = self.looks[1] - self.looks[0]
        (replay,) = alert_replay.replay(
            self.project, [rule], since=self.looks[0], until=self.looks[-1], step=step
        )
        rows = [
            {"rule": rule, "customer_id": each.subject, "day": each.opened, "is_open": each.closed is None}
            for each in replay.openings
            if each.subject_kind == CUSTOMER and each.opened > self.looks[0]
        ]
        return occasions.openings(rows)

    def _holding(self, past: PastRun, day: date, condition: SegmentMeaning) -> ir.Table:
        """The customers whom a condition meant on a day."""
        zone = self.opened.build.manifest.zone
        wide, columns = membership.marked(condition.readable, past.held, as_of=day, zone=zone)
        return wide.filter(wide[columns[condition.readable[-1].segment.name]]).select("customer_id")

    def _moved(self, past: PastRun, day: date) -> ir.Table:
        """Who has come into the segment, or left it, since the look before; at the first nobody has."""
        assert self._segment
        now = set(self._holding(past, day, self._segment).to_pyarrow()["customer_id"].to_pylist())
        before = now if self.members is None else self.members
        self.members = now
        moved = [("entry", who) for who in sorted(now - before)]
        moved += [("exit", who) for who in sorted(before - now)]
        name = self._segment.readable[-1].segment.name
        rows = [
            {"segment": name, "customer_id": who, "change": change, "cause": "customer", "day": day}
            for change, who in moved
        ]
        return ibis.memtable(pa.Table.from_pylist(rows, schema=_MOVED))


_MOVED = pa.schema(
    [
        ("segment", pa.string()), ("customer_id", pa.string()), ("change", pa.string()),
        ("cause", pa.string()), ("day", pa.date32()),
    ]
)  # fmt: skip
