"""Task labels: how does a person say how a task stands, and where it comes from?"""

from shuke import formats
from shuke.engage.tasks import Origin, TaskStatus
from shuke.languages import Text, _
from shuke.views.campaign_labels import WITHHELD

STATUSES: dict[str, Text] = {
    TaskStatus.OPEN: Text("open", "待办"),
    TaskStatus.DONE: Text("done", "已完成"),
    TaskStatus.DROPPED: Text("dropped", "已放弃"),
}

ORIGINS: dict[str, Text] = {
    Origin.PERSON: Text("a person", "人工"),
    Origin.AUTOMATION: Text("an automation", "自动化"),
    Origin.ALERT: Text("an alert", "预警"),
}


def left_out(reason: str, number: int) -> str:
    """How many are not on a call list, and why."""
    return _("Left out: {number} ({reason})").format(number=formats.number(number), reason=WITHHELD[reason])
