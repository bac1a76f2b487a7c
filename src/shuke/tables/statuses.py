"""Statuses: which words tell where a customer stands with us?

The one vocabulary of `lifecycle`, which works them out; whoever asks whether somebody is gone reads them there.
"""

from shuke.languages import Text
from shuke.tables.column import Column, Type

#: In the order in which somebody may go through them.
STATUSES: dict[str, Text] = {
    "prospect": Text("Prospect", "潜在客户"),
    "new": Text("New", "新客户"),
    "active": Text("Active", "活跃"),
    "returned": Text("Returned", "回归"),
    "contract": Text("Under contract", "合同期内"),
    "due": Text("Due", "该回购"),
    "overdue": Text("Overdue", "逾期未购"),
    "lost": Text("Lost", "流失"),
    "unknown": Text("Not known", "不明"),
}

#: Of these nobody doubts that they are customers today.
ACTIVE = ("new", "active", "returned", "contract", "due")

#: All who ever were customers.
EVER = (*ACTIVE, "overdue", "lost", "unknown")

LOST, OVERDUE, CONTRACT = "lost", "overdue", "contract"

#: How likely somebody stays away, and for how long: one chance, whoever shows it.
GONE = Column(
    "gone",
    Type.NUMBER,
    Text("Chance of staying away in the days ahead", "判断期内不再来的概率"),
    unit="share",
)
DAYS_AHEAD = Column("horizon_days", Type.INTEGER, Text("Days ahead", "判断期天数"), unit="day")
