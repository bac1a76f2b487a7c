"""Sentiment accuracy: how often is praise or blame told rightly, by kind of text?"""

from __future__ import annotations

import ibis.expr.types as ir

from shuke.languages import Text
from shuke.lazy import pd
from shuke.stats import wilson
from shuke.tables import Column, Type, table
from shuke.tables.opinion_codes import LANGUAGES, ORIGINS


@table(
    key=("origin", "language", "method"),
    theme="feeling",
    title=Text("How rightly praise and blame are told", "褒贬判断的准确率"),
    about=Text("How often is praise or blame told rightly?", "褒贬判断有多准？"),
    limits=Text(
        "Rightness is agreement with what customers rated; of texts that nobody rated nothing is known. A "
        "method "
        "that says neither counts as wrong.",
        "准确指与客户评分一致；无人评分的文字无从得知。判为中性计为错误。"),
    subject=None,
    columns=[
        Column("origin", Type.TEXT, Text("Said in", "来源"), codes=ORIGINS),
        Column("language", Type.TEXT, Text("Language", "语言"), codes=LANGUAGES),
        Column("method", Type.TEXT, Text("Method", "方法")),
        Column("texts", Type.INTEGER, Text("Rated texts", "有评分的文字数"), unit="count"),
        Column("right", Type.INTEGER, Text("Told rightly", "判断正确"), unit="count"),
        Column("accuracy", Type.NUMBER, Text("Accuracy", "准确率"), unit="share"),
        Column("low", Type.NUMBER, Text("Accuracy, at least", "准确率下限"), unit="share"),
        Column("high", Type.NUMBER, Text("Accuracy, at most", "准确率上限"), unit="share"),
        Column("naive", Type.NUMBER, Text("By always saying the commoner", "总判为多数者时"), unit="share"),
    ],
)  # fmt: skip
def sentiment_accuracy(sentiments: ir.Table) -> ir.Table:
    """How often the method in use agrees with what customers rated themselves, on texts that it had not seen.

    One row per origin, language and method, of texts that a customer rated well or badly, or that are a
    complaint (see `sentiments`). The interval is Wilson's (1927); a text that was said twice counts twice.
    """
    rated = sentiments.filter(sentiments.rated.notnull())
    counts = rated.group_by("origin", "language", "method").agg(
        texts=rated.count(), right=(rated.held_out == rated.rated).sum().fill_null(0),
        praise=(rated.rated == "praise").sum(),
    )  # fmt: skip
    ends = wilson(counts.right, counts.texts)
    share = counts.praise / counts.texts
    return counts.mutate(
        accuracy=counts.right / counts.texts, low=ends.low, high=ends.high,
        naive=(share > 0.5).ifelse(share, 1 - share),
    )  # fmt: skip


@sentiment_accuracy.sentence
def accuracy_sentence(frame: pd.DataFrame) -> Text:
    if frame.empty:
        return Text(
            "No text has a rating, so nobody can say how often praise is told from blame.",
            "没有带评分的文字，无法得知褒贬判断的准确率。",
        )
    right, texts = int(frame.right.sum()), int(frame.texts.sum())
    naive = float((frame.naive * frame.texts).sum() / texts)
    return Text(
        f"Of {texts:,} rated texts {right / texts:.0%} are told rightly without having been seen; always "
        f"saying "
        f"the commoner would be right for {naive:.0%}.",
        f"{texts:,} 条有评分的文字中，未见即判断正确者占 {right / texts:.0%}；总判为多数者则为 {naive:.0%}。",
    )
