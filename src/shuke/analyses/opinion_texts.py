"""Opinion texts: what have customers said in words, in which language, and of what?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.survey_scores import VERDICTS
from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.opinion_codes import LANGUAGES, ORIGINS
from shuke.tables.records import record_of


@table(
    key="opinion_id",
    theme="feeling",
    title=Text("What customers said", "客户所言"),
    about=Text("What have customers said in words, and of what?", "客户用文字说了什么？关于什么？"),
    event_time="day",
    columns=[
        Column("opinion_id", Type.TEXT, Text("Number", "编号")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号"), note=Text(
            "Empty: nobody knows who said it.", "为空表示不知何人所言。")),
        Column("day", Type.DATE, Text("Day", "日期")),
        Column("origin", Type.TEXT, Text("Said in", "来源"), codes=ORIGINS),
        Column("text", Type.TEXT, Text("Text", "内容"), pii="text"),
        Column("language", Type.TEXT, Text("Language", "语言"), codes=LANGUAGES),
        Column("kind", Type.TEXT, Text("Kind as recorded", "登记的类型")),
        Column("channel", Type.TEXT, Text("Channel", "渠道")),
        Column("department", Type.TEXT, Text("Department", "部门")),
        Column("product_id", Type.TEXT, Text("Product", "商品")),
        Column("rating", Type.NUMBER, Text("Rating", "评分比例"), unit="share", note=Text(
            "That was given with the words, from 0 to 1.", "与文字同时给出的评分，0 至 1。")),
        Column("verdict", Type.TEXT, Text("Verdict of the rating", "评分评价"), codes=VERDICTS),
        Column("is_complaint", Type.FLAG, Text("Complaint", "投诉"), note=Text(
            "As `complaints` has it.", "依「投诉」表。")),
        Column("waiting", Type.FLAG, Text("Complaint without an answer", "投诉未获答复")),
    ],
)  # fmt: skip
def opinion_texts(
    landed_interactions: ir.Table,
    landed_responses: ir.Table,
    survey_scores: ir.Table,
    complaints: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    max_length: int = 2000,
) -> ir.Table:
    """Everything that customers said in words, by `as_of`: in calls, visits and messages, and in surveys.

    One row per interaction and survey answer with a text, cut after `max_length` characters. `language` is
    Chinese where a Chinese character stands in it, else that of other letters where there are two in a row; a
    text of pictures and numbers has none. The rating is that of the same answer (see `survey_scores`).
    """
    calls = landed_interactions
    moment = ibis.coalesce(calls["at"], calls.collected_at, calls.received_at)
    said = calls.select(
        "channel", "department", "product_id", opinion_id=calls.key, record=record_of(calls), text=calls.text,
        day=to_local(moment, zone).date(), origin=ibis.literal("contact"),
        kind=ibis.coalesce(calls.kind, calls.topic),
    )  # fmt: skip
    answers = landed_responses
    moment = ibis.coalesce(answers["at"], answers.collected_at, answers.received_at)
    none = ibis.null("string")
    answered = answers.select(
        "product_id", opinion_id=answers.key, record=record_of(answers), text=answers.answer,
        day=to_local(moment, zone).date(), origin=ibis.literal("answer"), channel=none, department=none,
        kind=none,
    )  # fmt: skip
    whole = said.union(answered.select(said.columns))
    cut = whole.mutate(text=whole.text.strip().substr(0, max_length))
    past = cut.filter((cut.text.length() > 0) & (cut.day <= as_of))
    facts = (
        (identities.select("record", "customer_id"), "record"),
        (survey_scores.select("rating", "verdict", opinion_id="score_id"), "opinion_id"),
        (complaints.select("waiting", opinion_id="complaint_id", is_complaint=True), "opinion_id"),
    )
    told = past
    for fact, key in facts:
        told = told.left_join(fact, key).drop(f"{key}_right")
    letters = ibis.cases(
        (told.text.re_search("[㐀-鿿]"), "zh"), (told.text.re_search("[^\\W\\d_][^\\W\\d_]"), "en"), else_=""
    )
    return told.mutate(
        language=letters,
        is_complaint=told.is_complaint.fill_null(False),
        waiting=told.waiting.fill_null(False),
    )


@opinion_texts.sentence
def texts_sentence(rows: ir.Table) -> Text:
    counted = rows.aggregate(texts=rows.count(), customers=rows.customer_id.nunique()).to_pandas().iloc[0]
    if not counted.texts:
        return Text("No text of any customer has been imported.", "尚未导入客户的文字。")
    texts, customers = int(counted.texts), int(counted.customers)
    return Text(
        f"{customers:,} customers have said something in {texts:,} texts.",
        f"{customers:,} 位客户留下了 {texts:,} 条文字。",
    )
