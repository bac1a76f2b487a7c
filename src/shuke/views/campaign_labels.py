"""Campaign labels: how does a person say what became of a campaign?"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shuke import formats
from shuke.analyses.arm_figures import METRICS, VERDICTS
from shuke.analyses.campaign_arms import ARMS
from shuke.channels.callback import MessageEventKind
from shuke.engage.books import WithholdingReason
from shuke.engage.campaign import CampaignStatus
from shuke.engage.message_events import Reached
from shuke.languages import Text, _

__all__ = [
    "ARMS",
    "REACHED",
    "STATUSES",
    "VERDICTS",
    "WITHHELD",
    "beside",
    "beside_headings",
    "provable",
    "reached",
    "reached_counts",
    "result",
]

STATUSES: dict[str, Text] = {
    CampaignStatus.DRAFT: Text("draft", "草稿"),
    CampaignStatus.SUBMITTED: Text("waits for approval", "待审批"),
    CampaignStatus.SCHEDULED: Text("scheduled", "已排期"),
    CampaignStatus.SENDING: Text("being sent", "发送中"),
    CampaignStatus.DONE: Text("done", "已完成"),
    CampaignStatus.PAUSED: Text("paused", "已暂停"),
    CampaignStatus.CANCELLED: Text("cancelled", "已取消"),
}

WITHHELD: dict[str, Text] = {
    WithholdingReason.CANCELLED: Text("the campaign was cancelled", "活动已取消"),
    WithholdingReason.UNKNOWN: Text("no longer known", "客户已不存在"),
    WithholdingReason.ALREADY: Text("written to already", "已发送过"),
    WithholdingReason.HELD_OUT: Text("merged with somebody held out", "与对照组客户合并"),
    WithholdingReason.NO_CONSENT: Text("no consent", "未同意"),
    WithholdingReason.NO_ADDRESS: Text("no address", "无联系方式"),
    WithholdingReason.SUPPRESSED: Text("address not to be written to", "地址已停用"),
    WithholdingReason.COMPLAINT: Text("a complaint waits for an answer", "有投诉待答复"),
    WithholdingReason.CAPPED: Text("had enough messages lately", "近期消息已达上限"),
    WithholdingReason.OPTED_OUT: Text("opted out of automated choice", "已拒绝自动化决策"),
    WithholdingReason.SILENT: Text("silent for too long", "沉寂过久"),
}

REACHED = {
    MessageEventKind.DELIVERED: Text("Delivered", "已送达"),
    MessageEventKind.OPENED: Text("Opened", "已打开"),
    MessageEventKind.CLICKED: Text("Clicked", "已点击"),
    MessageEventKind.SOFT_BOUNCED: Text("Came back for now", "暂时退回"),
    MessageEventKind.BOUNCED: Text("Came back for good", "永久退回"),
    MessageEventKind.COMPLAINED: Text("Called spam", "被举报为垃圾邮件"),
    MessageEventKind.UNSUBSCRIBED: Text("Unsubscribed", "已退订"),
}


def reached_counts(reached: Reached) -> list[tuple[str, int]]:
    """What was told of messages, in words; what nobody told is left out."""
    told = ((word, getattr(reached, name)) for name, word in REACHED.items())
    return [(str(word), number) for word, number in told if number]


def reached(reached: Reached, sent: int) -> str:
    """What became of the messages of a campaign, in a sentence that one can repeat."""
    return _("Of {sent} messages {delivered} arrived, {opened} were opened and {clicked} followed.").format(
        sent=formats.number(sent), delivered=formats.number(reached.delivered),
        opened=formats.number(reached.opened), clicked=formats.number(reached.clicked),
    )  # fmt: skip


def result(row: Mapping[str, Any], *, currency: str) -> str:
    """One row of `campaign_results`, in a sentence that one can repeat."""
    if row["verdict"] == "too_few":
        return _("{figure}: too few customers to tell.").format(figure=_figure(row))
    if row["verdict"] == "imbalanced":
        return _("The arms are not of the sizes that were planned, so nothing can be told of the effect.")
    low, high = (_amount(row, row[name], currency) for name in ("adjusted_low", "adjusted_high"))
    told = {
        "more": _("{figure}: {lift} more than without the message ({low} to {high})."),
        "less": _("{figure}: {lift} less than without the message ({low} to {high})."),
        "unclear": _("{figure}: no effect that is beyond chance (between {low} and {high})."),
    }[str(row["verdict"])]
    lift = _amount(row, abs(row["adjusted"]), currency)
    return told.format(figure=_figure(row), lift=lift, low=low, high=high)


def beside_headings() -> list[str]:
    """What `beside` tells."""
    return [
        _("Figure"), _("Within reach"), _("Held out"), _("Difference"), _("at least"), _("at most"),
        _("Verdict"),
    ]  # fmt: skip


def beside(row: Mapping[str, Any], *, currency: str) -> list[str]:
    """One row of `holdout_results`: the figure, both sides, and how they differ, with the range."""
    told = [
        "" if row[name] is None else _amount(row, row[name], currency)
        for name in ("treated_mean", "control_mean", "adjusted", "adjusted_low", "adjusted_high")
    ]
    return [_figure(row), *told, str(VERDICTS[row["verdict"]])]


def provable(rise: float) -> str:
    """The least effect that so many customers would prove, of the share who buy."""
    points = formats.number(Decimal(str(round(100 * rise, 1))))
    return _("a rise of the share who buy by {points} points or more").format(points=points)


def _figure(row: Mapping[str, Any]) -> str:
    return str(METRICS[row["metric"]])


def _amount(row: Mapping[str, Any], value: float, currency: str) -> str:
    if row["metric"] == "buyers":
        return formats.share(value)
    if row["metric"] == "orders":
        return formats.number(Decimal(str(round(value, 3))), places=3)
    return formats.money(Decimal(str(round(value, 2))), currency)
