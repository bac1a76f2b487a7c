"""Automation: when this happens to a customer, what is done for them, after how long, and unless what?

when = { trigger = "due_to_buy" }
unless = "contacted(within => '14d')"

[[then]]
wait = "2d"
do = "message"
channel = "news"
content.en = { subject = "…", text = "…" }

[[then]]
wait = "3d"
do = "task"
title = "Call them"
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from shuke.engage.campaign import Campaign
from shuke.engage.content import Content
from shuke.engage.permission import MARKETING, SERVICE
from shuke.engage.quiet_hours import QuietHours
from shuke.engage.trigger import Trigger, triggers
from shuke.errors import WrongCall
from shuke.languages import N_, Language

_DURATION = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}

#: How many steps an automation may have.
MAX_STEPS = 20


class StepKind(StrEnum):
    """What a step does."""

    MESSAGE = "message"
    OFFER = "offer"  # a message that carries a coupon, in ready words unless it has its own
    TASK = "task"  # for a person
    WEBHOOK = "webhook"  # another program hears of it


class StepFields(NamedTuple):
    """What a step may say beside what it does and its wait, and of that what it must."""

    may: frozenset[str]
    must: frozenset[str]


_MESSAGE = frozenset({"channel", "content", "offer", "cost"})
STEP_FIELDS: Mapping[str, StepFields] = {
    StepKind.MESSAGE: StepFields(_MESSAGE, frozenset({"channel", "content"})),
    StepKind.OFFER: StepFields(_MESSAGE, frozenset({"channel", "offer"})),
    StepKind.TASK: StepFields(frozenset({"title", "assignee", "due_days"}), frozenset({"title"})),
    StepKind.WEBHOOK: StepFields(frozenset({"channel", "cost"}), frozenset({"channel"})),
}

_OFFERED: Mapping[Language, Content] = {
    "en": Content(
        subject="{{ company }}: a coupon for you", text="Your code: {{ coupon }}\n\n{{ unsubscribe }}"
    ),
    "zh": Content(subject="{{ company }}：送您一张优惠券", text="券码：{{ coupon }}\n\n{{ unsubscribe }}"),
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that is done, so long after the one before, or after the occasion."""

    do: StepKind
    wait: timedelta = timedelta()
    channel: str = ""
    content: Mapping[Language, Content] = field(default_factory=lambda: MappingProxyType({}))
    offer: int | None = None
    cost: str = "0"  # of one message or call
    title: str = ""  # what somebody is to do
    assignee: str = ""  # empty: who looks after the customer
    due_days: int = 1

    @property
    def writes(self) -> bool:
        """Whether a customer reads something of it."""
        return self.do in (StepKind.MESSAGE, StepKind.OFFER)

    def to_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"do": self.do.value, "wait": _written(self.wait)}
        for name in sorted(STEP_FIELDS[self.do].may - {"content"}):
            told[name] = getattr(self, name)
        if self.content:
            told["content"] = {
                language: {each.name: getattr(content, each.name) for each in fields(content)}
                for language, content in self.content.items()
            }
        return told


