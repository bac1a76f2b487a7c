"""Forecast: what will be sold in the coming months, in all, by region and by category?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke import formats
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt, pd
from shuke.models.forecast_methods import chosen_before
from shuke.models.reconciliation import CENT, in_cents, reconciled
from shuke.models.sales_history import LEVELS, OTHERS, PARTS, SalesHistory, freed, sales_history
from shuke.models.series_forecasts import (
    LEAST,
    METHODS,
    SEASON,
    Floats,
    SeriesChoice,
    SeriesForecast,
    horizon,
    series_forecast,
)
from shuke.stats import Z95
from shuke.tables import Column, Grade, Measure, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key=("level", "part", "month"),
    first="-month",
    theme="market",
    title=Text("Sales forecast", "销售预测"),
    about=Text(
        "What will be sold in the coming months, in all, by region and by category?",
        "未来几个月总销售额、各地区及各类别的销售额将是多少？"),
    reading=Text(
        "The line is what was sold in each month, dashed what can be expected; the band is where it will "
        "lie, 95 times in 100. The points are the same months of the year before.",
        "实线为各月销售额，虚线为预测，带为其 95% 区间；圆点为去年同月。"),
    limits=Text(
        "It carries on what was: of new shops, products and campaigns it knows nothing. Months of sales that "
        "are not over are left out, and it looks no further ahead than a quarter of the months known.",
        "预测是对过去的延续，不了解新开门店、新品与活动。未结束的月份不计；预测期不超过已知月数的四分之一。"),
    subject=None,
    columns=[
        Column("level", Type.TEXT, Text("Level", "层级"), codes=LEVELS),
        Column("part", Type.TEXT, Text("Region or category", "地区或类别"), codes=PARTS),
        Column("month", Type.DATE, Text("Month", "月份")),
        Column("is_forecast", Type.FLAG, Text("Foretold", "预测")),
        Column("sales", Type.MONEY, Text("Net sales", "净销售额"), unit="currency"),
        Column("low", Type.MONEY, Text("Sales, at least", "销售额下限"), unit="currency"),
        Column("high", Type.MONEY, Text("Sales, at most", "销售额上限"), unit="currency"),
        Column("naive", Type.MONEY, Text("As a year before", "按去年同月"), unit="currency", note=Text(
            "The naive forecast: the same month a year before, or last month where no year is known.",
            "朴素预测：去年同月；不足一年时为上月。")),
        Column("method", Type.TEXT, Text("Method", "方法"), codes=METHODS),
        Column("error", Type.MONEY, Text("Usually off by", "通常误差"), unit="currency", note=Text(
            "Mean absolute error when asked on earlier days.", "在以往时点预测的平均绝对误差。")),
        Column("naive_error", Type.MONEY, Text("The naive one is off by", "朴素预测误差"), unit="currency"),
        Column("calendar", Type.NUMBER, Text("Moving feasts", "移动节日影响"), unit="share", note=Text(
            "By how much feasts that move, such as the Spring Festival, raise or lower the month.",
            "春节等移动节日使该月增减的比例。")),
    ],
)  # fmt: skip
def forecast(
    purchases: ir.Table,
    forecast_methods: ir.Table,
    *,
    as_of: date,
    country: str,
    checkpoint: Checkpoint,
    horizon_months: int = 6,
    max_parts: int = 8,
) -> ir.Table:
    """Net sales of goods of each month known and foretold, in all, by category and by region.

    One row per level, part and month. Parts are the `max_parts` of the greatest sales in the last twelve
    months; the others, and what has no region or category, are one part. The first month counts if it was
    sold in from its first week on, the last if it is over by `as_of`; a month without sales is nothing.

    Sales are first freed of feasts that move, where the country's holidays explain what changes from year to
    year (F test). Then exponential smoothing (ETS; Hyndman et al. 2002), theta (Assimakopoulos and
    Nikolopoulos 2000) and the same month a year before are held against what came at six earlier days, and
    the one that was least off foretells (see `forecast_methods`); the naive one where none was better. The
    intervals are as wide as it was off then. At last the parts are made to add up to the whole (MinT with the
    variances alone; Wickramasuriya et al. 2019). `horizon_months` are foretold, but no more than a quarter of
    those known.
    """
    history = sales_history(purchases, as_of, max_parts)
    steps = horizon(len(history.months), horizon_months)
    if not steps:
        raise NotEnoughData(N_("At least {least} whole months of sales are needed."), least=LEAST)
    choices = chosen_before(forecast_methods)
    rows = _rows(history, _foretold(history, country, steps, choices))
    return checkpoint(ibis.memtable(pd.DataFrame(rows, columns=list(forecast.schema)), schema=_MEMORY))


_MEMORY = {
    "level": "string", "part": "string", "month": "date", "is_forecast": "boolean",
    **dict.fromkeys(("sales", "low", "high", "naive"), "decimal(18, 4)"), "method": "string",
    **dict.fromkeys(("error", "naive_error"), "decimal(18, 4)"), "calendar": "float64",
}  # fmt: skip


@dataclass(frozen=True)
class _Foretold:
    months: Sequence[date]
    calendar: Floats
    parts: Sequence[SeriesForecast]
    sales: Sequence[list[Decimal]]


def _foretold(
    history: SalesHistory, country: str, steps: int, choices: Mapping[tuple[str, str], SeriesChoice]
) -> _Foretold:
    plain = freed(history, country, steps)
    parts = [
        _with_feasts(series_forecast(series, steps, choices.get(named)), plain.coming, known)
        for named, series, known in zip(history.parts, plain.freed, plain.known, strict=True)
    ]
    values = np.array([part.values for part in parts])
    variances = np.array([((part.high - part.low) / (2 * Z95)) ** 2 for part in parts])
    whole = np.array(
        [reconciled(values[:, h], variances[:, h], history.partitions) for h in range(steps)]
    ).T  # fmt: skip
    return _Foretold(plain.ahead, plain.coming, parts, _to_the_cent(whole, history.partitions))


def _with_feasts(found: SeriesForecast, coming: Floats, known: Floats) -> SeriesForecast:
    """The forecast with its feasts back in it; what was sold a year before had those of that year."""
    naive = np.resize(known[-SEASON:], len(coming)) if len(known) > SEASON else found.naive
    return SeriesForecast(
        found.method, found.values * coming, found.low * coming, found.high * coming, naive, found.error,
        found.naive_error,
    )  # fmt: skip


def _to_the_cent(whole: Floats, partitions: Sequence[Sequence[int]]) -> list[list[Decimal]]:
    sales = [[Decimal(repr(float(value))).quantize(CENT) for value in row] for row in whole]
    for places in partitions:
        for h in range(whole.shape[1]):
            for place, value in zip(places, in_cents(whole[list(places), h], sales[0][h]), strict=True):
                sales[place][h] = value
    return sales


def _rows(history: SalesHistory, ahead: _Foretold) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for place, (level, part) in enumerate(history.parts):
        named = {"level": level, "part": part}
        rows.extend(
            {**named, "month": month, "is_forecast": False, "sales": sold}
            for month, sold in zip(history.months, history.sales[place], strict=True)
        )
        found = ahead.parts[place]
        for h, month in enumerate(ahead.months):
            moved = float(ahead.sales[place][h]) - found.values[h]
            rows.append(
                {
                    **named, "month": month, "is_forecast": True, "sales": ahead.sales[place][h],
                    "low": _money(found.low[h] + moved), "high": _money(found.high[h] + moved),
                    "naive": _money(found.naive[h]), "method": found.method,
                    "error": _money(found.error), "naive_error": _money(found.naive_error),
                    "calendar": float(ahead.calendar[h] - 1),
                }
            )  # fmt: skip
    return rows


def _money(value: float) -> Decimal:
    return Decimal(repr(float(value))).quantize(CENT)


@forecast.chart
def coming_months(rows: ir.Table) -> alt.LayerChart:
    whole = rows.filter(rows.level == "total").order_by("month").to_pandas()
    money = ("sales", "low", "high", "naive")
    frame = whole.assign(
        month=pd.to_datetime(whole.month),
        **{name: whole[name].astype(float) for name in money},
    ).tail(36)[["month", "is_forecast", *money]]
    written = str(Text("%b %Y", "%Y年%-m月"))
    base = alt.Chart(frame).encode(x=alt.X("month:T", title=None, axis=alt.Axis(format=written)))
    sales = alt.Y("sales:Q", title=str(forecast["sales"].title), axis=alt.Axis(format="~s"))
    tips = [
        alt.Tooltip("yearmonth(month):T", title=str(forecast["month"].title), format=written),
        *(alt.Tooltip(f"{name}:Q", title=str(forecast[name].title), format=",.0f") for name in money),
    ]
    band = base.mark_area(opacity=0.25, line=False).encode(y="low:Q", y2="high:Q")
    known = base.transform_filter("!datum.is_forecast").mark_line().encode(y=sales, tooltip=tips)
    coming = base.transform_filter("datum.is_forecast").mark_line(strokeDash=[5, 4], point=True)
    naive = base.transform_filter("datum.is_forecast").mark_point().encode(y="naive:Q", tooltip=tips)
    return band + known + coming.encode(y=sales, tooltip=tips) + naive


@forecast.sentence
def coming_sentence(rows: ir.Table, *, currency: str = "") -> Text:
    coming = rows.filter((rows.level == "total") & rows.is_forecast).order_by("month").to_pandas()
    if coming.empty:
        return Text("There are too few months to foretell any.", "已知月份太少，无法预测。")
    first, last = pd.Timestamp(coming.month.iloc[0]), pd.Timestamp(coming.month.iloc[-1])
    total = formats.amount(float(coming.sales.sum()), currency)
    first_of = coming.iloc[0]
    next_, low, high = (formats.amount(first_of[name], currency) for name in ("sales", "low", "high"))
    how = METHODS[coming.method.iloc[0]]
    stepped = coming.method.iloc[0] in ("seasonal_naive", "naive")
    why = (
        Text(f"foretold {how.en}, for no model was less off", f"按「{how.zh}」预测，因为没有模型误差更小")
        if stepped
        else Text(f"foretold by {how.en}", f"预测方法为{how.zh}")
    )
    return Text(
        f"{total.en} can be expected from {first:%B %Y} to {last:%B %Y}, {why.en}; "
        f"{next_.en} in {first:%B} (between {low.en} and {high.en}).",
        f"{first.year}年{first.month}月至{last.year}年{last.month}月预计净销售额 {total.zh}，{why.zh}；"
        f"其中{first.month}月为 {next_.zh}（区间 {low.zh}–{high.zh}）。",
    )


@forecast.grade
def came_true(forecast: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    """By how much what was foretold was off, beside the naive forecast, and how often the interval held."""
    last = (until + timedelta(days=1)).replace(day=1)
    coming = forecast.filter(forecast.is_forecast & (forecast.month >= at) & (forecast.month < last))
    told = coming.to_pandas()
    known = SalesHistory([], [], [])
    if not told.empty:
        known = sales_history(purchases, last - timedelta(days=1), len(told))
    came = {
        (level, part, month): float(sold)
        for (level, part), sales in zip(known.parts, known.sales, strict=True)
        for month, sold in zip(known.months, sales, strict=True)
    }
    keys = zip(told.level, told.part, pd.to_datetime(told.month).dt.date, strict=True)
    told["came"] = [came.get(key) for key in keys]
    judged = told[told.came.notna() & (told.part != OTHERS)]
    if judged.empty or not judged.came.abs().sum():
        raise NotEnoughData(N_("No whole month lies between {day} and {until}."), day=at, until=until)
    off, naive = (
        float((judged[name].astype(float) - judged.came).abs().sum() / judged.came.abs().sum())
        for name in ("sales", "naive")
    )
    held = (judged.low.astype(float) <= judged.came) & (judged.came <= judged.high.astype(float))
    measures = (
        Measure(name="error", title=Text("Off by, beside as a year before", "误差（对比去年同月）"),
                value=off, naive=naive, better="lower", unit="share"),
        Measure(name="coverage", title=Text("Months within the interval", "落入区间的月份比例"),
                value=float(held.mean()), naive=0.95, better="near", unit="share"),
    )  # fmt: skip
    return Grade(
        subjects=len(judged), measures=measures,
        sentence=Text(
            f"Forecasts were off by {off:.1%} of what was sold, those as a year before by {naive:.1%}; "
            f"{held.mean():.0%} of the months lay within the interval.",
            f"预测误差为实际销售额的 {off:.1%}，按去年同月为 {naive:.1%}；{held.mean():.0%} 的月份落入区间。",
        ),
    )  # fmt: skip
