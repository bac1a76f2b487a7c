"""Automation labels: how does a person say how an automation stands, and what became of a step?"""

from shuke import formats
from shuke.engage.automation import StepKind, duration
from shuke.engage.campaign import CampaignStatus
from shuke.engage.occasions import EndReason, Outcome
from shuke.languages import Text, _
from shuke.views.automation_runs import EndedStep
from shuke.views.automations import StepResult
from shuke.views.campaign_labels import WITHHELD

STATUSES: dict[str, Text] = {
    CampaignStatus.DRAFT: Text("off", "未启用"),
    CampaignStatus.SUBMITTED: Text("waits for approval", "待审批"),
    CampaignStatus.SENDING: Text("on", "已启用"),
    CampaignStatus.PAUSED: Text("paused", "已暂停"),
    CampaignStatus.CANCELLED: Text("ended", "已结束"),
}

DEEDS: dict[str, Text] = {
    StepKind.MESSAGE: Text("send a message", "发送消息"),
    StepKind.OFFER: Text("give a coupon", "发放优惠券"),
    StepKind.TASK: Text("open a task", "创建任务"),
    StepKind.WEBHOOK: Text("call a webhook", "调用 Webhook"),
}

OUTCOMES: dict[str, Text] = {
    Outcome.DONE: Text("done", "已执行"),
    Outcome.LEFT_OUT: Text("left out", "已跳过"),
    Outcome.ENDED: Text("nothing more done", "终止"),
    Outcome.FAILED: Text("failed", "失败"),
}

ENDED: dict[str, Text] = {
    EndReason.UNLESS: Text("excepted by then", "届时符合排除条件"),
    EndReason.OVER: Text("not the case any more", "情况已不再成立"),
}


def step(each: StepResult) -> str:
    """What became of a step, and why."""
    return _("Step {number}: {outcome}").format(number=each.step, outcome=outcome(each))


def outcome(each: StepResult | EndedStep) -> str:
    """What became of it, and why."""
    told = str(OUTCOMES[each.outcome])
    if not each.reason or each.outcome == Outcome.FAILED:
        return told
    return f"{told} ({reason(each.reason)})"


def after(wait: str) -> str:
    """How long a step waits, as it is written: at once, after 2 days."""
    waits = duration(wait)
    return _("after {duration}").format(duration=formats.duration(waits)) if waits else _("at once")


def reason(name: str) -> str:
    """Why something was not done."""
    return str({**WITHHELD, **ENDED}.get(name, name))
