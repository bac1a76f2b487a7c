"""Recommendations: what may each customer like to buy next?"""

from datetime import date

import altair as alt
import ibis
import ibis.expr.types as ir

from shuke.errors import NotEnoughData
from shuke.languages import N_, Text, language
from shuke.models.bought import bought, names, offered, repeated
from shuke.models.found import Found, found
from shuke.models.related_products import ANYONE, METHODS, SEASON
from shuke.models.scores import AGAIN_AND_AGAIN, EVERYBODY, POPULAR, PRIOR, allowed, ranked, reasons, scores
from shuke.models.signals import PURCHASE, Weights, signals
from shuke.tables import Column, Grade, Measure, Type, table
from shuke.tables.derived import Checkpoint

#: A region with fewer buyers in the season has no favourites of its own.
REGION = 30

#: Candidates are worked out for so many pairs of interest and product at a time, in at most so many parts.
AT_ONCE = 30_000_000
PARTS = 16


@table(
    key=("customer_id", "rank"),
    title=Text("You may also like", "猜你喜欢"),
    about=Text("What may each customer like to buy next?", "每位客户接下来可能喜欢什么？"),
    reading=Text(
        "Each bar is a product: to how many customers it is recommended, by the reason that weighs most.",
        "每一条是一种商品：推荐给多少客户，按最主要的理由分色。"),
    limits=Text(
        "It goes by what other customers bought and knows neither stock nor margin. Nothing here says that a "
        "customer would not have bought the product anyway.",
        "依据的是其他客户的购买，不了解库存与毛利；也不能说明客户本来就不会买。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("rank", Type.INTEGER, Text("Rank", "名次")),
        Column("product_id", Type.TEXT, Text("Product code", "商品编码")),
        Column("product_name", Type.TEXT, Text("Product", "商品")),
        Column("category", Type.TEXT, Text("Category", "类别")),
        Column("score", Type.NUMBER, Text("Score", "得分"), note=Text(
            "To be compared within one customer only.", "仅可在同一客户内比较。")),
        Column("reason", Type.TEXT, Text("Reason", "英文理由")),
        Column("reason_zh", Type.TEXT, Text("Reason in Chinese", "理由")),
        Column("method", Type.TEXT, Text("Method", "方法"),
            codes={**METHODS, "again": Text("Bought again and again", "经常回购")}, note=Text(
            "What weighs most: `ease` or `neighbours`: from products that the customer showed interest in; "
            "`again`: bought again and again; `popular`: bought by many in the region, or by all.",
            "权重最大者：`ease`、`neighbours` 来自客户感兴趣的商品；`again` 经常回购；"
            "`popular` 本地或全体热销。")),
    ],
)  # fmt: skip
def recommendations(  # noqa: PLR0917 - it is made from six tables
    customers: ir.Table,
    purchases: ir.Table,
    landed_events: ir.Table,
    landed_products: ir.Table,
    identities: ir.Table,
    related_products: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    many: int = 20,
    suppressed: tuple[str, ...] = (),
    half_life: int = 365,
    carts: float = 0.6,
    favourites: float = 0.6,
    searches: float = 0.3,
    views: float = 0.2,
) -> ir.Table:
    """Up to `many` products for every customer, those of the highest score first.

    One row per customer and rank. The score of a product is Σ interest x weight over all products that the
    customer showed interest in, with the weights of `related_products`. Interest is that of the strongest
    signal: a purchase counts 1, the other signals what is asked (`carts`, `favourites`, `searches`,
    `views`), and each is halved every `half_life` days; a search for words counts in equal parts for the
    products whose names hold them. To it is added a twentieth of how popular the product is in the
    customer's region (buyers in the last 60 days over those of the first; of all customers where the region
    has under 30 buyers): so those without a history get the best of their region, and `method` is
    `popular`.

    Never recommended is what the customer has bought, unless it is bought again and again: by at least 30 %
    of its buyers, of ten or more, on different days; that share is then the product's weight for itself.
    Nor what is withdrawn, not launched, not sold for a year, or `suppressed` (product codes or categories).
    Where `related_products` does not find more than what is popular does, its weights are left out.
    """
    pairs = checkpoint(bought(purchases, as_of=as_of))
    goods = checkpoint(names(purchases))
    on_sale = offered(pairs, landed_products, as_of=as_of).inner_join(goods, "product_id")
    shelf = checkpoint(allowed(on_sale, "product_id", suppressed))
    placed = customers.select("customer_id", "region").distinct()
    regional = checkpoint(_regional(pairs, placed, as_of=as_of))
    weights = checkpoint(_weights(related_products, regional, shelf))
    asked = Weights(half_life=half_life, cart=carts, favourite=favourites, search=searches, view=views)
    events = _events(landed_events, identities, goods, asked, as_of=as_of)
    interests = checkpoint(_interests(pairs, events, placed, regional, asked, as_of=as_of))
    taken = pairs.anti_join(shelf.filter(shelf.again > 0), "product_id")
    best = _best(interests, weights, taken, many=many, checkpoint=checkpoint)
    return _told(best, goods, related_products)


