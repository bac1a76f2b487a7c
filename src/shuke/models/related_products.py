"""Related products: for whoever has one product, which others speak for themselves?"""

from datetime import date, timedelta

import altair as alt
import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from shuke.languages import Text
from shuke.models.bought import bought, names, offered
from shuke.models.ease import Floats, strongest
from shuke.models.held_out import Trial, Way, best
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: Stands in place of a product for whoever has bought nothing: what is popular.
ANYONE = "*"

#: What is bought within so many days is popular now.
SEASON = 60

#: So many customers are enough to try on which way of recommending is best.
TESTERS = 2000

#: And so many products.
TRIED = 1000

#: With more pairs of products in baskets than this, a part of the customers stands for all.
MOST_PAIRS = 100_000_000

METHODS: dict[str, Text] = {
    "ease": Text("EASE", "EASE 模型"),
    "neighbours": Text("Neighbours", "相似商品"),
    "popular": Text("What is popular", "热销商品"),
}


@table(
    key=("product_id", "rank"),
    title=Text("Related products", "关联推荐"),
    about=Text("What goes with this product?", "买了这件商品的人还会喜欢什么？"),
    subject=None,
    reading=Text(
        "Each bar is a pair: whoever has bought the first product is likely to like the second. The longer "
        "the bar, the stronger the tie, over and above what both owe to being popular.",
        "每一条代表一对商品：买过前者的人可能喜欢后者。条越长，关联越强，已扣除两者本身热销的影响。"),
    limits=Text(
        "It knows what was bought by the same people, not why: two products may be tied because they lay "
        "side by side. A new product is tied to nothing until people have bought it.",
        "只知道同一批人买了什么，不知道为什么：摆在一起的商品也会显得相关。新品在有人购买之前没有关联。"),
    columns=[
        Column("product_id", Type.TEXT, Text("Product code", "商品编码"), note=Text(
            "`*` stands for anyone at all: what is popular now.", "`*` 代表任何人：当前热销商品。")),
        Column("rank", Type.INTEGER, Text("Rank", "名次")),
        Column("product_name", Type.TEXT, Text("Product", "商品")),
        Column("related_id", Type.TEXT, Text("Related product code", "关联商品编码")),
        Column("related_name", Type.TEXT, Text("Related product", "关联商品")),
        Column("category", Type.TEXT, Text("Category of the related product", "关联商品类别")),
        Column("weight", Type.NUMBER, Text("Weight", "关联权重")),
        Column("support", Type.INTEGER, Text("Customers who bought both", "两者都买的客户数"), unit="count"),
        Column("confidence", Type.NUMBER, Text("Share of its buyers", "占其购买者的份额"), unit="share"),
        Column("reason", Type.TEXT, Text("Reason", "英文理由")),
        Column("reason_zh", Type.TEXT, Text("Reason in Chinese", "理由")),
        Column("method", Type.TEXT, Text("Method", "方法"), codes=METHODS, note=Text(
            "`ease`, `neighbours`; `popular` where neither finds more than what is popular.",
            "`ease` EASE 模型，`neighbours` 相似商品；两者都不优于热销榜时为 `popular`。")),
    ],
)  # fmt: skip
def related_products(
    purchases: ir.Table,
    landed_products: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    products: int = 3000,
    neighbours: int = 50,
) -> ir.Table:
    """The products that having bought one speaks for: what recommendations are made from.

    One row per product and rank, at most `neighbours` of a product, of the `products` most bought with at
    least two buyers; only what is still offered (not withdrawn, sold within a year) is related. `weight`
    is by how much having bought the product speaks for the other; with G the matrix of how many customers
    bought both, it is

    - `ease`: -P_ji / P_ii with P = (G + λI)⁻¹ (Steck 2019), λ one of 100, 300, 1000;
    - `neighbours`: G_ij / √(G_ii G_jj), the cosine (Sarwar and others 2001).

    Which, is tried on the company's own data: fitted on what was bought before the last fifth of the time
    (at most 90 days), each is asked for 20 products (a quarter of all, of few) for up to 2,000 customers who
    bought something new after; that which finds most of it (recall) is taken. If neither finds more than the
    most popular products do, or under 30 customers can tell, the method is `popular`: the weights are
    cosines, and recommendations do not use them. `support` is G_ij, `confidence` G_ij / G_jj of the product.
    Rows of the product `*` are what most customers bought within the last 60 days; their weight is the share
    of the buyers of the first among them.
    """
    pairs = checkpoint(bought(purchases, as_of=as_of))
    shelf = _shelf(pairs, purchases, landed_products, as_of=as_of, products=products)
    if shelf.empty:
        return checkpoint(ibis.memtable([], schema=related_products.schema))
    numbers = ibis.memtable(pd.DataFrame({"product_id": shelf.product_id, "n": np.arange(len(shelf))}))
    numbered = checkpoint(pairs.inner_join(numbers, "product_id").select("customer_id", "n", "first", "last"))
    gram = _gram(numbered, len(shelf))
    way = best(_trial(numbered, as_of=as_of, products=len(shelf)), neighbours=neighbours)
    related = _related(shelf, gram, way, neighbours=neighbours)
    rows = pd.concat([related, _popular(shelf, neighbours)], ignore_index=True)
    return checkpoint(ibis.memtable(rows[list(related_products.schema)], schema=related_products.schema))


