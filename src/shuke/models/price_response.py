"""Price response: how does the quantity sold move with the price?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt, pd
from shuke.models.elasticities import Fit, Floats, Moments, discoveries, fitted, shrunk, squared_error
from shuke.models.weekly_prices import VARIABLES, panel, sums, weekly_prices
from shuke.tables import Column, Grade, Measure, Type, table
from shuke.tables.derived import Checkpoint

PAID, DISCOUNT, LISTED, MARKET, SOLD = range(len(VARIABLES))
#: Weeks at the end on which the fit is tried before it is believed.
TRIED_ON = 8


@table(
    key=("scope", "item"),
    learns=True,
    theme="price",
    title=Text("Price response", "价格弹性"),
    about=Text("How does the quantity sold move with the price?", "价格变动时，销量如何变化？"),
    reading=Text(
        "Each line is a product whose price moved, from the least to the most that its elasticity may be; "
        "the dot is the estimate. −2: a price 1 % higher goes with 2 % fewer pieces; 0: no difference.",
        "每条线为一种价格有变动的商品，线段是弹性的可能区间，圆点为估计值。−2 表示价格高 1 %，销量低 2 %；"
        "0 表示没有差别。"),
    limits=Text(
        "Prices were not moved by lot: what else was done in those weeks counts as theirs, and who buys many "
        "at a lower price makes the response look stronger; so does, for those drawn by the price, that they "
        "are known by it. Whose motive is mistaken draws the response of one motive towards those of the "
        "others. Weeks without a sale are not seen, for nobody knows what was asked in them, which draws "
        "what sells rarely towards 0.",
        "价格并非随机变动：同期的其他举措会计入其中，大宗优惠会使反应显得更强；看重价格的客群本就依此划分，"
        "其反应也会偏强；动机判断有误的客户会使各客群的弹性彼此接近。"
        "没有销售的周价格不明，不在其内，少售商品的弹性因而偏近 0。"),
    subject=None,
    columns=[
        Column("scope", Type.TEXT, Text("Of", "范围"),
            codes={
                "all": Text("all goods", "全部商品"), "category": Text("category", "类别"),
                "segment": Text("motive", "购买动机"), "product": Text("product", "商品"),
            },
            note=Text(
            "`all`, `category`, `segment` (the buyers' motive) or `product`.",
            "`all` 全部，`category` 类别，`segment` 客群（购买动机），`product` 商品。")),
        Column("item", Type.TEXT, Text("Which", "对象")),
        Column("name", Type.TEXT, Text("Name", "名称")),
        Column("category", Type.TEXT, Text("Category", "类别")),
        Column("products", Type.INTEGER, Text("Products", "商品数"), unit="count"),
        Column("left_out", Type.INTEGER, Text("Left out", "未计商品数"), unit="count", note=Text(
            "Products whose price did not move enough.", "价格变动不足的商品。")),
        Column("weeks", Type.INTEGER, Text("Weeks of sales", "有销售的周数"), unit="count"),
        Column("usual_price", Type.MONEY, Text("Usual price", "通常价格"), unit="currency"),
        Column("weekly_quantity", Type.NUMBER, Text("Pieces a week", "每周件数"), unit="piece"),
        Column("elasticity", Type.NUMBER, Text("Elasticity", "弹性")),
        Column("elasticity_low", Type.NUMBER, Text("Elasticity, at least", "弹性下限")),
        Column("elasticity_high", Type.NUMBER, Text("Elasticity, at most", "弹性上限")),
        Column("discount_effect", Type.NUMBER, Text("With 10 % off", "九折时销量变化"), unit="share"),
        Column("discount_low", Type.NUMBER, Text("With 10 % off, at least", "九折时变化下限"), unit="share"),
        Column("discount_high", Type.NUMBER, Text("With 10 % off, at most", "九折时变化上限"), unit="share"),
        Column("p_value", Type.NUMBER, Text("Chance of as much by chance", "偶然出现的概率"), unit="share"),
        Column("clear", Type.FLAG, Text("Clear", "明确"), note=Text(
            "Not by chance, many tries considered.", "考虑多次检验后仍非偶然。")),
        Column("used", Type.NUMBER, Text("Elasticity to foretell with", "预测所用弹性")),
        Column("method", Type.TEXT, Text("Method", "方法"),
            codes={"log_log": Text("regression", "对数回归"), "baseline": Text("as before", "与以往相同")},
            note=Text(
            "`log_log`, or `baseline`: as many as before, whatever the price.",
            "`log_log` 对数回归；`baseline` 无论价格，与以往相同。")),
    ],
)  # fmt: skip
def price_response(
    purchases: ir.Table,
    motives: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    min_weeks: int = 12,
    min_price_levels: int = 3,
) -> ir.Table:
    """How the quantity sold moves with price and discount, where prices really moved.

    One row per product with sales in `min_weeks` whole weeks up to `as_of`, at `min_price_levels` prices some
    1 % apart or more and 2 % from their mean on average; one per category and one per motive of the buyers
    over the same products, and one for all, which also stands, without figures, where no price moved.

        ln quantity(p, w) = a(p) + elasticity · ln price(p, w) + c · ln pieces of all other goods(p, w) + e

    `price` is the mean (of logarithms) over the week's lines of what was paid a piece; the last term takes
    out season and growth. `discount_effect` = exp(0.1 d) − 1 from the same with the lines' mean discount,
    as a share of the full price, and ln of the full price in place of the price paid. Rows over several
    products have an a(p) for each. Least squares from sums of products (Frisch and Waugh 1933), 95 %
    intervals by Student's t with classical errors; `clear` at a false discovery rate of 5 %.

    `used` is the elasticity drawn towards that of all products by how unsure it is. It is 0 and the method
    `baseline` unless, fitted without the last 8 weeks, it foretold those better than "as many as before".
    """
    weeks = checkpoint(weekly_prices(purchases, as_of))
    split = as_of - timedelta(weeks=TRIED_ON)
    products = _products(weeks).to_pandas()
    moved = (products.weeks >= min_weeks) & (products.levels >= min_price_levels) & (products.spread >= 0.02)
    told = sums(panel(weeks, purchases, motives, as_of=as_of, split=split)).to_pandas()
    rows = _rows(told[told.item.isin(products[moved].item)].reset_index(drop=True), products)
    # Through Arrow, where a figure that is not there is null and no NaN.
    floats = {
        name: "float64" if name == "usual_price" else kind for name, kind in price_response.schema.items()
    }
    return ibis.memtable(
        pa.Table.from_pandas(rows, schema=ibis.schema(floats).to_pyarrow(), preserve_index=False)
    )


def _products(weeks: ir.Table) -> ir.Table:
    return weeks.group_by("item").agg(
        name=weeks.name.max(), category=weeks.category.max(), weeks=weeks.count(),
        levels=(weeks.paid * 100).round().nunique(), spread=weeks.paid.std(how="pop"),
    )  # fmt: skip


def _rows(told: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """The rows of the table, from the sums of the products whose prices moved."""
    groups = told.drop(columns="later").groupby(["segment", "item"], as_index=False).sum()
    members = _members(groups, products.set_index("item").category)
    rows = _named(members, products)
    if rows.empty:
        return pd.DataFrame(columns=list(price_response.schema))
    moments = _moments(groups)
    code = members.merge(rows.reset_index()[["scope", "item", "index"]])["index"].to_numpy()
    within, degrees = np.zeros((len(rows), 5, 5)), np.zeros(len(rows))
    np.add.at(within, code, moments.within[members.group])
    np.add.at(degrees, code, moments.n[members.group] - 1)
    price = fitted(within, degrees, by=[PAID, MARKET], of=SOLD)
    discount = fitted(within, degrees, by=[DISCOUNT, LISTED, MARKET], of=SOLD)
    believed = _foretells(told[told.segment == ""])
    return rows.assign(
        **_figures(price, discount),
        used=_used(price, rows.scope == "product") if believed else 0.0,
        method="log_log" if believed else "baseline",
        **_usual(rows, groups, moments),
    )


def _members(groups: pd.DataFrame, category: pd.Series) -> pd.DataFrame:
    """Which group of sums (product and segment) belongs to which row of the table."""
    numbered = groups.assign(group=range(len(groups)), product=groups.item)
    everybody, parts = numbered[numbered.segment == ""], numbered[numbered.segment != ""]
    members = [
        everybody.assign(scope="all", item="all"),
        everybody.assign(scope="category", item=everybody["product"].map(category)),
        parts.assign(scope="segment", item=parts.segment),
        everybody.assign(scope="product"),
    ]
    return pd.concat(members)[["scope", "item", "product", "group", "n"]].dropna(subset="item")


def _named(members: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """One row per scope and item, of how many products and weeks, and how many products are left out."""
    if products.empty:
        return pd.DataFrame()
    by = members.groupby(["scope", "item"], as_index=False, sort=False)
    rows = by.agg(products=("product", "nunique"), weeks=("n", "sum"))
    if rows.empty:
        rows = pd.DataFrame([{"scope": "all", "item": "all", "products": 0, "weeks": 0}])
    every = {"all": len(products), **products.category.value_counts().to_dict()}
    pooled = rows.scope.isin(["all", "category"])
    names = products.set_index("item")
    return rows.assign(
        left_out=(rows.item.map(every) - rows.products).where(pooled),
        name=rows.item.map(names.name).where(rows.scope == "product"),
        category=rows.item.map(names.category).where(rows.scope == "product"),
    )


def _moments(told: pd.DataFrame) -> Moments:
    squares = np.zeros((len(told), len(VARIABLES), len(VARIABLES)))
    for i, a in enumerate(VARIABLES):
        for j, b in enumerate(VARIABLES[i:], start=i):
            squares[:, i, j] = squares[:, j, i] = told[f"{a}_{b}"]
    return Moments(told.n.to_numpy(float), told[list(VARIABLES)].to_numpy(float), squares)


def _figures(price: Fit, discount: Fit) -> dict[str, Floats]:
    low, high = price.interval()
    least, most = discount.interval()
    off = {"discount_effect": discount.slope, "discount_low": least, "discount_high": most}
    return {
        "elasticity": price.slope, "elasticity_low": low, "elasticity_high": high,
        "p_value": price.p_values, "clear": discoveries(price.p_values),
        **{name: np.expm1(np.clip(0.1 * slope, -20, 20)) for name, slope in off.items()},
    }  # fmt: skip


def _used(price: Fit, of_product: pd.Series) -> Floats:
    """Of products drawn towards that of all, which is the first row; of the others as it is."""
    whole = float(np.nan_to_num(price.slope[0]))
    drawn = shrunk(price.slope[of_product], price.error[of_product], towards=whole)
    used = np.nan_to_num(price.slope)
    used[of_product] = drawn
    return used


def _usual(rows: pd.DataFrame, groups: pd.DataFrame, moments: Moments) -> dict[str, pd.Series]:
    """The geometric means of a product's weeks; nothing of several products."""
    means = pd.DataFrame(np.exp(moments.means), index=groups.item)[(groups.segment == "").to_numpy()]
    own = rows.scope == "product"
    return {
        "usual_price": rows.item.map(means[PAID]).where(own),
        "weekly_quantity": rows.item.map(means[SOLD]).where(own),
    }


