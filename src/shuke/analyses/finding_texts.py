"""Finding texts: how does one say what was found, so that a manager can act on it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shuke import formats
from shuke.analyses.customer_measures import WORDS, CustomerMeasure
from shuke.analyses.subgroup_search import Finding
from shuke.languages import Text

UNITS: dict[str, Text] = {
    "currency": Text("money", "金额"), "count": Text("number", "数量"), "share": Text("share", "比例"),
    "flag": Text("share of customers", "客户比例"),
}  # fmt: skip

ACTIONS: dict[str, Text] = {
    "feature": Text("lead with it when you write to them", "与其联系时优先推介"),
    "ask_why_not": Text("ask them why they do not buy it", "询问他们为何不买"),
    "win_more": Text("win more customers like these", "争取更多此类客户"),
    "ask_needs": Text("ask them what they miss with us", "询问他们还缺什么"),
    "mend": Text("find out why, and mend it", "查明原因并改进"),
    "learn": Text("find out what is done right here", "找出做得好的地方"),
}


def action(measure: CustomerMeasure, *, higher: bool) -> str:
    """The code of what a finding suggests, by whether more of the figure is good news."""
    if measure.good is None:
        return "feature" if higher else "ask_why_not"
    if measure.unit in ("flag", "share"):
        return "learn" if higher is measure.good else "mend"
    return "win_more" if higher is measure.good else "ask_needs"


@dataclass(frozen=True)
class FindingText:
    """A group and the one within which it is compared, in words."""

    group: Text
    within: Text | None

    def sentence(
        self, measure: CustomerMeasure, value: float, others: float, half: float, currency: str
    ) -> Text:
        """What a group has, what the others have, and between which ends the difference lies."""
        here, there = (_figure(measure, each, currency) for each in (value, others))
        ends = sorted((abs(value - others) - half, abs(value - others) + half))
        low, high = (_distance(measure, each, currency) for each in ends)
        more = Text("more", "高") if value > others else Text("less", "低")
        rest = Text("all others", "其余客户")
        if self.within:
            rest = Text(f"the others of {self.within.en}", f"「{self.within.zh}」的其余客户")
        points = Text(" points", " 个百分点") if measure.unit in ("flag", "share") else Text("", "")
        return Text(
            f"{self.group.en}: {measure.title.en} is {here.en}, of {rest.en} {there.en} "
            f"({low.en} to {high.en}{points.en} {more.en}).",
            f"{self.group.zh}：{measure.title.zh}为 {here.zh}，{rest.zh}为 {there.zh}"
            f"（{more.zh} {low.zh} 至 {high.zh}{points.zh}）。",
        )


def in_words(
    finding: Finding, titles: Mapping[str, Text], values: Mapping[str, Sequence[str]]
) -> FindingText:
    return FindingText(
        _named(finding.group, titles, values),
        _named(finding.within, titles, values) if finding.within else None,
    )


def _named(
    group: Sequence[tuple[str, int]], titles: Mapping[str, Text], values: Mapping[str, Sequence[str]]
) -> Text:
    words = [(titles[name], values[name][value]) for name, value in group]
    spoken = [(title, WORDS.get(value, Text(value, value))) for title, value in words]
    english = ", ".join(f"{title.en.lower()} {value.en}" for title, value in spoken)
    return Text(
        english[:1].upper() + english[1:],
        "，".join(f"{title.zh}「{value.zh}」" for title, value in spoken),
    )


def _figure(measure: CustomerMeasure, value: float, currency: str) -> Text:
    if measure.unit == "currency":
        return formats.amount(value, currency)
    written = f"{value:.1%}" if measure.unit in ("flag", "share") else f"{value:,.2f}"
    return Text(written, written)


def _distance(measure: CustomerMeasure, value: float, currency: str) -> Text:
    if measure.unit in ("flag", "share"):
        return Text(f"{value * 100:.1f}", f"{value * 100:.1f}")
    return _figure(measure, value, currency)