def _shelf(
    pairs: ir.Table, purchases: ir.Table, listed: ir.Table, *, as_of: date, products: int
) -> pd.DataFrame:
    """The products that are looked at, most bought first: who they are, and whether they are sold today."""
    season = ibis.literal(as_of).delta(pairs.last, unit="day") < SEASON
    sold = pairs.group_by("product_id").agg(buyers=pairs.count(), lately=season.sum())
    often = sold.filter(sold.buyers >= 2).order_by(sold.buyers.desc(), sold.product_id).limit(products)
    on_sale = offered(pairs, listed, as_of=as_of).select(on_sale="product_id")
    named = often.left_join(names(purchases), "product_id").drop("product_id_right")
    marked = named.left_join(on_sale, named.product_id == on_sale.on_sale)
    frame: pd.DataFrame = marked.to_pandas()
    sorted_ = frame.sort_values(["buyers", "product_id"], ascending=[False, True], ignore_index=True)
    return sorted_.assign(on_sale=sorted_.on_sale.notna())


def _gram(numbered: ir.Table, products: int) -> Floats:
    """How many customers bought both of two products, in a square; of many customers an estimate."""
    each = numbered.group_by("customer_id").agg(n=numbered.count())
    all_ = float(each.agg(pairs=(each.n * each.n).sum()).to_pyarrow()["pairs"][0].as_py() or 0)
    if all_ > MOST_PAIRS:
        numbered = numbered.semi_join(_part(each), "customer_id")
    here, there = numbered.select("customer_id", i="n"), numbered.view().select("customer_id", j="n")
    both = here.inner_join(there, ["customer_id", here.i <= there.j])
    found = both.group_by("i", "j").agg(customers=both.count()).to_pandas()
    gram = np.zeros((products, products))
    gram[found.i, found.j] = gram[found.j, found.i] = found.customers * max(1.0, all_ / MOST_PAIRS)
    return gram


def _part(each: ir.Table) -> ir.Table:
    """The customers first in order, whose pairs are as many as are counted; their numbers are random."""
    so_far = ibis.window(order_by="customer_id", preceding=None, following=0)
    counted = each.mutate(pairs=(each.n * each.n).sum().over(so_far))
    return counted.filter(counted.pairs <= MOST_PAIRS)


def _trial(numbered: ir.Table, *, as_of: date, products: int) -> Trial:
    """What is tried on: the time before the last fifth, and what came new in it."""
    many = min(products, TRIED)
    few = numbered.filter(numbered.n < many)
    begun = few.first.min().to_pyarrow().as_py()
    cut = as_of - min(timedelta(days=90), ((as_of - begun) if begun else timedelta()) / 5)
    by_then = few.mutate(fresh=few.first > cut)
    each = by_then.group_by("customer_id").agg(fresh=by_then.fresh.sum(), all_=by_then.count())
    testers = each.filter((each.fresh > 0) & (each.fresh < each.all_)).order_by("customer_id").limit(TESTERS)
    rows = by_then.semi_join(testers, "customer_id").select("customer_id", "n", "fresh").to_pandas()
    who = rows.customer_id.factorize(sort=True)[0]
    both = np.zeros((2, who.max(initial=-1) + 1, many))
    both[rows.fresh.to_numpy(int), who, rows.n] = 1
    known = by_then.filter(~by_then.fresh)
    lately = known.filter(ibis.literal(cut).delta(known.first, unit="day") < SEASON)
    popular = lately.group_by("n").agg(customers=lately.count()).to_pandas()
    return Trial(
        both[0],
        both[1],
        _gram(known, many),
        np.bincount(popular.n, popular.customers, minlength=many).astype(float),
    )


