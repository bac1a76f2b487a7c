"""Contact effect: do customers with whom we get in touch buy more than those alike whom we leave alone?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.analyses.peers import CELL, peers
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.stats import Z95
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

EVERY = {"all": Text("all", "全部"), "": Text("not recorded", "未登记")}
DAYS = 60


@table(
    key="channel",
    learns=True,
    first="-contacted",
    theme="feeling",
    title=Text("What contact brings", "主动联系的效果"),
    about=Text(
        "Do customers with whom we get in touch buy more than those alike whom we leave alone?",
        "我们主动联系的客户，是否比同类未联系者购买更多？"),
    reading=Text(
        "Each dot is by how much more of those contacted bought within 60 days than of customers alike who "
        "were not; "
        "the line is where that lies at 95 %. A line that crosses zero shows no effect.",
        "每个点为被联系者 60 天内购买比例与同类未联系者之差，线为其 95% 区间；线跨过零则未见效果。"),
    limits=Text(
        "This is a comparison, not an experiment: only what purchases show makes customers alike, and "
        "whoever is "
        "called for a reason that nobody wrote down may differ. A campaign with a control group is evidence "
        "(see "
        "campaign_results).",
        "这是对照比较而非实验：仅以购买行为判定同类，因未登记的理由而被联系者可能不同。"
        "有对照组的活动才是证据（见 campaign_results）。"),
    subject=None,
    columns=[
        Column("channel", Type.TEXT, Text("Channel", "渠道"), codes=EVERY),
        Column("contacted", Type.INTEGER, Text("Contacted, a month each", "被联系人月"), unit="count"),
        Column("matched", Type.INTEGER, Text("Of them with others alike", "其中有同类者"), unit="count"),
        Column("alike", Type.INTEGER, Text("Customers alike left alone", "同类未联系人月"), unit="count"),
        Column("share", Type.NUMBER, Text("Of contacted bought", "被联系者购买比例"), unit="share"),
        Column("alike_share", Type.NUMBER, Text("Of those alike bought", "同类购买比例"), unit="share"),
        Column("effect", Type.NUMBER, Text("Difference", "差异"), unit="share"),
        Column("low", Type.NUMBER, Text("Difference, at least", "差异下限"), unit="share"),
        Column("high", Type.NUMBER, Text("Difference, at most", "差异上限"), unit="share"),
        Column("naive", Type.NUMBER, Text("Difference without matching", "未匹配的差异"), unit="share"),
    ],
)  # fmt: skip
def contact_effect(
    own_contacts: ir.Table,
    purchases: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    months: int = 12,
    min_contacted: int = 30,
) -> ir.Table:
    """By how much more of those contacted in a month bought in the 60 days after it than of others alike.

    One row for all channels, and one per channel by which at least `min_contacted` were contacted, of the
    last `months` whole months that lie at least 60 days back. Who had bought before the month is compared
    within cells of customers alike as the month began: the same month, days since the last purchase (to 30,
    90, 180, 365 or more), days with a purchase in a year before (0, 1, 2, 3, to 5, 8, 12, more) and fifth by
    what was spent in it. Others are those with whom nobody was in touch in that month, the one before and
    the 60 days after. With p and q the shares that bought, n and m the customers of a cell,

        effect   = sum of n (p − q) / sum of n                          the effect on those contacted
        variance = sum of n² (p(1−p)/n + q(1−q)/m) / (sum of n)²        of cells that have both

    as in exact matching (Iacus, King, Porro 2012); shares in the variance are taken with half a customer more
    of either kind. `naive` is the difference over everybody.
    """
    starts = _months(as_of, months)
    cells = checkpoint(_cells(own_contacts, purchases, starts))
    grouped = cells.group_by("channel", "month", *CELL, "is_contacted").agg(
        customers=cells.count(), bought=cells.bought.cast("int64").sum()
    )
    frame = grouped.order_by("channel", "month", *CELL, "is_contacted").to_pandas()
    rows = _effects(frame, min_contacted)
    schema = contact_effect.schema
    return checkpoint(ibis.memtable(pd.DataFrame(rows, columns=list(schema)), schema=schema))


def _months(as_of: date, months: int) -> list[date]:
    last = pd.Timestamp(as_of) - pd.DateOffset(days=DAYS)
    first = last.replace(day=1) - pd.DateOffset(months=1)
    return [(first - pd.DateOffset(months=n)).date() for n in range(months)]


def _cells(contacts: ir.Table, purchases: ir.Table, starts: list[date]) -> ir.Table:
    """One row per month, customer who had bought before and channel by which they were contacted in it; of
    those left alone, one for each channel that anybody was contacted by.
    """
    schema = {"starts": "date", "until": "date"}
    ends = [(pd.Timestamp(start) + pd.DateOffset(months=1)).date() for start in starts]
    calendar = ibis.memtable(pd.DataFrame({"starts": starts, "until": ends}), schema=schema)
    goods = purchases.filter(
        (purchases.kind == "goods") & ~purchases.is_return & purchases.customer_id.notnull()
    )
    days = goods.group_by("customer_id", "day").agg(spent=goods.amount.sum().fill_null(0))
    told = peers(
        days, calendar, bought=lambda t: t.day.delta(t.until, unit="day").between(0, DAYS - 1).any()
    ).rename(month="starts")
    calendar = calendar.rename(month="starts")
    touched = contacts.select("customer_id", on="day", via=contacts.channel.fill_null("")).inner_join(
        calendar, [contacts.day >= calendar.month - ibis.interval(days=30),
                   contacts.day < calendar.until + ibis.interval(days=DAYS)]
    )  # fmt: skip
    inside = touched.filter((touched["on"] >= touched.month) & (touched["on"] < touched.until))
    by = inside.select("month", "customer_id", channel="via").distinct()
    everyhow = by.union(by.select("month", "customer_id", channel=ibis.literal("all")).distinct())
    treated = told.inner_join(everyhow, ["month", "customer_id"]).mutate(is_contacted=True)
    alone = told.anti_join(touched, ["month", "customer_id"])
    channels = everyhow.select("channel").distinct()
    left = alone.cross_join(channels).mutate(is_contacted=False)
    columns = ("channel", "month", *CELL, "is_contacted", "bought")
    return treated.select(columns).union(left.select(columns))


def _effects(frame: pd.DataFrame, least: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    both = pd.MultiIndex.from_product([["customers", "bought"], [True, False]])
    for channel, part in frame.groupby("channel"):
        wide = part.pivot_table(
            index=["month", *CELL], columns="is_contacted",
            values=["customers", "bought"], aggfunc="sum", fill_value=0,
        ).reindex(columns=both, fill_value=0)  # fmt: skip
        n, m = wide["customers", True].to_numpy(float), wide["customers", False].to_numpy(float)
        x, y = wide["bought", True].to_numpy(float), wide["bought", False].to_numpy(float)
        if n.sum() >= least and ((n > 0) & (m > 0)).any():
            found.append({"channel": channel, "contacted": int(n.sum()), **matched_effect(n, m, x, y)})
    return found


def matched_effect(n: np.ndarray, m: np.ndarray, x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """The effect on the contacted from cells of n contacted and m others, of whom x and y bought."""
    both = (n > 0) & (m > 0)
    weight = n[both] / n[both].sum()
    p, q = x[both] / n[both], y[both] / m[both]
    # Half a customer more of either kind: a cell of one varies, though what came of it does not.
    p_, q_ = (x[both] + 0.5) / (n[both] + 1), (y[both] + 0.5) / (m[both] + 1)
    spread = np.sqrt((weight**2 * (p_ * (1 - p_) / n[both] + q_ * (1 - q_) / m[both])).sum())
    effect = float((weight * (p - q)).sum())
    return {
        "matched": int(n[both].sum()), "alike": int(m[both].sum()),
        "share": float((weight * p).sum()), "alike_share": float((weight * q).sum()), "effect": effect,
        "low": max(effect - Z95 * float(spread), -1.0), "high": min(effect + Z95 * float(spread), 1.0),
        "naive": float(x.sum() / n.sum() - y.sum() / m.sum()),
    }  # fmt: skip


@contact_effect.chart
def effect_dots(frame: pd.DataFrame) -> alt.LayerChart:
    shown = frame.assign(called=[str(EVERY.get(channel, channel)) for channel in frame.channel])
    title = {column.name: str(column.title) for column in contact_effect.columns}
    base = alt.Chart(shown).encode(
        y=alt.Y("called:N", sort=list(shown.called), title=None),
        tooltip=["called", alt.Tooltip("matched:Q", title=title["matched"]),
                 alt.Tooltip("effect:Q", title=title["effect"], format="+.1%"),
                 alt.Tooltip("naive:Q", title=title["naive"], format="+.1%")],
    )  # fmt: skip
    dots = base.mark_point(filled=True, size=70).encode(
        x=alt.X("effect:Q", title=title["effect"], axis=alt.Axis(format="+.0%"))
    )
    reach = alt.X("low:Q", title=title["effect"], axis=alt.Axis(format="+.0%"))
    return base.mark_rule().encode(x=reach, x2="high:Q") + dots


@contact_effect.sentence
def effect_sentence(frame: pd.DataFrame) -> Text:
    whole = frame[frame.channel == "all"]
    if whole.empty:
        return Text(
            "Too few customers were contacted by us, beside others alike, to tell what it brings.",
            "主动联系的客户太少，或没有同类客户可比，无法说明其效果。",
        )
    row = whole.iloc[0]
    points = f"{100 * row.effect:+.1f}", f"{100 * row.low:+.1f}", f"{100 * row.high:+.1f}"
    if row.low <= 0 <= row.high:
        return Text(
            f"Contact shows no effect beyond chance: {points[0]} points beside customers alike (between "
            f"{points[1]} "
            f"and {points[2]}).",
            f"主动联系未见超出偶然的效果：与同类客户相差 {points[0]} 个百分点（区间 {points[1]} 至 "
            f"{points[2]}）。",
        )
    return Text(
        f"Of those contacted {row.share:.0%} bought within 60 days, of customers alike "
        f"{row.alike_share:.0%}: "
        f"{points[0]} points (between {points[1]} and {points[2]}).",
        f"被联系者 60 天内 {row.share:.0%} 购买，同类客户为 {row.alike_share:.0%}：相差 {points[0]} 个百分点"
        f"（区间 {points[1]} 至 {points[2]}）。",
    )
