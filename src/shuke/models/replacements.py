"""Replacements: who should be replacing what, and by when?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.errors import NotEnoughData
from shuke.languages import N_, Text, language
from shuke.lazy import alt, pd
from shuke.models.replacement_intervals import days_bought, own_intervals
from shuke.stats import average, rounded
from shuke.tables import Column, Grade, Measure, Type, table
from shuke.tables.derived import Checkpoint

#: Of a standard normal variable, 80 % lies within this many deviations of its mean.
Z80 = 1.2815515655446004
STATUSES = {
    "later": Text("Not yet", "未到期"),
    "due": Text("Due now", "应更换"),
    "overdue": Text("Overdue", "已逾期"),
}


@table(
    key=("customer_id", "level", "item"),
    first="due_on",
    theme="offering",
    title=Text("Replacements", "更换与补货"),
    about=Text("Who should be replacing what, and by when?", "哪些客户应当更换或补购什么？"),
    reading=Text(
        "Each bar is a category; its length is how many replacements are due or overdue in it today.",
        "每根柱表示一个类别，长度为今天应更换与已逾期的数量。"),
    limits=Text(
        "Only what was bought again tells an interval, so that it is too short for what few replace. Whoever "
        "bought the next one elsewhere, or gave the first one away as a present, looks overdue; who is later "
        "than twice the latest day is taken to have done so and is left out. A category's row counts what "
        "its products' rows count, too.",
        "间隔只能从再次购买中得知，因此很少有人更换的商品，间隔偏短。在别处购买或将商品送人的客户"
        "看上去会像逾期；超过最晚日期一倍以上者视为如此，不再列出。类别一行也包含其商品各行的购买。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("level", Type.TEXT, Text("Level", "层级"),
            codes={"product": Text("product", "商品"), "category": Text("category", "类别")}, note=Text(
            "`product` or `category`.", "`product` 商品，`category` 类别。")),
        Column("item", Type.TEXT, Text("Product code or category", "商品编码或类别")),
        Column("product_name", Type.TEXT, Text("Product", "商品")),
        Column("category", Type.TEXT, Text("Category", "类别")),
        Column("last_day", Type.DATE, Text("Last bought", "最近购买")),
        Column("times", Type.INTEGER, Text("Days on which it was bought", "购买次数"), unit="count"),
        Column("interval_days", Type.NUMBER, Text("Expected interval", "预计间隔天数"), unit="day"),
        Column("everybodys_days", Type.NUMBER, Text("Everybody's interval", "总体间隔天数"),
            unit="day"),
        Column("due_on", Type.DATE, Text("Due on", "应更换日期")),
        Column("earliest_on", Type.DATE, Text("Earliest", "最早")),
        Column("latest_on", Type.DATE, Text("Latest", "最晚"), note=Text(
            "Four of five fall between the earliest and the latest day.",
            "五次中有四次落在最早与最晚之间。")),
        Column("overdue", Type.FLAG, Text("Overdue", "已逾期"), note=Text(
            "The day on which it was due has passed.", "应更换日期已过。")),
        Column("status", Type.TEXT, Text("Status", "状态"), codes=STATUSES, note=Text(
            "`later`: the earliest day is to come; `due`: between the two; `overdue`: after the latest.",
            "`later` 未到最早日期；`due` 在最早与最晚之间；`overdue` 已过最晚日期。")),
        Column("expected_amount", Type.MONEY, Text("Expected amount", "预计金额"), unit="currency"),
        Column("method", Type.TEXT, Text("Method", "方法"),
            codes={
                "own_rhythm": Text("their own intervals", "自身间隔"),
                "product_life": Text("the life of the product", "商品寿命"),
                "baseline": Text("everybody's interval", "总体间隔"),
            },
            note=Text(
            "`own_rhythm`: their own intervals drawn to everybody's; `product_life`: with the life that is "
            "stated of it; `baseline`: everybody's interval, where their own foretold the last no better.",
            "`own_rhythm` 客户自身间隔向总体收缩；`product_life` 参考商品寿命；"
            "`baseline` 所有客户的间隔（自身间隔未能更准地预测上一次时）。")),
    ],
)  # fmt: skip
def replacements(
    purchases: ir.Table,
    landed_products: ir.Table,
    replacement_intervals: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    min_purchase_days: int = 3,
) -> ir.Table:
    """When each customer should replace each thing, from its life and from how often they have bought it.

    One row per customer and product with a stated life in use, or product or category bought on at least
    `min_purchase_days` different days: consumables count only when bought again and again. The logarithm of
    the days between two purchases of a thing by a customer is taken as normal around the customer's own mean,
    and those means as normal around everybody's for the thing; both spreads are found by moments over all
    things of a level (one-way random effects, Searle 1971). The customer's mean is its best linear prediction
    (Robinson 1991):

        mean = (sum of own logs / s2 + everybody's mean / t2) / (own intervals / s2 + 1 / t2)
        due on = last purchase + exp(mean),   earliest and latest at -+1.28 deviations (80 %)

    Everybody's mean for a thing (see `replacement_intervals`) is drawn towards that of its level, and towards
    its stated life, which counts like five intervals. Returns are no purchases. Where the customers' own
    means, without their last intervals, foretell these with a greater mean absolute error than everybody's,
    `method` is `baseline`. The amount is the customer's average on a day on which they bought it.
    """
    bought = own_intervals(days_bought(purchases, landed_products, as_of), min_purchase_days)
    told = bought.filter(bought.listed).inner_join(replacement_intervals, ["level", "item"])
    return _dated(checkpoint(told), as_of)


def _dated(rows: ir.Table, as_of: date) -> ir.Table:
    trusted = rows.foretells
    weight = ibis.ifelse(trusted, rows.gaps.cast("float64"), 0.0)
    sure = weight / rows.within + 1 / rows.among
    own = (ibis.ifelse(trusted, rows.logs, 0.0) / rows.within + rows["mean"] / rows.among) / sure
    told = rows.mutate(own=own, deviation=(rows.within + 1 / sure).sqrt(), trusted=trusted)
    dated = told.mutate(
        interval_days=rounded(told.own.exp(), 1), everybodys_days=rounded(told["mean"].exp(), 1),
        due_on=_after(told.last_day, told.own),
        earliest_on=_after(told.last_day, told.own - Z80 * told.deviation),
        latest_on=_after(told.last_day, told.own + Z80 * told.deviation),
    )  # fmt: skip
    late, since = (
        dated.latest_on.delta(dated.last_day, unit="day"),
        ibis.literal(as_of).delta(dated.last_day, unit="day"),
    )
    return dated.filter(since <= 2 * late).mutate(
        overdue=dated.due_on < as_of,
        status=ibis.cases(
            (dated.earliest_on > as_of, "later"), (dated.latest_on >= as_of, "due"), else_="overdue"
        ),
        expected_amount=average(dated.amount, dated.times),
        method=ibis.cases(
            (dated.life.notnull(), "product_life"), (dated.trusted, "own_rhythm"), else_="baseline"
        ),
    )  # fmt: skip


def _after(day: ir.DateValue, logarithm: ir.FloatingValue) -> ir.DateValue:
    # Nobody plans for more than a hundred years, and engines' dates end somewhere.
    days = rounded(ibis.least(logarithm.exp(), 36_500.0), 0).cast("int32")
    return day + days.as_interval("D")


@replacements.chart
def due_bars(rows: ir.Table) -> alt.Chart:
    frame = _due(rows).sort_values("things", ascending=False)
    most = frame.groupby("category").things.sum().nlargest(15).index
    shown = frame[frame.category.isin(most)]
    shown = shown.assign(title=[STATUSES[status].in_(language()) for status in shown.status])
    chart: alt.Chart = (
        alt.Chart(shown)
        .mark_bar()
        .encode(
            y=alt.Y("category:N", sort="-x", title=None, axis=alt.Axis(labelLimit=240)),
            x=alt.X("things:Q", title=str(Text("Replacements due", "应更换数量"))),
            color=alt.Color("title:N", title=str(replacements["status"].title)),
            tooltip=["category", "title", "things"],
        )
    )
    return chart


@replacements.sentence
def due_sentence(rows: ir.Table) -> Text:
    due = rows.filter(rows.status != "later")
    sums = due.agg(
        things=due.count(), late=(due.status == "overdue").sum(), customers=due.customer_id.nunique()
    )
    things, late, customers = (int(n or 0) for n in sums.to_pandas().fillna(0).iloc[0])
    if not things:
        return Text("Nothing is due for replacement today.", "目前没有应更换的商品。")
    return Text(
        f"{customers:,} customers should replace {things:,} things today; with {late:,} of them they are "
        "later than four customers of five.",
        f"目前有 {customers:,} 位客户应更换或补购 {things:,} 项；其中 {late:,} 项已过最晚日期。",
    )


def _due(rows: ir.Table) -> pd.DataFrame:
    due = rows.filter(rows.status != "later")
    named = due.group_by("status", category=ibis.coalesce(due.category, due.product_name, due["item"]))
    frame: pd.DataFrame = named.agg(things=due.count()).to_pandas()
    return frame


@replacements.grade
def replaced(replacements: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    """How many of what was due was bought, and by how many days the date was missed."""
    scored = _came(replacements, purchases, at, until)
    sums = scored.agg(
        due=scored.due.sum(), share=scored.bought.mean(where=scored.due), base=scored.bought.mean(),
        missed=scored.missed.mean(), naive=scored.naive.mean(),
    ).to_pandas().iloc[0]  # fmt: skip
    if pd.isna(sums.missed) or not sums.due:
        raise NotEnoughData(N_("Nothing that was due by {day} has been replaced."), day=until)
    share, base, missed, naive = (float(sums[n]) for n in ("share", "base", "missed", "naive"))
    bought, days = Text("Bought what was due", "到期后购买比例"), Text("Days missed by", "日期平均误差")
    return Grade(
        subjects=int(sums.due),
        measures=(
            Measure(name="bought", title=bought, value=share, naive=base, unit="share"),
            Measure(name="mae_days", title=days, value=missed, naive=naive, better="lower", unit="day"),
        ),
        sentence=Text(
            f"Of 100 replacements that were due {100 * share:.0f} were bought, of all that are listed "
            f"{100 * base:.0f}; the date was missed by {missed:.0f} days, everybody's by {naive:.0f}.",
            f"每 100 项到期更换中有 {100 * share:.0f} 项已购买，全部列出者中为 {100 * base:.0f} 项；"
            f"日期平均误差 {missed:.0f} 天，若用所有客户的间隔则为 {naive:.0f} 天。",
        ),
    )


def _came(replacements: ir.Table, purchases: ir.Table, at: date, until: date) -> ir.Table:
    """Each thing with whether it was due, whether it was bought, and by how many days each date missed."""
    after = purchases.filter((purchases.day > at) & (purchases.day <= until) & (purchases.kind == "goods"))
    goods = after.filter(after.customer_id.notnull() & ~after.is_return)
    each = [
        goods.group_by("customer_id", level=ibis.literal(level), item=column).agg(came=goods.day.min())
        for level, column in (("product", "product_id"), ("category", "category"))
    ]
    seen = replacements.left_join(each[0].union(each[1]), ["customer_id", "level", "item"])
    usual = seen.last_day + seen.everybodys_days.round().cast("int32").as_interval("D")
    return seen.select(
        due=seen.due_on <= until, bought=seen.came.notnull().cast("float64"),
        missed=_missed(seen.came, seen.due_on, at), naive=_missed(seen.came, usual, at),
    )  # fmt: skip


def _missed(came: ir.DateValue, foretold: ir.DateValue, at: date) -> ir.FloatingValue:
    """Days between; what had been due by `at` and had not come was foretold for then."""
    return came.delta(ibis.greatest(foretold, ibis.literal(at)), unit="day").abs().cast("float64")
