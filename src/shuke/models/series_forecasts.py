"""Series forecasts: how does a monthly series go on, by which method, and how far off may that be?"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shuke.languages import Text
from shuke.models.threads import one_thread

Floats = NDArray[np.float64]

#: Months of a season, and how many of them tell of one.
SEASON, SEASONS = 12, 2
#: Of fewer months nothing is foretold, and never further than a quarter of those known.
LEAST, PART = 8, 4
#: With fewer, exponential smoothing finds no beginning.
FEWEST = 10
#: From so many earlier days the methods are compared.
ORIGINS = 6

METHODS: dict[str, Text] = {
    "ets": Text("exponential smoothing (ETS)", "指数平滑（ETS）"),
    "theta": Text("theta", "Theta 法"),
    "seasonal_naive": Text("as a year ago", "与去年同月相同"),
    "naive": Text("as last month", "与上月相同"),
}


@dataclass(frozen=True)
class Path:
    """What a method says of the coming months, and how its error grows: the variance beside the first."""

    values: Floats
    growth: Floats


@dataclass(frozen=True)
class SeriesForecast:
    """The coming months of a series, with the ends of their 95 % interval.

    `error` is the mean absolute error of the method on earlier days, `naive_error` that of the naive one.
    """

    method: str
    values: Floats
    low: Floats
    high: Floats
    naive: Floats
    error: float
    naive_error: float


Method = Callable[[Floats, int], Path]


def horizon(months: int, asked: int) -> int:
    """How many months ahead so many known ones support."""
    return min(asked, months // PART) if months >= LEAST else 0


def series_forecast(values: Floats, steps: int) -> SeriesForecast:
    """The forecast by the method that was least off from earlier days, the naive one where none was better.

    Each method is fitted to what was known at each of the last `ORIGINS` months of which the whole horizon
    is known, and held against what came (rolling origin, Tashman 2000). Where every month is above nothing,
    logarithms are foretold. The interval is as wide as the method was off, with what Student's distribution
    adds for so few errors.
    """
    logs = bool((values > 0).all())
    series = np.log(values) if logs else values
    back = np.exp if logs else np.asarray
    naive = _seasonal_naive if len(values) >= SEASON + 1 else _naive
    usual = "seasonal_naive" if naive is _seasonal_naive else "naive"
    methods: dict[str, Method] = {usual: naive, "ets": _ets(), "theta": _theta}
    with one_thread(), warnings.catch_warnings():
        # A fit that has not settled is judged by its errors like any other.
        warnings.simplefilter("ignore")
        tried = {name: _errors(series, method, steps) for name, method in methods.items()}
        off = {name: _off(values, parts, back) for name, parts in tried.items()}
        best = min(off, key=lambda name: (off[name], name != usual))
        path, plain = (methods[name](series, steps) for name in (best, usual))
    half = _half(tried[best], path.growth)
    ends = (back(path.values - half), back(path.values + half))
    return SeriesForecast(best, back(path.values), *ends, back(plain.values), off[best], off[usual])


@dataclass(frozen=True)
class _Error:
    """What a method said at an earlier day, what came, and how its errors grow."""

    origin: int
    said: Floats
    came: Floats
    growth: Floats


def _errors(series: Floats, method: Method, steps: int) -> list[_Error]:
    last = len(series) - steps
    origins = range(max(LEAST - 2, last - ORIGINS + 1), last + 1)
    found = []
    for origin in origins:
        path = method(series[:origin], steps)
        found.append(_Error(origin, path.values, series[origin : origin + steps], path.growth))
    return found


def _off(values: Floats, errors: list[_Error], back: Callable[[Any], Floats]) -> float:
    steps = len(errors[0].came)
    each = [np.abs(back(e.said) - values[e.origin : e.origin + steps]) for e in errors]
    return float(np.mean(each))


def _half(errors: list[_Error], growth: Floats) -> Floats:
    from scipy.stats import t  # heavy, and only builds need it

    square = float(np.mean([np.mean((e.said - e.came) ** 2 / e.growth) for e in errors]))
    # Errors from one day are nearly one error: each day counts as one.
    return np.asarray(t.ppf(0.975, len(errors)) * np.sqrt(square * growth), dtype=float)


def _growing(steps: int, by: float) -> Floats:
    return np.asarray(1 + by * np.arange(steps), dtype=float)


def _naive(series: Floats, steps: int) -> Path:
    return Path(np.repeat(series[-1], steps), _growing(steps, 1.0))


def _seasonal_naive(series: Floats, steps: int) -> Path:
    if len(series) < SEASON:
        return _naive(series, steps)
    ahead = np.arange(steps)
    growth = np.asarray(1.0 + ahead // SEASON, dtype=float)
    return Path(series[len(series) - SEASON + ahead % SEASON], growth)


def _ets() -> Method:
    """Exponential smoothing of the form that suits the series best (AICc; Hyndman et al. 2002)."""
    chosen: dict[bool, tuple[str | None, str | None]] = {}

    def method(known: Floats, steps: int) -> Path:
        if len(known) < FEWEST:
            return _naive(known, steps)
        seasonal = len(known) >= SEASONS * SEASON
        if seasonal not in chosen:
            forms = [(trend, s) for trend in (None, "add") for s in ((None, "add") if seasonal else (None,))]
            chosen[seasonal] = min(forms, key=lambda form: _fit_ets(known, *form).aicc)
        fit = _fit_ets(known, *chosen[seasonal])
        alpha = float(fit.smoothing_level)
        return Path(np.asarray(fit.forecast(steps), dtype=float), _growing(steps, alpha**2))

    return method


def _fit_ets(series: Floats, trend: str | None, seasonal: str | None) -> Any:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # heavy, and only builds need it

    model = ETSModel(
        series, error="add", trend=trend, damped_trend=trend is not None, seasonal=seasonal,
        seasonal_periods=SEASON if seasonal else None, initialization_method="heuristic",
    )  # fmt: skip
    return model.fit(disp=False)


def _theta(series: Floats, steps: int) -> Path:
    """The method of Assimakopoulos and Nikolopoulos (2000)."""
    from statsmodels.tsa.forecasting.theta import ThetaModel  # heavy, and only builds need it

    seasonal = len(series) >= SEASONS * SEASON
    model = ThetaModel(series, period=SEASON if seasonal else 1, deseasonalize=seasonal, method="additive",
                       use_test=False)  # fmt: skip
    fit = model.fit(disp=False)
    alpha = float(fit.params["alpha"])
    return Path(np.asarray(fit.forecast(steps), dtype=float), _growing(steps, alpha**2))
