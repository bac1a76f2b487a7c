"""Propensity: who needs a product or a category, when, how much of it, and in which class of price?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt, pd
from shuke.models import coefficients
from shuke.models.item_signals import SIGNALS, Bought, bought, signals
from shuke.models.price_classes import CLASSES, classes
from shuke.models.propensity_model import HABITS, METHODS, REACHED, PropensityModel, recall
from shuke.stats import rounded, wilson
from shuke.tables import Column, Grade, Measure, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key=("item", "rank"),
    first="-expected_value",
    theme="offering",
    title=Text("Who needs it", "购买意向"),
    about=Text(
        "Who needs a product or a category, when, how much of it, and in which class of price?",
        "谁需要某商品或品类，何时需要，需要多少，接受什么价位？"),
    reading=Text(
        "Each bar is a product or category: how many purchases can be expected within the horizon from the "
        "tenth of customers who need it most.",
        "每条为一个商品或品类：需求最强的十分之一客户在预测期内预计购买的人次。"),
    limits=Text(
        "It foretells what customers would do of themselves, not what an offer adds to it. Whoever buys it "
        "elsewhere, or for the first time for a reason that nobody recorded, is not seen. Seasons are not "
        "known to it.",
        "预测的是客户自发的购买，而非推荐带来的增量；在别处购买的，或因未记录的原因首次购买的，无从看到。"
        "不考虑季节。"),
    columns=[
        Column("item", Type.TEXT, Text("Product or category", "商品或品类")),
        Column("rank", Type.INTEGER, Text("Rank", "名次"), note=Text(
            "The likeliest first.", "最可能者在前。")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("chance", Type.NUMBER, Text("Chance of buying", "购买概率"), unit="share"),
        Column("chance_low", Type.NUMBER, Text("Chance, at least", "概率下限"), unit="share"),
        Column("chance_high", Type.NUMBER, Text("Chance, at most", "概率上限"), unit="share"),
        Column("likely_by", Type.DATE, Text("As likely as not by", "过半概率日期"), note=Text(
            "Empty beyond two years.", "两年之外为空。")),
        Column("usual_quantity", Type.NUMBER, Text("Usual quantity", "通常数量"), note=Text(
            "On a day on which they buy it; drawn to everybody's as by one such day.",
            "购买当日的数量；按一次购买向全体均值收缩。")),
        Column("usual_amount", Type.MONEY, Text("Usual amount", "通常金额"), unit="currency"),
        Column("expected_value", Type.MONEY, Text("Expected value", "期望价值"), unit="currency", note=Text(
            "Chance × usual amount.", "概率 × 通常金额。")),
        Column("price_class", Type.TEXT, Text("Class of price", "价位"), codes=CLASSES, note=Text(
            "Thirds of the prices at which the item is sold; of those who never bought it by what they pay "
            "for other things.",
            "按该项成交价三等分；从未购买者按其他商品的支付价位。")),
        Column("times_bought", Type.INTEGER, Text("Times bought", "已购次数"), unit="count"),
        Column("last_bought", Type.DATE, Text("Last bought", "最近购买")),
        Column("reason", Type.TEXT, Text("Why", "原因（英文）")),
        Column("reason_zh", Type.TEXT, Text("Why (Chinese)", "原因")),
        Column("method", Type.TEXT, Text("Method", "方法"), codes=METHODS),
    ],
)  # fmt: skip
def propensity(
    purchases: ir.Table,
    propensity_weights: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    item: str = "",
    horizon_days: int = 90,
    max_items: int = 10,
) -> ir.Table:
    """The tenth of customers likeliest to buy an item within `horizon_days`, with when, how much and at what.

    One row per item and rank. `item` is a product's code or name, a category, or a word of either; without
    one the `max_items` categories of the most buyers are told of, or products where none has a category.
    Chances are those of a logistic regression on what was known of customer and item a horizon and two
    before (see `propensity_weights`): whether, how often, how lately and how regularly they bought it, how
    often and lately they came, how popular it is, and how much oftener than by chance the buyers of what they
    have buy it too; all items are learnt from together. It is calibrated on the later of the two horizons
    (Platt 1999). Where it finds fewer of the buyers of that horizon among its first tenth than how often each
    bought the item so far, or how often they come, `method` is that. The interval is Wilson's (1927) on the
    cases of that horizon whose chance was alike; `likely_by` is the day by which a steady chance would have
    come to half.
    """
    known = bought(purchases, item=item, as_of=as_of, most=max_items, checkpoint=checkpoint)
    fitted = coefficients.read(propensity_weights)
    if fitted is None:
        raise NotEnoughData(N_("Nobody was a candidate for anything by {day}."), day=as_of)
    model = PropensityModel.of_parts(*fitted)
    now = signals(known, cut=as_of, days=horizon_days, checkpoint=checkpoint)
    asked = now.filter(now["item"] == item) if item else now
    ranked = _ranked(asked, model)
    return _described(checkpoint(ranked), known, purchases, item, model, as_of, horizon_days)


def _ranked(rows: ir.Table, model: PropensityModel) -> ir.Table:
    """The first tenth of the customers of each item, with their chance."""
    scored = rows.mutate(score=model.log_odds(rows))
    best = ibis.window(group_by=scored["item"], order_by=[scored.score.desc(), scored.customer_id])
    placed = scored.mutate(
        rank=ibis.row_number().over(best) + 1,
        chance=1 / (1 + (-scored.score.clip(lower=-30, upper=30)).exp()),
        everybody=scored.count().over(group_by=scored["item"]),
    )
    return placed.filter(placed["rank"] <= (placed.everybody * REACHED).ceil())


def _described(  # noqa: PLR0917 - the likeliest, and what else is to be told of them
    ranked: ir.Table,
    known: Bought,
    purchases: ir.Table,
    item: str,
    model: PropensityModel,
    as_of: date,
    days: int,
) -> ir.Table:
    usual = _usual(known)
    own = known.daily.group_by("customer_id", "item").agg(
        q=known.daily.quantity.sum().cast("float64"), a=known.daily.amount.sum().cast("float64")
    )
    joined = ranked.left_join(own, ["customer_id", "item"]).drop("customer_id_right", "item_right")
    full = joined.left_join(usual, "item").drop("item_right")
    priced = full.left_join(
        classes(purchases, known.items, item, as_of=as_of), ["customer_id", "item"]
    ).drop("customer_id_right", "item_right")  # fmt: skip
    n = priced.times_bought.cast("float64")
    amount = (priced.a.fill_null(0.0) + priced.usual_a) / (n + 1)
    cases = ibis.cases(*((priced.chance <= end, count) for end, count in model.cases[:-1]),
                       else_=model.cases[-1][1])  # fmt: skip
    ends = wilson(priced.chance * cases, cases)
    halfway = (0.6931471805599453 * days / -(1 - priced.chance).ln()).ceil()
    within = ibis.ifelse(halfway <= 730, halfway, None).cast("int32")
    told = priced.mutate(
        chance_low=ibis.least(ends.low, priced.chance), chance_high=ibis.greatest(ends.high, priced.chance),
        likely_by=(ibis.literal(as_of) + within.as_interval("D")).cast("date"),
        usual_quantity=(priced.q.fill_null(0.0) + priced.usual_q) / (n + 1),
        usual_amount=rounded(amount, 2), expected_value=rounded(priced.chance * amount, 2),
        method=ibis.literal(model.method),
    )  # fmt: skip
    return _reasoned(told, model, as_of)


def _usual(known: Bought) -> ir.Table:
    """What a day's purchase of each item brings on the average."""
    here = known.daily.filter(known.daily["item"].isin(list(known.items)))
    n = here.count().cast("float64")
    return here.group_by("item").agg(
        usual_q=here.quantity.sum().cast("float64") / n, usual_a=here.amount.sum().cast("float64") / n
    )


