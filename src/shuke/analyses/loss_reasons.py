"""Loss reasons: why did each customer who is lost go away?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.complaints import pattern, together
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

PRICE = (
    "expensive", "price", "cheaper", "overpriced", "voucher", "discount", "cannot afford",
    "贵", "价格", "涨价", "便宜", "优惠券", "保价", "折扣", "性价比低",
)  # fmt: skip
SERVICE = (
    "rude", "unfriendly", "waited", "nobody answers", "no answer", "late", "slow", "bad service",
    "态度", "服务差", "服务不好", "等了", "晚了", "太慢", "没人接", "没人管", "不理",
)  # fmt: skip
QUALITY = ("quality", "broken", "defect", "faulty", "质量", "坏了", "瑕疵", "破损", "假货")
OUT_OF_RANGE = (
    "out of stock", "sold out", "out of range", "discontinued", "no longer sell", "not available",
    "缺货", "断货", "下架", "停产", "没货", "买不到", "不再卖",
)  # fmt: skip
COMPETITOR = (
    "competitor", "elsewhere", "other shop", "another shop", "switched to", "changed to",
    "别家", "其他家", "竞品", "竞争对手", "换了品牌", "京东", "拼多多",
)  # fmt: skip
MOVED = ("moved", "moving away", "relocat", "new city", "搬家", "搬走", "搬到", "迁往", "离开本市", "出国")

#: Reasons with the words for them; where two weigh the same, the earlier one is named.
CAUSES: dict[str, Text] = {
    "complaints_unanswered": Text("A complaint was not answered", "投诉未获答复"),
    "competitor": Text("Named a competitor", "提到竞争对手"),
    "moved": Text("Moved away", "搬离"),
    "price": Text("Price", "价格"),
    "service": Text("Service", "服务"),
    "quality": Text("Quality", "质量"),
    "out_of_range": Text("Product out of range", "商品下架或缺货"),
    "unknown": Text("Unknown", "不明"),
}

#: What one sign of each weighs against the doubt, which weighs one.
COMPLAINED, NAMED, SAID, SHOWN = 3.0, 3.0, 2.0, 1.0

#: A product that nobody has bought for so many days is out of range.
UNSOLD = 60


@table(
    key="customer_id",
    first="-spent",
    theme="leaving",
    title=Text("Why customers were lost", "流失原因"),
    about=Text("Why did each customer who is lost go away?", "流失的客户为何离开？"),
    reading=Text(
        "Each bar counts the lost customers of whom this is the reason that weighs most; the bolder, the "
        "surer. Most customers leave without a word.",
        "每根柱表示以此为首要原因的流失客户数，颜色越醒目越有把握。多数客户不声不响地离开。"),
    limits=Text(
        "Reasons are read off words and behaviour before leaving; nobody was asked. The sureness is the "
        "weight of the evidence, not a tested cause: many who complain of the price stay.",
        "原因由离开前的言语与行为推断，并未询问本人。把握度是证据的分量，并非经检验的因果："
        "抱怨价格而留下者也很多。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("lost_on", Type.DATE, Text("Given up on", "判定流失日")),
        Column("cause", Type.TEXT, Text("Reason", "原因"), codes=CAUSES, note=Text(
            ", ".join(f"`{code}`" for code in CAUSES),
            "，".join(f"`{code}` {text.zh}" for code, text in CAUSES.items()))),
        Column("sure", Type.NUMBER, Text("How sure", "把握度"), unit="share"),
        Column("signs", Type.INTEGER, Text("Kinds of signs", "迹象种类"), unit="count"),
        Column("said", Type.INTEGER, Text("Said in words", "言语提及次数"), unit="count"),
        Column("spent", Type.MONEY, Text("Bought so far", "累计购买额"), unit="currency"),
    ],
)  # fmt: skip
def loss_reasons(  # noqa: PLR0917 - the tables that it is made from
    departures: ir.Table,
    complaints: ir.Table,
    purchases: ir.Table,
    landed_interactions: ir.Table,
    landed_responses: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    checkpoint: Checkpoint,
    days_before: int = 180,
    price: tuple[str, ...] = PRICE,
    service: tuple[str, ...] = SERVICE,
    quality: tuple[str, ...] = QUALITY,
    out_of_range: tuple[str, ...] = OUT_OF_RANGE,
    competitor: tuple[str, ...] = COMPETITOR,
    moved: tuple[str, ...] = MOVED,
) -> ir.Table:
    """The reason that weighs most for each lost customer, and how sure it is.

    One row per customer who is lost (see `departures`). What counts are the `days_before` days before the
    last purchase and the time from then until given up:

    - a complaint still without an answer (see `complaints`) weighs 3;
    - a competitor named, or a move, weighs 3; price, service, quality and products out of range 2; found by
      the given words in interactions, and in answers to surveys with at most six tenths of the
      question's highest score or none;
    - at least half of the money spent on products that nobody has bought in the 60 days before the customer
      was given up, or since, is a sign of `out_of_range` and weighs 1;
    - at least half of three or more lines bought at a discount is one of `price` and weighs 1.

        sure = weight of the reason / (1 + weights of all reasons)

    The one is the doubt. Without any sign the reason is `unknown` and nothing is sure (0).
    """
    lost = checkpoint(
        departures.filter(departures.lost).select("customer_id", "last_day", "lost_on", "spent")
    )
    words = {
        "competitor": competitor, "moved": moved, "price": price, "service": service, "quality": quality,
        "out_of_range": out_of_range,
    }  # fmt: skip
    talk = _talk(landed_interactions, landed_responses, identities, zone=zone)
    open_ = complaints.filter(complaints.waiting)
    waiting = open_.select("customer_id", "day", text=ibis.null("string"))
    heard = _around(talk.select("customer_id", "day", "text").union(waiting), lost, days_before)
    told = heard.group_by("customer_id").agg(
        complaints_unanswered=heard.text.isnull().sum(),
        **{name: heard.text.re_search(pattern(of)).sum().fill_null(0) for name, of in words.items()},
    )
    full = lost
    for found in (told, _shown(purchases, lost, as_of)):
        full = full.left_join(found, "customer_id").drop("customer_id_right")
    # Computed once: what follows names each of the counts several times.
    return _judged(checkpoint(full))


def _talk(interactions: ir.Table, responses: ir.Table, identities: ir.Table, *, zone: str) -> ir.Table:
    """What customers said on which day: all interactions, and answers that do not praise."""
    highest = responses.score.max().over(ibis.window(group_by=["survey", "question"]))
    content = responses.score.cast("float64") > 0.6 * highest.cast("float64")
    answers = responses.mutate(content=content.fill_null(False)).filter(lambda t: ~t.content)
    said = interactions.select(
        "source", "record_id", "at", text=together(interactions, "kind", "topic", "text", "outcome")
    ).union(answers.select("source", "record_id", "at", text=answers.answer.fill_null("").lower()))
    dated = said.select(
        "text", day=to_local(said["at"], zone).date(), record=said.source + ":" + said.record_id
    )
    return dated.inner_join(identities.select("record", "customer_id"), "record").drop("record")


def _around(rows: ir.Table, lost: ir.Table, days_before: int) -> ir.Table:
    """The rows of lost customers from `days_before` their last purchase until they were given up."""
    both = rows.inner_join(lost.select("customer_id", "last_day", "lost_on"), "customer_id")
    start = both.last_day - ibis.interval(days=days_before)
    return both.filter((both.day >= start) & (both.day <= both.lost_on))


def _shown(purchases: ir.Table, lost: ir.Table, as_of: date) -> ir.Table:
    """Which lost customers bought mostly what then went out of range, and which mostly at a discount."""
    sold = purchases.filter((purchases.kind == "goods") & ~purchases.is_return & (purchases.day <= as_of))
    last = sold.filter(sold.product_id.notnull()).group_by("product_id").agg(last_sold=lambda t: t.day.max())
    lines = sold.select("customer_id", "product_id", "amount", "discount").inner_join(
        lost.select("customer_id", "lost_on"), "customer_id"
    )
    dated = lines.left_join(last, "product_id").drop("product_id_right")
    ended = (dated.last_sold < dated.lost_on - ibis.interval(days=UNSOLD)).fill_null(False)
    summed = dated.group_by("customer_id").agg(
        money=dated.amount.sum(), ended=dated.amount.sum(where=ended),
        lines=dated.count(), cheap=(dated.discount.fill_null(0) != 0).sum(),
    )  # fmt: skip
    return summed.select(
        "customer_id",
        ended=(2 * summed.ended >= summed.money) & (summed.money > 0),
        cheap=(2 * summed.cheap >= summed.lines) & (summed.lines >= 3),
    )


def _judged(found: ir.Table) -> ir.Table:
    """The weights of all reasons, and the greatest of them."""
    named = [code for code in CAUSES if code != "unknown"]
    counts = found.mutate(**{code: found[code].fill_null(0) for code in named})
    heavy = {"complaints_unanswered": COMPLAINED, "competitor": NAMED, "moved": NAMED}
    shown = {"out_of_range": counts.ended, "price": counts.cheap}
    weighed = counts.mutate(
        **{
            f"{code}_weight": (counts[code] > 0).cast("float64") * heavy.get(code, SAID)
            + (shown[code].fill_null(False).cast("float64") * SHOWN if code in shown else 0.0)
            for code in named
        }
    )
    weights = [weighed[f"{code}_weight"] for code in named]
    best = weighed.mutate(
        most=ibis.greatest(*weights), all=sum(weights[1:], start=weights[0]),
        signs=sum(((w > 0).cast("int64") for w in weights[1:]), start=(weights[0] > 0).cast("int64")),
        said=sum((weighed[code] for code in named[2:]), start=weighed[named[1]]),
    )  # fmt: skip
    chosen = [((best.most > 0) & (best[f"{code}_weight"] == best.most), code) for code in named]
    return best.mutate(cause=ibis.cases(*chosen, else_="unknown"), sure=best.most / (1.0 + best["all"]))


def _by_cause(rows: ir.Table) -> pd.DataFrame:
    counted = rows.group_by("cause").agg(customers=rows.count(), sure=rows.sure.mean())
    return counted.to_pandas().sort_values(["customers", "cause"], ascending=[False, True], ignore_index=True)


@loss_reasons.chart
def causes(rows: ir.Table) -> alt.Chart:
    frame = _by_cause(rows).assign(title=lambda f: [str(CAUSES[code]) for code in f.cause])
    sure, people = str(loss_reasons["sure"].title), str(Text("Customers lost", "流失客户数"))
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            y=alt.Y("title:N", sort=list(frame.title), title=None),
            x=alt.X("customers:Q", title=people),
            color=alt.Color("sure:Q", title=sure, legend=alt.Legend(format=".0%")),
            tooltip=[
                alt.Tooltip("title", title=str(loss_reasons["cause"].title)),
                alt.Tooltip("customers:Q", title=people, format=","),
                alt.Tooltip("sure:Q", title=sure, format=".0%"),
            ],
        )
    )


@loss_reasons.sentence
def why(rows: ir.Table) -> Text:
    frame = _by_cause(rows)
    everybody, known = int(frame.customers.sum()), frame[frame.cause != "unknown"]
    if not everybody:
        return Text("Nobody is lost.", "没有客户流失。")
    if known.empty:
        return Text(
            f"Of none of the {everybody:,} lost customers is there a sign why.",
            f"{everybody:,} 位流失客户均无原因迹象。",
        )
    told, first = int(known.customers.sum()), known.iloc[0]
    cause = CAUSES[str(first.cause)]
    return Text(
        f"There is a sign why for {told:,} of {everybody:,} lost customers ({told / everybody:.0%}), most "
        f"often: {cause.en.lower()} ({first.customers:,}, {first.sure:.0%} sure).",
        f"{everybody:,} 位流失客户中，{told:,} 位（{told / everybody:.0%}）有原因迹象，最常见的是"
        f"「{cause.zh}」（{first.customers:,} 位，把握度 {first.sure:.0%}）。",
    )