@dataclass(frozen=True, kw_only=True)
class Automation:
    """What an automation says.

    `answers` are what it says of its trigger, such as which segment. An occasion that began more than
    `max_age_days` days before a build is let pass. Nobody enters again within `cool_down_days`. Of several
    that would write to a customer on one day the one of the highest `priority` does, the others wait for the
    next; `limit` customers enter a day, the rest on the days after. The others are as in a `Campaign`, and
    hold for each message.
    """

    trigger: str
    answers: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    then: tuple[Step, ...]
    unless: str = ""
    max_age_days: int = 7
    cool_down_days: int = 30
    priority: int = 0
    limit: int | None = None
    purpose: str = MARKETING
    holdout: float = 0.05
    cap: int = 3
    cap_days: int = 7
    quiet: QuietHours | None = field(default_factory=QuietHours)
    silent_days: int | None = None

    def __post_init__(self) -> None:
        """Raises `WrongCall`."""
        if self.trigger not in triggers():
            raise WrongCall(
                N_("There is no trigger {name}. There are: {names}."),
                name=self.trigger, names=", ".join(sorted(triggers())),
            )  # fmt: skip
        self.happens.check(self.answers)
        if not 1 <= len(self.then) <= MAX_STEPS:
            raise WrongCall(N_("An automation has at least one step and at most {most}."), most=MAX_STEPS)
        for name, least in (("max_age_days", 0), ("cool_down_days", 0), ("limit", 1)):
            told = getattr(self, name)
            if told is not None and (not isinstance(told, int) or told < least):
                raise _wrong(name, told, str(least + 7))
        if not isinstance(self.priority, int):
            raise _wrong("priority", self.priority, "10")
        for number in range(len(self.then)):
            self.campaign(number)

    @property
    def happens(self) -> Trigger:
        return triggers()[self.trigger]

    @property
    def is_marketing(self) -> bool:
        return self.purpose != SERVICE

    def campaign(self, number: int | None = None) -> Campaign:
        """The campaign as which a step is sent, or as which the whole is proved; raises `WrongCall`."""
        sent = [step for step in self.then if step.writes]
        step = self.then[number] if number is not None else (sent or self.then)[0]
        content = step.content or (_OFFERED if step.do is StepKind.OFFER else _SILENT)
        return Campaign(
            audience=self.unless or self.trigger, channel=step.channel or step.do.value, content=content,
            purpose=self.purpose, holdout=self.holdout, cap=self.cap, cap_days=self.cap_days,
            quiet=self.quiet, silent_days=self.silent_days, cost=step.cost, offer=step.offer,
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        told = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in _OF_WHEN}
        told["when"] = {"trigger": self.trigger, **self.answers}
        told["then"] = [step.to_json() for step in self.then]
        told["quiet"] = self.quiet and [f"{self.quiet.begins:%H:%M}", f"{self.quiet.ends:%H:%M}"]
        return told

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Automation":
        """Raises `WrongCall` for what says something that no automation has."""
        known = {each.name for each in fields(cls)} - set(_OF_WHEN) | {"when"}
        for name in document:
            if name not in known:
                raise WrongCall(
                    N_("An automation has no {name}. It has: {names}."),
                    name=name, names=", ".join(sorted(known)),
                )  # fmt: skip
        when, then = document.get("when"), document.get("then")
        if isinstance(when, str):
            when = {"trigger": when}
        if not isinstance(when, Mapping) or not isinstance(when.get("trigger"), str):
            raise WrongCall(
                N_("The automation does not say when: {names}."),
                names=", ".join(f'when = "{name}"' for name in sorted(triggers())),
            )
        if not isinstance(then, list | tuple) or not then:
            raise WrongCall(N_("The automation does not say what is done then."))
        read: dict[str, Any] = {n: v for n, v in document.items() if n not in ("when", "then")}
        # A campaign reads what both have, such as quiet hours, and says what is wrong with it.
        if "quiet" in read:
            read["quiet"] = Campaign.from_json(_READ | {"quiet": read["quiet"]}).quiet
        try:
            return cls(
                trigger=when["trigger"], answers={n: v for n, v in when.items() if n != "trigger"},
                then=tuple(map(_step, then)), **read,
            )  # fmt: skip
        except TypeError:
            raise WrongCall(N_("The automation has a value of the wrong kind.")) from None


def is_automation(document: Mapping[str, Any]) -> bool:
    """Whether what was written of a campaign is that of an automation."""
    return "when" in document


_OF_WHEN = ("trigger", "answers")
_SILENT: Mapping[Language, Content] = {"en": Content(text="-")}  # nobody reads it: it opens a task or calls
_READ = {"audience": "-", "channel": "-", "content": {"en": {"text": "-"}}}


def _step(told: Any) -> Step:
    if not isinstance(told, Mapping) or told.get("do") not in list(StepKind):
        raise _wrong("do", told.get("do") if isinstance(told, Mapping) else told, ", ".join(StepKind))
    do = StepKind(told["do"])
    may, must = STEP_FIELDS[do]
    for name in told:
        if name not in may | {"do", "wait"}:
            raise WrongCall(
                N_("A step that does {do} has no {name}. It has: {names}."),
                do=do, name=name, names=", ".join(sorted(may | {"wait"})),
            )  # fmt: skip
    for name in sorted(must):
        if not told.get(name):
            raise WrongCall(N_("A step that does {do} needs {name}."), do=do, name=name)
    given = {n: told[n] for n in may & set(told) if n != "content" and told[n] is not None}
    days = given.get("due_days", 1)
    if not isinstance(days, int) or not 0 <= days <= 3650:
        raise _wrong("due_days", days, "2")
    for name in ("channel", "title", "assignee"):
        if not isinstance(given.get(name, ""), str):
            raise _wrong(name, given[name], '"…"')
    step = Step(do=do, wait=duration(told.get("wait") or "0d"), **given)
    if told.get("content"):
        content = Campaign.from_json(_READ | {"content": told["content"]}).content
        return replace(step, content=content)
    return step


def duration(text: Any) -> timedelta:
    """'4h', '2d', '1w'; raises `WrongCall`."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise _wrong("wait", text, "4h, 2d, 1w")
    return int(found[1]) * _UNITS[found[2]]


def _written(wait: timedelta) -> str:
    hours = int(wait / timedelta(hours=1))
    return f"{hours}h" if hours % 24 else f"{hours // 24}d"


def _wrong(name: str, value: object, accepted: str) -> WrongCall:
    return WrongCall(
        N_("{name} = {value} cannot be used. Accepted, for example: {accepted}."),
        name=name, value=value, accepted=accepted,
    )  # fmt: skip
