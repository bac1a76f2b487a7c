"""Motives: is a customer drawn by the product, by the service, or by the price?"""

from __future__ import annotations

import math
from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.prices_paid import OWN, marked
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text, language
from shuke.lazy import alt, pd
from shuke.stats import two_shares
from shuke.tables import Column, Grade, Measure, Type, table
from shuke.tables.derived import Checkpoint

MOTIVES: dict[str, Text] = {
    "product": Text("Product", "产品"),
    "service": Text("Service", "服务"),
    "price": Text("Price", "价格"),
    "unclear": Text("Unclear", "不明确"),
}
PULLS = ("product", "service", "price")

#: How often whom a motive draws does a thing, by the average customer: takes what is reduced, comes back
#: to a brand or product, gets in touch.
REDUCED = {"product": 0.7, "service": 0.7, "price": 1.5}
REPEATS = {"product": 1.2, "service": 1.0, "price": 0.8}
CONTACTS = {"product": 0.67, "service": 2.0, "price": 0.67}
#: The dearest of a category is e to this power times as likely as the cheapest: twice, or half.
BAND = {"product": math.log(2), "service": 0.0, "price": -math.log(2)}
#: Who speaks of a thing is four times as likely to be drawn by it.
SPOKEN = math.log(4)
#: Lines of one customer resemble one another: however many, they weigh no more than so many apart.
MOST_LINES = 20
#: Lines and contacts with which own evidence weighs as much as the company's average.
HALF_WAY = 5

PRICE_WORDS = (
    "price", "cheap", "expensive", "voucher", "coupon", "discount", "value for money", "bargain",
    "价格", "价钱", "便宜", "优惠", "保价", "贵", "划算", "打折", "折扣", "性价比",
)  # fmt: skip
SERVICE_WORDS = (
    "service", "staff", "deliver", "install", "parcel", "courier", "answers the phone", "rude", "friendly",
    "服务", "态度", "送货", "送达", "配送", "快递", "安装", "店员", "客服", "热情",
)  # fmt: skip
PRODUCT_WORDS = (
    "product", "quality", "collection", "new arrival", "assortment", "taste", "design",
    "产品", "质量", "品质", "新品", "款式", "口味",
)  # fmt: skip