def _regional(pairs: ir.Table, placed: ir.Table, *, as_of: date) -> ir.Table:
    """What is bought most in each region: `product_id` names the region, `related_id` the product."""
    lately = pairs.filter(ibis.literal(as_of).delta(pairs.last, unit="day") < SEASON)
    here = lately.inner_join(placed.filter(placed.region.notnull()), "customer_id")
    sold = here.group_by("region", related_id="product_id").agg(buyers=here.count())
    sizes = here.group_by("region").agg(crowd=here.customer_id.nunique())
    large = sold.inner_join(sizes.filter(sizes.crowd >= REGION), "region")
    best_first = ibis.window(group_by="region", order_by=[large.buyers.desc(), large.related_id])
    most = ibis.window(group_by="region")
    numbered = large.mutate(nth=ibis.row_number().over(best_first), most=large.buyers.max().over(most))
    return numbered.filter(numbered.nth < 50).select(
        "region",
        "related_id",
        product_id=_popular_in(numbered.region),
        weight=numbered.buyers / numbered.most,
    )


def _popular_in(region: ir.StringValue) -> ir.StringValue:
    return ibis.literal(f"{ANYONE} ") + region


def _weights(related: ir.Table, regional: ir.Table, shelf: ir.Table) -> ir.Table:
    """`product_id`, `related_id`, `weight`: ties that are of use, what is bought again, what is popular."""
    columns = ("product_id", "related_id", "weight")
    useful = related.filter((related.product_id == ANYONE) | (related.method != "popular"))
    again = shelf.filter(shelf.again > 0).select("product_id", related_id="product_id", weight="again")
    rows = useful.select(columns).union(again.select(columns)).union(regional.select(columns))
    return rows.semi_join(shelf.select(related_id="product_id"), "related_id")


def _events(
    landed: ir.Table, identities: ir.Table, goods: ir.Table, asked: Weights, *, as_of: date
) -> ir.Table:
    """The signals of known customers, by the day."""
    told = signals(landed, goods, asked)
    keyed = told.mutate(record=told.source + ":" + told.record_id, day=told.at.date())
    known = keyed.inner_join(identities.select("record", "customer_id"), "record")
    return known.filter(known.day <= as_of).select("customer_id", "product_id", "day", "signal", "weight")


def _interests(
    pairs: ir.Table, events: ir.Table, placed: ir.Table, regional: ir.Table, asked: Weights, *, as_of: date
) -> ir.Table:
    """One row per customer and product: the `interest` left, and its surest `signal`; and the region's."""
    kinds = {"signal": "int64", "interest": "float64"}
    purchased = pairs.select(
        "customer_id", "product_id", day="last", signal=ibis.literal(PURCHASE), weight=ibis.literal(1.0)
    )
    every = purchased.cast({"signal": "int64"}).union(events.cast({"signal": "int64", "weight": "float64"}))
    left = asked.faded(every.weight, ibis.literal(as_of).delta(every.day, unit="day"))
    faded = every.mutate(interest=left)
    own = faded.group_by("customer_id", "product_id").agg(
        signal=faded.signal.min(), interest=faded.interest.max()
    )
    known = regional.select("region", "product_id").distinct()
    there = placed.left_join(known, "region")
    crowd = there.select(
        "customer_id", product_id=ibis.coalesce(there.product_id, ANYONE),
        signal=ibis.literal(POPULAR), interest=ibis.literal(PRIOR),
    )  # fmt: skip
    return own.cast(kinds).union(crowd.cast(kinds))


def _best(
    interests: ir.Table, weights: ir.Table, taken: ir.Table, *, many: int, checkpoint: Checkpoint
) -> ir.Table:
    """The best for every customer, worked out for a part of them at a time where they are many."""
    rows, ties, products = (
        table.count().to_pyarrow().as_py()
        for table in (interests, weights, weights.select("product_id").distinct())
    )
    parts = min(PARTS, int(rows * ties / max(products, 1) / AT_ONCE) + 1)
    last = interests.customer_id.right(1).ascii_str()
    own = taken.select("customer_id", related_id="product_id")

    def best(some: ir.Table) -> ir.Table:
        fresh = scores(some, weights, who="customer_id").anti_join(own, ["customer_id", "related_id"])
        return ranked(fresh, who="customer_id", many=many)

    if parts == 1:
        return best(interests)
    return ibis.union(*(checkpoint(best(interests.filter(last % parts == n))) for n in range(parts)))


