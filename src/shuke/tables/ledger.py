"""Ledger: what have people and builds decided about who is who, so that the next build knows it?

These tables land under source `shuke`; nobody else may write them.
"""

from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Column, Type

DECISIONS = Canonical(
    "decisions",
    Text("Decisions about identity", "身份裁定"),
    key=("decision", "side", "record"),
    required=("decision", "side", "record", "verb"),
    subject="record",
    note=Text(
        "One row per decision of a person and record named in it; withdrawn when the decision is undone.",
        "每项人工裁定涉及的每条记录一行；裁定撤销后即撤回。"),
    columns=(
        Column("decision", Type.INTEGER, Text("Decision", "裁定编号")),
        Column("verb", Type.TEXT, Text("Verdict", "裁定"), note=Text(
            "`same`: one customer. `different`: never the same. `split`: each side is one customer, and the two differ.",
            "`same` 同一客户；`different` 永非同一客户；`split` 拆分为两个客户。")),
        Column("side", Type.TEXT, Text("Side", "一方"), note=Text("`left` or `right`.", "`left` 或 `right`。")),
        Column("record", Type.TEXT, Text("Record", "记录"), pii="identifier"),
        Column("decided_at", Type.TIME, Text("Decided", "裁定时间")),
    ),
)  # fmt: skip

ISSUED_IDS = Canonical(
    "issued_ids",
    Text("Issued customer ids", "已发放的客户编号"),
    key=("customer_id",),
    required=("customer_id", "record"),
    subject="customer_id",
    note=Text(
        "Every customer id ever issued, with its founding record; written by the builds themselves.",
        "历来发放的每个客户编号及其首条记录；由构建写入。"),
    columns=(
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("record", Type.TEXT, Text("Founding record", "首条记录"), pii="identifier"),
        Column("build", Type.INTEGER, Text("Issued by build", "发放构建")),
    ),
)  # fmt: skip

ID_CHANGES = Canonical(
    "id_changes",
    Text("Changes of customer ids", "客户编号变更"),
    key=("issued_id", "nth"),
    required=("issued_id", "nth", "event"),
    subject="issued_id",
    note=Text(
        "Every time that a customer id came to mean somebody else; written by the builds themselves.",
        "客户编号所指发生变化的每一次记录；由构建写入。"),
    columns=(
        Column("issued_id", Type.TEXT, Text("Issued id", "发放编号")),
        Column("nth", Type.INTEGER, Text("Number of the event", "事件序号")),
        Column("build", Type.INTEGER, Text("By build", "构建")),
        Column("event", Type.TEXT, Text("Event", "事件")),
        Column("was", Type.TEXT, Text("Meant before", "原指客户")),
        Column("becomes", Type.TEXT, Text("Means now", "现指客户")),
        Column("why", Type.TEXT, Text("Why", "原因")),
    ),
)  # fmt: skip
