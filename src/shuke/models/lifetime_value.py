"""Lifetime value: who will still buy, how much, and what is each customer worth from today on?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke import formats
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.models import coefficients
from shuke.models.contract_value import contract_value, contracted
from shuke.models.forecast_grading import graded
from shuke.models.forecasts import SPANS, futures
from shuke.models.gamma_gamma import GammaGamma
from shuke.models.histories import binned, buying_days, grain, grouped, histories
from shuke.models.lifetime_model import ALIKE_IN, FITTED_BY, UNFITTED, LifetimeModel, in_order
from shuke.models.same_rate import LEAST_DAYS
from shuke.stats import average
from shuke.tables import Column, Grade, Type, table
from shuke.tables.column import Unit
from shuke.tables.derived import Checkpoint

#: From here on spend and frequency are said to go together, which the model of spend denies.
DEPENDENT = 0.3

#: The intervals, as columns are named.
_ENDS = {"": Text("", ""), "_low": Text(", at least", "下限"), "_high": Text(", at most", "上限")}


def _foretold(name: str, kind: Type, title: Text, unit: Unit) -> list[Column]:
    return [
        Column(
            f"{name}_{span}{end}",
            kind,
            Text(f"{title.en}, {span[:-1]} months{more.en}", f"未来{span[:-1]}个月{title.zh}{more.zh}"),
            unit=unit,
        )
        for span in SPANS
        for end, more in _ENDS.items()
    ] + [
        Column(
            f"{name}_{span}_within", Type.NUMBER, unit="share",
            title=Text(f"{title.en}, {span[:-1]} months, within", f"未来{span[:-1]}个月{title.zh}区间概率"),
        )
        for span in SPANS
    ]  # fmt: skip


#: By what purchases are foretold.
METHODS: dict[str, Text] = {**FITTED_BY, "tenure": Text("how long contracts last", "合同存续时间")}


@table(
    key="customer_id",
    first="-value_12m",
    theme="value",
    title=Text("Lifetime value", "客户终身价值"),
    about=Text("Who will still buy, and what is each worth?", "谁还会再买？每位客户今后值多少？"),
    reading=Text(
        "Each cell holds customers who bought as often (across) and as lately (down); the bolder, the "
        "likelier that they have not left, by this model. The more often somebody used to buy, the sooner "
        "silence speaks against it. Who is lost is told by `lifecycle`.",
        "横轴为购买天数，纵轴为距上次购买的时间；颜色越醒目，本模型认为客户越可能尚未离开。"
        "原来买得越勤，沉默越不利。谁算流失见 `lifecycle`。",
    ),
    limits=Text(
        "It knows when and for how much somebody bought, and nothing else: no season, no campaign, no "
        "reason. Intervals are of single customers; a total is far surer. They hold four times in five or, "
        "since nobody buys half a time, more often: how often is told beside them. Returns count on the day "
        "on which they happen.",
        "只依据购买时间与金额，不考虑季节、活动与原因。区间按单个客户计，合计则可靠得多。"
        "因购买次数为整数，区间成立的概率为八成或更高，另列于旁。退货计入退货当天。",
    ),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("kind", Type.TEXT, Text("Contract", "合同"),
            codes={"purchases": Text("none", "无"), "contract": Text("in force", "有效")}),
        Column("alive", Type.NUMBER, Text("Not left yet, by this model", "本模型认为尚未离开的概率"),
            unit="share", step=True, note=Text(
            "What the values rest on, over no span of days: who is lost is told by `lifecycle`, who stays "
            "away for how long by `churn`. Of who bought on one day only, the other model's.",
            "价值推算的中间量，不限时间：谁算流失见 `lifecycle`，多少天内不再来见 `churn`。"
            "仅购买过一天者取另一模型的估计。")),
        Column("alive_pareto", Type.NUMBER, Text("Not left yet, by another model", "尚未离开：另一模型估计"),
            unit="share", step=True, note=Text("The same by Pareto/NBD.", "Pareto/NBD 模型的同一概率。")),
        *_foretold("purchases", Type.NUMBER, Text("Purchases", "购买次数"), "count"),
        *_foretold("value", Type.MONEY, Text("Value", "价值"), "currency"),
        Column("residual_value", Type.MONEY, Text("Residual value", "剩余终身价值"), unit="currency",
               note=Text("Of ten years, discounted to today.", "未来十年，折现至今日。")),
        Column("spend", Type.MONEY, Text("Worth of a purchase", "预期单次金额"), unit="currency"),
        Column("monthly", Type.MONEY, Text("Monthly fees", "月费合计"), unit="currency"),
        Column("frequency", Type.INTEGER, Text("Days with a purchase", "购买天数"), unit="count"),
        Column("silent_days", Type.INTEGER, Text("Days since last purchase", "距上次购买天数"), unit="day"),
        Column("age_days", Type.INTEGER, Text("Days since first purchase", "距首次购买天数"), unit="day"),
        Column("average_spend", Type.MONEY, Text("Mean so far", "平均每次金额"), unit="currency"),
        Column("spend_correlation", Type.NUMBER, Text("Spend with frequency", "金额与频率的相关"), step=True,
            note=Text(
            "Between -1 and 1, over all customers; beyond 0.3 either way worths are biased.",
            "全体客户的相关系数，介于 -1 与 1；绝对值超过 0.3 时金额预测有偏。")),
        Column("method", Type.TEXT, Text("Method", "方法"), codes=METHODS, note=Text(
            "`bg_nbd` the model; `baseline` as often as so far, where the model foretold the last three "
            "months no better or there is too little to fit; `tenure` how long contracts last.",
            "`bg_nbd` 模型；`baseline` 沿用以往频率（模型对最近三个月的预测不优于它，或数据太少）；"
            "`tenure` 合同存续时间。")),
    ],
)  # fmt: skip
def lifetime_value(
    purchases: ir.Table,
    landed_contracts: ir.Table,
    landed_exchange_rates: ir.Table,
    identities: ir.Table,
    lifetime_parameters: ir.Table,
    *,
    as_of: date,
    currency: str,
    checkpoint: Checkpoint,
    discount_rate: float = 0.10,
    days_ahead: int = SPANS["3m"],
) -> ir.Table:
    """What to expect of each customer from `as_of` on, from how they bought so far or from their contracts.

    One row per customer to whom goods were sold or whose contract is in force.

    **Without a contract.** A purchase is a day with goods sold. With x repeat days, t from the first to
    the last and T from the first until `as_of`, all in days, BG/NBD (Fader, Hardie and Lee 2005) with its
    four parameters (r, α, a, b) of maximum likelihood (see `lifetime_parameters`) says

        alive        = 1 / (1 + [x > 0] a / (b + x - 1) ((α + T) / (α + t))^(r + x))
        purchases(s) = (a + b + x - 1) / (a - 1) alive
                       (1 - ((α + T) / (α + T + s))^(r + x) F(r + x, b + x; a + b + x - 1; s / (α + T + s)))

    Nobody can leave before a second purchase there, so the chance of who bought once is that of Pareto/NBD
    (Schmittlein, Morrison and Colombo 1987). A purchase is worth p (γ + x m) / (p x + q - 1), where m is the
    mean net amount of the repeat days (gamma-gamma: Fader, Hardie and Lee 2005); value is purchases times
    worth. Intervals hold four times in five: a negative binomial number of those who stay, none of the
    others. A number of purchases is whole, so that they hold more often than that: `_within` is how often,
    times how often they did for each time promised in the last 91 days; where that was less than four times
    in five, they are wider. The residual value adds up ten years, each discounted at `discount_rate` a year
    from its middle. The columns of three months look `days_ahead` days ahead. The models are fitted on counts
    of customers alike in (x, t, T); from 3,000 customers on t and T count in weeks.

    The last 91 days are first foretold from what was before. Where the mean absolute error of purchases is no
    smaller than that of going on at the rate so far (x / T, T at least 30 days), or there are fewer than 50
    customers or 10 who came back, the method is `baseline`: that rate, and alive = g / (g + silence) with g
    the customer's mean gap. With fewer than 30 spends to learn from, worths start from the mean of all.

    **With a contract in force**, its monthly fees (converted at the newest rate) times the months that it is
    expected to last by a life table of all contracts by year of tenure. Who has both has one row of kind
    `contract`, and values and their ends are added up.
    """
    seen = checkpoint(histories(purchases, as_of=as_of, cut=as_of))
    fitted = coefficients.read(lifetime_parameters)
    learnt = LifetimeModel.of_parts(*fitted) if fitted else UNFITTED
    bought = _bought(seen, learnt, as_of=as_of, discount_rate=discount_rate, days_ahead=days_ahead)
    bound = contracted(landed_contracts, landed_exchange_rates, identities, as_of=as_of, currency=currency)
    promised = contract_value(checkpoint(bound), discount_rate=discount_rate)
    return bought if promised is None else _both(bought, promised)


def _bought(
    seen: ir.Table, learnt: LifetimeModel, *, as_of: date, discount_rate: float, days_ahead: int
) -> ir.Table:
    size = grain(int(seen.count().execute()))
    now = binned(seen, last="last_day", days="days", until=as_of, grain=size)
    counted = in_order(now.group_by(ALIKE_IN).agg(customers=now.count()), ALIKE_IN)
    groups, spenders = grouped(counted, grain=size), learnt.spenders
    ahead = futures(learnt.fit, groups, spenders, discount_rate=discount_rate, days_ahead=days_ahead)
    told = pd.concat([counted[ALIKE_IN], ahead], axis=1)
    # Arrow's nulls: pandas would hand over a NaN.
    scored = now.inner_join(ibis.memtable(pa.Table.from_pandas(told, preserve_index=False)), ALIKE_IN)
    return _valued(scored, spenders, as_of=as_of, method=learnt.fit.method, correlation=learnt.correlation)


def _valued(
    scored: ir.Table, spenders: GammaGamma, *, as_of: date, method: str, correlation: float
) -> ir.Table:
    """Purchases as foretold, and what they are worth by what each customer spent so far."""
    again = scored.again.cast("float64")
    # Who got back more than they spent says nothing of what the next purchase will be worth.
    own = spenders.p * (spenders.gamma + again) / (spenders.p * scored.frequency + spenders.q - 1)
    spend = ibis.ifelse((scored.frequency > 0) & (again > 0), own, spenders.mean)
    worth = scored.mutate(spend=spend)
    values = {}
    for span in SPANS:
        values[f"value_{span}"] = worth[f"purchases_{span}"] * worth.spend
        for end in ("low", "high"):
            values[f"value_{span}_{end}"] = worth[f"worth_{span}_{end}"] * worth.spend
        values[f"value_{span}_within"] = worth[f"value_{span}_within"]
    return worth.select(
        "customer_id", "alive", "alive_pareto", *(n for n in worth.columns if n.startswith("purchases_")),
        "spend", **values, residual_value=worth.ahead * worth.spend,
        kind=ibis.literal("purchases"), monthly=ibis.null("float64"), frequency=worth.days,
        silent_days=ibis.literal(as_of).delta(worth.last_day, unit="day"),
        age_days=ibis.literal(as_of).delta(worth.first_day, unit="day"),
        average_spend=average(worth.spent, worth.days), spend_correlation=ibis.literal(correlation),
        method=ibis.literal(method),
    )  # fmt: skip


def _both(bought: ir.Table, promised: ir.Table) -> ir.Table:
    """One row per customer; who is bound by a contract and buys besides has the values of both."""
    kinds = bought.schema()
    told = {"kind": "contract", "method": "tenure", "alive": 1.0}
    bound = promised.select(
        **{
            name: promised[name] if name in promised.columns
            else ibis.literal(told[name]) if name in told
            else ibis.null(kind)
            for name, kind in kinds.items()
        }
    )  # fmt: skip
    all_ = bought.union(bound.select(**{name: bound[name].cast(kind) for name, kind in kinds.items()}))
    sums = ("purchases_", "value_", "residual_value")
    added = [n for n in kinds if n.startswith(sums) and not n.endswith("_within")]
    once = [n for n in kinds if n not in ("customer_id", *told, *added)]
    return all_.group_by("customer_id").agg(
        **{name: all_[name].sum().fill_null(0.0) for name in added},
        **{name: all_[name].max() for name in once},
        # "contract" comes before "purchases".
        **{name: all_[name].argmin(all_.kind) for name in ("method", "alive")},
        kind=all_.kind.min(),
    )


#: From so many days on, the next step of the picture begins.
_SILENCES = (0, 30, 60, 90, 180, 365, 730)
_TIMES = (1, 2, 3, 4, 6, 10, 20)


@lifetime_value.chart
def alive_map(rows: ir.Table) -> alt.Chart:
    free = rows.filter(rows.kind == "purchases")
    steps = free.select(
        "alive", silent=_step(free.silent_days, _SILENCES), often=_step(free.frequency, _TIMES)
    )
    cells = (
        steps.group_by("silent", "often").agg(alive=steps.alive.mean(), customers=steps.count()).to_pandas()
    )
    silent, often = _labels(_SILENCES), _labels(_TIMES)
    named = cells.assign(
        silent=[silent[step] for step in cells.silent], often=[often[step] for step in cells.often]
    )
    title = {name: str(lifetime_value[name].title) for name in ("alive", "silent_days", "frequency")}
    return (
        alt.Chart(named)
        .mark_rect()
        .encode(
            x=alt.X("often:O", sort=often, title=title["frequency"], axis=alt.Axis(labelAngle=0)),
            y=alt.Y("silent:O", sort=silent, title=title["silent_days"]),
            color=alt.Color(
                "alive:Q",
                title=title["alive"],
                scale=alt.Scale(domain=[0, 1]),
                legend=alt.Legend(format=".0%"),
            ),
            tooltip=[
                alt.Tooltip("alive:Q", title=title["alive"], format=".0%"),
                alt.Tooltip("customers:Q", title=str(Text("Customers", "客户数")), format=","),
            ],
        )
    )


def _step(figure: ir.IntegerColumn, begins: tuple[int, ...]) -> ir.IntegerValue:
    return ibis.cases(*((figure >= begin, n) for n, begin in reversed(list(enumerate(begins)))), else_=0)


def _labels(begins: tuple[int, ...]) -> list[str]:
    """ "1", "2–5", "6+" of (1, 2, 6)."""
    ends = [end - 1 for end in begins[1:]]
    inner = [str(b) if b == e else f"{b}–{e}" for b, e in zip(begins, ends, strict=False)]
    return [*inner, f"{begins[-1]}+"]


@lifetime_value.sentence
def worth_sentence(rows: ir.Table, *, currency: str = "") -> Text:
    total = rows.agg(
        customers=rows.count(),
        year=rows.value_12m.sum().fill_null(0).cast("float64"),
        correlation=rows.spend_correlation.max().fill_null(0.0),
        plain=(rows.method == "baseline").any().fill_null(False),
    )
    best = ibis.percent_rank().over(ibis.window(order_by=rows.value_12m.desc())) < 0.2
    ranked = rows.select("value_12m", best=best)
    top = ranked.agg(top=ranked.value_12m.sum(where=ranked.best).fill_null(0).cast("float64"))
    found = total.cross_join(top).to_pandas().iloc[0]
    if not found.customers:
        return Text("Nobody has bought yet.", "还没有客户购买。")
    share = found.top / found.year if found.year > 0 else 0.0
    but = _reservation(plain=bool(found.plain), correlation=float(found.correlation))
    customers, money = int(found.customers), formats.amount(found.year, currency)
    return Text(
        f"In the coming 12 months {customers:,} customers are worth {money.en}, of which the best fifth of "
        f"them will bring {share:.0%}.{but.en}",
        f"{customers:,} 位客户未来12个月价值 {money.zh}，其中前五分之一将带来 {share:.0%}。{but.zh}",
    )


def _reservation(*, plain: bool, correlation: float) -> Text:
    """What a reader should know before believing the figures."""
    if plain:
        return Text(
            " No model foretold the last three months better than everybody's rate so far, so that is used.",
            "没有模型对最近三个月的预测优于各人以往的购买频率，故沿用后者。",
        )
    if abs(correlation) > DEPENDENT:
        more = Text("more", "更多") if correlation > 0 else Text("less", "更少")
        return Text(
            f" Who buys often spends {more.en} each time (correlation {correlation:.2f}), which the model of "
            "spend denies: take values with care.",
            f"购买越勤者单次金额{more.zh}（相关系数 {correlation:.2f}），"
            "与金额模型的假设不符，价值仅供参考。",
        )
    return Text("", "")


@lifetime_value.grade
def as_it_came(lifetime_value: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    """Purchases, spend and who came at all, beside going on at the rate so far and ranking by recency.

    The table is made for this horizon: what it says of three months is of the days from `at` to `until`.
    """
    days = (until - at).days
    later = purchases.filter(purchases.day > at)
    came = buying_days(later, as_of=until).group_by("customer_id").agg(
        came=lambda t: t.sold.sum(), paid=lambda t: t.amount.sum().cast("float64")
    )  # fmt: skip
    told = lifetime_value.filter(lifetime_value.kind == "purchases")
    joined = told.left_join(came, "customer_id")
    rate = (joined.frequency - 1) / ibis.greatest(joined.age_days, LEAST_DAYS)
    compared = joined.select(
        "alive", "silent_days",
        came=joined.came.fill_null(0), paid=joined.paid.fill_null(0.0),
        times=joined.purchases_3m, value=joined.value_3m.cast("float64"),
        plain=rate * days,
        plain_value=rate * days * ibis.greatest(joined.average_spend.cast("float64"), 0.0),
        low=joined.purchases_3m_low, high=joined.purchases_3m_high,
        low_value=joined.value_3m_low.cast("float64"), high_value=joined.value_3m_high.cast("float64"),
        within=joined.purchases_3m_within, within_value=joined.value_3m_within,
    )  # fmt: skip
    but = _reservation(plain=bool((told.method == "baseline").any().execute()), correlation=0.0)
    return graded(compared, but=but)
