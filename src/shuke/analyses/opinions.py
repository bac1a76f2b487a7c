"""Opinions: what does each customer complain of, suggest and praise, and was it seen to?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from shuke.analyses.complaints import ANSWERED, UNANSWERED, pattern, settled
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.opinion_codes import SENTIMENTS

SUGGEST = (
    "suggest", "i wish", "would be nice", "would be better", "would be great", "please add", "could you add",
    "should have", "hope you", "why not", "建议", "希望", "最好能", "能不能", "可否", "要是能", "期待",
)  # fmt: skip
PRAISE = ("praise", "compliment", "thank", "表扬", "感谢", "好评")
ASK = ("inquiry", "enquiry", "question", "inquire", "asks ", "咨询", "询问", "查询", "请问", "问询")

FORMS: dict[str, Text] = {
    "complaint": Text("Complaint", "投诉"),
    "criticism": Text("Criticism", "批评"),
    "suggestion": Text("Suggestion", "建议"),
    "praise": Text("Praise", "表扬"),
    "inquiry": Text("Inquiry", "咨询"),
    "remark": Text("Remark", "其他"),
}


@table(
    key="opinion_id",
    first="-day",
    theme="feeling",
    title=Text("Opinions", "客户意见"),
    about=Text(
        "What does each customer complain of, suggest and praise, and was it seen to?",
        "每位客户投诉、建议或表扬了什么？是否处理？"),
    event_time="day",
    reading=Text(
        "Each bar is a month's texts by form. Complaints that grow beside other texts deserve a look at the "
        "topics.",
        "每条为一个月的文字，按形式分段。投诉所占比例上升时，请查看主题。"),
    limits=Text(
        "When something was answered is known only where a later import says so of what an earlier one left "
        "open. Suggestions and inquiries are found by words; a company may give its own.",
        "只有后次导入说明前次未结之事已办结时，才知道何时答复。建议与咨询按词语识别，企业可设定自己的词语。"),
    columns=[
        Column("opinion_id", Type.TEXT, Text("Number", "编号")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("day", Type.DATE, Text("Day", "日期")),
        Column("form", Type.TEXT, Text("Form", "形式"), codes=FORMS),
        Column("topic_no", Type.INTEGER, Text("Topic", "主题编号")),
        Column("topic", Type.TEXT, Text("Name of the topic", "主题名称")),
        Column("sentiment", Type.TEXT, Text("Praise or blame", "褒贬"), codes=SENTIMENTS),
        Column("text", Type.TEXT, Text("Text", "内容"), pii="text"),
        Column("product_id", Type.TEXT, Text("Product", "商品")),
        Column("department", Type.TEXT, Text("Department", "部门")),
        Column("channel", Type.TEXT, Text("Channel", "渠道")),
        Column("waiting", Type.FLAG, Text("Complaint without an answer", "投诉未获答复")),
        Column("answered_on", Type.DATE, Text("Answered on", "答复日期")),
        Column("days_to_answer", Type.INTEGER, Text("Days until answered", "答复天数"), unit="day"),
        Column("is_repeat", Type.FLAG, Text("Complained of it before", "重复投诉")),
    ],
)  # fmt: skip
def opinions(
    opinion_texts: ir.Table,
    sentiments: ir.Table,
    text_topics: ir.Table,
    history_interactions: ir.Table,
    *,
    zone: str,
    repeat_days: int = 180,
    suggest: tuple[str, ...] = SUGGEST,
    praise: tuple[str, ...] = PRAISE,
    ask: tuple[str, ...] = ASK,
    answered: tuple[str, ...] = ANSWERED,
    unanswered: tuple[str, ...] = UNANSWERED,
) -> ir.Table:
    """Every text of a customer with its form, topic and sentiment, and what became of it.

    One row per text (see `opinion_texts`). `form` is the first that fits: a complaint (see `complaints`); a
    suggestion, an inquiry and praise by words in the text or in the recorded kind; praise and criticism by
    sentiment (see `sentiments`); else a remark. `answered_on` is the day on which it was first known to be
    answered, of interactions that an earlier import had as unanswered. A complaint or criticism is a repeat
    where the same customer made one of the same topic within `repeat_days` days before.
    """
    told = opinion_texts
    for fact in (
        sentiments.select("opinion_id", "sentiment"),
        text_topics.select("opinion_id", "topic_no", "topic"),
        _answers(history_interactions, zone, answered, unanswered),
    ):
        told = told.left_join(fact, "opinion_id").drop("opinion_id_right")
    words = told.kind.fill_null("").concat(" | ", told.text).lower()
    formed = told.mutate(
        form=ibis.cases(
            (told.is_complaint, "complaint"), (words.re_search(pattern(suggest)), "suggestion"),
            (words.re_search(pattern(praise)), "praise"),
            (words.re_search(pattern(ask)), "inquiry"), (told.sentiment == "praise", "praise"),
            (told.sentiment == "blame", "criticism"), else_="remark",
        ),
        days_to_answer=told.answered_on.delta(told.day, unit="day"),
    )  # fmt: skip
    grieves = formed.form.isin(["complaint", "criticism"])
    same = ibis.window(
        group_by=["customer_id", "topic_no", grieves], order_by=[formed.day, formed.opinion_id]
    )
    before = formed.day.lag().over(same)
    again = grieves & formed.customer_id.notnull() & (formed.day.delta(before, unit="day") <= repeat_days)
    return formed.mutate(is_repeat=again.fill_null(False))


def _answers(
    history: ir.Table, zone: str, answered: tuple[str, ...], unanswered: tuple[str, ...]
) -> ir.Table:
    """When what was open was first known to be answered."""
    seen = to_local(ibis.coalesce(history.received_at, history.collected_at), zone).date()
    versions = history.mutate(seen=seen, done=settled(history, answered, unanswered))
    each = versions.group_by("key").agg(
        answered_on=versions.seen.min(where=versions.done), opened=versions.seen.min(where=~versions.done)
    )
    return each.filter(each.opened < each.answered_on).select("answered_on", opinion_id="key")


@opinions.chart
def months(rows: ir.Table) -> alt.Chart:
    monthly = rows.mutate(month=rows.day.truncate("M"))
    frame = monthly.group_by("month", "form").agg(texts=monthly.count()).order_by("month", "form").to_pandas()
    shown = frame.assign(form=[str(FORMS[form]) for form in frame.form], month=pd.to_datetime(frame.month))
    bars: alt.Chart = alt.Chart(shown).mark_bar().encode(
        x=alt.X("yearmonth(month):O", title=None, axis=alt.Axis(labelAngle=-45)),
        y=alt.Y("texts:Q", title=str(Text("Texts", "文字数"))),
        color=alt.Color("form:N", title=str(opinions["form"].title)),
        tooltip=["form", alt.Tooltip("texts:Q", title=str(Text("Texts", "文字数")))],
    )  # fmt: skip
    return bars


@opinions.sentence
def opinion_sentence(rows: ir.Table) -> Text:
    counted = rows.aggregate(
        texts=rows.count(), complaints=(rows.form == "complaint").sum().fill_null(0),
        waiting=rows.waiting.sum().fill_null(0), repeats=rows.is_repeat.sum().fill_null(0),
        praise=(rows.form == "praise").sum().fill_null(0),
    ).to_pandas().iloc[0].astype(int)  # fmt: skip
    if not counted.texts:
        return Text("No customer has said anything in words.", "尚无客户以文字发表意见。")
    return Text(
        f"Of {counted.texts:,} texts {counted.complaints:,} complain and {counted.praise:,} praise; "
        f"{counted.waiting:,} complaints wait for an answer, and {counted.repeats:,} are made again.",
        f"{counted.texts:,} 条文字中，{counted.complaints:,} 条为投诉，{counted.praise:,} 条为表扬；"
        f"{counted.waiting:,} 件投诉未获答复，{counted.repeats:,} 件为重复投诉。",
    )
