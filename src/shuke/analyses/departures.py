"""Departures: who has been silent for too long, and since when do we give them up?"""

from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: With fewer gaps between purchases in the whole company, their distribution says nothing.
FEWEST_GAPS = 20


@table(
    key="customer_id",
    title=Text("Departures", "客户去留"),
    about=Text("Who has been silent for too long?", "谁沉默得太久了？"),
    limits=Text(
        "A customer without a contract never says that they leave: lost means silent for longer than their "
        "limit. Some will come back, and those who left lately are not yet seen to be gone.",
        "无合同的客户不会告知离开：「流失」指沉默超过其期限。其中有人会回来，刚离开的人则尚未显现。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("first_day", Type.DATE, Text("First purchase", "首次购买")),
        Column("last_day", Type.DATE, Text("Last purchase", "最近购买")),
        Column("buying_days", Type.INTEGER, Text("Days with a purchase", "购买天数"), unit="count"),
        Column("spent", Type.MONEY, Text("Bought so far", "累计购买额"), unit="currency"),
        Column("silent_days", Type.INTEGER, Text("Days of silence", "沉默天数"), unit="day"),
        Column("limit_days", Type.INTEGER, Text("Silence that is not unusual", "正常沉默上限"), unit="day"),
        Column("own_rhythm", Type.FLAG, Text("By their own rhythm", "按自身节奏"), note=Text(
            "False: too few gaps of their own, so the limit is that of all customers.",
            "否：自身间隔太少，取全体客户的期限。")),
        Column("lost", Type.FLAG, Text("Lost", "流失")),
        Column("lost_on", Type.DATE, Text("Given up on", "判定流失日")),
        Column("tenure_days", Type.INTEGER, Text("Days as a customer", "客户存续天数"), unit="day", note=Text(
            "From the first purchase until given up, or until today.", "自首购至判定流失，未流失者至今日。")),
        Column("gender", Type.TEXT, Text("Gender", "性别")),
        Column("region", Type.TEXT, Text("Region", "地区")),
        Column("first_channel", Type.TEXT, Text("First channel", "首购渠道")),
        Column("first_category", Type.TEXT, Text("First category", "首购类别")),
        Column("first_season", Type.TEXT, Text("Season of first purchase", "首购季节"), note=Text(
            "`spring` from March, `summer` from June, `autumn` from September, `winter` from December.",
            "`spring` 春（3 月起），`summer` 夏（6 月起），`autumn` 秋（9 月起），`winter` 冬（12 月起）。")),
        Column("first_discounted", Type.TEXT, Text("First bought at a discount", "首购有折扣"), note=Text(
            "`yes` or `no`.", "`yes` 是，`no` 否。")),
    ],
)  # fmt: skip
def departures(
    purchases: ir.Table,
    customers: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    grace: float = 2.0,
    least_gaps: int = 3,
    shortest: int = 30,
    share: float = 0.95,
    fallback: int = 180,
) -> ir.Table:
    """Who is silent beyond their limit, with what was known of them when they came.

    One row per known customer with a line of goods sold by `as_of`. A customer is **lost** when

        days since the last purchase > limit
        limit = mean + grace × standard deviation of their own gaps, at least `shortest` days,
                where they have at least `least_gaps` gaps between buying days; else
                the days within which `share` of all gaps of all customers lie (`fallback` where the whole
                company has fewer than 20 gaps)

    and `lost_on` is the first day on which that was so. Everybody else is a customer still: for the
    mathematics of survival they are censored at `as_of`. The first channel and category are the earliest
    known ones (the source
    where no channel is named), the category at its highest level; of several on that day, that of the line
    of the least number.
    """
    days = checkpoint(_days(purchases, as_of))
    common = _common_limit(days, share=share, fallback=fallback, shortest=shortest)
    figures = days.group_by("customer_id").agg(
        first_day=days.day.min(), last_day=days.day.max(), buying_days=days.count(), spent=days.spent.sum(),
        gaps=days.gap.count(), whole=days.gap.sum(), squares=(days.gap * days.gap).sum(),
        **{name: days[name].argmin(days.day, where=days[name].notnull()) for name in _FIRST},
    )  # fmt: skip
    regular = figures.gaps >= max(least_gaps, 2)
    silence = ibis.literal(as_of).delta(figures.last_day, unit="day").cast("int64")
    allowed = ibis.greatest(_unusual(figures, grace), shortest)
    judged = figures.mutate(
        own_rhythm=regular, silent_days=silence, limit_days=ibis.ifelse(regular, allowed, common)
    )
    gone = judged.silent_days > judged.limit_days
    dated = judged.mutate(
        lost=gone, lost_on=ibis.ifelse(gone, judged.last_day + (judged.limit_days + 1).as_interval("D"), None)
    )
    until = ibis.coalesce(dated.lost_on, ibis.literal(as_of))
    who = customers.select("customer_id", "gender", home="region")
    told = dated.left_join(who, "customer_id").drop("customer_id_right")
    return told.mutate(
        tenure_days=until.delta(told.first_day, unit="day"),
        region=ibis.coalesce(told.home, told.region),
        first_season=_season(told.first_day.month()),
        first_discounted=ibis.ifelse(told.first_discounted, "yes", "no"),
    )