def _reasoned(rows: ir.Table, model: PropensityModel, as_of: date) -> ir.Table:
    """The kind of signal that raises the chance most, in words."""
    times = rows.times_bought.cast(str)
    ago = ibis.literal(as_of).delta(rows.last_bought, unit="day").cast(str)
    had = (
        "Bought it " + times + " times, last " + ago + " days ago.",
        "已购 " + times + " 次，最近一次在 " + ago + " 天前。",
    )
    alike = ("Never bought it, but buys what its buyers buy.", "未曾购买，但购买其买家常买的商品。")
    active = ("Comes often and lately.", "近来常来购买。")
    if model.method == "model":
        part = {
            kind: sum(model.part(rows, name) for name, of in SIGNALS.items() if of == kind)
            for kind in ("alike", "active")
        }
        by_likeness = part["alike"] >= part["active"]
    else:
        by_likeness = ibis.literal(False)
    choices = [
        ibis.cases((rows.times_bought > 0, had[n]), (by_likeness, alike[n]), else_=active[n]) for n in (0, 1)
    ]
    return rows.mutate(reason=choices[0], reason_zh=choices[1])


@propensity.chart
def expected_bars(rows: ir.Table) -> alt.Chart:
    frame = _summed(rows).head(15).sort_values(["buyers", "item"], ascending=[False, True])
    title = str(Text("Expected to buy it", "预计购买人次"))
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            y=alt.Y("item:N", sort=None, title=None, axis=alt.Axis(labelLimit=240)),
            x=alt.X("buyers:Q", title=title),
            tooltip=["item", alt.Tooltip("buyers:Q", format=",.0f", title=title),
                     alt.Tooltip("value:Q", format=",.0f", title=str(propensity["expected_value"].title))],
        )
    )  # fmt: skip


