"""Place distances: how far apart are places in what is known of them and of their customers?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shuke.analyses.false_discoveries import Floats, corrected
from shuke.lazy import pd
from shuke.stats import Z95

#: Outside figures: by indicator, that of each place.
Figures = Mapping[str, Mapping[str, float]]

#: Of fewer customers with a known figure its mean says nothing.
_FEWEST_KNOWN = 10
#: An outside figure of fewer places does not tell how far apart these lie.
_FEWEST_PLACES = 3


@dataclass(frozen=True)
class ComparedPlaces:
    """Places beside one another: `difference`, its variance, and p, by place, other place and feature."""

    names: Sequence[str]
    customers: Sequence[int]
    difference: Floats
    chance: Floats
    p: Floats

    @classmethod
    def of(cls, sums: pd.DataFrame, features: Sequence[str]) -> ComparedPlaces:
        known, total, squares = (
            sums[[f"{part}_{name}" for name in features]].to_numpy(float) for part in ("n", "sum", "squares")
        )
        return cls(list(sums.place), [int(n) for n in sums.customers], *differences(known, total, squares))

    def interval(self, one: int, other: int, feature: int) -> tuple[float, float]:
        """Hedges and Olkin 1985."""
        d = self.difference[one, other, feature]
        n = sum(self.customers[place] for place in (one, other))
        width = Z95 * np.sqrt(self.chance[one, other, feature] + d * d / (2 * n))
        return float(d - width), float(d + width)

    @property
    def distance(self) -> Floats:
        """By place and other place; nothing where they have no feature in common."""
        return _root_mean(self.difference**2 - self.chance)


def differences(known: Floats, total: Floats, squares: Floats) -> tuple[Floats, Floats, Floats]:
    """Standardised differences between places, what chance adds to their squares, and their p (two-sided).

    Counts, sums and sums of squares stand by place and feature. A feature that does not vary, or of which too
    few are known in one of two places, has none.
    """
    from scipy.special import erfc  # heavy, and only builds need it

    n = np.where(known >= _FEWEST_KNOWN, known, np.nan)
    mean = total / n
    within = np.nansum(squares - total * mean, axis=0)
    freedom = np.nansum(n - 1, axis=0)
    deviation = np.sqrt(np.where((freedom > 0) & (within > 1e-9), within / np.maximum(freedom, 1), np.nan))
    difference = (mean[:, None] - mean[None]) / deviation
    chance = 1 / n[:, None] + 1 / n[None]
    return difference, chance, erfc(np.abs(difference) / np.sqrt(2 * chance))


def differing(p: Floats, rate: float) -> tuple[Floats, NDArray[np.bool_]]:
    """p corrected for every pair and feature tried, and which differ beyond chance; each pair counts once."""
    one, other = np.triu_indices(p.shape[0], 1)
    told = p[one, other]
    there = np.isfinite(told)
    adjusted = np.ones_like(p)
    values = np.full(told.shape, np.nan)
    values[there] = corrected(told[there], int(there.sum()))
    adjusted[one, other] = adjusted[other, one] = values
    return adjusted, np.nan_to_num(adjusted, nan=1.0) <= rate


def outside_distance(names: Sequence[str], outside: Figures) -> Floats:
    """By place and other place, how far outside figures lie apart; nothing where they share none."""
    columns = []
    for figures in outside.values():
        plain = [name.split(", ")[0] for name in names]
        values = np.array(
            [figures.get(name, figures.get(short, np.nan)) for name, short in zip(names, plain, strict=True)]
        )
        known = values[np.isfinite(values)]
        if len(known) < _FEWEST_PLACES or known.min() == known.max():
            continue
        scale = np.log1p(values) if known.min() >= 0 else values
        columns.append((scale[:, None] - scale[None]) / np.nanstd(scale))
    if not columns:
        return np.full((len(names), len(names)), np.nan)
    return _root_mean(np.stack(columns, axis=-1) ** 2)


def together(*distances: Floats) -> Floats:
    """The root of the mean square of distances, each over its median among all pairs."""
    pairs = np.triu_indices(distances[0].shape[0], 1)
    scaled = []
    for each in distances:
        known = each[pairs][np.isfinite(each[pairs])]
        middle = float(np.median(known)) if len(known) else 0.0
        scaled.append((each / middle) ** 2 if middle > 0 else np.where(np.isfinite(each), 0.0, np.nan))
    return _root_mean(np.stack(scaled, axis=-1))


def _root_mean(squared: Floats) -> Floats:
    """The root of the mean along the last axis of those there are; nothing where there is none."""
    shared = np.isfinite(squared)
    mean = np.where(shared, squared, 0.0).sum(axis=-1) / np.maximum(shared.sum(axis=-1), 1)
    return np.where(shared.any(axis=-1), np.sqrt(np.maximum(mean, 0.0)), np.nan)
