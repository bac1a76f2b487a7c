"""Dimensions: in which ways is data good or bad, and what does the standard call each?

ISO/IEC 25012 names the characteristics of data quality, ISO/IEC 25024 how they are measured.
"""

from shuke.languages import Text
from shuke.tables import Column, Type

#: In the order in which doors show them.
DIMENSIONS: dict[str, Text] = {
    "completeness": Text("Completeness", "完整性"),
    "validity": Text("Validity", "有效性"),
    "uniqueness": Text("Uniqueness", "唯一性"),
    "timeliness": Text("Timeliness", "及时性"),
    "consistency": Text("Consistency", "一致性"),
    "accuracy": Text("Accuracy", "准确性"),
}

#: What each counts, and its word in the standard.
MEANINGS: dict[str, Text] = {
    "completeness": Text(
        "Records that give a value at all. ISO/IEC 25012: completeness.",
        "填有该项的记录。ISO/IEC 25012：完备性。",
    ),
    "validity": Text(
        "Values of a form and a size that can be. ISO/IEC 25012: compliance and syntactic accuracy.",
        "形式与数值合理的记录。ISO/IEC 25012：依从性与语法准确性。",
    ),
    "uniqueness": Text(
        "Records that are the only one of their customer in the source, and identifiers that one customer "
        "alone has. ISO/IEC 25024: consistency, risk of duplication.",
        "来源内每位客户仅一条的记录，以及仅属一位客户的标识。ISO/IEC 25024：一致性（重复风险）。",
    ),
    "timeliness": Text(
        "Facts that age and may still be believed. ISO/IEC 25012: currentness.",
        "会过时的信息中仍可信的部分。ISO/IEC 25012：现时性。",
    ),
    "consistency": Text(
        "Values that another source of the same customer confirms, of those that another source speaks of. "
        "ISO/IEC 25012: consistency.",
        "在其他来源也提及的值中，得到其证实的部分。ISO/IEC 25012：一致性。",
    ),
    "accuracy": Text(
        "How often the value is true, as far as sources that err independently let one tell. "
        "ISO/IEC 25012: semantic accuracy.",
        "值为真的比例，由相互独立的来源推断。ISO/IEC 25012：语义准确性。",
    ),
}

#: Of which source, and which of its columns.
FIELD = [
    Column("source", Type.TEXT, Text("Source", "来源")),
    Column("table_name", Type.TEXT, Text("Table", "数据表")),
    Column("attribute", Type.TEXT, Text("Attribute", "属性"), note=Text(
        "A column of the table; of `identifiers` a kind; `record`: the records as such.",
        "表的列；`identifiers` 的标识种类；`record` 指记录本身。")),
    Column("dimension", Type.TEXT, Text("Dimension", "维度")),
]  # fmt: skip

FIELD_KEY = tuple(column.name for column in FIELD)

#: How many were counted, and how many of them are as they should be.
COUNTED = [
    Column("good", Type.INTEGER, Text("Good", "合格数"), unit="count"),
    Column("of", Type.INTEGER, Text("Counted", "统计数"), unit="count"),
    Column("score", Type.NUMBER, Text("Score", "得分"), unit="share"),
]
