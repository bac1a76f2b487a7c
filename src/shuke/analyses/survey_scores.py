"""Survey scores: what does each answer with a number measure, and is it a good one?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.complaints import pattern, together
from shuke.languages import Text
from shuke.lazy import alt
from shuke.periods import to_local
from shuke.share_bars import parts
from shuke.tables import Column, Type, table
from shuke.tables.records import record_of

#: In a question or the name of its survey: what it measures.
RECOMMEND = ("recommend", "推荐", "推薦")
RENEW = (
    "renew", "buy again", "buy from us again", "purchase again", "shop with us again", "continue to use",
    "keep using", "stay with us", "续约", "续费", "再次购买", "再买", "回购", "继续使用", "继续合作",
)  # fmt: skip
TRUST = ("trust", "rely on us", "信任", "信赖", "信得过", "放心")
EASE = ("easy", "ease", "simple", "effortless", "容易", "轻松", "方便", "省心", "便捷")
EFFORT = ("effort", "difficult", "hard was", "费力", "费劲", "费心", "麻烦", "困难", "难度", "精力")
CONTENT = (
    "satisf", "happy", "how would you rate", "how do you rate", "stars", "rating", "score", "quality of",
    "满意", "评价", "评分", "打分", "几颗星", "几星", "多少分",
)  # fmt: skip
SERVICE = (
    "service", "staff", "support", "agent", "hotline", "help you", "helpful", "delivery", "complaint",
    "服务", "客服", "售后", "店员", "员工", "配送", "送货", "投诉", "热线",
)  # fmt: skip

MEASURES: dict[str, Text] = {
    "nps": Text("Recommends us (NPS)", "愿意推荐（NPS）"),
    "csat": Text("Satisfied (CSAT)", "满意（CSAT）"),
    "ces": Text("Found it easy (CES)", "省力程度（CES）"),
    "trust": Text("Trusts us", "信任"),
    "renewal": Text("Will buy again", "愿意再次购买"),
    "product": Text("Content with a product", "对商品满意"),
    "other": Text("Other", "其他"),
}
VERDICTS: dict[str, Text] = {
    "good": Text("satisfied", "满意"),
    "middling": Text("in between", "一般"),
    "bad": Text("dissatisfied", "不满意"),
}


@table(
    key="score_id",
    theme="feeling",
    title=Text("Survey scores", "问卷评分"),
    about=Text(
        "What does each answer with a number measure, and is it a good one?", "每个评分衡量什么？是好评吗？"),
    event_time="day",
    first="-day",
    reading=Text(
        "Each bar is what a kind of question measures: the shares of good, middling and bad answers.",
        "每条为一类问题所得评分中满意、一般与不满意的比例。"),
    limits=Text(
        "What a question measures is read off its words; a company may give its own. How far a scale goes is "
        "read off the answers: one of 10 to which nobody gave more than 5 counts as one of 5.",
        "问题衡量什么由其用词判断，企业可设定自己的词语；量表范围由回答推断：十分制若无人超过 5 分，"
        "按五分制计。"),
    columns=[
        Column("score_id", Type.TEXT, Text("Answer", "回答编号")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号"), note=Text(
            "Empty: nobody knows who answered.", "为空表示不知何人作答。")),
        Column("day", Type.DATE, Text("Day", "日期"), note=Text(
            "Of the answer; where it has none, that on which it was heard of.", "作答日期；没有时为得知之日。"
                "")),
        Column("survey", Type.TEXT, Text("Survey", "问卷")),
        Column("question", Type.TEXT, Text("Question", "问题")),
        Column("product_id", Type.TEXT, Text("Product", "商品")),
        Column("measure", Type.TEXT, Text("Measures", "衡量"), codes=MEASURES),
        Column("of_service", Type.FLAG, Text("Asks about service", "问及服务")),
        Column("score", Type.NUMBER, Text("Score", "评分"), unit="point"),
        Column("lowest", Type.NUMBER, Text("Lowest score", "最低分"), unit="point"),
        Column("highest", Type.NUMBER, Text("Highest score", "最高分"), unit="point"),
        Column("rating", Type.NUMBER, Text("Rating", "评分比例"), unit="share", note=Text(
            "From 0, the worst, to 1, the best that the question allows.", "0 为最差，1 为该问题的最好。")),
        Column("verdict", Type.TEXT, Text("Verdict", "评价"), codes=VERDICTS),
    ],
)  # fmt: skip
def survey_scores(
    landed_responses: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    recommend: tuple[str, ...] = RECOMMEND,
    renew: tuple[str, ...] = RENEW,
    trust: tuple[str, ...] = TRUST,
    ease: tuple[str, ...] = EASE,
    effort: tuple[str, ...] = EFFORT,
    content: tuple[str, ...] = CONTENT,
    service: tuple[str, ...] = SERVICE,
) -> ir.Table:
    """Every answer with a score, by `as_of`, with what its question measures.

    One row per answer. A scale goes to 5 where no answer to the question was above 5, else to 7 (not where
    customers are asked to recommend), 10 or 100, whichever is the first that holds all; from 0 where an
    answer was, and where customers are asked to recommend on a scale to 10; else from 1. What a question
    measures is told by the words in it and in the survey's name, the first that fits:

    - `product`: the answer names a product
    - `renewal`, `trust`: words of `renew`, `trust`
    - `nps`: words of `recommend`, on a scale to 10 (Reichheld 2003)
    - `ces`: words of `ease` or `effort` (Dixon, Freeman and Toman 2010); where there are only those of
      `effort`, a high score is a bad one
    - `csat`: words of `content`
    - `other`: none of these

    `rating` is where the score lies between the worst (0) and the best (1). For `nps` 9 and 10 are good and 0
    to 6 bad; elsewhere the upper quarter of the scale is good (4 and 5 of 5) and the lower bad (1 and 2).
    """
    scored = landed_responses.filter(landed_responses.score.notnull())
    moment = ibis.coalesce(scored["at"], scored.collected_at, scored.received_at)
    past = scored.select(
        "survey", "question", "product_id", score_id=scored.key, record=record_of(scored),
        score=scored.score.cast("float64"), day=to_local(moment, zone).date(),
        asked=together(scored, "survey", "question"),
    ).filter(lambda t: t.day <= as_of)  # fmt: skip
    named = past.left_join(identities.select("record", "customer_id"), "record").drop("record_right")
    words = {"recommend": recommend, "renew": renew, "trust": trust, "ease": ease, "effort": effort,
             "content": content, "service": service}  # fmt: skip
    told = named.mutate(**{name: named.asked.re_search(pattern(of)) for name, of in words.items()})
    return _judged(_measured(told))


def _measured(told: ir.Table) -> ir.Table:
    question = ibis.window(group_by=["survey", "question"])
    most, least = told.score.max().over(question), told.score.min().over(question)
    scaled = told.mutate(
        least=least,
        highest=ibis.cases(
            (most <= 5, 5.0), ((most <= 7) & ~told.recommend, 7.0), (most <= 10, 10.0), (most <= 100, 100.0),
            else_=most,
        ),
    )  # fmt: skip
    measured = scaled.mutate(
        measure=ibis.cases(
            (scaled.product_id.notnull(), "product"), (scaled.renew, "renewal"), (scaled.trust, "trust"),
            (scaled.recommend & (scaled.highest == 10), "nps"), (scaled.ease | scaled.effort, "ces"),
            (scaled.content | scaled.recommend, "csat"), else_="other",
        ),
        # Whoever asks how easy it was to do with little effort wants a high score.
        is_reversed=scaled.effort & ~scaled.ease,
    )  # fmt: skip
    from_zero = (measured.least < 1) | (measured.measure == "nps") | (measured.highest >= 100)
    return measured.mutate(lowest=ibis.ifelse(from_zero, ibis.least(measured.least, 0.0), 1.0))


def _judged(measured: ir.Table) -> ir.Table:
    place = (measured.score - measured.lowest) / (measured.highest - measured.lowest)
    backwards = (measured.measure == "ces") & measured.is_reversed
    rated = measured.mutate(rating=ibis.ifelse(backwards, 1 - place, place))
    is_nps = rated.measure == "nps"
    return rated.mutate(
        of_service=rated.service,
        verdict=ibis.cases(
            (ibis.ifelse(is_nps, rated.score >= 9, rated.rating >= 0.75), "good"),
            (ibis.ifelse(is_nps, rated.score <= 6, rated.rating <= 0.25), "bad"), else_="middling",
        ),
    )  # fmt: skip


@survey_scores.chart
def verdicts(rows: ir.Table) -> alt.Chart:
    """How many of the answers to each kind of question are good, in between and bad."""
    known = rows.filter(rows.verdict.notnull())
    counts = known.group_by("measure", "verdict").agg(answers=known.count()).to_pandas()
    return parts(counts, "measure", "verdict", MEASURES, VERDICTS)


@survey_scores.sentence
def answered_sentence(rows: ir.Table) -> Text:
    counted = rows.aggregate(
        answers=rows.count(), questions=rows.question.nunique(), customers=rows.customer_id.nunique()
    ).to_pandas().iloc[0]  # fmt: skip
    if not counted.answers:
        return Text("No survey with scores has been imported.", "尚未导入含评分的问卷。")
    answers, questions, customers = map(int, counted[["answers", "questions", "customers"]])
    return Text(
        f"{customers:,} customers have given {answers:,} scores to {questions:,} questions.",
        f"{customers:,} 位客户对 {questions:,} 个问题给出了 {answers:,} 个评分。",
    )
