"""Rule setting labels: how does a person say what holds for a rule that warns?"""

from shuke import formats
from shuke.languages import Text, _
from shuke.views.rule_settings import RuleSummary

SETTERS = {
    "door": Text("set here", "在此设置"),
    "file": Text("the file shuke.toml", "设置文件 shuke.toml"),
    "rule": Text("the rule itself", "规则默认"),
}


def reminder(rule: RuleSummary) -> str:
    """Who is reminded when of what nobody has taken care of, in a sentence."""
    if rule.remind_days == 0 or rule.remind_times == 0:
        return _("Nobody is reminded of its alerts.")
    days = rule.remind_days and formats.number(rule.remind_days)
    times = rule.remind_times and formats.number(rule.remind_times)
    if days and times:
        return _("Reminded every {days} days, {times} times at most.").format(days=days, times=times)
    if days:
        return _("Reminded every {days} days until somebody takes care of it.").format(days=days)
    if times:
        return _("Reminded when the notice says so, {times} times at most.").format(times=times)
    return _("Reminded when the notice says so.")