def _foretells(told: pd.DataFrame) -> bool:
    """Whether what the earlier weeks taught foretells the later ones better than their mean does."""
    early = told[~told.later & (told.n > 1)]
    late = told[told.later & told.item.isin(early.item)].sort_values("item")
    before = _moments(early[early.item.isin(late.item)].sort_values("item"))
    after = _moments(late)
    if after.n.sum() < TRIED_ON:
        return False
    each = fitted(before.within, before.n - 1, by=[PAID, MARKET], of=SOLD)
    pooled = fitted(before.within.sum(axis=0)[None], (before.n - 1).sum()[None], by=[PAID, MARKET], of=SOLD)
    slopes = shrunk(each.slope, each.error, towards=float(np.nan_to_num(pooled.slope[0])))
    still = np.zeros_like(slopes)
    return squared_error(after, before.means, slopes) < squared_error(after, before.means, still)


@price_response.grade
def next_weeks(price_response: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    """How far the pieces of each product and week to come were from those foretold, prices being known."""
    weeks = weekly_prices(purchases, until)
    known = price_response.filter(
        (price_response.scope == "product") & price_response.weekly_quantity.notnull()
    )
    told = weeks.filter(weeks.week > at).inner_join(known.select("item", *_FORETOLD), "item")
    usual = told.usual_price.cast("float64").ln()
    foretold = told.weekly_quantity * (told.used * (told.paid - usual)).exp()
    pieces = told.pieces.cast("float64")
    errors = told.aggregate(
        weeks=told.count(), items=told.item.nunique(), error=(pieces - foretold).abs().mean(),
        naive=(pieces - told.weekly_quantity).abs().mean(),
    ).to_pandas().iloc[0]  # fmt: skip
    if not errors.weeks:
        raise NotEnoughData(
            N_("No product whose price moved was sold in a whole week until {until}."), until=until
        )
    error, naive, items = float(errors.error), float(errors.naive), int(errors["items"])
    title = Text("Mean error of pieces a week", "每周件数平均误差")
    return Grade(
        subjects=items,
        measures=(
            Measure(name="error", title=title, value=error, naive=naive, better="lower", unit="piece"),
        ),
        sentence=Text(
            f"For {items:,} products the pieces of a week were foretold from the price with an error of "
            f"{error:.1f}; taking them as before, whatever the price, with one of {naive:.1f}.",
            f"对 {items:,} 种商品按价格预测每周件数，平均误差 {error:.1f} 件；"
            f"若按以往不变预测，误差 {naive:.1f} 件。",
        ),
    )


_FORETOLD = ("usual_price", "weekly_quantity", "used")


@price_response.chart
def elasticities(rows: ir.Table) -> alt.Chart:
    known = rows.filter((rows.scope == "product") & rows.elasticity.notnull())
    first = known.order_by(known.clear.desc(), known.p_value, known.item).limit(30)
    frame = first.select("item", "name", "elasticity", "elasticity_low", "elasticity_high").to_pandas()
    named = frame.assign(name=frame.name.fillna(frame.item))
    title = {column.name: str(column.title) for column in price_response.columns}
    order = alt.EncodingSortField("elasticity")
    base = alt.Chart(named).encode(y=alt.Y("name:N", sort=order, title=None))
    span = base.mark_rule().encode(
        x=alt.X("elasticity_low:Q", title=title["elasticity"]), x2="elasticity_high:Q"
    )
    dots = base.mark_point(filled=True, size=50).encode(
        x="elasticity:Q",
        tooltip=[
            alt.Tooltip("name:N", title=title["name"]),
            *(
                alt.Tooltip(f"{name}:Q", title=title[name], format=".2f")
                for name in ("elasticity", "elasticity_low", "elasticity_high")
            ),
        ],
    )
    both: alt.Chart = span + dots
    return both


@price_response.sentence
def response(rows: ir.Table) -> Text:
    frame = rows.filter(rows.scope.isin(["all", "product"])).to_pandas()
    every = frame[frame.scope == "all"]
    if every.empty:
        return Text("No goods have been sold yet.", "还没有售出商品。")
    whole, clear = every.iloc[0], int(frame[frame.scope == "product"].clear.fillna(value=False).sum())
    left, moved = int(whole.left_out), int(whole.products)
    if pd.isna(whole.elasticity):
        return Text(
            f"The prices of {left:,} products did not move enough to tell how quantity follows them.",
            f"{left:,} 种商品的价格变动不足，无法判断销量如何随价格变化。",
        )
    more, least, most = (
        round(100 * (1.1**e - 1)) for e in whole[["elasticity", "elasticity_low", "elasticity_high"]]
    )
    doubt = _doubt(str(whole.method))
    return Text(
        f"Where prices are 10% higher, {_fewer(more)} (between {_signed(least)} and {_signed(most)}); of the "
        f"{moved:,} products whose price moved {clear:,} show a clear response, and {left:,} whose price did "
        f"not are left out{doubt.en}.",
        f"价格高 10% 时，销量变化 {_signed(more)}（区间 {_signed(least)} 至 {_signed(most)}）；"
        f"{moved:,} 种价格有变动的商品中，{clear:,} 种反应明确，另有 {left:,} 种变动不足，未计{doubt.zh}。",
    )


def _signed(change: int) -> str:
    return f"{change:+}%".replace("-", "−")


def _fewer(change: int) -> str:
    return f"{abs(change)}% {'fewer' if change <= 0 else 'more'} pieces are sold"


def _doubt(method: str) -> Text:
    if method == "log_log":
        return Text("", "")
    return Text(
        "; the last weeks were foretold no better for it, so none is foretold from it",
        "；但以此预测最近几周并不更准，故不用于预测",
    )
