"""Automation steps: what is done when a step of an automation is due, and is it still to be done?

Whether it is on, whom the customer has become, whether it is still the case, and whom the automation excepts
is asked at the moment of acting; what keeps back a message (consent, caps, quiet hours…) by what sends it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from zoneinfo import ZoneInfo

import ibis.expr.types as ir
import sqlalchemy as sa

from shuke.actions import assignments
from shuke.actions import occasions as entering
from shuke.actions.messages import Sending, written
from shuke.actions.work import Books, Each, Kind, Later
from shuke.analyses.campaign_arms import CONTROL, GLOBAL
from shuke.app import Opened, Project
from shuke.channels.message import Message
from shuke.channels.opened import open_channel
from shuke.engage import books, campaigns, occasions, tasks
from shuke.engage.automation import Automation, Step, StepKind
from shuke.engage.books import MessageStatus, WithholdingReason
from shuke.engage.campaign import CampaignStatus
from shuke.engage.campaigns import Standing
from shuke.engage.occasions import STEP, EndReason, Entered, Outcome
from shuke.engage.permission import is_permitted
from shuke.engage.tasks import NewTask, Origin
from shuke.periods import day_begin
from shuke.store.due_work import Due
from shuke.views import care
from shuke.views import occasions as view
from shuke.views.recipients import Recipient

#: How long a step of an automation that was paused waits before it is asked about again.
_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class _Turn:
    """A step whose time has come."""

    due: Due
    standing: Standing
    automation: Automation  # in the version by which the customer entered
    entry: Entered
    recipient: Recipient

    @property
    def number(self) -> int:
        return int(self.due.payload["step"])

    @property
    def step(self) -> Step:
        return self.automation.then[self.number]

    @property
    def of_step(self) -> Standing:
        """The automation as the campaign that this step sends."""
        return replace(self.standing, campaign=self.automation.campaign(self.number))


@dataclass(frozen=True)
class _Case:
    """Of the customers of some steps: whom the automation excepts, and for whom it is still the case."""

    excepted: frozenset[str]
    lasting: frozenset[str] | None  # none: it is not asked
    occasions: bool  # whether it lasts for each occasion apart

    def over(self, customer_id: str, occasion: str) -> EndReason | None:
        if customer_id in self.excepted:
            return EndReason.UNLESS
        key = f"{customer_id}:{occasion}" if self.occasions else customer_id
        return None if self.lasting is None or key in self.lasting else EndReason.OVER


@dataclass
class _Acting:
    """The steps that one worker has taken, with what they need looked up at once."""

    project: Project
    taken: Sequence[Due]
    now: datetime
    cases: dict[tuple[int, int], _Case] = field(default_factory=dict)

    def one(self, due: Due, now: datetime) -> Books:
        with self.project.operations.reading() as connection:
            standing = campaigns.by_id(connection, due.payload["campaign"])
            automation = campaigns.automation_as_of(connection, standing.id, due.payload["version"])
            mine = occasions.of_customer(connection, [due.payload["customer"]])
        entry = next(e for e in mine if (e.campaign_id, e.occasion) == (standing.id, due.payload["occasion"]))
        number = int(due.payload["step"])
        if standing.status is CampaignStatus.CANCELLED:
            return _ended(entry, number, WithholdingReason.CANCELLED, now)
        if standing.status is not CampaignStatus.SENDING or self._opened.build.manifest.looks_back:
            raise Later(now + _PAUSE)
        recipient = self._sending.recipients.get(entry.customer_id)
        if recipient is None:
            return _ended(entry, number, WithholdingReason.UNKNOWN, now)
        turn = _Turn(due=due, standing=standing, automation=automation, entry=entry, recipient=recipient)
        if reason := self._over(turn):
            return _ended(entry, number, reason, now)
        if turn.step.writes and (later := self._another_day(turn, now)):
            raise Later(later)
        return _DEEDS[turn.step.do](self, turn, now)

    def message(self, turn: _Turn, now: datetime) -> Books:
        sent = self._sending.send(turn.of_step, turn.due, now, step_key=turn.due.key)
        return _both(sent, _done(turn, now))

    def task(self, turn: _Turn, now: datetime) -> Books:
        today = now.astimezone(ZoneInfo(self.project.settings.zone)).date()
        new = NewTask(
            customer_id=turn.recipient.customer_id, title=turn.step.title,
            due_on=today + timedelta(days=turn.step.due_days), origin=Origin.AUTOMATION,
            origin_name=turn.standing.name, key=turn.due.key,
            assignee=turn.step.assignee or care.contact(self.project, turn.recipient.customer_id),
        )  # fmt: skip

        def opening(connection: sa.Connection) -> None:
            tasks.open_new(connection, new, who=None, now=now)
            assignments.plan(connection, self.project.settings, [new.assignee], now=now)

        return _both(opening, _done(turn, now))

    def webhook(self, turn: _Turn, now: datetime) -> Books:
        """Another program hears of it; of who has not agreed to marketing only where it is no marketing."""
        channel = open_channel(self.project.settings.channels, turn.step.channel)
        with self.project.operations.reading() as connection:
            said = books.statements(connection, turn.recipient.issued)
        purpose = turn.automation.purpose
        if not is_permitted((*turn.recipient.consents, *said), purpose=purpose, channel=channel.consent):
            return _done(turn, now, Outcome.LEFT_OUT, WithholdingReason.NO_CONSENT)
        facts = {
            "automation": turn.standing.name, "trigger": turn.automation.trigger, "step": turn.number + 1,
            "occasion": turn.entry.occasion, "customer_id": turn.recipient.customer_id,
        }  # fmt: skip
        channel.send(Message(key=turn.due.key, is_marketing=turn.automation.is_marketing, facts=facts))
        return _done(turn, now)

    def _over(self, turn: _Turn) -> str | None:
        """Why nothing more is done for them on this occasion; none where it is to be done."""
        issued, mine = turn.recipient.issued, turn.entry
        with self.project.operations.reading() as connection:
            past = books.past(connection, issued, campaign_id=turn.standing.id, since=mine.at)
            entries = occasions.of_customer(connection, issued)
        if past.arms & {CONTROL, GLOBAL}:
            return WithholdingReason.HELD_OUT
        others = [e for e in entries if e.campaign_id == mine.campaign_id and e.id < mine.id]
        rest = mine.at - timedelta(days=turn.automation.cool_down_days)
        if any(e.occasion == mine.occasion or e.at > rest for e in others):
            return WithholdingReason.ALREADY  # two who have become one since they entered
        return self._case(turn).over(turn.recipient.customer_id, mine.occasion)

    def _case(self, turn: _Turn) -> _Case:
        key = (turn.standing.id, turn.entry.version)
        if key not in self.cases:
            self.cases[key] = self._looked_up(turn.automation, turn.standing.name)
        return self.cases[key]

    def _looked_up(self, automation: Automation, name: str) -> _Case:
        opened = self._opened
        people = view.named({each.customer_id for each in self._sending.recipients.values()})
        excepted: frozenset[str] = frozenset()
        if automation.unless:
            found = view.excepted(self.project, opened, automation, name=name)
            excepted = _ids(found.semi_join(people, "customer_id").customer_id)
        manifest = opened.build.manifest
        lasting = automation.happens.lasting(
            view.of_build(self.project, opened), automation.answers, as_of=manifest.as_of,
            zone=manifest.zone,
        )  # fmt: skip
        if lasting is None:
            return _Case(excepted, None, occasions=False)
        theirs = lasting.semi_join(people, "customer_id")
        apart = "occasion" in theirs.columns
        told = theirs.customer_id + ":" + theirs.occasion if apart else theirs.customer_id
        return _Case(excepted, _ids(told), occasions=apart)

    def _another_day(self, turn: _Turn, now: datetime) -> datetime | None:
        """The next morning where another automation writes to them today: it did, or it goes before."""
        zone = self.project.settings.zone
        today = now.astimezone(ZoneInfo(zone)).date()
        tomorrow = day_begin(today + timedelta(days=1), zone)
        with self.project.operations.reading() as connection:
            entries = occasions.of_customer(connection, turn.recipient.issued)
            others = [e for e in entries if e.campaign_id != turn.standing.id]
            if not others:
                return None
            wrote = books.wrote_since(connection, turn.recipient.issued, day_begin(today, zone))
            if wrote & {e.campaign_id for e in others}:
                return tomorrow
            first = [e for e in others if _goes_before(campaigns.by_id(connection, e.campaign_id), turn)]
            waits = occasions.awaited(connection, first).values()
        return tomorrow if any(due_at < tomorrow for _, due_at in waits) else None

    @cached_property
    def _opened(self) -> Opened:
        return self.project.open()

    @cached_property
    def _sending(self) -> Sending:
        return Sending(self.project, self.taken)


_DEEDS: Mapping[StepKind, Callable[[_Acting, _Turn, datetime], Books]] = {
    StepKind.MESSAGE: _Acting.message,
    StepKind.OFFER: _Acting.message,
    StepKind.TASK: _Acting.task,
    StepKind.WEBHOOK: _Acting.webhook,
}


def _goes_before(other: Standing, turn: _Turn) -> bool:
    if other.automation is None or other.status is not CampaignStatus.SENDING:
        return False
    return other.automation.priority > turn.automation.priority


def _ids(column: ir.Value) -> frozenset[str]:
    return frozenset(column.to_pyarrow().to_pylist())


def _both(one: Callable[[sa.Connection], object], other: Books) -> Books:
    def write(connection: sa.Connection) -> None:
        one(connection)
        other(connection)

    return write


def _done(turn: _Turn, now: datetime, outcome: Outcome = Outcome.DONE, reason: str | None = None) -> Books:
    """A step has ended, and the next one waits."""
    return partial(_next, automation=turn.automation, entry=turn.entry, step=turn.number, outcome=outcome,
        reason=reason, now=now)  # fmt: skip


def _next(
    connection: sa.Connection,
    *,
    automation: Automation,
    entry: Entered,
    step: int,
    outcome: Outcome,
    now: datetime,
    reason: str | None = None,
) -> None:
    occasions.end_step(connection, entry, step, outcome, now=now, reason=reason)
    if step + 1 < len(automation.then):
        entering.plan_step(connection, entry, step + 1, due_at=now + automation.then[step + 1].wait, now=now)


def _ended(entry: Entered, step: int, reason: str, now: datetime) -> Books:
    """Nothing more is done for them on this occasion."""
    return lambda connection: occasions.end_step(
        connection, entry, step, Outcome.ENDED, now=now, reason=reason
    )


def _open(project: Project, taken: Sequence[Due], now: datetime) -> Each:
    return _Acting(project, taken, now).one


def _give_up(connection: sa.Connection, due: Due, why: str, now: datetime) -> None:
    """It was refused, or could not be done for two days; the next step is done all the same."""
    standing = campaigns.by_id(connection, due.payload["campaign"])
    automation = campaigns.automation_as_of(connection, standing.id, due.payload["version"])
    mine = occasions.of_customer(connection, [due.payload["customer"]])
    entry = next(e for e in mine if (e.campaign_id, e.occasion) == (standing.id, due.payload["occasion"]))
    step = int(due.payload["step"])
    if automation.then[step].writes:
        of_step = replace(standing, campaign=automation.campaign(step))
        written(of_step, due, MessageStatus.REFUSED, now, reason=why)(connection)
    _next(
        connection, automation=automation, entry=entry, step=step, outcome=Outcome.FAILED, reason=why,
        now=now,
    )  # fmt: skip


KIND = Kind(STEP, _open, _give_up)
