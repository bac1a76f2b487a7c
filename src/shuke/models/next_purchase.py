"""Next purchase: when will each customer buy again, and who is due this week?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt, pd
from shuke.models import interpurchase_times
from shuke.models.interpurchase_times import InterpurchaseModel, InterpurchaseTimes
from shuke.models.intervals import HIGH, LOW
from shuke.tables import Column, Grade, Measure, Type, table
from shuke.tables.derived import Checkpoint

#: Fewer gaps between purchases, and nothing is learnt from them.
LEAST_GAPS = 30

#: So many gaps show a rhythm of one's own, where there is no model.
OWN = 3

#: Silences and sums of gaps are alike when they differ by less than a fiftieth.
_ALIKE = 50

#: No date is further away, in days.
_FARTHEST = 3650

#: Of a gap that ends at random (exponential) with mean 1.
_EARLY, _LATE = 0.105, 2.303

#: Beyond this share of gaps like theirs a silence is unusual.
UNUSUAL = 0.9


#: From which gaps the next one is told.
METHODS: dict[str, Text] = {
    "rhythm": Text("their own rhythm", "自身节奏"),
    "pooled": Text("the gaps of all", "全体间隔"),
    "baseline": Text("their mean gap", "平均间隔"),
}


@table(
    key="customer_id",
    first="expected_on",
    theme="returning",
    title=Text("Next purchase", "下次购买"),
    about=Text("When will each customer buy again?", "每位客户何时会再次购买？"),
    reading=Text(
        "How many customers are expected back in each of the coming weeks; half of them come before "
        "their date, half after.",
        "未来各周预计回购的客户数；每位客户在预计日期之前与之后购买的可能各半。",
    ),
    limits=Text(
        "The dates say when somebody comes if they come again; how likely they stay away is told by `churn`. "
        "Of who has been silent longer than nearly anybody like them none is told. Seasons are not known to "
        "it. Who is due, overdue or lost is told by `lifecycle`.",
        "日期预测客户若再来将在何时；不再来的概率见 `churn`。"
        "沉默时间超出同类几乎所有人的客户不预测日期。不考虑季节。"
        "谁该回购、逾期或流失，见 `lifecycle`。",
    ),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("expected_on", Type.DATE, Text("Expected on", "预计日期"), note=Text(
            "As likely before as after.", "早于或晚于此日的可能各半。")),
        Column("earliest_on", Type.DATE, Text("Hardly before", "最早日期"), note=Text(
            "Of those who come, one in ten comes earlier.", "再来者中十分之一会更早。")),
        Column("latest_on", Type.DATE, Text("Hardly after", "最晚日期"), note=Text(
            "Of those who come, one in ten comes later.", "再来者中十分之一会更晚。")),
        Column("returns", Type.NUMBER, Text("Comes again at all, by gaps alone", "按间隔推算终会再来的概率"),
            unit="share", step=True, note=Text(
            "However late; nine tenths of them by the latest day. Who stays away for how long is told by "
            "`churn`. Empty where nothing could be learnt.",
            "不论多晚；其中九成在最晚日期前到来。多少天内不再来见 `churn`。无从学习时为空。")),
        Column("due_this_week", Type.FLAG, Text("Due this week", "本周到期")),
        Column("rhythm_days", Type.NUMBER, Text("Usual gap", "通常间隔"), unit="day", note=Text(
            "Half of the gaps of customers like them are longer.", "同类客户的间隔中有一半更长。")),
        Column("late_days", Type.INTEGER, Text("Silence that is not unusual", "正常沉默上限"), unit="day",
            note=Text("Nine in ten of such gaps end by then.", "此类间隔十有九次在此之前结束。")),
        Column("limit_days", Type.INTEGER, Text("Silence of nearly nobody", "罕见沉默"), unit="day",
            note=Text("Beyond it no date is foretold.", "超过此值则不再预测日期。")),
        Column("came_back", Type.FLAG, Text("Came back last time", "上次为回归"), note=Text(
            "The last gap was longer than nearly all gaps like those before it.",
            "最近一次间隔长于此前同类间隔的几乎全部。")),
        Column("last_day", Type.DATE, Text("Last purchase", "最近购买")),
        Column("gaps", Type.INTEGER, Text("Gaps so far", "已有间隔数"), unit="count"),
        Column("mean_gap", Type.NUMBER, Text("Mean gap", "平均间隔"), unit="day"),
        Column("last_gap", Type.NUMBER, Text("Last gap", "最近间隔"), unit="day"),
        Column("method", Type.TEXT, Text("Method", "方法"), codes=METHODS, note=Text(
            "`rhythm` their own gaps, drawn towards those of all; `pooled` bought on one day, so those of "
            "all; `baseline` their mean gap, where the model foretold the last gap no better.",
            "`rhythm` 自身间隔并向全体收缩；`pooled` 仅购买过一天，用全体间隔；"
            "`baseline` 平均间隔（模型对最近一次间隔的预测不优于它）。")),
    ],
)  # fmt: skip
def next_purchase(
    purchases: ir.Table, *, as_of: date, checkpoint: Checkpoint, tail_probability: float = 0.05
) -> ir.Table:
    """The day on which each customer will buy next, with the days between which it falls four times in five.

    One row per customer to whom goods were sold. Dates are told of who has not been silent for longer than
    `limit_days`, which only `tail_probability` of the gaps of customers like them outlast; a tenth outlasts
    `late_days`.

    A gap is the days from one day with goods sold to the next. Gaps of a customer are gamma distributed
    (regularity k, pace ν), ν is gamma distributed over customers (q, γ) (Platzer and Reutterer 2016), and
    all three are fitted by maximum likelihood on all gaps. After x gaps that add up to S, the next is
    (γ + S) y / (1 - y) with y beta distributed (k, k x + q), given that it is longer than the silence so far;
    `expected_on`, `earliest_on` and `latest_on` are its median, tenth and ninetieth percentile,
    `rhythm_days` the median where nothing is known of the silence. The more gaps somebody has left, the more
    it is their own rhythm. After each purchase a customer leaves for good with a chance that is beta
    distributed (a, b) over customers; who came back x times and is silent for longer than the share F of
    gaps like theirs `returns` with the chance (b + x)(1 − F) / (a + (b + x)(1 − F)), a and b of maximum
    likelihood over all customers. `due_this_week`: within seven days falls the expected day, or the one on
    which a usual gap ends, and the silence is not unusual yet. `came_back`: the last gap was longer than the
    `limit_days` that the gaps before it left.

    Where the median foretold the last gap of each customer from the earlier ones with no smaller mean
    absolute error than the mean of those did, or there are fewer than 30 gaps, the method is `baseline`: last
    purchase plus mean gap (that of all where there is none), and the range as if purchases fell at random.
    Of who has left three gaps or more `late_days` is then their mean with two standard deviations, or a tenth
    more than the mean, and `limit_days` no less than three times that.
    """
    seen = checkpoint(_gaps(purchases, as_of=as_of))
    silent = seen.mutate(silence=ibis.literal(as_of).delta(seen.last_day, unit="day").cast("float64"))
    model = _fitted(seen)
    told = _usual(silent, tail_probability) if model is None else _foretold(silent, model, tail_probability)
    whole = told.mutate(late_days=_days(told.unusual), limit_days=_days(told.rarely))
    sure = whole.mutate(
        early=ibis.least(whole.early, whole.middle), late=ibis.greatest(whole.late, whole.middle)
    )
    dates = {"expected_on": sure.middle, "earliest_on": sure.early, "latest_on": sure.late}
    near = (sure.middle - sure.silence <= 7) | (sure.rhythm_days - sure.silence).between(0, 7)
    return sure.select(
        "customer_id", "returns", "rhythm_days", "late_days", "limit_days", "last_day", "gaps", "last_gap",
        "method", **{name: _after(sure, days) for name, days in dates.items()},
        came_back=(sure.last_gap > sure.before).fill_null(False),
        due_this_week=(near & sure.rhythm_days.notnull() & (sure.silence <= sure.late_days)).fill_null(False),
        mean_gap=sure.whole / sure.gaps.nullif(0),
    )  # fmt: skip


def _days(length: ir.FloatingValue) -> ir.IntegerValue:
    return ibis.ifelse(length > _FARTHEST, float(_FARTHEST), length + 1e-6).floor().cast("int64")


def _gaps(purchases: ir.Table, *, as_of: date) -> ir.Table:
    """One row per customer: the last day, and of their `gaps` the number, sum, logarithms, and the last."""
    sold = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & ~purchases.is_return
    )
    days = sold.filter(sold.day <= as_of).select("customer_id", "day").distinct()
    before = days.day.lag().over(ibis.window(group_by="customer_id", order_by="day"))
    gaps = days.mutate(gap=days.day.delta(before, unit="day").cast("float64"))
    return gaps.group_by("customer_id").agg(
        last_day=gaps.day.max(),
        gaps=gaps.gap.count(),
        whole=gaps.gap.sum().fill_null(0.0),
        logarithms=gaps.gap.ln().sum().fill_null(0.0),
        squares=(gaps.gap * gaps.gap).sum().fill_null(0.0),
        last_gap=gaps.gap.argmax(gaps.day),
    )


def _fitted(seen: ir.Table) -> InterpurchaseModel | None:
    """The rhythm of all; none from too few gaps, or where it foretells no better than the mean gap."""
    came = seen.filter(seen.gaps > 0)
    alike = came.mutate(step=(came.whole.ln() * _ALIKE).floor().cast("int64"))
    frame = alike.group_by("gaps", "step").agg(
        whole=alike.whole.mean(), logarithms=alike.logarithms.sum(), customers=alike.count()
    )
    counted = frame.to_pandas()
    if counted.empty or counted.gaps @ counted.customers < LEAST_GAPS:
        return None
    columns = (counted[n].to_numpy(np.float64) for n in ("gaps", "whole", "logarithms", "customers"))
    model = interpurchase_times.fit(InterpurchaseTimes(*columns))
    if model is None or not _better(seen, model, np.unique(counted.gaps)):
        return None
    return model


def _better(seen: ir.Table, model: InterpurchaseModel, counts: np.ndarray) -> bool:
    """Whether it foretells the last gap from those before it better than their mean does."""
    factor = model.quantile(0.5, counts - 1.0, np.zeros(len(counts)))
    factors = ibis.memtable(pd.DataFrame({"gaps": counts, "factor": factor}))
    tried = seen.filter(seen.gaps > 1).inner_join(factors, "gaps")
    earlier = tried.whole - tried.last_gap
    errors = tried.agg(
        model=((model.gamma + earlier) * tried.factor - tried.last_gap).abs().mean(),
        mean=(earlier / (tried.gaps - 1) - tried.last_gap).abs().mean(),
    ).to_pandas()
    return bool(errors.model.iloc[0] < errors["mean"].iloc[0])


def _foretold(silent: ir.Table, model: InterpurchaseModel, tail_probability: float) -> ir.Table:
    """By the model; worked out once for all with as many gaps who are silent for as large a part of them."""
    scale = silent.whole + model.gamma
    # Who bought today has been silent for half a day.
    part = ibis.greatest(silent.silence, 0.5) / scale
    stepped = silent.mutate(scale=scale, step=(part.ln() * _ALIKE).floor().cast("int64"))
    steps = stepped.group_by("gaps", "step").agg(customers=stepped.count()).to_pandas()
    # In one order, for a fit must not depend on that in which an engine hands rows over.
    steps = steps.sort_values(["gaps", "step"], ignore_index=True)
    count, customers = (steps[name].to_numpy(np.float64) for name in ("gaps", "customers"))
    silence = np.exp((steps.step.to_numpy(np.float64) + 0.5) / _ALIKE)
    past = model.gone(count, silence)
    stay = interpurchase_times.leaving(count, past, customers)
    factors = steps[["gaps", "step"]].assign(
        past=past,
        returns=1.0 if stay is None else stay.returns(count, past),
        early=model.quantile(LOW, count, silence),
        middle=model.quantile(0.5, count, silence),
        late=model.quantile(HIGH, count, silence),
        usual=model.quantile(0.5, count, np.zeros(len(count))),
        unusual=model.quantile(UNUSUAL, count, np.zeros(len(count))),
        rarely=model.quantile(1 - tail_probability, count, np.zeros(len(count))),
        before=model.quantile(1 - tail_probability, np.maximum(count - 1, 0), np.zeros(len(count))),
    )
    told = stepped.inner_join(ibis.memtable(factors), ["gaps", "step"])
    return told.mutate(
        returns=ibis.null("float64") if stay is None else told.returns,
        **{name: told[name] * told.scale for name in ("early", "middle", "late", "unusual", "rarely")},
        before=told.before * (told.scale - told.last_gap),
        rhythm_days=told.usual * told.scale,
        method=ibis.ifelse(told.gaps > 0, "rhythm", "pooled"),
    )


def _usual(silent: ir.Table, tail_probability: float) -> ir.Table:
    """By the mean gap; the range and who has gone as if purchases fell at random."""
    pooled = silent.agg(mean=silent.whole.sum() / silent.gaps.sum().nullif(0))
    known = silent.cross_join(pooled)
    gap = ibis.coalesce(known.whole / known.gaps.nullif(0), known["mean"])
    earlier = ibis.coalesce((known.whole - known.last_gap) / (known.gaps - 1).nullif(0), known["mean"])
    told = known.mutate(rhythm_days=gap)
    most = -float(np.log(max(tail_probability, 1e-9)))
    random, rarely = _LATE * told.rhythm_days, most * told.rhythm_days
    kept = told.gaps >= OWN
    return told.mutate(
        returns=ibis.null("float64"),
        early=told.silence + _EARLY * told.rhythm_days,
        middle=ibis.greatest(told.rhythm_days, told.silence),
        late=told.silence + _LATE * told.rhythm_days,
        unusual=ibis.ifelse(kept, _kept_to(told), random),
        rarely=ibis.ifelse(kept, ibis.greatest(3 * _kept_to(told), rarely), rarely),
        before=most * earlier,
        method=ibis.ifelse(told.gaps > 0, "baseline", "pooled"),
    )


def _kept_to(told: ir.Table) -> ir.FloatingValue:
    """The mean of the own gaps and two deviations, at least a tenth more than the mean."""
    n, whole = told.gaps, told.whole
    variance = (n * told.squares - whole * whole) / (n * (n - 1)).nullif(0)
    mean = whole / n.nullif(0)
    return ibis.greatest(mean + 2 * ibis.greatest(variance, 0.0).sqrt(), mean * 1.1)


def _after(told: ir.Table, days: ir.FloatingValue) -> ir.DateValue:
    """The last day and so many days, tomorrow at the earliest; none after a silence of nearly nobody."""
    whole = ibis.least(ibis.greatest(days.round(), told.silence + 1), told.silence + _FARTHEST)
    day = (told.last_day + whole.cast("int64").as_interval("D")).cast("date")
    return ibis.ifelse(told.silence <= told.limit_days, day, None)


@next_purchase.chart
def weeks_to_come(rows: ir.Table) -> alt.Chart:
    expected = rows.filter(rows.expected_on.notnull())
    start = expected.expected_on.truncate("W")
    by_week = expected.mutate(week=start).group_by("week").agg(customers=lambda t: t.count())
    frame = by_week.order_by("week").limit(26).to_pandas()
    weekly = frame.assign(week=pd.to_datetime(frame.week).dt.strftime("%Y-%m-%d"))
    title = Text("Expected in the week from", "预计回购周（起始日）"), Text("Customers", "客户数")
    chart: alt.Chart = alt.Chart(weekly).mark_bar()
    return chart.encode(
        x=alt.X("week:O", title=str(title[0])),
        y=alt.Y("customers:Q", title=str(title[1])),
        tooltip=["week", alt.Tooltip("customers:Q", title=str(title[1]), format=",")],
    )


@next_purchase.sentence
def due(rows: ir.Table) -> Text:
    told = rows.agg(
        customers=rows.expected_on.count(),
        due=rows.due_this_week.sum().fill_null(0),
        plain=(rows.method == "baseline").any().fill_null(False),
    )
    found = told.to_pandas().iloc[0]
    if not found.customers:
        return Text("Nobody is expected back.", "暂无可预计回购的客户。")
    but = Text("", "")
    if found.plain:
        but = Text(
            " No model foretold their last gaps better than their mean gap, so that is used.",
            "没有模型对最近间隔的预测优于平均间隔，故沿用后者。",
        )
    return Text(
        f"{int(found.due):,} of the {int(found.customers):,} customers who are expected back are due this "
        f"week.{but.en}",
        f"{int(found.customers):,} 位预计回购的客户中，{int(found.due):,} 位本周到期。{but.zh}",
    )


@next_purchase.grade
def came_when_expected(next_purchase: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    """How far the dates were off for those who were expected by `until` and came, beside their mean gap."""
    sold = purchases.filter((purchases.kind == "goods") & ~purchases.is_return)
    later = sold.filter((sold.day > at) & (sold.day <= until))
    came = later.group_by("customer_id").agg(came=later.day.min())
    joined = next_purchase.filter(next_purchase.gaps > 0).left_join(came, "customer_id")
    silence = ibis.literal(at).delta(joined.last_day, unit="day")
    wait = joined.came.delta(joined.last_day, unit="day")
    told = joined.expected_on.delta(joined.last_day, unit="day")
    there, whole = joined.came.notnull() & (joined.expected_on <= until), joined.latest_on <= until
    promised = whole & joined.returns.notnull()
    figures = joined.agg(
        subjects=there.sum(),
        error=(told - wait).abs().mean(where=there),
        mean_error=(ibis.greatest(joined.mean_gap, silence + 1) - wait).abs().mean(where=there),
        last_error=(ibis.greatest(joined.last_gap, silence + 1) - wait).abs().mean(where=there),
        inside=joined.came.between(joined.earliest_on, joined.latest_on).cast("float64").mean(where=there),
        ranges=promised.sum(),
        back=(joined.came <= joined.latest_on).fill_null(False).cast("float64").mean(where=promised),
        promised=HIGH * joined.returns.mean(where=promised),
    ).to_pandas()
    found = {name: float(value) for name, value in figures.fillna(0).iloc[0].items()}
    if not found["subjects"]:
        raise NotEnoughData(
            N_("None of those expected within {value} days has come."), value=(until - at).days
        )
    return _grade(found)


def _grade(found: dict[str, float]) -> Grade:
    error = Text("Date, mean error", "日期平均误差")
    beside = Text("Date, mean error (beside the last gap)", "日期平均误差（对比最近间隔）")
    measures = [
        Measure(name="date_error", title=error, unit="day", better="lower",
                value=found["error"], naive=found["mean_error"]),
        Measure(name="date_error_last", title=beside, unit="day", better="lower",
                value=found["error"], naive=found["last_error"]),
        Measure(name="coverage", title=Text("Within the range", "落入区间的比例"), unit="share",
                value=found["inside"], naive=HIGH - LOW, better="near"),
    ]  # fmt: skip
    if found["ranges"]:
        back = Text("Back by their latest day, beside promised", "最晚日期前回购的比例（对比承诺）")
        measures.append(
            Measure(
                name="back",
                title=back,
                unit="share",
                better="near",
                value=found["back"],
                naive=found["promised"],
            )
        )
    return Grade(
        subjects=int(found["subjects"]),
        measures=tuple(measures),
        sentence=Text(
            f"The {found['subjects']:,.0f} customers who were expected and came were {found['error']:,.0f} "
            f"days off their date on average; their mean gap would have been {found['mean_error']:,.0f} off.",
            f"预计并实际回购的 {found['subjects']:,.0f} 位客户，日期平均偏差 {found['error']:,.0f} 天；"
            f"若按平均间隔则为 {found['mean_error']:,.0f} 天。",
        ),
    )
