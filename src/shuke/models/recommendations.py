"""Recommendations: what may each customer like to buy next?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import starmap
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from shuke.errors import NotEnoughData
from shuke.languages import N_, Text, language
from shuke.lazy import alt, pd
from shuke.models.interests import cares, interests, seen
from shuke.models.peer_groups import PeerGroups, crowds, described
from shuke.models.purchased_products import SEASON, assortment, bought, is_suppressed, repeated
from shuke.models.ranked_lists import POPULAR, Lists, Offer, Whole, lists
from shuke.models.ranking_quality import RankingQuality, ranking_quality
from shuke.models.related_products import ANYONE, METHODS
from shuke.models.signals import AGAIN_AND_AGAIN, BECAUSE, Weights
from shuke.tables import Column, Grade, Measure, Type, table
from shuke.tables.derived import Checkpoint

#: In the place of the kind of signal: bought again and again.
AGAIN = -2

#: So many rows are worked on at a time, interests and lists, in at most so many parts.
AT_ONCE, PARTS = 1_000_000, 64


@table(
    key=("customer_id", "rank"),
    first="rank",
    theme="offering",
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
            "The main reason: `ease` or `neighbours`: from products that the customer showed interest in; "
            "`again`: bought again and again; `popular`: bought by many like the customer, or by all.",
            "权重最大者：`ease`、`neighbours` 来自客户感兴趣的商品；`again` 经常回购；"
            "`popular` 相似客户或全体热销。")),
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
    max_products: int = 20,
    suppressed: tuple[str, ...] = (),
    half_life: int = 365,
    carts: float = 0.6,
    favourites: float = 0.6,
    searches: float = 0.3,
    views: float = 0.2,
    repeats: bool = True,
) -> ir.Table:
    """Up to `max_products` products for every customer, those of the highest score first.

    One row per customer and rank. The score of a product is Σ interest x weight over all products that the
    customer showed interest in, with the weights of `related_products`. Interest is that of the strongest
    signal: a purchase counts 1, the other signals what is asked (`carts`, `favourites`, `searches`,
    `views`), and each is halved every `half_life` days; a search for words counts in equal parts for the
    products whose names hold them. To it is added how popular the product is among people like the customer:
    of the same kind, gender, decade of age and place, as far as these buy otherwise than everybody (see
    `shuke.models.peer_groups`), times what the rows `*` of `related_products` say. So those without a
    history get the best of their segment, and `method` is `popular`.

    Never recommended is what the customer has bought, unless it is bought again and again (by at least 30 %
    of its buyers, of ten or more, on different days; that share is then the product's weight for itself) and
    `repeats` are asked for. Nor what is withdrawn, not launched, not sold for a year, or `suppressed`
    (product codes or categories). Where `related_products` does not find more than what is popular does, its
    weights are left out.
    """
    pairs = checkpoint(bought(purchases, as_of=as_of))
    goods = assortment(purchases, pairs, landed_products, as_of=as_of).sort_values(
        "product_id", ignore_index=True
    )
    related = related_products.select("product_id", "related_id", "weight", "method").to_pandas()
    if goods.empty or related.empty:
        return checkpoint(ibis.memtable([], schema=recommendations.schema))
    everybody = related[related.product_id == ANYONE][["related_id", "weight"]]
    people = checkpoint(described(customers, as_of=as_of))
    alike = crowds(pairs, people, everybody.rename(columns={"related_id": "product_id"}), as_of=as_of)
    wanted = goods.assign(again=goods.again if repeats else 0.0, on_sale=_allowed(goods, suppressed))
    tied = related[(related.product_id != ANYONE) & (related.method != "popular")]
    offer = _offer(wanted, tied, alike)
    asked = Weights(half_life=half_life, cart=carts, favourite=favourites, search=searches, view=views)
    told = seen(landed_events, identities, purchases, asked, as_of=as_of)
    cared = checkpoint(interests(pairs, told, asked, as_of=as_of))
    method = "popular" if tied.empty else str(tied.method.iloc[0])
    size = int(goods.buyers.sum()) + max_products * customers.count().to_pyarrow().as_py()

    def best_of(who: pd.DataFrame, theirs: pa.Table) -> ir.Table:
        some = cares(theirs, pd.Index(who.customer_id), pd.Index(goods.product_id), alike.numbers(who))
        best = lists(some, offer, many=max_products)
        return ibis.memtable(_told(best, who, goods, method, alike.reasons))

    return checkpoint(starmap(best_of, _in_parts(people, cared, size)))


def _in_parts(people: ir.Table, cared: ir.Table, size: int) -> Iterator[tuple[pd.DataFrame, pa.Table]]:
    """The customers with what they care for, a part at a time, of `size` rows in all."""
    parts = min(PARTS, size // AT_ONCE + 1)
    for n in range(parts):
        yield _part(people, n, parts).to_pandas(), _part(cared, n, parts).to_pyarrow()


def _part(rows: ir.Table, number: int, parts: int) -> ir.Table:
    """One of so many parts of the customers, by the last two characters of their ids."""
    last, before = rows.customer_id.right(1).ascii_str(), rows.customer_id.right(2).ascii_str()
    return rows if parts == 1 else rows.filter((last + 31 * before) % parts == number)


def _allowed(goods: pd.DataFrame, suppressed: tuple[str, ...]) -> pd.Series:
    """What is on sale and not suppressed."""
    named = zip(goods.product_id, goods.category.fillna(""), strict=True)
    return goods.on_sale & ~pd.Series([is_suppressed(*one, suppressed) for one in named], goods.index, bool)


def _offer(goods: pd.DataFrame, tied: pd.DataFrame, alike: PeerGroups) -> Offer:
    """What speaks for what of the goods that are on sale; a product's number is its place among them all."""
    from scipy.sparse import csr_matrix  # heavy, and only builds need it

    number = pd.Index(goods.product_id).get_indexer
    on_sale, again = goods.on_sale.to_numpy(bool), goods.again.to_numpy(np.float32)
    j, i, popular = number(tied.product_id), number(tied.related_id), number(alike.products)
    spoken = np.unique(np.concatenate([i, popular, np.flatnonzero(again > 0)]))
    products = spoken[(spoken >= 0) & on_sale[spoken]]
    column = np.full(len(goods), -1)
    column[products] = np.arange(len(products))

    def sparse(row: Whole, product: Whole, weight: Any, rows: int) -> Any:
        kept = (row >= 0) & (product >= 0) & (column[product] >= 0)
        values = weight[kept].astype(np.float32)
        return csr_matrix((values, (row[kept], column[product][kept])), (rows, len(products)))

    crowd, favourite = np.indices(alike.weights.shape).reshape(2, -1)
    return Offer(
        products, sparse(j, i, tied.weight.to_numpy(), len(goods)), again,
        sparse(crowd, popular[favourite], alike.weights.ravel(), len(alike.weights)),
    )  # fmt: skip


def _told(best: Lists, who: pd.DataFrame, goods: pd.DataFrame, method: str, popular: list[Text]) -> pa.Table:
    """The lists with names, reasons and the method."""
    crowd, again = best.signal == POPULAR, best.because == best.product
    kinds = np.where(crowd, POPULAR, np.where(again, AGAIN, best.signal))
    # Each reason is put into words once.
    reasons, which = np.unique(np.stack([kinds, best.because]), axis=1, return_inverse=True)
    titles = goods.product_name.to_numpy()
    words = [popular[n] if kind == POPULAR else _reason(kind, titles[n]) for kind, n in reasons.T]
    return pa.table({
        "customer_id": _taken(who.customer_id, best.who), "rank": best.rank,
        **{name: _taken(goods[name], best.product) for name in ("product_id", "product_name", "category")},
        "score": best.score.astype(float),
        "reason": _taken([text.en for text in words], which),
        "reason_zh": _taken([text.zh for text in words], which),
        "method": _taken([method, "again", "popular"], np.where(crowd, 2, np.where(again, 1, 0))),
    })  # fmt: skip


def _reason(kind: int, title: str) -> Text:
    said = BECAUSE.get(kind)
    return Text(said.en + title, said.zh + title) if said else AGAIN_AND_AGAIN


def _taken(values: Any, which: Whole) -> pa.Array:
    return pa.array(values, pa.string(), from_pandas=True).take(pa.array(which))


@recommendations.grade
def found_by_then(recommendations: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    """What was bought that was new to the customer, or that is bought again and again."""
    shown = int(recommendations["rank"].max().to_pyarrow().as_py() or 0)
    there = recommendations.select("customer_id").distinct()
    then, later = bought(purchases, as_of=at), bought(purchases, as_of=until)
    staples = repeated(then, as_of=at)
    own = then.anti_join(staples.filter(staples.again > 0), "product_id").select("customer_id", "product_id")
    wanted = later.filter(later.last > at).semi_join(there, "customer_id").select("customer_id", "product_id")
    new = wanted.anti_join(own, ["customer_id", "product_id"])
    ours = ranking_quality(recommendations, new, shown=shown)
    if not ours.customers:
        raise NotEnoughData(N_("No customer with recommendations bought anything new by {day}."), day=until)
    naive = ranking_quality(_most_popular(then, new, own, at=at, shown=shown), new, shown=shown)
    return _grade(ours, naive, shown)


def _most_popular(then: ir.Table, new: ir.Table, own: ir.Table, *, at: date, shown: int) -> ir.Table:
    """A list for each customer who bought: what most had bought lately, without what they had."""
    lately = then.filter(ibis.literal(at).delta(then.last, unit="day") < SEASON)
    sold = lately.group_by("product_id").agg(score=lately.count())
    few = sold.order_by(sold.score.desc(), sold.product_id).limit(10 * shown)
    each = new.select("customer_id").distinct().cross_join(few)
    fresh = each.anti_join(own, ["customer_id", "product_id"])
    best_first = ibis.window(group_by="customer_id", order_by=[fresh.score.desc(), fresh.product_id])
    numbered = fresh.mutate(rank=ibis.row_number().over(best_first) + 1)
    return numbered.filter(numbered["rank"] <= shown)


def _grade(ours: RankingQuality, naive: RankingQuality, shown: int) -> Grade:
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
        "get what is popular with people like them.",
        f"{told:,} 位客户中，{own:,} 位的推荐来自其本人的兴趣，其余按相似客户的热销商品推荐。",
    )