@propensity.sentence
def who_needs_it(rows: ir.Table, *, currency: str = "") -> Text:
    frame = _summed(rows)
    if frame.empty:
        return Text("Nobody has bought anything yet.", "尚无人购买。")
    first = frame.iloc[0]
    value = formats.amount(first.value, currency)
    return Text(
        f"Of the {first.customers:,.0f} customers who need “{first['item']}” most, {first.buyers:,.0f} can "
        f"be expected to buy it within the horizon, worth {value.en}.",
        f"最需要「{first['item']}」的 {first.customers:,.0f} 位客户中，"
        f"预计有 {first.buyers:,.0f} 位在预测期内购买，价值 {value.zh}。",
    )


def _summed(rows: ir.Table) -> pd.DataFrame:
    sums = rows.group_by("item").agg(
        customers=rows.count(), buyers=rows.chance.sum(), value=rows.expected_value.sum().cast("float64")
    )
    return sums.to_pandas().sort_values(["value", "item"], ascending=[False, True])


@propensity.grade
def bought_it_then(propensity: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    """Of those who then bought an item, how many stood in its first tenth, and in that of two habits."""
    items = [str(name) for name in propensity.select("item").distinct().to_pandas()["item"].sort_values()]
    if not items:
        raise NotEnoughData(N_("Nobody was a candidate for anything by {day}."), day=at)
    known = bought(purchases, item="", as_of=until, most=0, checkpoint=_planned)
    every = Bought(known.daily, known.visits.filter(known.visits.day <= at), items, items)
    rows = signals(every, cut=at, days=(until - at).days, checkpoint=_planned)
    named = propensity.select("customer_id", "item", "chance")
    frame = rows.left_join(named, ["customer_id", "item"]).select(
        rows["item"], rows.hit, rows.own_chance, rows.popular_chance, chance=named.chance
    ).to_pandas()  # fmt: skip
    if not frame.hit.sum():
        raise NotEnoughData(N_("Nobody bought any of it between {day} and {until}."), day=at, until=until)
    found = recall(frame, frame.chance.fillna(0.0).to_numpy(float))
    habits = {name: recall(frame, frame[column].to_numpy(float)) for name, column in HABITS.items()}
    told = frame[frame.chance.notna()]
    spanned = (until - at).days / int(_DECLARED.keywords["horizon_days"])
    promised = float((1 - (1 - told.chance) ** spanned).mean())
    titles = {
        "own_rate": Text("Buyers found, beside how often they bought it", "找到的买家（对比自身频率）"),
        "popularity": Text("Buyers found, beside popularity", "找到的买家（对比热销）"),
    }
    came = Text("Bought it, beside what was promised", "实际购买（对比预计）")
    measures = (
        *(Measure(name=f"recall_{name}", title=titles[name], value=found, naive=habits[name], unit="share")
          for name in HABITS),
        Measure(name="hit_rate", title=came, value=float(told.hit.mean()), naive=promised, better="near",
                unit="share"),
    )  # fmt: skip
    return Grade(
        subjects=len(told),
        measures=measures,
        sentence=Text(
            f"Among the tenth of customers named for each item were {found:.0%} of those who then bought it; "
            f"{habits['own_rate']:.0%} by how often they had bought it, {habits['popularity']:.0%} by "
            "popularity.",
            f"各项所列十分之一客户中，包含此后实际买家的 {found:.0%}；"
            f"按自身购买频率为 {habits['own_rate']:.0%}，按热销为 {habits['popularity']:.0%}。",
        ),
    )


def _planned(rows: ir.Table) -> ir.Table:
    """What need not be computed before it is asked for."""
    return rows


#: The table itself: in its grader the name stands for the rows of an earlier day.
_DECLARED = propensity
