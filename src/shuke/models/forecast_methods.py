"""Forecast methods: which method foretells the sales of each part best, and how far is it off?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import pd
from shuke.models.sales_history import LEVELS, PARTS, freed, sales_history
from shuke.models.series_forecasts import LEAST, METHODS, SeriesChoice, chosen, horizon
from shuke.tables import Column, Type, table


@table(
    key=("level", "part"),
    learns_for="forecast",
    first="-error",
    theme="market",
    title=Text("How sales are foretold", "销售预测方法"),
    about=Text(
        "Which method foretells the sales of each part best, and how far is it off?",
        "各部分销售额用哪种方法预测最准，误差多大？"),
    limits=Text(
        "Held against six earlier days at most: two methods that are about as far off may change places.",
        "最多以六个以往时点检验：误差相近的方法可能互换。"),
    subject=None,
    columns=[
        Column("level", Type.TEXT, Text("Level", "层级"), codes=LEVELS),
        Column("part", Type.TEXT, Text("Region or category", "地区或类别"), codes=PARTS),
        Column("method", Type.TEXT, Text("Method", "方法"), codes=METHODS),
        Column("error", Type.NUMBER, Text("Usually off by", "通常误差"), unit="currency", note=Text(
            "Mean absolute error when asked on earlier days.", "在以往时点预测的平均绝对误差。")),
        Column("naive_error", Type.NUMBER, Text("The naive one is off by", "朴素预测误差"), unit="currency"),
        Column("trials", Type.INTEGER, Text("Earlier days", "检验时点数"), unit="count"),
        Column("spread", Type.NUMBER, Text("Variance of the first month", "首月预测方差")),
        Column("logarithms", Type.FLAG, Text("Of logarithms", "取对数")),
        Column("trend", Type.FLAG, Text("With a trend", "含趋势")),
        Column("seasonal", Type.FLAG, Text("With a season", "含季节")),
    ],
)  # fmt: skip
def forecast_methods(
    purchases: ir.Table, *, as_of: date, country: str, horizon_months: int = 6, max_parts: int = 8
) -> ir.Table:
    """The method by which `forecast` foretells each part, with what it was off by on earlier days.

    One row per level and part. `trend` and `seasonal` say of which form exponential smoothing is.
    """
    history = sales_history(purchases, as_of, max_parts)
    steps = horizon(len(history.months), horizon_months)
    if not steps:
        raise NotEnoughData(N_("At least {least} whole months of sales are needed."), least=LEAST)
    choices = [asdict(chosen(series, steps)) for series in freed(history, country, steps).freed]
    rows = [
        {"level": level, "part": part, **choice}
        for (level, part), choice in zip(history.parts, choices, strict=True)
    ]
    schema = forecast_methods.schema
    return ibis.memtable(pd.DataFrame(rows, columns=list(schema)), schema=schema)


def chosen_before(methods: ir.Table) -> Mapping[tuple[str, str], SeriesChoice]:
    """The methods as they were chosen, by level and part."""
    rows = methods.to_pandas().to_dict("records")
    return {(row.pop("level"), row.pop("part")): SeriesChoice(**row) for row in rows}
