"""Series forecasts: how does a monthly series go on, by which method, and how far off may that be?"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@dataclass(frozen=True)
class SeriesChoice:
    """How a series is foretold, and by how much that was off on so many earlier days, its `trials`.

    `trend` and `seasonal` are the form of exponential smoothing; `spread` is the variance of the first month
    ahead, of logarithms where these are foretold.
    """

    method: str
    logarithms: bool
    trend: bool
    seasonal: bool
    error: float
    naive_error: float
    spread: float
    trials: int

    @property
    def form(self) -> tuple[str | None, str | None]:
        return ("add" if self.trend else None, "add" if self.seasonal else None)


Method = Callable[[Floats, int], Path]
#: Of exponential smoothing, for series that are long enough to tell of a season, and for others.
_Forms = dict[bool, tuple[str | None, str | None]]


def horizon(months: int, asked: int) -> int:
    """How many months ahead so many known ones support."""
    return min(asked, months // PART) if months >= LEAST else 0


def chosen(values: Floats, steps: int) -> SeriesChoice:
    """The method that was least off from earlier days, the naive one where none was better.

    Each method is fitted to what was known at each of the last `ORIGINS` months of which the whole horizon
    is known, and held against what came (rolling origin, Tashman 2000). Where every month is above nothing,
    logarithms are foretold.
    """
    series, back = _scaled(values)
    forms: _Forms = {}
    methods, usual = _methods(series, forms)
    with _fitting():
        tried = {name: _errors(series, method, steps) for name, method in methods.items()}
        off = {name: _off(values, parts, back) for name, parts in tried.items()}
        best = min(off, key=lambda name: (off[name], name != usual))
        methods[best](series, steps)  # knows the form then for as many months as there are
    trend, seasonal = forms.get(_is_long(series), (None, None))
    return SeriesChoice(
        best, logarithms=back is np.exp, trend=trend is not None, seasonal=seasonal is not None,
        error=off[best], naive_error=off[usual], spread=_spread(tried[best]), trials=len(tried[best]),
    )  # fmt: skip


def series_forecast(values: Floats, steps: int, choice: SeriesChoice | None = None) -> SeriesForecast:
    """The forecast by the method that was chosen; chosen now where none was, or one for another scale.

    The interval is as wide as the method was off, with what Student's distribution adds for so few errors.
    """
    series, back = _scaled(values)
    if choice is None or choice.logarithms != (back is np.exp):
        choice = chosen(values, steps)
    methods, usual = _methods(series, {_is_long(series): choice.form})
    with _fitting():
        path, plain = (methods.get(name, _naive)(series, steps) for name in (choice.method, usual))
    half = _half(choice, path.growth)
    ends = (back(path.values - half), back(path.values + half))
    return SeriesForecast(
        choice.method, back(path.values), *ends, back(plain.values), choice.error, choice.naive_error
    )


def _scaled(values: Floats) -> tuple[Floats, Callable[[Any], Floats]]:
    """The series as it is foretold, and the way back."""
    return (np.log(values), np.exp) if (values > 0).all() else (values, np.asarray)


def _methods(series: Floats, forms: _Forms) -> tuple[dict[str, Method], str]:
    """The methods, and which of them is the naive one."""
    usual = "seasonal_naive" if len(series) >= SEASON + 1 else "naive"
    naive = _seasonal_naive if usual == "seasonal_naive" else _naive
    return {usual: naive, "ets": _ets(forms), "theta": _theta}, usual


def _is_long(series: Floats) -> bool:
    return len(series) >= SEASONS * SEASON


@contextmanager
def _fitting() -> Iterator[None]:
    with one_thread(), warnings.catch_warnings():
        # A fit that has not settled is judged by its errors like any other.
        warnings.simplefilter("ignore")
        yield


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


def _spread(errors: list[_Error]) -> float:
    """The mean square of the errors beside the variance of the first month's."""
    return float(np.mean([np.mean((e.said - e.came) ** 2 / e.growth) for e in errors]))


def _half(choice: SeriesChoice, growth: Floats) -> Floats:
    from scipy.stats import t  # heavy, and only builds need it

    # Errors from one day are nearly one error: each day counts as one.
    return np.asarray(t.ppf(0.975, choice.trials) * np.sqrt(choice.spread * growth), dtype=float)


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


def _ets(chosen: _Forms) -> Method:
    """Exponential smoothing of the form that suits the series best (AICc; Hyndman et al. 2002)."""

    def method(known: Floats, steps: int) -> Path:
        if len(known) < FEWEST:
            return _naive(known, steps)
        seasonal = _is_long(known)
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

    seasonal = _is_long(series)
    model = ThetaModel(series, period=SEASON if seasonal else 1, deseasonalize=seasonal, method="additive",
                       use_test=False)  # fmt: skip
    fit = model.fit(disp=False)
    alpha = float(fit.params["alpha"])
    return Path(np.asarray(fit.forecast(steps), dtype=float), _growing(steps, alpha**2))
