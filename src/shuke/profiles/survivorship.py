"""Survivorship: of several values that were said, which one holds, for how long, and for what reason?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from shuke.errors import WrongSettings
from shuke.languages import N_, Text
from shuke.tables import CANONICAL, Type

#: Identifiers that are facts about a customer as well: how to reach them.
CONTACTS = ("email", "phone")

STATED = tuple(c for c in CANONICAL["people"].columns if c.name not in ("record_id", "channel"))
ATTRIBUTES = (*(c.name for c in STATED), *CONTACTS)

#: The attributes that are days, so that one can be the earliest.
DAYS = tuple(c.name for c in STATED if c.type is Type.DATE)

#: The ways to choose between the believed values of an attribute.
RULES: dict[str, Text] = {
    "most_recent": Text("Said most recently", "最近提供"),
    "most_trusted": Text("From the most trusted source", "来自最受信任的来源"),
    "most_complete": Text("The most complete", "内容最完整"),
    "majority": Text("Most sources say so", "多数来源一致"),
    "earliest": Text("The earliest", "日期最早"),
}

#: Why a value stands in the golden record, or does not.
REASONS: dict[str, Text] = {
    **RULES,
    "only": Text("Nobody says otherwise", "没有不同说法"),
    "agrees": Text("Says the same", "与采用值一致"),
    "expired": Text("Expired", "已过期"),
    "masked": Text("Shows only a part", "仅显示部分内容"),
    "outvoted": Text("Fewer sources say so", "较少来源如此提供"),
    "less_trusted": Text("From a less trusted source", "来源信任度较低"),
    "less_complete": Text("Less complete", "内容不够完整"),
    "later": Text("A later day", "日期较晚"),
    "older": Text("Said earlier", "提供时间较早"),
    "tied": Text("As good; one had to be chosen", "条件相同，只能择一"),
}

#: What a value was under each rule when it lost by it.
LOSSES = {
    "majority": "outvoted",
    "most_trusted": "less_trusted",
    "most_complete": "less_complete",
    "earliest": "later",
}

USUAL = "most_recent"

#: What people do not change and sources misread: the voice of most counts. All else: the most recent.
DEFAULT_RULES: Mapping[str, str] = {
    **dict.fromkeys(
        ("kind", "name", "given_name", "family_name", "organisation", "gender", "birth_date"), "majority"
    ),
    "since": "earliest",
}

#: What becomes untrue little by little, as people move house and post; all else is believed until it expires.
FADING = ("country", "region", "city", "district", "postcode", "address", "address_more", "house", "job")

_SOURCES = '["erp", "members"]'

#: Written in place of a number of days.
NEVER = "never"

SourceOrder = tuple[str | None, str]
"""(source, attribute); no source: of every source that is not named itself"""


@dataclass(frozen=True, kw_only=True)
class Survivorship:
    """What a company decided on its facts, completed with what is usual."""

    rules: Mapping[str, str]  # of every attribute
    trusted: tuple[str, ...]  # sources, the most trusted first
    ttl: Mapping[SourceOrder, int | None]  # days for which a fact is believed; None: for ever
    half_life: Mapping[SourceOrder, int | None]  # days in which a fact that fades becomes half as fresh

    def ruled(self, rule: str) -> list[str]:
        """The attributes that a rule decides."""
        return [name for name, its in self.rules.items() if its == rule]

    @property
    def sources(self) -> set[str]:
        """The sources that are named."""
        named = (source for source, _ in (*self.ttl, *self.half_life))
        return {*self.trusted, *(source for source in named if source)}

    def check_sources(self, known: Collection[str]) -> None:
        """Refuse sources that never sent anything; raises `WrongSettings`."""
        for unknown in sorted(self.sources - set(known)):
            raise _wrong("trusted, lives", "source", unknown, sorted(known))


def decided(
    rules: Mapping[str, str],
    trusted: Collection[str],
    ttl: Mapping[str, Any],
    half_life: Mapping[str, Any],
) -> Survivorship:
    """Read what stands in shuke.toml; raises `WrongSettings` for what means nothing.

    decided({"address": "most_trusted"}, ("erp", "members"), {"survey.plan": 90, "job": "never"}, {})
    """
    for attribute, rule in rules.items():
        _known("rules", attribute)
        accepted = [name for name in RULES if name != "earliest" or attribute in DAYS]
        if rule not in accepted:
            raise _wrong("rules", attribute, rule, accepted)
    if isinstance(trusted, str) or not all(isinstance(source, str) for source in trusted):
        raise _wrong("trusted", "trusted", trusted, [_SOURCES])
    if "most_trusted" in rules.values() and not trusted:
        raise _wrong("trusted", "trusted", [], [_SOURCES])
    own = _days("ttl", ttl)
    usual: dict[SourceOrder, int | None] = {(None, c.name): c.ttl.days for c in STATED if c.ttl}
    fading = {
        whose: max(days // 2, 1) for whose, days in {**usual, **own}.items() if days and whose[1] in FADING
    }
    halves = _days("half_life", half_life)
    return Survivorship(
        rules=dict.fromkeys(ATTRIBUTES, USUAL) | dict(DEFAULT_RULES) | dict(rules),
        trusted=tuple(trusted), ttl={**usual, **own}, half_life={**fading, **halves},
    )  # fmt: skip


def _days(question: str, written: Mapping[str, Any]) -> dict[SourceOrder, int | None]:
    """Days by source and attribute; `survey.plan = 90` may be written with or without quotation marks."""
    flat: dict[str, Any] = {}
    for name, value in written.items():
        inner = value if isinstance(value, Mapping) else {}
        flat |= {f"{name}.{key}": days for key, days in inner.items()} if inner else {name: value}
    for name, value in flat.items():
        _known(question, name.rpartition(".")[2])
        if value != NEVER and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise _wrong(question, name, value, ["90", f'"{NEVER}"'])
    return {_whose(name): None if value == NEVER else value for name, value in flat.items()}


def _whose(name: str) -> SourceOrder:
    source, _, attribute = name.rpartition(".")
    return source or None, attribute


def _known(question: str, attribute: str) -> None:
    if attribute not in ATTRIBUTES:
        raise _wrong(question, "attribute", attribute, ATTRIBUTES)


def _wrong(question: str, key: str, value: object, accepted: Collection[str]) -> WrongSettings:
    return WrongSettings(
        N_("{file}: [tables.facts] {question}: {key} = {value} cannot be used. Accepted: {accepted}."),
        file="shuke.toml", question=question, key=key, value=repr(value), accepted=", ".join(accepted),
    )  # fmt: skip
