"""Product opinions: how are our products received, and those of competitors?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.complaints import pattern
from shuke.analyses.score_intervals import mean, share
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.tables.records import record_of

SIDES = {"ours": Text("ours", "本公司"), "competitor": Text("a competitor's", "竞争对手")}

#: In a question: its answer names where else somebody buys, or whose goods.
ELSEWHERE = (
    "elsewhere", "competitor", "other shop", "other store", "other brand", "which brand", "where else",
    "别处", "别家", "其他商家", "其他品牌", "竞品", "竞争对手", "还在哪", "哪个品牌",
)  # fmt: skip


@table(
    key=("side", "name"),
    first="-heard",
    theme="feeling",
    title=Text("Opinions of products", "商品评价"),
    about=Text(
        "How are our products received, and those of competitors?",
            "客户对我们的商品和竞争对手的商品评价如何？"),
    reading=Text(
        "Each dot is the mean rating of a product; the line is where it lies at 95 %. Products of which most "
        "is "
        "heard stand on top.",
        "每个点为商品的平均评分，线为其 95% 区间；意见最多者在上。"),
    limits=Text(
        "Who rates is not who buys: the pleased and the angry rate most. What customers say of a competitor "
        "to us "
        "is not what they would say to others.",
        "评分者不等于购买者：特别满意或不满者更常评分。客户对我们谈论竞争对手，未必如对他人所言。"),
    subject=None,
    columns=[
        Column("side", Type.TEXT, Text("Whose", "归属"), codes=SIDES),
        Column("name", Type.TEXT, Text("Code, or name of the competitor", "商品编码或竞争对手名称")),
        Column("product_name", Type.TEXT, Text("Product", "商品")),
        Column("heard", Type.INTEGER, Text("Opinions", "意见数"), unit="count", note=Text(
            "Ratings and texts; of a competitor, how often it was named.", "评分与文字；"
                "竞争对手为被提及次数。")),
        Column("customers", Type.INTEGER, Text("Customers heard", "发表意见的客户数"), unit="count"),
        Column("buyers", Type.INTEGER, Text("Buyers in a year", "一年购买客户数"), unit="count"),
        Column("again", Type.NUMBER, Text("Bought it again", "再次购买比例"), unit="share"),
        Column("rated", Type.INTEGER, Text("Ratings", "评分数"), unit="count"),
        Column("rating", Type.NUMBER, Text("Mean rating", "平均评分"), unit="share"),
        Column("rating_low", Type.NUMBER, Text("Rating, at least", "评分下限"), unit="share"),
        Column("rating_high", Type.NUMBER, Text("Rating, at most", "评分上限"), unit="share"),
        Column("praise", Type.INTEGER, Text("Praise", "褒"), unit="count"),
        Column("blame", Type.INTEGER, Text("Blame", "贬"), unit="count"),
        Column("praise_share", Type.NUMBER, Text("Praise, of both", "褒义比例"), unit="share"),
        Column("praise_low", Type.NUMBER, Text("Praise, at least", "褒义比例下限"), unit="share"),
        Column("praise_high", Type.NUMBER, Text("Praise, at most", "褒义比例上限"), unit="share"),
        Column("complaints", Type.INTEGER, Text("Complaints", "投诉"), unit="count"),
        Column("owners", Type.INTEGER, Text("Customers who own or buy "
                                            "it", "拥有或购买的客户数"), unit="count"),
    ],
)  # fmt: skip
def product_opinions(  # noqa: PLR0917 - the tables that it is made from
    survey_scores: ir.Table,
    opinions: ir.Table,
    purchases: ir.Table,
    landed_products: ir.Table,
    landed_responses: ir.Table,
    landed_possessions: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    window_days: int = 730,
    elsewhere: tuple[str, ...] = ELSEWHERE,
) -> ir.Table:
    """How each product is received, and which competitors customers name.

    One row per product of ours of which somebody gave a rating or a text in the last `window_days` days, and
    per competitor. Ratings are answers that name the product (see `survey_scores`), from 0 to 1, with
    Student's interval, or Wilson's where all say the same; praise and blame are texts that name it (see
    `opinions`), with Wilson's. Of the buyers of the last 365 days `again` bought it on a second day. A
    competitor is what is answered to a question with one of the words `elsewhere`, or the brand of a thing
    that a customer owns and did not buy here; praise and blame are texts in which its name stands.
    """
    since = ibis.literal(as_of)
    scores = survey_scores.filter(
        survey_scores.product_id.notnull() & (since.delta(survey_scores.day, unit="day") < window_days)
    )
    texts = opinions.filter(since.delta(opinions.day, unit="day") < window_days)
    ours = _ours(scores, texts, purchases, as_of)
    names = landed_products.group_by("product_id").agg(product_name=landed_products.name.max())
    named = ours.left_join(names, "product_id").drop("product_id_right")
    theirs = _theirs(landed_responses, landed_possessions, texts, identities, elsewhere)
    frames = [
        named.order_by("product_id").to_pandas().rename(columns={"product_id": "name"}).assign(side="ours"),
        theirs.order_by("name").to_pandas().assign(side="competitor"),
    ]
    schema = product_opinions.schema
    whole = pd.concat([frame for frame in frames if len(frame)]) if any(map(len, frames)) else pd.DataFrame()
    told = _valued(whole)[list(schema)] if len(whole) else pd.DataFrame(columns=list(schema))
    return checkpoint(ibis.memtable(told, schema=schema))


def _ours(scores: ir.Table, texts: ir.Table, purchases: ir.Table, as_of: date) -> ir.Table:
    about = texts.filter(texts.product_id.notnull())
    none = ibis.null("float64")
    both = scores.select("product_id", "customer_id", "rating", sentiment=ibis.null("string"),
                         form=ibis.null("string")).union(
        about.select("product_id", "customer_id", "sentiment", "form", rating=none).select(
            "product_id", "customer_id", "rating", "sentiment", "form"
        )
    )  # fmt: skip
    heard = both.group_by("product_id").agg(
        heard=both.count(), customers=both.customer_id.nunique(), rated=both.rating.count(),
        total=both.rating.sum(), squares=(both.rating * both.rating).sum(),
        praise=(both.sentiment == "praise").sum(), blame=(both.sentiment == "blame").sum(),
        complaints=(both.form == "complaint").sum(),
    )  # fmt: skip
    goods = purchases.filter(
        (purchases.kind == "goods") & ~purchases.is_return & purchases.customer_id.notnull()
        & ibis.literal(as_of).delta(purchases.day, unit="day").between(0, 364)
    )  # fmt: skip
    each = goods.group_by("product_id", "customer_id").agg(days=goods.day.nunique())
    bought = each.group_by("product_id").agg(buyers=each.count(), repeaters=(each.days > 1).sum())
    return heard.left_join(bought, "product_id").drop("product_id_right").mutate(owners=ibis.null("int64"))


def _theirs(
    responses: ir.Table,
    possessions: ir.Table,
    texts: ir.Table,
    identities: ir.Table,
    elsewhere: tuple[str, ...],
) -> ir.Table:
    """The competitors that customers name or whose goods they own."""
    whose = identities.select("record", "customer_id")
    asked = responses.filter(
        responses.answer.notnull() & responses.question.lower().re_search(pattern(elsewhere))
    )
    told = asked.select(name=asked.answer.strip(), record=record_of(asked))
    owned = possessions.filter(possessions.brand.notnull() & (possessions.bought_here == False))  # noqa: E712
    brands = owned.select(name=owned.brand.strip(), record=record_of(owned))
    said = told.union(brands).inner_join(whose, "record")
    named = said.filter(said.name.length().between(2, 60))
    mentions = named.group_by("name").agg(heard=named.count(), owners=named.customer_id.nunique())
    # Only what several customers name is looked for in texts.
    known = mentions.filter(mentions.owners > 1)
    spoken = texts.inner_join(known.select("name"), texts.text.lower().contains(known.name.lower()))
    tones = spoken.group_by("name").agg(
        praise=(spoken.sentiment == "praise").sum(), blame=(spoken.sentiment == "blame").sum(),
        complaints=(spoken.form == "complaint").sum(),
    )  # fmt: skip
    return known.left_join(tones, "name").drop("name_right").mutate(customers=known.owners)


def _valued(whole: pd.DataFrame) -> pd.DataFrame:
    full = whole.reset_index(drop=True).reindex(
        columns=[
            *whole.columns,
            *({"product_name", "buyers", "repeaters", "rated", "total", "squares"} - {*whole}),
        ]
    )
    counts = ("praise", "blame", "complaints", "rated")
    full = full.assign(**{name: full[name].fillna(0).astype("int64") for name in counts})
    floats = ("total", "squares", "praise", "blame", "rated", "buyers", "repeaters")
    total, squares, praise, blame, rated, buyers, again = (full[n].fillna(0).astype(float) for n in floats)
    both, n = praise + blame, rated.clip(lower=1)
    ratings = mean(total.to_numpy(), squares.to_numpy(), n.to_numpy())
    tones = share(praise.to_numpy(), both.clip(lower=1).to_numpy())
    figures = {
        "rating": (total / n, rated), "rating_low": (ratings[0], rated),
        "rating_high": (ratings[1], rated), "praise_share": (praise / both.clip(lower=1), both),
        "praise_low": (tones[0], both), "praise_high": (tones[1], both),
        "again": (again / buyers.clip(lower=1), buyers),
    }  # fmt: skip
    told = full.assign(**{
        name: pd.Series(figure, index=full.index).where(known > 0) for name, (figure, known) in
        figures.items()
    })  # fmt: skip
    return told.astype(object).where(told.notna(), None)


def _called(row: pd.Series) -> str:
    return str(row["name"] if pd.isna(row.product_name) else row.product_name)


@product_opinions.chart
def rating_dots(frame: pd.DataFrame) -> alt.LayerChart:
    """Of the twenty rated most."""
    rated = frame[frame.rated > 0].sort_values(["rated", "name"], ascending=[False, True]).head(20)
    shown = rated.assign(called=[_called(row) for _, row in rated.iterrows()])
    title = {column.name: str(column.title) for column in product_opinions.columns}
    base = alt.Chart(shown).encode(
        y=alt.Y("called:N", sort=list(shown.called), title=None, axis=alt.Axis(labelLimit=260)),
        tooltip=["called", alt.Tooltip("rated:Q", title=title["rated"]),
                 alt.Tooltip("rating:Q", title=title["rating"], format=".0%")],
    )  # fmt: skip
    dots = base.mark_point(filled=True, size=70).encode(
        x=alt.X(
            "rating:Q", title=title["rating"], axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1])
        )
    )
    reach = alt.X("rating_low:Q", title=title["rating"], axis=alt.Axis(format=".0%"))
    return base.mark_rule().encode(x=reach, x2="rating_high:Q") + dots


@product_opinions.sentence
def product_sentence(frame: pd.DataFrame) -> Text:
    ours, theirs = frame[frame.side == "ours"], frame[frame.side == "competitor"]
    rated = ours[ours.rated >= 5]
    named = theirs.sort_values(["heard", "name"], ascending=[False, True])
    other = (
        Text(f" The competitor named most is {named.iloc[0]['name']} ({int(named.iloc[0].heard):,} times).",
             f"被提及最多的竞争对手为「{named.iloc[0]['name']}」（{int(named.iloc[0].heard):,} 次）。")
        if len(named) else Text("", "")
    )  # fmt: skip
    if rated.empty:
        return Text(
            f"No product has five ratings yet.{other.en}", f"尚无商品获得五个以上评分。{other.zh}"
        )  # fmt: skip
    order = rated.assign(low=rated.rating_low.astype(float), high=rated.rating_high.astype(float))
    best = order.sort_values(["low", "name"], ascending=[False, True]).iloc[0]
    worst = order.sort_values(["high", "name"]).iloc[0]
    names = [_called(row) for row in (best, worst)]
    return Text(
        f"Best received is {names[0]} ({best.rating:.0%} of the best rating), least {names[1]} "
        f"({worst.rating:.0%}).{other.en}",
        f"评价最高的是「{names[0]}」（满分的 {best.rating:.0%}），"
        f"最低的是「{names[1]}」（{worst.rating:.0%}）。"
        f"{other.zh}",
    )
