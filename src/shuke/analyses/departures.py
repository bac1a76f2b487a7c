"""Departures: who is lost, since when, and what was known of them when they came?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.statuses import LOST

#: By meteorology, north of the equator.
SEASONS: dict[str, Text] = {
    "spring": Text("Spring", "春季"), "summer": Text("Summer", "夏季"), "autumn": Text("Autumn", "秋季"),
    "winter": Text("Winter", "冬季"),
}  # fmt: skip
YES_NO: dict[str, Text] = {"yes": Text("yes", "是"), "no": Text("no", "否")}


@table(
    key="customer_id",
    first="-spent",
    theme="leaving",
    title=Text("Departures", "客户去留"),
    about=Text("Who of those who ever bought is lost?", "购买过的客户中谁已流失？"),
    limits=Text(
        "Who is lost is told by `lifecycle`: silent for longer than their limit, or without a contract any "
        "more. Some will come back, and those who left lately are not yet seen to be gone.",
        "谁算流失见 `lifecycle`：沉默超过其期限，或合同已终止。其中有人会回来，刚离开的人则尚未显现。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("first_day", Type.DATE, Text("First purchase", "首次购买")),
        Column("last_day", Type.DATE, Text("Last purchase", "最近购买")),
        Column("buying_days", Type.INTEGER, Text("Days with a purchase", "购买天数"), unit="count"),
        Column("spent", Type.MONEY, Text("Bought so far", "累计购买额"), unit="currency"),
        Column("silent_days", Type.INTEGER, Text("Days of silence", "沉默天数"), unit="day"),
        Column("limit_days", Type.INTEGER, Text("Lost after", "流失期限"), unit="day"),
        Column("lost", Type.FLAG, Text("Lost", "流失")),
        Column("lost_on", Type.DATE, Text("Given up on", "判定流失日")),
        Column("tenure_days", Type.INTEGER, Text("Days as a customer", "客户存续天数"), unit="day", note=Text(
            "From the first purchase until given up, or until today.", "自首购至判定流失，未流失者至今日。")),
        Column("gender", Type.TEXT, Text("Gender", "性别")),
        Column("region", Type.TEXT, Text("Region", "地区")),
        Column("first_channel", Type.TEXT, Text("First channel", "首购渠道")),
        Column("first_category", Type.TEXT, Text("First category", "首购类别")),
        Column("first_season", Type.TEXT, Text("Season of first purchase", "首购季节"), codes=SEASONS,
            note=Text(
            "`spring` from March, `summer` from June, `autumn` from September, `winter` from December.",
            "`spring` 春（3 月起），`summer` 夏（6 月起），`autumn` 秋（9 月起），`winter` 冬（12 月起）。")),
        Column("first_discounted", Type.TEXT, Text("First bought at a discount", "首购有折扣"),
            codes=YES_NO, note=Text("`yes` or `no`.", "`yes` 是，`no` 否。")),
    ],
)  # fmt: skip
def departures(purchases: ir.Table, customers: ir.Table, lifecycle: ir.Table, *, as_of: date) -> ir.Table:
    """Who is lost, with what was known of them when they came.

    One row per known customer with a line of goods sold by `as_of`. `lost`, `limit_days` and `lost_on`, the
    first day on which it was so, are those of `lifecycle`. Everybody else is a customer still: for the
    mathematics of survival they are censored at `as_of`. The first channel and category are the earliest
    known ones (the source where no channel is named), the category at its highest level; of several on that
    day, that of the line of the least number.
    """
    days = _days(purchases, as_of)
    figures = days.group_by("customer_id").agg(
        first_day=days.day.min(), last_day=days.day.max(), buying_days=days.count(), spent=days.spent.sum(),
        **{name: days[name].argmin(days.day, where=days[name].notnull()) for name in _FIRST},
    )  # fmt: skip
    standing = lifecycle.select("customer_id", "status", "silent_days", "limit_days", "since")
    judged = figures.left_join(standing, "customer_id").drop("customer_id_right")
    gone = (judged.status == LOST).fill_null(False)
    dated = judged.mutate(lost=gone, lost_on=ibis.ifelse(gone, judged.since, None))
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
    """One row per customer and day of buying."""
    known = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & ~purchases.is_return
    )
    sold = known.filter(known.day <= as_of)
    channel = ibis.coalesce(sold.channel, sold.source)
    first_of = {"region": sold.region, "first_channel": channel, "first_category": _top(sold.category)}
    return sold.group_by("customer_id", "day").agg(
        spent=sold.amount.sum().fill_null(0),
        first_discounted=(sold.discount.fill_null(0) != 0).any(),
        **{name: of.argmin(sold.line_id, where=of.notnull()) for name, of in first_of.items()},
    )


def _top(category: ir.StringValue) -> ir.StringValue:
    return category.split(">")[0].strip().nullif("")


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
        f"{lost:,} of {everybody:,} buyers ({lost / everybody:.0%}) are lost.",
        f"{everybody:,} 位购买者中，{lost:,} 位（{lost / everybody:.0%}）已流失。",
    )
