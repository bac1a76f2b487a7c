"""Lifetime model: what is needed of all customers to tell what one of them will still buy and spend?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import ibis.expr.types as ir

from shuke.languages import Text
from shuke.lazy import pd
from shuke.models.bg_nbd import BgNbd
from shuke.models.coefficients import Coefficients
from shuke.models.forecasts import FittedForecast
from shuke.models.gamma_gamma import GammaGamma
from shuke.models.pareto_nbd import ParetoNbd
from shuke.models.same_rate import SameRate

#: Customers of whom a model of buying expects the same.
ALIKE_IN = ["frequency", "recency", "age"]

FITTED_BY: dict[str, Text] = {
    "bg_nbd": Text("BG/NBD", "BG/NBD 模型"),
    "baseline": Text("as often as so far", "沿用以往频率"),
}
PARTS: dict[str, Text] = {
    "purchases": Text("purchases", "购买"),
    "second": Text("second opinion: Pareto/NBD", "另一模型：Pareto/NBD"),
    "interval": Text("intervals", "区间"),
    "spend": Text("spend: gamma-gamma", "金额：gamma-gamma"),
    "correlation": Text("spend with frequency", "金额与频率的相关"),
}


@dataclass(frozen=True)
class LifetimeModel:
    """How often customers buy until they leave, how much they spend, and how both go together."""

    fit: FittedForecast
    spenders: GammaGamma
    correlation: float

    @classmethod
    def of_parts(cls, method: str, parts: Coefficients) -> LifetimeModel:
        purchases, second = parts["purchases"], parts.get("second")
        model = BgNbd(**purchases) if method == "bg_nbd" else SameRate(**purchases)
        opinion = ParetoNbd(**second) if second else None
        fit = FittedForecast(method, model, opinion, **parts["interval"])
        return cls(fit, GammaGamma(**parts["spend"]), parts["correlation"]["all"])

    def to_parts(self) -> Mapping[str, Mapping[str, float]]:
        return {
            "purchases": asdict(self.fit.model),
            "second": asdict(self.fit.second) if self.fit.second else {},
            "interval": {"low": self.fit.low, "kept": self.fit.kept},
            "spend": asdict(self.spenders),
            "correlation": {"all": self.correlation},
        }


#: Where nobody has bought.
UNFITTED = LifetimeModel(
    FittedForecast("baseline", SameRate(1.0), None), GammaGamma(p=1.0, q=3.0, gamma=0.0), 0.0
)


def in_order(rows: ir.Table, keys: list[str]) -> pd.DataFrame:
    """What a fit adds up in one order, so that it stops at the same last digit whichever engine counted."""
    frame: pd.DataFrame = rows.to_pandas().sort_values(keys, ignore_index=True)
    return frame
