"""Sales history: what was sold of each category and region in each whole month?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import ibis.expr.types as ir
import numpy as np

from shuke.languages import Text
from shuke.lazy import pd
from shuke.models.calendar_effects import effects
from shuke.models.series_forecasts import Floats

LEVELS: dict[str, Text] = {
    "total": Text("all sales", "全部销售"),
    "category": Text("category", "类别"),
    "region": Text("region", "地区"),
}  # fmt: skip
#: The part of those that are too small to be told of, or not known.
OTHERS = "*"
PARTS: dict[str, Text] = {OTHERS: Text("all others", "其余"), "": Text("all", "全部")}


@dataclass(frozen=True)
class SalesHistory:
    """What was sold of each part in each whole month; the first part is the whole."""

    months: Sequence[date]
    parts: Sequence[tuple[str, str]]
    sales: Sequence[list[Decimal]]

    @property
    def partitions(self) -> list[list[int]]:
        """The places of the categories, and those of the regions."""
        places: dict[str, list[int]] = {"category": [], "region": [], "total": []}
        for place, (level, _) in enumerate(self.parts):
            places[level].append(place)
        return [places[level] for level in ("category", "region") if places[level]]


def sales_history(purchases: ir.Table, as_of: date, most: int) -> SalesHistory:
    goods = purchases.filter((purchases.kind == "goods") & (purchases.day <= as_of))
    top = goods.category.split(">")[0].strip().nullif("")
    sums = goods.group_by("month", "region", category=top).agg(
        sales=goods.amount.sum().fill_null(0), first=goods.day.min()
    )
    frame = sums.order_by("month", "region", "category").to_pandas()
    if frame.empty:
        return SalesHistory([], [], [])
    frame["month"] = pd.to_datetime(frame.month).dt.date
    months = _whole_months(min(pd.to_datetime(frame["first"]).dt.date), as_of)
    kept = frame[frame.month.isin(months)]
    parts: dict[tuple[str, str], list[Decimal]] = {("total", ""): _by_month(kept, months)}
    for level in ("category", "region"):
        named = kept.assign(part=_largest(kept, level, months[-12:], most))
        for part in sorted(named.part.unique()):
            parts[level, part] = _by_month(named[named.part == part], months)
    return SalesHistory(months, list(parts), list(parts.values()))


def _whole_months(first: date, as_of: date) -> list[date]:
    month = first.replace(day=1) if first.day <= 7 else next_month(first)
    found = []
    while next_month(month) - timedelta(days=1) <= as_of:
        found.append(month)
        month = next_month(month)
    return found


def next_month(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _by_month(rows: pd.DataFrame, months: Sequence[date]) -> list[Decimal]:
    sums = rows.groupby("month").sales.agg(lambda each: sum(each, Decimal(0))).to_dict()
    return [sums.get(month, Decimal(0)) for month in months]


def _largest(rows: pd.DataFrame, level: str, lately: Sequence[date], most: int) -> pd.Series:
    """The part that each row belongs to, the largest of late by their own names."""
    recent = rows[rows.month.isin(lately) & rows[level].notna()]
    sums = recent.groupby(level).sales.agg(lambda each: sum(each, Decimal(0)))
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    names = {name for name, sold in ranked[:most] if sold > 0}
    return rows[level].where(rows[level].isin(names), OTHERS)


@dataclass(frozen=True)
class FreedHistory:
    """The series of a history without feasts that move, and by how much these raise the months ahead."""

    ahead: Sequence[date]
    coming: Floats
    known: Sequence[Floats]  # as they were sold
    freed: Sequence[Floats]


def freed(history: SalesHistory, country: str, steps: int) -> FreedHistory:
    """The history, and so many months ahead."""
    ahead = [next_month(history.months[-1])]
    while len(ahead) < steps:
        ahead.append(next_month(ahead[-1]))
    series = [np.array([float(each) for each in sales]) for sales in history.sales]
    factors = effects(series[0], history.months, country, ahead=ahead)
    known, coming = factors[: len(history.months)], factors[len(history.months) :]
    return FreedHistory(ahead, coming, series, [each / known for each in series])
