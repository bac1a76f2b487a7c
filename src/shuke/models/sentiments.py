"""Sentiments: does what a customer said praise or blame, and how sure is that?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.models.sentiment_model import MOST, VADER_NEUTRAL, SentimentFit, fit, vader
from shuke.share_bars import parts
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.tables.opinion_codes import LANGUAGES, ORIGINS, SENTIMENTS

METHODS: dict[str, Text] = {
    "learnt": Text("learnt from rated texts", "由评分文字学得"),
    "vader": Text("dictionary of English (VADER)", "英文词典（VADER）"),
    "none": Text("none: too few rated texts", "无：评分文字太少"),
}


@table(
    key="opinion_id",
    theme="feeling",
    first="score",
    title=Text("Praise and blame", "褒贬"),
    about=Text("Does what a customer said praise or blame?", "客户所言是褒是贬？"),
    reading=Text(
        "Each bar is where customers spoke: the shares of texts that praise, do neither, and blame.",
        "每条为一类来源的文字中褒、中性与贬的比例。"),
    limits=Text(
        "Irony is not seen, and a text with both is told by what prevails. Without texts that customers "
        "rated "
        "themselves, only English can be judged, by a dictionary.",
        "无法识别反话；褒贬并存时取其主。若没有客户自己评分的文字，只能用词典判断英文。"),
    columns=[
        Column("opinion_id", Type.TEXT, Text("Number", "编号")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("origin", Type.TEXT, Text("Said in", "来源"), codes=ORIGINS),
        Column("language", Type.TEXT, Text("Language", "语言"), codes=LANGUAGES),
        Column("sentiment", Type.TEXT, Text("Praise or blame", "褒贬"), codes=SENTIMENTS),
        Column("score", Type.NUMBER, Text("Chance of praise", "褒的概率"), unit="share"),
        Column("method", Type.TEXT, Text("Method", "方法"), codes=METHODS),
        Column("rated", Type.TEXT, Text("As the customer rated", "客户评分"), codes=SENTIMENTS),
        Column("held_out", Type.TEXT, Text("As told without having seen "
                                           "it", "未见时的判断"), codes=SENTIMENTS,
            note=Text("Of texts that were rated: what the same method says that did not learn from them.",
                      "对有评分的文字：未用其学习的同一方法所作判断。")),
    ],
)  # fmt: skip
def sentiments(opinion_texts: ir.Table, *, checkpoint: Checkpoint, min_chance: float = 0.6) -> ir.Table:
    """Whether each text praises or blames.

    One row per text. What customers rated themselves teaches: a text of a good rating praises, of a bad one,
    or of a complaint, blames (see `survey_scores`); those of which both was said teach nothing. In each
    language the methods compete on these texts, the learnt one on such as it has not learnt from (five
    folds, each text in one):

    - `learnt`: logistic regression on character n-grams of one to four, with what VADER says as one feature
      more; praise from a chance of `min_chance` on, blame to 1 − `min_chance`, else neither
    - `vader`: Hutto and Gilbert (2014), of texts in letters; praise from a compound score of 0.05 on

    The learnt one is taken where it is right more often than whichever is the commoner would be, and, of
    letters, at least as often as VADER; else VADER of letters, and nothing of Chinese. How often each is
    right is in `sentiment_accuracy`.
    """
    said = opinion_texts.select(
        "opinion_id", "customer_id", "origin", "language", "text", "verdict", "is_complaint"
    )
    frame = said.order_by("opinion_id").to_pandas()
    frame["rated"] = np.select(
        [frame.is_complaint | (frame.verdict == "bad"), frame.verdict == "good"], ["blame", "praise"], ""
    )
    each = frame.groupby("text", sort=True).agg(language=("language", "first"), rated=("rated", _agreed))
    judged = _judged(each.reset_index(), min_chance)
    told = frame.drop(columns="rated").merge(judged.drop(columns="language"), on="text")
    none = told[["rated", "held_out"]].replace("", None).astype(object)
    whole = told.assign(**{name: none[name].where(none[name].notna(), None) for name in none})
    schema = sentiments.schema
    return checkpoint(ibis.memtable(whole.sort_values("opinion_id")[list(schema)], schema=schema))


def _agreed(rated: pd.Series) -> str:
    """What all ratings of a text say."""
    said = set(rated) - {""}
    return said.pop() if len(said) == 1 else ""


def _judged(each: pd.DataFrame, min_chance: float) -> pd.DataFrame:
    parts = [_of_language(str(name), part, min_chance) for name, part in each.groupby("language")]
    return pd.concat(parts) if parts else each.assign(score=0.0, sentiment="", method="", held_out="")


def _of_language(name: str, part: pd.DataFrame, min_chance: float) -> pd.DataFrame:
    texts, rated = part.text.tolist(), part.rated.to_numpy(object)
    taught = np.flatnonzero(rated != "")[:MOST]
    praises = rated[taught] == "praise"
    learnt = fit([texts[n] for n in taught], praises) if name else None
    by_words = vader(texts) if name == "en" else np.zeros(len(texts))
    plain = _called((by_words + 1) / 2, 0.5 + VADER_NEUTRAL / 2)
    unknown = np.full(len(texts), "unknown", object)
    held_out = np.full(len(texts), "", object)
    if learnt and _is_better(learnt, praises, plain[taught] if name == "en" else None):
        chance, method = learnt.predict(texts), "learnt"
        called = _called(chance, min_chance)
        held_out[taught] = _called(learnt.held_out, min_chance)
    else:
        method = "vader" if name == "en" else "none"
        chance, called = (by_words + 1) / 2, plain if name == "en" else unknown
        held_out[taught] = called[taught]
    return part.assign(score=chance, sentiment=called, method=method, held_out=held_out)


def _called(chance: np.ndarray, least: float) -> np.ndarray:
    return np.select([chance >= least, chance <= 1 - least], ["praise", "blame"], "neutral").astype(object)


def _is_better(learnt: SentimentFit, praises: np.ndarray, plain: np.ndarray | None) -> bool:
    right = float(((learnt.held_out >= 0.5) == praises).mean())
    commoner = max(float(praises.mean()), 1 - float(praises.mean()))
    words = -1.0 if plain is None else float((plain == np.where(praises, "praise", "blame")).mean())
    return right > commoner and right >= words


@sentiments.chart
def praise_and_blame(rows: ir.Table) -> alt.Chart:
    """How many texts of each origin praise, do neither, and blame."""
    counts = rows.group_by("origin", "sentiment").agg(answers=rows.count()).to_pandas()
    return parts(counts, "origin", "sentiment", ORIGINS, SENTIMENTS)


@sentiments.sentence
def sentiment_sentence(rows: ir.Table) -> Text:
    counts = rows.group_by("sentiment").agg(texts=rows.count()).to_pandas().set_index("sentiment").texts
    praise, blame, whole = int(counts.get("praise", 0)), int(counts.get("blame", 0)), int(counts.sum())
    if not whole:
        return Text("There are no texts to judge.", "没有可判断的文字。")
    return Text(
        f"Of {whole:,} texts {praise:,} praise and {blame:,} blame.",
        f"{whole:,} 条文字中，{praise:,} 条为褒，{blame:,} 条为贬。",
    )
