"""Related products: for whoever has one product, which others speak for themselves?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.models.ease import Floats
from shuke.models.holdout import RecommenderChoice, best
from shuke.models.purchase_matrix import together, trial
from shuke.models.purchased_products import assortment, bought
from shuke.models.ranked_lists import top
from shuke.models.signals import EVERYBODY
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: Stands in place of a product for whoever has bought nothing: what is popular.
ANYONE = "*"

METHODS: dict[str, Text] = {
    "ease": Text("EASE", "EASE 模型"),
    "neighbours": Text("Neighbours", "相似商品"),
    "popular": Text("What is popular", "热销商品"),
}


@table(
    key=("product_id", "rank"),
    learns=True,
    theme="goods",
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
    products: int = 2000,
    neighbours: int = 50,
) -> ir.Table:
    """The products that having bought one speaks for: what recommendations are made from.

    One row per product and rank, at most `neighbours` of a product, of the `products` most bought with at
    least two buyers; only what is still offered (not withdrawn, sold within a year) is related. `weight`
    is by how much having bought the product speaks for the other; with G the matrix of how many customers
    bought both, it is

    - `ease`: -P_ji / P_ii with P = (G + λI)⁻¹ (Steck 2019), λ 3, 10 or 30 times the mean number of buyers of
      the thousand most bought products;
    - `neighbours`: G_ij / √(G_ii G_jj), the cosine (Sarwar and others 2001);

    either as it is or times the share of the other's buyers who bought it in the last 60 days, so that what
    is in season comes first.

    Which, is tried on the company's own data: fitted on what was bought before the last fifth of the time
    (at most 90 days), each is asked for 20 products (a quarter of all, of few) for up to 1,000 customers who
    bought something new after; that which finds most of it (recall) is taken. If none finds more than the
    most popular products do, or under 30 customers can tell, the method is `popular`: the weights are
    cosines, and recommendations do not use them. `support` is G_ij, `confidence` G_ij / G_jj of the product;
    beyond five million rows of customer and product they are estimates from a part of the customers.

    Rows of the product `*` are what most customers bought within the last 60 days; their weight is the share
    of the buyers of the first among them, times 0.001, 0.01 or 0.05, tried likewise: so much it counts beside
    what a customer has bought.
    """
    pairs = checkpoint(bought(purchases, as_of=as_of))
    all_ = assortment(purchases, pairs, landed_products, as_of=as_of)
    often = all_[all_.buyers >= 2].head(products)
    if often.empty:
        return checkpoint(ibis.memtable([], schema=related_products.schema))
    held = together(pairs, often)
    way = best(trial(held, as_of=as_of, products=len(often)), neighbours=neighbours)
    related = _related(often, held.gram(len(often)), way, neighbours=neighbours)
    popular = _popular(often, 4 * neighbours, way.prior)
    return checkpoint(ibis.memtable(pa.concat_tables([related.cast(popular.schema), popular])))


def _related(often: pd.DataFrame, gram: Floats, way: RecommenderChoice, *, neighbours: int) -> pa.Table:
    speaks = way.weights(gram, often.lately.to_numpy(np.float32))
    j, i, rank, weight = top(speaks * often.on_sale.to_numpy(np.float32), neighbours)
    share = (gram[j, i] / np.diag(gram)[j]).astype(float)
    percent = pa.array([f"{n}%" for n in range(101)]).take((100 * share).round().clip(0, 100).astype(int))
    name, category = (pa.array(often[c], pa.string()) for c in ("product_name", "category"))
    id_, said = pa.array(often.product_id, pa.string()), pc.binary_join_element_wise
    return pa.table({
        "product_id": id_.take(j), "rank": rank, "product_name": name.take(j),
        "related_id": id_.take(i), "related_name": name.take(i), "category": category.take(i),
        "weight": weight.astype(float), "support": gram[j, i].round().astype(int), "confidence": share,
        "reason": said("Often bought with ", name.take(j), ": by ", percent, " of its buyers", ""),
        "reason_zh": said("常与 ", name.take(j), " 一起购买：其购买者中有 ", percent, " 也买", ""),
        "method": pa.repeat(way.method, len(j)),
    })  # fmt: skip


def _popular(often: pd.DataFrame, many: int, prior: float) -> pa.Table:
    """What is bought most now, for whoever it may be."""
    on_sale = often[often.on_sale & (often.lately > 0)]
    best_first = on_sale.sort_values(["lately", "product_id"], ascending=[False, True]).head(many)
    frame = pd.DataFrame({
        "product_id": ANYONE, "rank": np.arange(len(best_first)) + 1, "product_name": None,
        "related_id": best_first.product_id.to_numpy(), "related_name": best_first.product_name.to_numpy(),
        "category": best_first.category.to_numpy(),
        "weight": (prior * best_first.lately / best_first.lately.max()).to_numpy(),
        "support": best_first.lately.to_numpy(), "confidence": None,
        "reason": EVERYBODY.en, "reason_zh": EVERYBODY.zh, "method": "popular",
    })  # fmt: skip
    return pa.Table.from_pandas(frame, related_products.schema.to_pyarrow(), preserve_index=False)


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
