"""Topics: what did people in the company name what customers talk about?

It lands under source `shuke`; nobody else may write it.
"""

from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Column, Type

TOPIC_NAMES = Canonical(
    "topic_names",
    Text("Names of topics", "主题命名"),
    key=("topic_no",),
    required=("topic_no",),
    columns=(
        Column("topic_no", Type.INTEGER, Text("Number of the topic", "主题的编号")),
        Column("topic_name", Type.TEXT, Text("Name of the topic", "主题的名称")),
        Column("is_pinned", Type.FLAG, Text("Topic stays", "主题保留"), note=Text(
            "Whether it keeps its words, and stands though nobody speaks of it.",
            "是否保留其词语，且无人谈论时仍保留。")),
    ),
)  # fmt: skip
