"""Propensity model: what chance of buying an item do a customer's signals give, and does that beat habit?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from shuke.languages import Text
from shuke.lazy import pd
from shuke.models.churn_classifier import platt
from shuke.models.coefficients import Coefficients
from shuke.models.item_signals import SIGNALS
from shuke.models.threads import one_thread

#: With fewer who bought, or fewer who did not, nothing is fitted.
FEWEST = 30
#: Of customers so many are reached: one in ten.
REACHED = 0.1
#: Into so many bands are cases put that are alike in their chance, to tell how sure that is.
ALIKE = 10

#: What may say how likely it is: the column of `signals` that ranks customers.
HABITS = {"own_rate": "own_chance", "popularity": "popular_chance"}

METHODS: dict[str, Text] = {
    "model": Text("learnt from what followed", "由后续购买学得"),
    "own_rate": Text("how often they bought it so far", "自身购买频率"),
    "popularity": Text("how often they come, and everybody buys it", "到访频率与热销程度"),
}
PARTS: dict[str, Text] = {
    "weight": Text("weight", "系数"),
    "average": Text("average", "均值"),
    "shift": Text("shift", "截距"),
    "until": Text("chance up to", "概率上限"),
    "cases": Text("customers with such a chance", "概率相近的客户数"),
}

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PropensityModel:
    """The line whose odds are the chance: `method` says of what; `weights` of the signals, or of the habit.

    `cases` has for each upper end of a band of chances the customers whose chance lay in it and who were
    followed.
    """

    method: str
    weights: Mapping[str, float]
    means: Mapping[str, float]
    shift: float
    cases: tuple[tuple[float, int], ...]

    def log_odds(self, rows: ir.Table) -> ir.FloatingValue:
        if self.method != "model":
            chance = rows[HABITS[self.method]].clip(lower=1e-9, upper=1 - 1e-9)
            return (chance / (1 - chance)).ln() * self.weights[self.method] + self.shift
        return self.shift + sum(self.part(rows, name) for name in self.weights)

    @classmethod
    def of_parts(cls, method: str, parts: Coefficients) -> PropensityModel:
        told, ends = parts["weight"], parts.get("until", {})
        weights = {name: told[name] for name in (*SIGNALS, *HABITS) if name in told}
        cases = [(ends.get(band, np.inf), int(many)) for band, many in parts["cases"].items()]
        return cls(method, weights, parts.get("average", {}), parts["shift"]["all"], tuple(cases))

    def to_parts(self) -> Coefficients:
        bands = [(f"{nth:02}", end, many) for nth, (end, many) in enumerate(self.cases, 1)]
        return {
            "weight": self.weights, "average": self.means, "shift": {"all": self.shift},
            "until": {band: end for band, end, _ in bands[:-1]},
            "cases": {band: float(many) for band, _, many in bands},
        }  # fmt: skip

    def part(self, rows: ir.Table, name: str) -> ir.FloatingValue:
        """By how much a signal raises the log odds above what its average would leave."""
        return (rows[name] - self.means[name]) * self.weights[name]


def fitted(before: pd.DataFrame, lately: pd.DataFrame) -> PropensityModel:
    """Learn from what followed the earlier day, see what that says of the later one, and learn from both.

    A logistic regression on the signals; its chances are calibrated on the later day, which it had not seen
    (Platt 1999). Where it finds fewer of those who then bought among the tenth that it ranks first of each
    item than their own rate or their visits do, that habit takes its place.
    """
    outcome = lately.hit.to_numpy(bool)
    found = {name: recall(lately, lately[column].to_numpy(float)) for name, column in HABITS.items()}
    habit = max(found, key=lambda name: found[name])
    if _too_few(before.hit) or _too_few(lately.hit):
        return _of_habit(habit, lately, outcome)
    with one_thread():
        weights, means, shift = _line(before)
        scores = _scores(lately, weights, means, shift)
        if recall(lately, scores) <= found[habit]:
            return _of_habit(habit, lately, outcome)
        slope, moved = platt(scores, outcome)
        weights, means, shift = _line(pd.concat([before, lately]))
    scaled = {name: slope * weight for name, weight in weights.items()}
    chances = _chance(slope * scores + moved)
    # The shift of the whole moves with the line: what the calibration added is kept.
    return PropensityModel("model", scaled, means, slope * shift + moved, _cases(chances))


def recall(rows: pd.DataFrame, scores: Floats) -> float:
    """Of all who bought an item, the share among the tenth of customers of the greatest scores for it.

    Of customers of equal scores each counts for the share of them that still has room.
    """
    hits, reached = 0.0, 0.0
    ranked = pd.DataFrame({"item": rows["item"].to_numpy(), "score": scores, "hit": rows.hit.to_numpy(float)})
    for _, mine in ranked.groupby("item"):
        alike = mine.groupby("score").hit.agg(["sum", "size"]).sort_index(ascending=False)
        room = REACHED * len(mine) - (alike["size"].cumsum() - alike["size"])
        share = (room / alike["size"]).clip(0, 1)
        hits, reached = hits + float(mine.hit.sum()), reached + float((alike["sum"] * share).sum())
    return reached / hits if hits else 0.0


def _too_few(hits: pd.Series) -> bool:
    return bool(min(hits.sum(), len(hits) - hits.sum()) < FEWEST)


def _of_habit(name: str, lately: pd.DataFrame, outcome: NDArray[np.bool_]) -> PropensityModel:
    chance = np.clip(lately[HABITS[name]].to_numpy(float), 1e-9, 1 - 1e-9)
    scores = np.log(chance / (1 - chance))
    slope, shift = platt(scores, outcome) if not _too_few(lately.hit) else (1.0, 0.0)
    return PropensityModel(name, {name: slope}, {}, shift, _cases(_chance(slope * scores + shift)))


def _line(rows: pd.DataFrame) -> tuple[dict[str, float], dict[str, float], float]:
    """Weights and means of the signals as they stand, and the log odds of the average."""
    from sklearn.linear_model import LogisticRegression  # heavy, and only builds need it

    values = rows[list(SIGNALS)].to_numpy(float)
    means, spread = values.mean(axis=0), values.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    model = LogisticRegression(solver="newton-cholesky").fit(
        (values - means) / spread, rows.hit.to_numpy(int)
    )
    weights = model.coef_[0] / spread
    names = list(SIGNALS)
    return (
        dict(zip(names, map(float, weights), strict=True)),
        dict(zip(names, map(float, means), strict=True)),
        float(model.intercept_[0]),
    )


def _scores(
    rows: pd.DataFrame, weights: Mapping[str, float], means: Mapping[str, float], shift: float
) -> Floats:
    centred = rows[list(SIGNALS)].to_numpy(float) - np.array([means[name] for name in SIGNALS])
    return np.asarray(centred @ np.array([weights[name] for name in SIGNALS]) + shift, dtype=float)


def _cases(chances: Floats) -> tuple[tuple[float, int], ...]:
    """Bands in each of which as many can be expected to buy, the likeliest last, which has no end."""
    ordered = np.sort(chances)
    so_far = ordered.cumsum()
    places = np.searchsorted(so_far, so_far[-1] * np.arange(1, ALIKE) / ALIKE) if len(chances) else []
    distinct = np.unique(ordered[places]) if len(chances) else np.zeros(0)
    band = np.searchsorted(distinct, chances, side="left")
    counts = np.bincount(band, minlength=len(distinct) + 1)
    return tuple(zip([*map(float, distinct), np.inf], map(int, counts), strict=True))


def _chance(log_odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))), dtype=float)
