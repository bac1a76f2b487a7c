"""Complaints: who complained, and who is still waiting for an answer?"""

from datetime import date

import ibis.expr.types as ir

from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import Column, Type, table

#: In the kind, topic or text of an interaction: it is a complaint.
COMPLAINT = (
    "complain", "dissatisfied", "disappointed", "unacceptable", "rude",
    "投诉", "抱怨", "不满", "失望", "态度不好", "态度差", "维权",
)  # fmt: skip
#: In its status or outcome: somebody has seen to it.
ANSWERED = (
    "closed", "resolved", "solved", "answered", "done", "completed", "refunded", "replaced",
    "已解决", "已关闭", "已处理", "已完成", "已答复", "已回复", "已结案", "完结", "办结", "已退款", "已换货",
)  # fmt: skip
#: Although a word of the above stands in it.
UNANSWERED = (
    "unresolved",
    "unsolved",
    "unanswered",
    "not resolved",
    "not solved",
    "not answered",
    "reopened",
)


@table(
    key="complaint_id",
    theme="feeling",
    title=Text("Complaints", "投诉"),
    about=Text("Who complained, and who is still waiting for an answer?", "谁投诉过？谁还在等答复？"),
    event_time="day",
    limits=Text(
        "Complaints are found by words; one that is put in other words is missed. A company may give its own "
        "words.",
        "投诉按词语识别，换种说法便会漏掉；企业可设定自己的词语。"),
    columns=[
        Column("complaint_id", Type.TEXT, Text("Complaint", "投诉编号")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("day", Type.DATE, Text("Day", "日期")),
        Column("topic", Type.TEXT, Text("Topic", "主题")),
        Column("waiting", Type.FLAG, Text("Still waiting", "仍未答复")),
    ],
)  # fmt: skip
def complaints(
    landed_interactions: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    complaint: tuple[str, ...] = COMPLAINT,
    answered: tuple[str, ...] = ANSWERED,
    unanswered: tuple[str, ...] = UNANSWERED,
) -> ir.Table:
    """The interactions in which a customer complains.

    One row per interaction, by `as_of`, of a known customer in whose kind, topic or text one of the words
    `complaint` stands, whatever the case of the letters. It is `waiting` unless a word of `answered`
    stands in its status or outcome and none of `unanswered`; without status and outcome, nobody has said
    that it was answered.
    """
    said = landed_interactions
    whose = identities.select("record", "customer_id")
    dated = said.mutate(
        record=said.source + ":" + said.record_id, day=to_local(said["at"], zone).date()
    ).inner_join(whose, "record")
    past = dated.filter(dated.day <= as_of)
    spoken = together(past, "kind", "topic", "text")
    done = settled(past, answered, unanswered)
    return past.filter(spoken.re_search(pattern(complaint))).select(
        "customer_id", "day", "topic", complaint_id=past.key, waiting=~done
    )


def settled(rows: ir.Table, answered: tuple[str, ...], unanswered: tuple[str, ...]) -> ir.BooleanValue:
    """Whether status or outcome say that somebody has seen to it."""
    told = together(rows, "status", "outcome")
    return told.re_search(pattern(answered)) & ~told.re_search(pattern(unanswered))


def together(rows: ir.Table, *columns: str) -> ir.StringValue:
    """What stands in the columns, in small letters, with a bar between."""
    first, *rest = (rows[name].fill_null("").lower() for name in columns)
    whole = first
    for text in rest:
        whole = whole.concat(" | ", text)
    return whole


def pattern(words: tuple[str, ...]) -> str:
    """A pattern that finds any of the words; nothing where there are none."""
    # Spelt out rather than by re.escape, whose "\\ " only some engines understand.
    special = set("\\.^$*+?()[]{}|")
    spelt = ("".join("\\" + c if c in special else c for c in word.lower()) for word in words if word)
    return "|".join(spelt) or "[^\\s\\S]"


@complaints.sentence
def waiting_sentence(rows: ir.Table) -> Text:
    counted = rows.aggregate(all=rows.count(), waiting=rows.waiting.sum().fill_null(0)).to_pandas().iloc[0]
    everything, waiting = int(counted["all"]), int(counted.waiting)
    if not everything:
        return Text("Nobody has complained.", "没有投诉。")
    return Text(
        f"{waiting:,} of {everything:,} complaints have no answer yet.",
        f"{everything:,} 件投诉中，{waiting:,} 件尚无答复。",
    )