def _told(best: ir.Table, goods: ir.Table, related: ir.Table) -> ir.Table:
    """With names, reasons and the method."""
    tied = related.filter(related.product_id != ANYONE).method.max().to_pyarrow().as_py() or "popular"
    named = best.rename(product_id="related_id").inner_join(goods, "product_id")
    because = goods.select(because="product_id", because_name="product_name")
    told = named.left_join(because, "because").drop("because_right")
    again, region = told.because == told.product_id, told.because.substr(len(ANYONE) + 1)
    everywhere = told.because == ANYONE
    popular = (
        ibis.ifelse(everywhere, EVERYBODY.en, ibis.literal("Popular in ") + region),
        ibis.ifelse(everywhere, EVERYBODY.zh, ibis.literal("在") + region + "热销"),
    )
    said = reasons(told, popular=popular)
    method = ibis.cases((told.signal == POPULAR, "popular"), (again, "again"), else_=tied)
    return told.select(
        "customer_id", "rank", "product_id", "product_name", "category", "score",
        reason=ibis.ifelse(again, AGAIN_AND_AGAIN.en, said["reason"]),
        reason_zh=ibis.ifelse(again, AGAIN_AND_AGAIN.zh, said["reason_zh"]),
        method=method,
    )  # fmt: skip


@recommendations.grade
def found_by_then(recommendations: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    """What was bought that was new to the customer, or that is bought again and again."""
    shown = int(recommendations["rank"].max().to_pyarrow().as_py() or 0)
    there = recommendations.select("customer_id").distinct()
    then, later = bought(purchases, as_of=at), bought(purchases, as_of=until)
    staples = repeated(then)
    own = then.anti_join(staples.filter(staples.again > 0), "product_id").select("customer_id", "product_id")
    wanted = later.filter(later.last > at).semi_join(there, "customer_id").select("customer_id", "product_id")
    new = wanted.anti_join(own, ["customer_id", "product_id"])
    ours = found(recommendations, new, shown=shown)
    if not ours.customers:
        raise NotEnoughData(N_("No customer with recommendations bought anything new by {day}."), day=until)
    naive = found(_most_popular(then, new, own, at=at, shown=shown), new, shown=shown)
    return _grade(ours, naive, shown)


def _most_popular(then: ir.Table, new: ir.Table, own: ir.Table, *, at: date, shown: int) -> ir.Table:
    """A list for each customer who bought: what most had bought lately, without what they had."""
    lately = then.filter(ibis.literal(at).delta(then.last, unit="day") < SEASON)
    sold = lately.group_by("product_id").agg(score=lately.count())
    few = sold.order_by(sold.score.desc(), sold.product_id).limit(10 * shown)
    each = new.select("customer_id").distinct().cross_join(few)
    fresh = each.anti_join(own, ["customer_id", "product_id"]).rename(related_id="product_id")
    return ranked(fresh, who="customer_id", many=shown).rename(product_id="related_id")


def _grade(ours: Found, naive: Found, shown: int) -> Grade:
    titles = {
        "recall": Text(f"Found of what was bought (recall@{shown})", f"命中率（recall@{shown}）"),
        "ndcg": Text(f"And how high in the list (NDCG@{shown})", f"排序质量（NDCG@{shown}）"),
    }
    measures = tuple(
        Measure(name=f"{n}_{shown}", title=t, value=getattr(ours, n), naive=getattr(naive, n), unit="share")
        for n, t in titles.items()
    )
    return Grade(
        subjects=ours.customers,
        measures=measures,
        sentence=Text(
            f"Of what {ours.customers:,} customers then bought anew, {ours.recall:.0%} stood in "
            f"their lists of {shown}; the most popular products would have found {naive.recall:.0%}.",
            f"{ours.customers:,} 位客户随后新购的商品中，{ours.recall:.0%} 在其 {shown} 个推荐之内；"
            f"只推荐热销商品为 {naive.recall:.0%}。",
        ),
    )


@recommendations.chart
def most_recommended(rows: ir.Table) -> alt.Chart:
    counted = rows.group_by("product_id", "product_name", "method").agg(customers=rows.count())
    totals = counted.group_by("product_id").agg(total=counted.customers.sum())
    largest = totals.order_by(totals.total.desc(), totals.product_id).limit(20)
    frame = counted.inner_join(largest, "product_id").to_pandas().sort_values("total", ascending=False)
    said = {**METHODS, "again": Text("Bought again and again", "经常回购")}
    named = frame.assign(method=[said[m].in_(language()) for m in frame.method])
    title = {name: str(recommendations[name].title) for name in ("product_name", "method")}
    customers = str(Text("Customers", "客户数"))
    chart: alt.Chart = (
        alt.Chart(named)
        .mark_bar()
        .encode(
            x=alt.X("customers:Q", title=customers),
            y=alt.Y("product_name:N", sort="-x", title=None, axis=alt.Axis(labelLimit=300)),
            color=alt.Color("method:N", title=title["method"]),
            tooltip=["product_name", "method", alt.Tooltip("customers:Q", title=customers, format=",")],
        )
    )
    return chart


@recommendations.sentence
def how_many(rows: ir.Table) -> Text:
    personal = rows.filter(rows.method != "popular")
    told, own = (t.customer_id.nunique().to_pyarrow().as_py() for t in (rows, personal))
    if not told:
        return Text("There is nothing to recommend yet.", "暂无可推荐的商品。")
    return Text(
        f"Of {told:,} customers, {own:,} get products by what they themselves showed interest in; the others "
        "get what is popular where they live.",
        f"{told:,} 位客户中，{own:,} 位的推荐来自其本人的兴趣，其余按所在地区的热销商品推荐。",
    )
