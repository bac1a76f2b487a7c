"""Annotations: what do our own people say of a customer?"""

from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Column, Type

CUSTOMER_ANNOTATIONS = Canonical(
    "customer_annotations",
    Text("Annotations about customers", "客户备注"),
    key=("record_id", "kind", "value"),
    required=("record_id", "kind", "value"),
    subject="record_id",
    event_time="at",
    note=Text(
        "One row per tag, note or owner that somebody gave a customer in Shuke; withdrawn when taken back.",
        "在熟客中为客户添加的每个标签、备注或负责人一行；取消后即撤回。"),
    columns=(
        Column("record_id", Type.TEXT, Text("Customer's founding record", "客户首条记录"), pii="identifier"),
        Column("kind", Type.TEXT, Text("Kind", "种类"), codes={
            "tag": Text("Tag", "标签"), "note": Text("Note", "备注"), "owner": Text("Owner", "负责人")}),
        Column("value", Type.TEXT, Text("Value", "值"), pii="text"),
        Column("said_by", Type.TEXT, Text("Said by", "填写人")),
        Column("at", Type.TIME, Text("At", "时间")),
    ),
)  # fmt: skip
