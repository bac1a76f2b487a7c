"""Fits: how fast are the parameters of BG/NBD found beside the package lifetimes and a plain search?

The package is no dependency and may be absent: `pip install --target FOLDER --no-deps lifetimes autograd
autograd-gamma dill`, and FOLDER on PYTHONPATH. The plain search, which is always there, is Nelder and Mead's
over the paper's likelihood of every single customer.
"""

import importlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import gammaln

from bench.measured import Measured, Race, seconds
from shuke.models import bg_nbd
from shuke.models.bg_nbd import BgNbd
from shuke.models.histories import PurchaseHistories, grain, grouped

#: The published sample of 2,357 customers, beside the checkout where there is one.
SAMPLE = Path(__file__).resolve().parents[2] / "shared" / "data" / "cdnow_sample" / "CDNOW_sample.txt"

#: From the first purchases of the sample to the end of its 39 weeks.
_CUT = date(1997, 9, 30)

#: How many are made up, and by which parameters; in days.
MANY, TRUTH = 1_000_000, BgNbd(0.55, 31.0, 0.8, 2.4)


@dataclass(frozen=True)
class Buyers:
    """Single customers, in days."""

    frequency: Any
    recency: Any
    age: Any

    def counted(self, days: int) -> PurchaseHistories:
        """As a build groups them: in spans of so many days."""
        frame = pd.DataFrame(
            {"frequency": self.frequency, "recency": self.recency // days, "age": self.age // days}
        )
        counts = frame.groupby(["frequency", "recency", "age"], sort=False).size()
        return grouped(counts.reset_index(name="customers"), grain=days)


def fits(*, rounds: int) -> Iterator[Measured]:
    """The sample, and a million made up."""
    if SAMPLE.exists():
        yield from _raced(_sample(), "2,357 customers of CDNOW", rounds=2 * rounds + 1, aim=0.1, plain=True)
    yield from _raced(_made_up(), f"{MANY:,} made-up customers", rounds=1, aim=0.05, plain=False)


def _raced(buyers: Buyers, name: str, *, rounds: int, aim: float, plain: bool) -> Iterator[Measured]:
    """By days, or by weeks where a build would count so many by weeks."""
    days, exact = grain(len(buyers.age)), buyers.counted(1)
    ours = bg_nbd.fit(buyers.counted(days))
    assert ours
    if plain:
        race = Race().run(
            lambda: bg_nbd.fit(buyers.counted(days)), lambda: _nelder_mead(buyers), rounds=rounds
        )
        note = _likelihoods(exact, ours, BgNbd(*_nelder_mead(buyers)))
        yield _line(f"{name}, beside Nelder-Mead", race, aim=None, note=note)
    try:
        fitter = importlib.import_module("lifetimes").BetaGeoFitter
    except ImportError:
        times = tuple(seconds(lambda: bg_nbd.fit(buyers.counted(days))) for _ in range(rounds))
        yield Measured(section="fits", name=f"BG/NBD, {name}", ours=times, note="lifetimes is not installed")
        return
    race = Race().run(
        lambda: bg_nbd.fit(buyers.counted(days)), lambda: _lifetimes(fitter, buyers), rounds=rounds
    )
    note = _likelihoods(exact, ours, _lifetimes(fitter, buyers))
    yield _line(f"{name}, beside lifetimes", race, aim=aim, note=note)


def _line(name: str, race: Race, *, aim: float | None, note: str) -> Measured:
    return Measured(
        section="fits", name=f"BG/NBD, {name}", ours=tuple(race.ours), theirs=tuple(race.theirs), aim=aim,
        note=note,
    )  # fmt: skip


def _likelihoods(exact: PurchaseHistories, ours: BgNbd, theirs: BgNbd) -> str:
    """Both by the likelihood of every single day, whatever was grouped for the fit."""
    return (
        f"log-likelihood {ours.log_likelihood(exact):,.1f}, theirs {theirs.log_likelihood(exact):,.1f}; "
        "the time counts the grouping of single customers"
    )


def _lifetimes(fitter: Any, buyers: Buyers) -> BgNbd:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # In weeks, as its own examples have it.
        found = fitter().fit(buyers.frequency, buyers.recency / 7, buyers.age / 7).params_
    return BgNbd(*(float(found[name]) * (7 if name == "alpha" else 1) for name in ("r", "alpha", "a", "b")))


def _nelder_mead(buyers: Buyers) -> list[float]:
    x, recency, age = buyers.frequency, buyers.recency, buyers.age

    def negative(logs: Any) -> float:
        r, alpha, a, b = np.exp(logs)
        stayed = -(r + x) * np.log(alpha + age)
        left = np.where(
            x > 0, np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + recency), -np.inf
        )
        known = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        stays = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        return -float(np.mean(known + stays + np.logaddexp(stayed, left)))

    with np.errstate(all="ignore"):
        found = minimize(
            negative, np.log([1.0, 30.0, 1.0, 3.0]), method="Nelder-Mead", options={"maxiter": 4000}
        )
    return [float(value) for value in np.exp(found.x)]


def _sample() -> Buyers:
    columns = ["master", "who", "day", "pieces", "paid"]
    lines = pd.read_csv(SAMPLE, sep=r"\s+", header=None, names=columns, dtype=str)
    bought = pd.to_datetime(lines.day, format="%Y%m%d")
    seen = lines.assign(day=bought)[bought <= pd.Timestamp(_CUT)].groupby("who").day
    first, last = seen.min(), seen.max()
    return Buyers(
        (seen.nunique() - 1).to_numpy(),
        (last - first).dt.days.to_numpy(),
        (pd.Timestamp(_CUT) - first).dt.days.to_numpy(),
    )


def _made_up() -> Buyers:
    """Customers of two years who buy at random and leave after any purchase, as the model has it."""
    dice = np.random.default_rng(20)
    age = dice.integers(1, 731, MANY)
    pace = dice.gamma(TRUTH.r, 1 / TRUTH.alpha, MANY)
    leaving = dice.beta(TRUTH.a, TRUTH.b, MANY)
    frequency, recency, now = np.zeros(MANY, int), np.zeros(MANY), np.zeros(MANY)
    there = np.arange(MANY)
    while len(there):
        now[there] += dice.exponential(1 / np.maximum(pace[there], 1e-12))
        there = there[now[there] < age[there]]
        frequency[there] += 1
        recency[there] = now[there]
        there = there[dice.random(len(there)) >= leaving[there]]
    return Buyers(frequency, recency.astype(int), age)
