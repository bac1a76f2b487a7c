"""Churn classifier: from what was known of customers, how likely is each to be gone, and why?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shuke.lazy import pd
from shuke.models.threads import one_thread

Floats = NDArray[np.float64]

#: With fewer of either outcome, no classifier is fitted.
FEWEST = 30
#: A Brier score nearer to that of the mere rate is no better than it.
TRIFLE = 0.99
#: With fewer rows, trees find chance.
ENOUGH_FOR_TREES = 1_000
FOLDS = 5
#: Newton's method doubles its digits with each step.
PLATT_STEPS = 12
SEED = 4


@dataclass(frozen=True)
class Check:
    """How well chances foretell outcomes, beside what the mere rate of all gets."""

    auc: float
    brier: float
    base_brier: float

    @property
    def good(self) -> bool:
        """Whether it is better, by more than a trifle, than calling everybody as likely as the average."""
        return self.auc > 0.5 and self.brier < TRIFLE * self.base_brier


@dataclass(frozen=True)
class Judgement:
    """The chance of each asked one, how much each feature adds to it, and the check by cross-validation.

    `weights` has one column per feature: by how much its value raises the log odds above what an average
    value would leave (Robnik-Šikonja and Kononenko 2008).
    """

    chances: Floats
    weights: pd.DataFrame
    check: Check


def judge(
    known: pd.DataFrame, gone: NDArray[np.bool_], asked: pd.DataFrame, *, groups: NDArray[Any] | None = None
) -> Judgement | None:
    """Learn from `known` rows, of which `gone` are, and judge the `asked` ones; none where too few are known.

    Columns are numbers, or texts for kinds; either may be missing. Two models compete, a logistic
    regression and, from 1,000 rows on, histogram gradient boosting (Friedman 2001), each calibrated on rows
    that it has not seen (Platt 1999): the one of the least Brier score in cross-validation is taken. Rows of
    one group (a customer on several days) never stand on both sides of a fold.
    """
    if min(gone.sum(), (~gone).sum()) < FEWEST:
        return None
    kinds = [name for name in known if not pd.api.types.is_numeric_dtype(known[name])]
    learn, ask = _prepared(known, kinds), _prepared(asked, kinds)
    folds = _folds(learn, gone, groups)
    models = _models(learn, kinds)
    with one_thread():
        tried = [_calibrated(*model, learn, gone, folds) for model in models]
        best = min(tried, key=lambda t: t.check.brier)
        best.model.fit(best.prepare.transform(learn), gone)
        raw = best.scores(ask) if len(ask) else np.empty(0)
        weights = _weights(best, learn, ask, raw, kinds)
    return Judgement(best.scale(raw), weights * abs(best.slope), best.check)


def measured(chances: Floats, gone: NDArray[np.bool_]) -> Check:
    """The check of chances against what came."""
    from sklearn.metrics import roc_auc_score  # heavy: only where something is checked

    both = 0 < gone.sum() < len(gone)
    return Check(
        auc=float(roc_auc_score(gone, chances)) if both else 0.5,
        brier=float(np.mean((chances - gone) ** 2)),
        base_brier=float(gone.mean() * (1 - gone.mean())),
    )


@dataclass(frozen=True)
class _Calibrated:
    """A model with the line that makes chances of its scores: odds = exp(slope × score + shift).

    `prepare` makes of a frame what the model takes.
    """

    prepare: Any
    model: Any
    slope: float
    shift: float
    check: Check

    def scores(self, frame: pd.DataFrame) -> Floats:
        return np.asarray(self.model.decision_function(self.prepare.transform(frame)), dtype=np.float64)

    def scale(self, scores: Floats) -> Floats:
        return _chance(self.slope * scores + self.shift)


def _calibrated(
    prepare: Any, model: Any, learn: pd.DataFrame, gone: NDArray[np.bool_], folds: list[tuple[Any, Any]]
) -> _Calibrated:
    """Scores of rows not seen, and the check of their calibration, itself on folds not seen."""
    from sklearn.model_selection import cross_val_predict  # heavy

    # Preparing looks at no outcome, so that it is done once for all folds.
    features = prepare.fit_transform(learn)
    scores = cross_val_predict(model, features, gone, cv=folds, method="decision_function")
    chances = np.empty(len(scores))
    for rest, fold in folds:
        slope, shift = platt(scores[rest], gone[rest])
        chances[fold] = _chance(slope * scores[fold] + shift)
    slope, shift = platt(scores, gone)
    return _Calibrated(prepare, model, slope, shift, measured(chances, gone))


def platt(scores: Floats, gone: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and shift of greatest likelihood (Newton's method), held a trifle from infinity."""
    design = np.stack([scores, np.ones(len(scores))], axis=1)
    line = np.zeros(2)
    for _ in range(PLATT_STEPS):
        chance = _chance(design @ line)
        steep = (design * (chance * (1 - chance))[:, None]).T @ design + 1e-4 * np.eye(2)
        line = line + np.linalg.solve(steep, design.T @ (gone - chance) - 1e-4 * line)
    return float(line[0]), float(line[1])


def _chance(log_odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))), dtype=np.float64)


def _prepared(frame: pd.DataFrame, kinds: list[str]) -> pd.DataFrame:
    numbers = {name: frame[name].astype("float64") for name in frame if name not in kinds}
    words = {name: frame[name].astype(object).where(frame[name].notna(), "").astype(str) for name in kinds}
    return pd.DataFrame({name: words.get(name, numbers.get(name)) for name in frame}, index=frame.index)


def _folds(
    learn: pd.DataFrame, gone: NDArray[np.bool_], groups: NDArray[Any] | None
) -> list[tuple[Any, Any]]:
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold  # heavy

    if groups is None:
        return list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(learn, gone))
    return list(StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(learn, gone, groups))


def _models(learn: pd.DataFrame, kinds: list[str]) -> list[tuple[Any, Any]]:
    """Each with what prepares frames for it."""
    from sklearn.compose import make_column_transformer  # heavy
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    numbers = [name for name in learn if name not in kinds]
    filled = make_pipeline(SimpleImputer(keep_empty_features=True, add_indicator=True), StandardScaler())
    coded = OneHotEncoder(handle_unknown="ignore", min_frequency=10, sparse_output=False)
    line = make_column_transformer((filled, numbers), (coded, kinds))
    # As many codes as boosting tells apart; rarer kinds share one.
    ranks = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=np.nan, min_frequency=10, max_categories=200
    )
    trees = make_column_transformer((ranks, kinds), ("passthrough", numbers))
    boosting = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.15, max_leaf_nodes=15, l2_regularization=1.0, random_state=SEED
    )
    plain = (line, LogisticRegression(solver="newton-cholesky"))
    return [plain, (trees, boosting)] if len(learn) >= ENOUGH_FOR_TREES else [plain]


def _weights(
    best: _Calibrated, learn: pd.DataFrame, ask: pd.DataFrame, raw: Floats, kinds: list[str]
) -> pd.DataFrame:
    """By how much each score falls when one feature at a time is made average."""
    average = {name: learn[name].mode().iloc[0] if name in kinds else learn[name].median() for name in learn}
    if not len(ask):
        return pd.DataFrame(columns=list(learn), index=ask.index, dtype=float)
    # One frame of all of them: preparing many small ones takes longer.
    without = pd.concat([ask.assign(**{name: usual}) for name, usual in average.items()])
    falls = raw - best.scores(without).reshape(len(average), len(ask))
    return pd.DataFrame(falls.T, columns=list(average), index=ask.index)
