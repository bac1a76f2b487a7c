"""Opinions of new products: what do those say who bought it again, and those who did not?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.launches import launches, sold, steps
from shuke.languages import Text, language
from shuke.lazy import alt, pd
from shuke.stats import Z95
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

GROUPS = {
    "again": Text("Bought it again", "再次购买"),
    "once": Text("Did not buy it again", "未再购买"),
    "recent": Text("Too early to tell", "尚早"),
}
PRAISE = (
    "good", "great", "excellent", "love", "like", "perfect", "recommend", "satisfied", "happy", "delicious",
    "好", "喜欢", "满意", "推荐", "不错", "棒", "值得", "舒服", "好吃", "好用",
)  # fmt: skip
BLAME = (
    "bad", "poor", "broken", "disappoint", "expensive", "never again", "not good", "return", "slow", "worse",
    "差", "坏", "失望", "贵", "不好", "不满", "不喜欢", "退货", "破", "慢", "难吃", "难用", "不如",
)  # fmt: skip


@table(
    key=("product_id", "group"),
    theme="feeling",
    title=Text("Opinions of new products", "新品评价"),
    about=Text(
        "What do buyers of a new product say who bought it again, and those who did not?",
        "再次购买新品的客户与未再购买的客户各有何评价？"),
    subject=None,
    reading=Text(
        "Each dot is the mean rating of a new product by those who bought it again or did not; the bar is "
        "where the mean lies at 95 %.",
        "每个点为再次购买者或未再购买者对新品的平均评分，横线为其 95 % 区间。"),
    limits=Text(
        "Who answers is not who buys: the pleased and the angry answer most. Texts are told apart by words "
        "alone, which miss irony. Only answers and calls that name the product count.",
        "作答者不等于购买者，特别满意或不满者更常作答；文本仅凭词语判断，无法识别反话。"
        "只统计注明该商品的回答与来电。"),
    columns=[
        Column("product_id", Type.TEXT, Text("Product code", "商品编码")),
        Column("group", Type.TEXT, Text("Buyers", "购买者"), codes=GROUPS, note=Text(
            "`again`: bought it on a second day; `once`: did not within `observation_days` days; `recent`: "
            "have not had that long.",
            "`again` 再次购买；`once` 已过观察期仍未再购；`recent` 尚在观察期内。")),
        Column("product_name", Type.TEXT, Text("Product", "商品")),
        Column("launched", Type.DATE, Text("Launched", "上市日期")),
        Column("customers", Type.INTEGER, Text("Customers", "客户数"), unit="count"),
        Column("rated", Type.INTEGER, Text("Ratings", "评分数"), unit="count"),
        Column("rating", Type.NUMBER, Text("Mean rating", "平均评分"), unit="share", note=Text(
            "Of the best that the question allows: 4 of 5 stars is 0.8.",
            "占满分的比例：5 星中的 4 星为 0.8。")),
        Column("rating_low", Type.NUMBER, Text("Rating, at least", "评分下限"), unit="share"),
        Column("rating_high", Type.NUMBER, Text("Rating, at most", "评分上限"), unit="share"),
        Column("nps", Type.NUMBER, Text("Net promoter score", "净推荐值"), unit="point", note=Text(
            "Of answers from 0 to 10: per cent of 9 and 10 less per cent of 0 to 6.",
            "0–10 分回答中，9–10 分的百分比减去 0–6 分的百分比。")),
        Column("texts", Type.INTEGER, Text("Texts", "文本数"), unit="count"),
        Column("praise", Type.INTEGER, Text("With praise", "含好评"), unit="count"),
        Column("blame", Type.INTEGER, Text("With blame", "含差评"), unit="count"),
        Column("complaints", Type.INTEGER, Text("Complaints", "投诉数"), unit="count"),
    ],
)  # fmt: skip
def adoption_opinions(
    purchases: ir.Table,
    landed_products: ir.Table,
    landed_responses: ir.Table,
    landed_interactions: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    max_products: int = 30,
    observation_days: int = 60,
    praise: tuple[str, ...] = PRAISE,
    blame: tuple[str, ...] = BLAME,
) -> ir.Table:
    """What buyers of products launched in the last twelve months say of them, by whether they bought again.

    One row per product and group of its buyers: who bought it on a second day, who did not within
    `observation_days` days and since, and who has not had that long. Ratings are answers with a score,
    divided by the best of their question: 5 where no answer to it was above 5, else 10, else 100. The
    interval of the mean is normal, with the sample's own deviation, from two ratings on. The net promoter
    score (Reichheld 2003) is of questions that go to 10. A text, of an answer or an interaction, has blame if
    it has a word of `blame`, and praise if it has one of `praise` and no blame. Complaints are interactions
    whose kind or topic says so.
    """
    goods = sold(purchases, as_of)
    launched = launches(goods, landed_products, as_of=as_of, max_products=max_products, earlier=0)
    if launched.empty:
        schema = adoption_opinions.schema
        return ibis.memtable(pd.DataFrame(columns=list(schema)), schema=schema)
    buyers = checkpoint(_grouped(steps(goods, launched), as_of, observation_days))
    said = _said(landed_responses, landed_interactions, identities, praise, blame)
    heard = buyers.inner_join(said, ["customer_id", "product_id"])
    keys = ["product_id", "group"]
    opinions = heard.group_by(keys).agg(
        rated=heard.rating.count(), rating=heard.rating.mean(), deviation=heard.rating.std(),
        asked=heard.score10.count(),
        promoters=(heard.score10 >= 9).sum(), detractors=(heard.score10 <= 6).sum(),
        texts=heard.has_text.sum(), praise=heard.praise.sum(), blame=heard.blame.sum(),
        complaints=heard.complaint.sum(),
    )  # fmt: skip
    sizes = buyers.group_by(keys).agg(customers=buyers.count())
    return _told(sizes.left_join(opinions, keys), launched)


def _grouped(stepped: ir.Table, as_of: date, observation_days: int) -> ir.Table:
    waited = ibis.literal(as_of).delta(stepped["first"], unit="day")
    return stepped.select(
        "customer_id", "product_id",
        group=ibis.cases(
            (stepped.second.notnull(), "again"), (waited >= observation_days, "once"), else_="recent"
        ),
    )  # fmt: skip


def _said(
    responses: ir.Table, interactions: ir.Table, identities: ir.Table,
    praise: tuple[str, ...], blame: tuple[str, ...],
) -> ir.Table:  # fmt: skip
    """Every answer and every interaction that names a product, with whose it is."""
    scored = responses.mutate(score=responses.score.cast("float64"))
    highest = scored.group_by("question").agg(highest=scored.score.max())
    scaled = scored.filter(scored.product_id.notnull()).left_join(highest, "question").drop("question_right")
    best = ibis.cases((scaled.highest <= 5, 5.0), (scaled.highest <= 10, 10.0), else_=100.0)
    answers = scaled.select(
        "product_id", record=scaled.source + ":" + scaled.record_id, rating=scaled.score / best,
        score10=ibis.ifelse(best == 10.0, scaled.score, None), text=scaled.answer.lower(),
        complaint=ibis.literal(False),
    )  # fmt: skip
    calls = interactions.filter(interactions.product_id.notnull())
    kind = (calls.kind.fill_null("") + " " + calls.topic.fill_null("")).lower()
    contacts = calls.select(
        "product_id", record=calls.source + ":" + calls.record_id, rating=ibis.null("float64"),
        score10=ibis.null("float64"), text=calls.text.lower(),
        complaint=kind.contains("complain") | kind.contains("投诉"),
    )  # fmt: skip
    both = answers.union(contacts).inner_join(identities.select("record", "customer_id"), "record")
    good, bad = _has(both.text, praise), _has(both.text, blame)
    return both.mutate(
        has_text=both.text.notnull(), blame=bad.fill_null(False), praise=(good & ~bad).fill_null(False)
    )


def _has(text: ir.StringValue, words: tuple[str, ...]) -> ir.BooleanValue:
    return text.re_search("|".join(word.lower() for word in words)) if words else ibis.literal(False)


def _told(rows: ir.Table, launched: pd.DataFrame) -> ir.Table:
    schema = {"product_id": "string", "product_name": "string", "launched": "date"}
    days = launched.assign(launched=pd.to_datetime(launched.launched).dt.date)[list(schema)]
    named = rows.drop("product_id_right", "group_right").inner_join(
        ibis.memtable(days, schema=schema), "product_id"
    )
    counts = {n: named[n].fill_null(0) for n in ("rated", "texts", "praise", "blame", "complaints")}
    half = Z95 * named.deviation / named.rated.cast("float64").sqrt()
    enough = named.rated >= 2
    return named.mutate(
        **counts,
        rating_low=ibis.ifelse(enough, ibis.greatest(named.rating - half, 0.0), None),
        rating_high=ibis.ifelse(enough, ibis.least(named.rating + half, 1.0), None),
        nps=100 * (named.promoters - named.detractors) / named.asked.nullif(0),
    )


@adoption_opinions.chart
def rating_dots(frame: pd.DataFrame) -> alt.Chart:
    rated = frame[(frame.rated > 0) & frame.group.isin(["again", "once"])]
    shown = rated.assign(who=[GROUPS[group].in_(language()) for group in rated.group])
    base = alt.Chart(shown).encode(
        y=alt.Y("product_name:N", title=None, axis=alt.Axis(labelLimit=240)),
        color=alt.Color("who:N", title=str(adoption_opinions["group"].title)),
    )
    title = str(adoption_opinions["rating"].title)
    dots = base.mark_point(filled=True, size=70).encode(
        x=alt.X(
            "rating:Q",
            title=title,
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%"),
        ),
        tooltip=["product_name", "who", "rated", alt.Tooltip("rating:Q", format=".0%"), "complaints"],
    )
    return base.mark_rule().encode(x="rating_low:Q", x2="rating_high:Q") + dots


@adoption_opinions.sentence
def rating_sentence(frame: pd.DataFrame) -> Text:
    """Over all new products, for one alone has few answers."""
    rated = frame[frame.rated > 0]
    means = {
        group: float((part.rating * part.rated).sum() / part.rated.sum())
        for group, part in rated.groupby("group")
    }
    if not {"again", "once"} <= set(means):
        return Text(
            "Too few have rated a new product to hold those who bought again against those who did not.",
            "对新品评分的客户太少，尚不能比较再次购买者与未再购买者。",
        )
    again, once = means["again"], means["once"]
    return Text(
        f"Who bought a new product again gave it {again:.0%} of the best rating, who did not {once:.0%}.",
        f"再次购买新品的客户平均评分为满分的 {again:.0%}，未再购买的客户为 {once:.0%}。",
    )