def _related(shelf: pd.DataFrame, gram: Floats, way: Way, *, neighbours: int) -> pd.DataFrame:
    weights = strongest(way.weights(gram) * shelf.on_sale.to_numpy(float), neighbours)
    j, i = np.nonzero(weights)
    rows = pd.DataFrame({"j": j, "i": i, "weight": weights[j, i], "support": gram[j, i].round().astype(int)})
    rows["confidence"] = gram[j, i] / np.diag(gram)[j]
    rows = rows.sort_values(["j", "weight", "i"], ascending=[True, False, True], ignore_index=True)
    one, other = shelf.iloc[rows.j].reset_index(drop=True), shelf.iloc[rows.i].reset_index(drop=True)
    share = [f"{s:.0%}" for s in rows.confidence]
    told = list(zip(one.product_name, share, strict=True))
    return rows.assign(
        rank=rows.groupby("j").cumcount() + 1,
        product_id=one.product_id, product_name=one.product_name,
        related_id=other.product_id, related_name=other.product_name, category=other.category,
        reason=[f"Often bought with {name}: by {s} of its buyers" for name, s in told],
        reason_zh=[f"常与 {name} 一起购买：其购买者中有 {s} 也买" for name, s in told],
        method=way.method,
    )  # fmt: skip


def _popular(shelf: pd.DataFrame, many: int) -> pd.DataFrame:
    """What is bought most now, for whoever it may be."""
    on_sale = shelf[shelf.on_sale & (shelf.lately > 0)]
    best_first = on_sale.sort_values(["lately", "product_id"], ascending=[False, True]).head(many)
    return pd.DataFrame({
        "product_id": ANYONE, "rank": np.arange(len(best_first)) + 1, "product_name": None,
        "related_id": best_first.product_id.to_numpy(), "related_name": best_first.product_name.to_numpy(),
        "category": best_first.category.to_numpy(),
        "weight": (best_first.lately / best_first.lately.max()).to_numpy(),
        "support": best_first.lately.to_numpy(), "confidence": None,
        "reason": "Popular with all customers", "reason_zh": "大家都在买", "method": "popular",
    })  # fmt: skip


@related_products.chart
def strongest_ties(rows: ir.Table) -> alt.Chart:
    tied = rows.filter((rows.product_id != ANYONE) & (rows.rank == 1))
    frame = tied.order_by(tied.weight.desc(), tied.product_id).limit(20).to_pandas()
    pair = frame.assign(pair=frame.product_name + " → " + frame.related_name)
    title = {name: str(related_products[name].title) for name in ("weight", "support", "confidence")}
    chart: alt.Chart = (
        alt.Chart(pair)
        .mark_bar()
        .encode(
            x=alt.X("weight:Q", title=title["weight"]),
            y=alt.Y("pair:N", sort=None, title=None, axis=alt.Axis(labelLimit=420)),
            tooltip=[
                "pair:N",
                alt.Tooltip("weight:Q", title=title["weight"], format=".3f"),
                alt.Tooltip("support:Q", title=title["support"]),
                alt.Tooltip("confidence:Q", title=title["confidence"], format=".0%"),
            ],
        )
    )
    return chart


@related_products.sentence
def how_found(rows: ir.Table) -> Text:
    tied = rows.filter(rows.product_id != ANYONE)
    by_method = tied.group_by("method").agg(products=tied.product_id.nunique(), ties=tied.count())
    frame = by_method.to_pandas()
    if frame.empty:
        return Text(
            "No two products have been bought by the same people yet.", "还没有两件商品由同一批客户购买。"
        )
    method, products, ties = frame.iloc[0]
    if method == "popular":
        return Text(
            f"{products:,} products have {ties:,} ties, but on this company's own data they find no more of "
            "what customers buy next than what is popular does, so recommendations go by that.",
            f"{products:,} 种商品之间有 {ties:,} 条关联，但在本公司数据上预测效果不优于热销榜，"
            "推荐改用热销榜。",
        )
    return Text(
        f"{products:,} products have {ties:,} ties to others, worked out by {METHODS[method].en}, which on "
        "this company's own data found more of what customers bought next than what is popular does.",
        f"{products:,} 种商品有 {ties:,} 条关联，由{METHODS[method].zh}得出；在本公司数据上，"
        "它比热销榜更能预测客户随后购买的商品。",
    )
