"""Adoption: how is a new product taken up, beside those that were new before it?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.analyses.launches import launches, sold, steps
from shuke.analyses.rfm import TIERS
from shuke.analyses.shrinkage import spread
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table

#: Earlier launches that a new one is held against: the latest.
EARLIER = 200
#: Triers whom an earlier launch needs before its share of repeaters counts.
ENOUGH = 5
YEAR = timedelta(days=365)


@table(
    key=("product_id", "segment", "week"),
    theme="goods",
    title=Text("Adoption of new products", "新品接受度"),
    about=Text("How is a new product taken up, beside earlier ones?", "新品的接受程度与以往新品相比如何？"),
    subject=None,
    reading=Text(
        "Each line is a new product: the share of active customers who had tried it by the end of each week. "
        "The dashed line is the middle one of earlier launches.",
        "每条线为一个新品：截至各周末尝试过的活跃客户比例。虚线为以往新品的中位数。"),
    limits=Text(
        "A product without a stated day of launch is taken to be new on the day of its first sale, so that "
        "old goods under a new code look new. Tiers are those of today: who took to the new product may have "
        "risen by it.",
        "未注明上市日期的商品以首次销售日为准；换了新编码的旧商品会被当作新品。"
        "客户层级为当前层级，可能因购买新品而上升。"),
    columns=[
        Column("product_id", Type.TEXT, Text("Product code", "商品编码")),
        Column("product_name", Type.TEXT, Text("Product", "商品")),
        Column("launched", Type.DATE, Text("Launched", "上市日期")),
        Column("segment", Type.TEXT, Text("Segment", "客户群"),
            codes={"all": Text("all", "全部"), **TIERS}, note=Text(
            "`all`, or a tier of the table rfm.", "`all` 全部，或 rfm 表的客户层级。")),
        Column("week", Type.INTEGER, Text("Week", "第几周"), note=Text(
            "By the end of this week after launch; 1 is the first.", "截至上市后该周末；1 为首周。")),
        Column("active", Type.INTEGER, Text("Active customers", "活跃客户数"), unit="count"),
        Column("triers", Type.INTEGER, Text("Tried", "尝试客户数"), unit="count"),
        Column("trial", Type.NUMBER, Text("Trial", "尝试率"), unit="share"),
        Column("trial_low", Type.NUMBER, Text("Trial, at least", "尝试率下限"), unit="share"),
        Column("trial_high", Type.NUMBER, Text("Trial, at most", "尝试率上限"), unit="share"),
        Column("repeaters", Type.INTEGER, Text("Bought again", "复购客户数"), unit="count"),
        Column("repeat", Type.NUMBER, Text("Repeat", "复购率"), unit="share", note=Text(
            "Of those who tried; empty where nobody did.", "占尝试客户；无人尝试时为空。")),
        Column("repeat_low", Type.NUMBER, Text("Repeat, at least", "复购率下限"), unit="share"),
        Column("repeat_high", Type.NUMBER, Text("Repeat, at most", "复购率上限"), unit="share"),
        Column("earlier", Type.INTEGER, Text("Earlier launches", "以往新品数"), unit="count"),
        Column("earlier_trial", Type.NUMBER, Text("Their trial", "以往尝试率"), unit="share", note=Text(
            "The median of earlier launches at the same age.", "以往新品同周的中位数。")),
        Column("earlier_repeat", Type.NUMBER, Text("Their repeat", "以往复购率"), unit="share"),
    ],
)  # fmt: skip
def adoption(
    purchases: ir.Table,
    landed_products: ir.Table,
    rfm: ir.Table,
    *,
    as_of: date,
    weeks: int = 52,
    max_products: int = 30,
) -> ir.Table:
    """Trial and repeat of products launched in the twelve months before `as_of`, week by week.

    One row per product, segment and whole week since its launch, up to `weeks`; of many products the
    `max_products` tried.

        trial  = customers who bought it by the end of the week / active customers
        repeat = those of them who bought it on a second day by then / customers who bought it by then

    Active is who first bought anything by the end of the product's curve and last did no more than 365 days
    before its launch. `low` and `high` are the ends of the 95 % score interval (Wilson 1927). `earlier_trial`
    and `earlier_repeat` are the medians, at the same age and in the same segment, of the 200 latest launches
    before; for repeat, of those that five customers or more had tried. Trial and repeat as in Parfitt and
    Collins (1968). Without a launch in these months the table is empty.
    """
    goods = sold(purchases, as_of)
    launched = launches(goods, landed_products, as_of=as_of, max_products=max_products, earlier=EARLIER)
    if not launched.is_new.any():
        return ibis.memtable(pd.DataFrame(columns=list(adoption.schema)), schema=adoption.schema)
    tiers = rfm.select("customer_id", segment="tier")
    taken = _taken(steps(goods, launched), tiers)
    curves = _curves(launched, taken, _present(goods, tiers), as_of=as_of, weeks=weeks)
    return ibis.memtable(_beside_earlier(curves), schema=adoption.schema)


def _taken(stepped: ir.Table, tiers: ir.Table) -> pd.DataFrame:
    """By product, segment and week after launch: how many bought it for the first and the second time."""
    tiered = stepped.left_join(tiers, "customer_id")
    each = [
        tiered.filter(tiered[step].notnull()).group_by(
            "product_id", segment=tiered.segment.fill_null("lost"),
            # Sold before its day, as some are, it counts as sold on it.
            week=ibis.greatest(tiered[step].delta(tiered.launched, unit="day"), 0) // 7 + 1,
            what=ibis.literal(name),
        ).agg(customers=tiered.customer_id.count())
        for step, name in (("first", "triers"), ("second", "repeaters"))
    ]  # fmt: skip
    counts = each[0].union(each[1]).to_pandas()
    keys = ["product_id", "segment", "week", "what"]
    whole = counts.assign(segment="all").groupby(keys, as_index=False).customers.sum()
    return pd.concat([counts, whole], ignore_index=True)


def _present(goods: ir.Table, tiers: ir.Table) -> pd.DataFrame:
    """How many customers of each segment first and last bought in which weeks."""
    spans = goods.group_by("customer_id").agg(
        begun=goods.day.min().truncate("W"), last=goods.day.max().truncate("W")
    )
    tiered = spans.left_join(tiers, "customer_id")
    grouped = tiered.group_by("begun", "last", segment=tiered.segment.fill_null("lost"))
    counts = grouped.agg(customers=tiered.count()).to_pandas()
    dated = counts.assign(begun=pd.to_datetime(counts.begun), last=pd.to_datetime(counts["last"]))
    return pd.concat([dated, dated.assign(segment="all")], ignore_index=True)


def _curves(
    launched: pd.DataFrame, taken: pd.DataFrame, present: pd.DataFrame, *, as_of: date, weeks: int
) -> pd.DataFrame:
    """Every product with every segment that was active, and every whole week that it has had."""
    days = (pd.Timestamp(as_of) - launched.launched).dt.days + 1
    old = launched.assign(age=(days // 7).clip(upper=weeks))
    parts = []
    for product in old[old.age > 0].itertuples():
        end = product.launched + timedelta(days=7 * product.age)
        there = present[(present.begun < end) & (present["last"] >= product.launched - YEAR)]
        active = (
            there.groupby("segment", as_index=False).customers.sum().rename(columns={"customers": "active"})
        )
        grid = active.merge(pd.DataFrame({"week": range(1, product.age + 1)}), how="cross")
        parts.append(grid.assign(product_id=product.product_id))
    if not parts:
        return pd.DataFrame()
    spine = pd.concat(parts, ignore_index=True).merge(launched, on="product_id")
    wide = taken.pivot_table(
        index=["product_id", "segment", "week"], columns="what", values="customers", aggfunc="sum"
    ).reindex(columns=["triers", "repeaters"]).reset_index()  # fmt: skip
    full = spine.merge(wide, how="left").fillna({"triers": 0, "repeaters": 0})
    full = full.sort_values(["product_id", "segment", "week"], ignore_index=True)
    grown = full.groupby(["product_id", "segment"])[["triers", "repeaters"]].cumsum()
    return full.assign(triers=grown.triers, repeaters=grown.repeaters)


def _beside_earlier(curves: pd.DataFrame) -> pd.DataFrame:
    columns = list(adoption.schema)
    if curves.empty:
        return pd.DataFrame(columns=columns)
    # A week that began before the end of the curve may hold a trier more than were counted as active.
    active = curves[["active", "triers"]].max(axis=1)
    rated = curves.assign(
        active=active,
        trial=curves.triers / active,
        repeat=(curves.repeaters / curves.triers.where(curves.triers > 0)).astype(float),
    )
    ends = {
        n: spread(rated[n].fillna(0.0), rated[of]) for n, of in (("trial", "active"), ("repeat", "triers"))
    }
    told = rated.assign(
        trial_low=ends["trial"][0], trial_high=ends["trial"][1],
        repeat_low=ends["repeat"][0].where(rated.triers > 0),
        repeat_high=ends["repeat"][1].where(rated.triers > 0),
    )  # fmt: skip
    before = told[~told.is_new].assign(repeat=lambda f: f.repeat.where(f.triers >= ENOUGH))
    usual = before.groupby(["segment", "week"], as_index=False).agg(
        earlier=("product_id", "count"),
        earlier_trial=("trial", "median"),
        earlier_repeat=("repeat", "median"),
    )
    new = told[told.is_new].merge(usual, how="left", on=["segment", "week"]).fillna({"earlier": 0})
    whole = new.astype(dict.fromkeys(("week", "active", "triers", "repeaters", "earlier"), "int64"))
    whole = whole.assign(launched=pd.to_datetime(whole.launched).dt.date)[columns]
    # What is not known is nothing, not a number that is none.
    return whole.astype(object).where(whole.notna(), None)


@adoption.chart
def trial_curves(rows: ir.Table) -> alt.Chart:
    """Of the eight products that most have tried."""
    frame = rows.filter(rows.segment == "all").to_pandas()
    best = frame.groupby("product_id").triers.max().sort_values(ascending=False).head(8).index
    shown = frame[frame.product_id.isin(best)]
    x = alt.X("week:Q", title=str(adoption["week"].title))
    share: dict[str, Any] = {"title": str(adoption["trial"].title), "axis": alt.Axis(format=".0%")}
    lines = alt.Chart(shown).mark_line().encode(
        x=x, y=alt.Y("trial:Q", **share),
        color=alt.Color("product_name:N", title=None, legend=alt.Legend(labelLimit=240)),
        tooltip=["product_name", "week", "triers", alt.Tooltip("trial:Q", format=".1%"),
                 alt.Tooltip("repeat:Q", format=".1%"), alt.Tooltip("earlier_trial:Q", format=".1%")],
    )  # fmt: skip
    usual = shown.groupby("week", as_index=False).earlier_trial.first()
    earlier = alt.Y("earlier_trial:Q", **share)
    dashed = alt.Chart(usual).mark_line(strokeDash=[6, 4], color="gray").encode(x=x, y=earlier)
    return lines + dashed


@adoption.sentence
def trial_sentence(rows: ir.Table) -> Text:
    frame = rows.filter(rows.segment == "all").to_pandas()
    if frame.empty:
        return Text("Nothing was launched in the last twelve months.", "最近十二个月没有新品上市。")
    latest = frame.sort_values(["product_id", "week"]).drop_duplicates("product_id", keep="last")
    best = latest.sort_values(["trial", "product_id"], ascending=[False, True]).iloc[0]
    again, usual = Text("", ""), Text("", "")
    if not pd.isna(best["repeat"]):
        share = f"{best['repeat']:.0%}"
        again = Text(f", and {share} of them bought it again", f"，其中 {share} 再次购买")
    if not pd.isna(best.earlier_trial):
        share = f"{best.earlier_trial:.1%}"
        usual = Text(f"; of earlier launches {share} had by then", f"；以往新品同期为 {share}")
    return Text(
        f"{best.product_name} was taken up most: {best.trial:.1%} of active customers tried it within "
        f"{best.week} weeks{again.en}{usual.en}.",
        f"「{best.product_name}」接受度最高：{best.week} 周内 {best.trial:.1%} 的活跃客户尝试过"
        f"{again.zh}{usual.zh}。",
    )