_FIRST = ("region", "first_channel", "first_category", "first_discounted")


def _days(purchases: ir.Table, as_of: date) -> ir.Table:
    """One row per customer and day of buying, with the days since the one before."""
    known = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & ~purchases.is_return
    )
    sold = known.filter(known.day <= as_of)
    channel = ibis.coalesce(sold.channel, sold.source)
    first_of = {"region": sold.region, "first_channel": channel, "first_category": _top(sold.category)}
    days = sold.group_by("customer_id", "day").agg(
        spent=sold.amount.sum().fill_null(0),
        first_discounted=(sold.discount.fill_null(0) != 0).any(),
        **{name: of.argmin(sold.line_id, where=of.notnull()) for name, of in first_of.items()},
    )
    before = days.day.lag().over(ibis.window(group_by="customer_id", order_by="day"))
    return days.mutate(gap=days.day.delta(before, unit="day").cast("int64"))


def _top(category: ir.StringValue) -> ir.StringValue:
    return category.split(">")[0].strip().nullif("")


def _common_limit(days: ir.Table, *, share: float, fallback: int, shortest: int) -> int:
    """The days within which `share` of all gaps lie; `fallback` where there are hardly any."""
    known = days.filter(days.gap.notnull())
    counted = known.group_by("gap").agg(times=known.count()).to_pandas()
    if counted.times.sum() < FEWEST_GAPS:
        return fallback
    ordered = counted.sort_values("gap")
    within = np.cumsum(ordered.times.to_numpy()) >= share * ordered.times.sum()
    return max(shortest, int(ordered.gap.to_numpy()[within.argmax()]))


def _unusual(rhythm: ir.Table, grace: float) -> ir.IntegerValue:
    """Mean and `grace` deviations of the own gaps, from whole numbers: floats add up in any order."""
    n, whole = rhythm.gaps, rhythm.whole
    variance = (n * rhythm.squares - whole * whole).cast("float64") / (n * (n - 1)).nullif(0).cast("float64")
    mean = whole.cast("float64") / n.nullif(0).cast("float64")
    return (mean + grace * variance.sqrt() - 1e-6).ceil().cast("int64")


def _season(month: ir.IntegerValue) -> ir.StringValue:
    return ibis.cases(
        (month.between(3, 5), "spring"),
        (month.between(6, 8), "summer"),
        (month.between(9, 11), "autumn"),
        else_="winter",
    )


@departures.sentence
def gone_sentence(rows: ir.Table) -> Text:
    counted = rows.aggregate(all=rows.count(), lost=rows.lost.sum().fill_null(0)).to_pandas().iloc[0]
    if not counted["all"]:
        return Text("Nobody has bought yet.", "尚无人购买。")
    lost, everybody = int(counted.lost), int(counted["all"])
    return Text(
        f"{lost:,} of {everybody:,} buyers ({lost / everybody:.0%}) are silent beyond their limit.",
        f"{everybody:,} 位购买者中，{lost:,} 位（{lost / everybody:.0%}）沉默超过期限。",
    )