@table(
    key="customer_id",
    first="-confidence",
    theme="price",
    title=Text("Motives", "购买动机"),
    about=Text("Is a customer drawn by the product, by the service, or by the price?",
               "客户看重的是产品、服务，还是价格？"),
    reading=Text(
        "Each bar is a motive, its length the customers whom it draws. `unclear` are those of whom too "
        "little is known, or whom two motives draw alike.",
        "每条代表一种动机，长度为受其吸引的客户数。“不明确”指资料太少，或两种动机难分高下的客户。"),
    limits=Text(
        "It sees what people buy and say, not why: who buys at reduced prices because the shop always "
        "reduces them on Saturdays looks average. How much each habit weighs is assumed, not learnt.",
        "只看到买了什么、说了什么，看不到内心。各种习惯的权重是假定的，而非学得的。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("motive", Type.TEXT, Text("Motive", "动机"), codes=MOTIVES, note=Text(
            "`product`, `service`, `price`, or `unclear`.",
            "`product` 产品，`service` 服务，`price` 价格，`unclear` 不明确。")),
        Column("product", Type.NUMBER, Text("Drawn by the product", "产品占比"), unit="share"),
        Column("service", Type.NUMBER, Text("Drawn by the service", "服务占比"), unit="share"),
        Column("price", Type.NUMBER, Text("Drawn by the price", "价格占比"), unit="share"),
        Column("confidence", Type.NUMBER, Text("Confidence", "把握"), unit="share", note=Text(
            "The lead of the first motive over the second.", "第一动机领先第二动机的幅度。")),
        Column("lines", Type.INTEGER, Text("Lines bought", "购买行数"), unit="count"),
        Column("reduced", Type.INTEGER, Text("Lines at a reduced price", "降价购买行数"), unit="count"),
        Column("expected_reduced", Type.NUMBER, Text("Expected reduced", "预期降价行数"), unit="count"),
        Column("discount_dependence", Type.NUMBER, Text("Discount dependence", "折扣依赖度"), note=Text(
            "1: takes reductions as they come; more: looks for them.", "1 为随遇而安，越大越追逐折扣。")),
        Column("price_band", Type.NUMBER, Text("Price band", "价位"), unit="share", note=Text(
            "0 the cheapest of each category, 1 the dearest.", "0 为各类别最便宜，1 为最贵。")),
        Column("categories", Type.INTEGER, Text("Categories", "类别数"), unit="count"),
        Column("repeats", Type.INTEGER, Text("Lines of a brand bought before", "重复品牌行数"), unit="count"),
        Column("expected_repeats", Type.NUMBER, Text("Expected repeats", "预期重复行数"), unit="count"),
        Column("contacts", Type.INTEGER, Text("Contacts with us", "联系次数"), unit="count"),
        Column("product_said", Type.INTEGER, Text("Spoke of products", "谈及产品次数"), unit="count"),
        Column("service_said", Type.INTEGER, Text("Spoke of service", "谈及服务次数"), unit="count"),
        Column("price_said", Type.INTEGER, Text("Spoke of prices", "谈及价格次数"), unit="count"),
    ],
)  # fmt: skip
def motives(
    purchases: ir.Table,
    landed_products: ir.Table,
    landed_interactions: ir.Table,
    landed_responses: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    min_lead: float = 0.15,
    min_signals: int = 3,
    price_words: tuple[str, ...] = PRICE_WORDS,
    service_words: tuple[str, ...] = SERVICE_WORDS,
    product_words: tuple[str, ...] = PRODUCT_WORDS,
) -> ir.Table:
    """What draws each customer, as shares of product, service and price that sum to one.

    One row per known customer with a line of goods sold up to `as_of`, or a contact or survey answer.
    Evidence for a motive m is the logarithm of how much likelier its archetype would do what was seen,
    than the average customer:

        w · [reduced · ln R − expected_reduced · (R − 1) + repeats · ln K − expected_repeats · (K − 1)
             + B · Σ(band − ½) − lines · B²/24]
        + min(contacts, 4) · ln C − average contacts · (C − 1) + ln 4 · min(times m was spoken of, 3)

    with R, K, C, B of the archetype (`REDUCED`, `REPEATS`, `CONTACTS`, `BAND`) and w = 1 / (1 + lines/20),
    because lines of one customer are no independent witnesses. `expected_reduced` is what was on offer on
    those days in those categories (`prices_paid.marked`), `expected_repeats` the mean of customers with as
    many lines. Shares are proportional to exp(evidence), then drawn towards the company's average with the
    weight of 5 lines or contacts. `motive` is the largest share where it leads by `min_lead` and there are
    `min_signals` lines and contacts, and, for `service`, a contact or a word about it; else
    `unclear`. `discount_dependence` = (reduced + 2) / (expected_reduced + 2).
    Method: naive Bayes with declared likelihoods (Poisson rates), in the manner of Spiegelhalter and
    Knill-Jones (1984).
    """
    words = {"product": product_words, "service": service_words, "price": price_words}
    bought = _bought(_sold(purchases, as_of), landed_products, checkpoint=checkpoint)
    spoken = _spoken(landed_interactions, landed_responses, identities, words=words)
    joined = bought.outer_join(spoken, "customer_id")
    counts = {
        name: joined[name].fill_null(0) for name in (*bought.columns, *spoken.columns) if name in _COUNTED
    }
    seen = joined.select(
        customer_id=ibis.coalesce(joined.customer_id, joined.customer_id_right),
        price_band=joined.price_band, tilt=joined.tilt.fill_null(0.0),
        discount_dependence=joined.discount_dependence, **counts,
    )  # fmt: skip
    return _named(
        _shares(checkpoint(seen), checkpoint=checkpoint), min_lead=min_lead, min_signals=min_signals
    )


_COUNTED = (
    "lines", "reduced", "expected_reduced", "categories", "repeats", "expected_repeats", "contacts",
    "product_said", "service_said", "price_said",
)  # fmt: skip


def _sold(purchases: ir.Table, until: date) -> ir.Table:
    goods = purchases.filter((purchases.kind == "goods") & ~purchases.is_return & (purchases.quantity > 0))
    return goods.filter(goods.customer_id.notnull() & (goods.day <= until))


