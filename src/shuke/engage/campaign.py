"""Campaign: who is told what, by which way, when, and how is it to be proved?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, get_args

from shuke.engage.content import Content
from shuke.engage.permission import MARKETING, SERVICE
from shuke.engage.quiet_hours import QuietHours
from shuke.errors import WrongCall
from shuke.languages import N_, Language

_MOMENT = "2026-12-01T09:00+08:00"


class CampaignStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits for a second person
    SCHEDULED = "scheduled"  # begins at its time
    SENDING = "sending"
    DONE = "done"  # every message is in the books
    PAUSED = "paused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """What a campaign says; `audience` is a condition as segments have it, such as `in_segment('vip')`.

    Shares are parts of one. `cap` is how many marketing messages a customer gets in `cap_days`, those of all
    campaigns together; whoever has had them is left out. `silent_days`: leave out who has not bought for so
    long.
    """

    audience: str
    channel: str
    content: Mapping[Language, Content]
    purpose: str = MARKETING
    starts: datetime | None = None  # aware; none: when it is begun
    open_until: datetime | None = None  # aware; none: nobody who comes to the audience later is taken in
    holdout: float = 0.05
    cap: int = 3
    cap_days: int = 7
    quiet: QuietHours | None = field(default_factory=QuietHours)
    silent_days: int | None = None
    cost: str = "0"  # of one message, in the company's currency
    offer: int | None = None  # whose coupons the messages carry, one for each customer

    def __post_init__(self) -> None:
        """Raises `WrongCall`."""
        if not self.audience.strip():
            raise WrongCall(N_("The campaign does not say whom it addresses."))
        if not self.content:
            raise WrongCall(N_("The message has no text."))
        for language, content in self.content.items():
            if language not in get_args(Language):
                raise _wrong("content", language, ", ".join(get_args(Language)))
            content.check()
        if not 0 <= self.holdout < 1:
            raise _wrong("holdout", self.holdout, "0.05")
        if not _is_amount(self.cost):
            raise _wrong("cost", self.cost, "0.05")
        if self.cap < 1 or self.cap_days < 1:
            raise _wrong("cap", self.cap, "3")
        if self.purpose not in (MARKETING, SERVICE):
            raise _wrong("purpose", self.purpose, f"{MARKETING}, {SERVICE}")
        for name, moment in (("starts", self.starts), ("open_until", self.open_until)):
            if moment and moment.tzinfo is None:
                raise _wrong(name, moment, _MOMENT)
        if self.starts and self.open_until and self.open_until <= self.starts:
            raise WrongCall(N_("The campaign would take in nobody: open_until is not after starts."))

    @property
    def is_marketing(self) -> bool:
        return self.purpose != SERVICE

    def is_open(self, now: datetime) -> bool:
        """Whether who comes to the audience by now is taken in as well."""
        return self.open_until is not None and now < self.open_until

    @property
    def share_held_out(self) -> float:
        """What a customer bought or asked for is kept from nobody."""
        return self.holdout if self.is_marketing else 0.0

    def content_in(self, language: Language) -> tuple[Language, Content]:
        """What is said to who reads that language, or else what is said at all."""
        if language in self.content:
            return language, self.content[language]
        return next(iter(self.content.items()))

    def to_json(self) -> dict[str, Any]:
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        told["content"] = {
            language: {each.name: getattr(content, each.name) for each in fields(content)}
            for language, content in self.content.items()
        }
        for name in ("starts", "open_until"):
            told[name] = told[name] and told[name].isoformat()
        told["quiet"] = self.quiet and [f"{self.quiet.begins:%H:%M}", f"{self.quiet.ends:%H:%M}"]
        return told

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Campaign":
        """Raises `WrongCall` for what says something that no campaign has."""
        known = {each.name for each in fields(cls)}
        for name in document:
            if name not in known:
                raise WrongCall(
                    N_("A campaign has no {name}. It has: {names}."),
                    name=name,
                    names=", ".join(sorted(known)),
                )
        for needed in ("audience", "channel", "content"):
            if not document.get(needed):
                raise WrongCall(N_("The campaign lacks {name}."), name=needed)
        read: dict[str, Any] = dict(document)
        read["content"] = _content(document["content"])
        for name in ("starts", "open_until"):
            read[name] = _moment(name, document.get(name))
        if "quiet" in document:
            read["quiet"] = _quiet(document["quiet"])
        try:
            return cls(**read)
        except TypeError:
            raise WrongCall(N_("The campaign has a value of the wrong kind.")) from None


def _is_amount(told: object) -> bool:
    try:
        return Decimal(str(told)).is_finite() and Decimal(str(told)) >= 0
    except InvalidOperation:
        return False


def _content(told: Any) -> dict[Language, Content]:
    names = {each.name for each in fields(Content)}
    if not isinstance(told, Mapping) or not all(isinstance(each, Mapping) for each in told.values()):
        raise _wrong("content", type(told).__name__, 'content.en = {subject = "…", text = "…"}')
    for each in told.values():
        for name, value in each.items():
            if name not in names or not isinstance(value, str):
                raise _wrong("content", name, ", ".join(sorted(names)))
    return {language: Content(**{"text": "", **each}) for language, each in told.items()}


def _moment(name: str, told: Any) -> datetime | None:
    if not told:
        return None
    try:
        moment = told if isinstance(told, datetime) else datetime.fromisoformat(told)
    except (TypeError, ValueError):
        raise _wrong(name, told, _MOMENT) from None
    if moment.tzinfo is None:
        raise _wrong(name, told, _MOMENT)
    return moment.astimezone(UTC)


def _quiet(told: Any) -> QuietHours | None:
    if not told:
        return None
    try:
        begins, ends = (time.fromisoformat(each) for each in told)
    except (TypeError, ValueError):
        raise _wrong("quiet", told, '["21:00", "08:00"]') from None
    return QuietHours(begins=begins, ends=ends)


def _wrong(name: str, value: object, accepted: str) -> WrongCall:
    return WrongCall(
        N_("{name} = {value} cannot be used. Accepted, for example: {accepted}."),
        name=name, value=value, accepted=accepted,
    )  # fmt: skip