def _bought(sold: ir.Table, products: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """One row per customer: what their lines say, beside what those of the others would."""
    lines = marked(sold, checkpoint=checkpoint)
    brands = products.select("brand", item="product_id")
    branded = lines.left_join(brands, "item").select(lines, kept=ibis.coalesce(brands.brand, lines.item))
    figures = branded.group_by("customer_id").agg(
        lines=branded.count(), reduced=branded.reduced.sum(), expected_reduced=branded.offered.sum(),
        tilt=(branded.band - 0.5).sum(), price_band=branded.band.mean(),
        categories=branded.category.nullif("").nunique(), kept=branded.kept.nunique(),
    )  # fmt: skip
    counted = figures.mutate(repeats=figures.lines - figures.kept)
    return counted.mutate(
        expected_repeats=counted.repeats.mean().over(ibis.window(group_by="lines")),
        discount_dependence=(counted.reduced + OWN) / (counted.expected_reduced + OWN),
    ).drop("kept")


def _spoken(
    interactions: ir.Table, responses: ir.Table, identities: ir.Table, *, words: dict[str, tuple[str, ...]]
) -> ir.Table:
    """One row per customer who got in touch or answered: how often, and of what they spoke."""
    inbound = interactions.filter(interactions.direction.lower().fill_null("") != "outbound")
    told = [inbound[name].fill_null("") for name in ("kind", "topic", "text")]
    called = inbound.select(
        record=inbound.source + ":" + inbound.record_id,
        contacts=inbound.interaction_id.notnull().cast("int64"),
        said=told[0] + " " + told[1] + " " + told[2],
    )
    answered = responses.select(
        record=responses.source + ":" + responses.record_id,
        contacts=ibis.literal(0, "int64"),
        said=responses.answer.fill_null(""),
    )
    whose = identities.select("record", "customer_id")
    all_ = called.union(answered).inner_join(whose, "record").mutate(said=lambda t: t.said.lower())
    return all_.group_by("customer_id").agg(
        contacts=all_.contacts.sum(),
        **{f"{motive}_said": _speaks(all_.said, of).sum() for motive, of in words.items()},
    )


def _speaks(said: ir.StringValue, words: tuple[str, ...]) -> ir.IntegerValue:
    # One pattern is planned in a tenth of the time that as many searches take. A sign that a pattern would
    # read otherwise stands for any one character; no words are a pattern that nothing matches.
    plain = ["".join(c if c.isalnum() or c == " " else "." for c in word.lower()) for word in words]
    return said.re_search("|".join(plain) or "$.").cast("int64")


def _shares(seen: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """Adds the three shares, drawn towards their averages."""
    usual = seen.aggregate(usual_contacts=seen.contacts.cast("float64").mean().fill_null(0.0))
    beside = seen.cross_join(usual)
    evidence = beside.mutate(**{f"{motive}_evidence": _evidence(beside, motive) for motive in PULLS})
    most = ibis.greatest(*(evidence[f"{motive}_evidence"] for motive in PULLS))
    weighed = evidence.mutate(
        **{f"{motive}_own": (evidence[f"{motive}_evidence"] - most).exp() for motive in PULLS}
    )
    whole = weighed.product_own + weighed.service_own + weighed.price_own
    own = checkpoint(
        weighed.select(
            *seen.columns, **{f"{motive}_own": weighed[f"{motive}_own"] / whole for motive in PULLS}
        )
    )
    everybody = own.aggregate(**{f"{motive}_all": own[f"{motive}_own"].mean() for motive in PULLS})
    known = own.cross_join(everybody)
    weight = (known.lines + known.contacts) / (known.lines + known.contacts + float(HALF_WAY))
    return known.select(
        *seen.columns,
        **{m: weight * known[f"{m}_own"] + (1 - weight) * known[f"{m}_all"] for m in PULLS},
    )


def _evidence(seen: ir.Table, motive: str) -> ir.FloatingValue:
    reduced, repeats, contacts, band = REDUCED[motive], REPEATS[motive], CONTACTS[motive], BAND[motive]
    bought = (
        seen.reduced * math.log(reduced) - seen.expected_reduced * (reduced - 1)
        + seen.repeats * math.log(repeats) - seen.expected_repeats * (repeats - 1)
        + seen.tilt * band - seen.lines * (band * band / 24)
    )  # fmt: skip
    in_touch = ibis.least(seen.contacts, 4) * math.log(contacts) - seen.usual_contacts * (contacts - 1)
    said = ibis.least(seen[f"{motive}_said"], 3) * SPOKEN
    return bought / (1 + seen.lines / float(MOST_LINES)) + in_touch + said


def _named(shares: ir.Table, *, min_lead: float, min_signals: int) -> ir.Table:
    most = ibis.greatest(*(shares[m] for m in PULLS))
    second = 1 - most - ibis.least(*(shares[m] for m in PULLS))
    led = shares.mutate(confidence=ibis.greatest(most - second, 0.0), most=most)
    enough = (led.confidence >= min_lead) & (led.lines + led.contacts >= min_signals)
    served = led.contacts + led.service_said > 0
    named = ibis.cases(
        (~enough, "unclear"),
        (led.price == led.most, "price"),
        ((led.service == led.most) & served, "service"),
        (led.service == led.most, "unclear"),
        else_="product",
    )
    return led.mutate(motive=named).drop("most")


@motives.grade
def reductions_taken(motives: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    """Of the later lines of whom the price was said to draw: how many were reduced, beside the others'."""
    lines = _sold(purchases, until)
    later = lines.filter(lines.day > at)
    told = later.inner_join(motives.select("customer_id", "motive"), "customer_id")
    low = (told.discount.fill_null(0) > 0).cast("int64")
    drawn = told.motive == "price"
    named = told.aggregate(
        hits=low.sum(where=drawn), lines=drawn.sum(), other_hits=low.sum(where=~drawn),
        others=(~drawn).sum(), people=told.customer_id.nunique(),
    )  # fmt: skip
    row = (
        named.mutate(z=two_shares(named.hits, named.lines, named.other_hits, named.others))
        .to_pandas()
        .iloc[0]
    )
    if not row.lines or not row.others or not row.hits + row.other_hits:
        raise NotEnoughData(
            N_("Nobody of those whom a motive draws bought anything reduced until {until}."), until=until
        )
    with_, without = row.hits / row.lines, row.other_hits / row.others
    title = Text("Later lines at a reduced price", "之后降价购买占比")
    sure = Text("", "") if abs(row.z) > 2 else Text(", which may be chance", "，差别可能出于偶然")
    return Grade(
        subjects=int(row.people),
        measures=(
            Measure(name="reduced", title=title, value=float(with_), naive=float(without), unit="share"),
        ),
        sentence=Text(
            f"Customers drawn by the price, as was said, then bought {with_:.0%} of their lines reduced, "
            f"the others {without:.0%}{sure.en}.",
            f"被判断为看重价格的客户，之后有 {with_:.0%} 的购买带折扣，其他客户为 {without:.0%}{sure.zh}。",
        ),
    )


@motives.chart
def drawn_by(rows: ir.Table) -> alt.Chart:
    frame = _by_motive(rows)
    bars = alt.Chart(frame).encode(
        y=alt.Y("title:N", sort=[str(t) for t in MOTIVES.values()], title=None),
        x=alt.X("customers:Q", title=str(Text("Customers", "客户数"))),
        tooltip=[
            alt.Tooltip("title:N", title=str(motives["motive"].title)),
            alt.Tooltip("customers:Q", title=str(Text("Customers", "客户数")), format=","),
        ],
    )
    return bars.mark_bar()


@motives.sentence
def drawn_sentence(rows: ir.Table) -> Text:
    counts = _by_motive(rows).set_index("motive").customers
    total, unclear = int(counts.sum()), int(counts.get("unclear", 0))
    if total == unclear:
        return Text(
            f"Of {total:,} customers none shows clearly what draws them.",
            f"{total:,} 位客户中，尚看不出谁因何而来。",
        )
    clear = counts.drop("unclear", errors="ignore")
    first, share = clear.idxmax(), clear.max() / (total - unclear)
    return Text(
        f"The {MOTIVES[first].en.lower()} draws {share:.0%} of the {total - unclear:,} customers whose "
        f"motive is clear; of {unclear:,} it is not.",
        f"在动机明确的 {total - unclear:,} 位客户中，{share:.0%} 看重{MOTIVES[first].zh}；"
        f"另有 {unclear:,} 位不明确。",
    )


def _by_motive(rows: ir.Table) -> pd.DataFrame:
    frame = rows.group_by("motive").agg(customers=rows.count()).order_by("motive").to_pandas()
    return frame.assign(title=[MOTIVES[motive].in_(language()) for motive in frame.motive])
