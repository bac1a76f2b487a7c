"""Estimates: how often does each level come up, of one customer and by chance, as these records show it?

Expectation maximisation of the model of Fellegi and Sunter (Winkler 1988) over what all pairs came to,
counted: the compared ones, and a sample of all, which knows what chance does. A pair that was never
compared is taken for chance. What is asked for here is small, whatever the number of records.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from shuke.identity.comparisons import Comparison
from shuke.identity.scoring import CONTRADICTORY, FIRST, SILENT

#: How many pairs by chance, and how many of one customer, what is shipped counts as.
WORTH_U, WORTH_M = 10_000.0, 400.0

#: How many bearers what is common on average counts as, beside those who are counted.
LIKE = 0.5

#: Among fewer records than this, chance is taken for what it would be among so many.
FEW = 1_000

#: How many pairs of one customer, spread as chance spreads them, stand beside what two sources show.
_WORTH_SOURCES = 5.0

#: By how many bits two sources can speak for or against, however seldom they have somebody in common.
_LOUDEST = 6.0

#: What a contradiction weighs: more than all agreements together.
APART = -60.0

_ROUNDS = 12
_DIGITS = 6


@dataclass(frozen=True)
class Counted:
    """What pairs came to, and how many to the same: `levels` as `Scorer.compare` writes them.

    `bearers` has, for each comparison in which rarity counts, how many bear what the two have in common;
    `sources` the two sources.
    """

    levels: Sequence[str]
    bearers: Mapping[str, Sequence[float]]
    sources: Sequence[str]
    pairs: Sequence[int]


@dataclass(frozen=True)
class Crowd:
    """Among how many customers chance is met, and how many records each has."""

    customers: float
    each: float

    @classmethod
    def of(cls, records: float, matches: float) -> "Crowd":
        # So many records has the customer of a record, on average: its own, and those that it matches.
        each = 1 + 2 * matches / max(records, 1.0)
        return cls(customers=records / each, each=each)


@dataclass
class Estimates:
    """What was found, per comparison and level; `prior` in bits, of two records at random."""

    prior: float
    matches: float
    crowd: Crowd
    m: dict[str, list[float]] = field(default_factory=dict)
    u: dict[str, list[float]] = field(default_factory=dict)
    sources: dict[str, tuple[float, float]] = field(default_factory=dict)  # share of matches, of all pairs


def estimated(
    comparisons: Sequence[Comparison],
    compared: Counted,
    sample: Counted,
    *,
    records: int,
    between: dict[str, float],
) -> Estimates:
    """m and u of each level, the prior, and the share that each two sources have in both.

    `between` is how many pairs of records there are between each two sources.
    """
    seen, drawn = _Pairs(comparisons, compared, sorted(between)), _Pairs(comparisons, sample, [])
    total = max(sum(between.values()), 1.0)
    spread = np.array([between[name] / total for name in sorted(between)])
    m = [np.array(_m(c)) for c in comparisons]
    u = _chance(comparisons, drawn, np.ones(len(drawn.pairs)))
    lean, matches = np.zeros(len(spread)), records / 2
    for _ in range(_ROUNDS):
        prior = np.log2(matches + 1) - np.log2(total + FEW)
        crowd = Crowd.of(records, matches)
        ours = seen.probability(m, u, crowd, prior + (lean[seen.sources] if len(lean) else 0.0))
        chance = _chance(comparisons, drawn, 1 - drawn.probability(m, u, crowd, prior))
        matches, m = float((ours * seen.pairs).sum()), _identity(comparisons, seen, ours)
        u = chance
        if len(spread):
            found = np.bincount(seen.sources, ours * seen.pairs, len(spread))
            shared = (found + _WORTH_SOURCES * spread) / (matches + _WORTH_SOURCES)
            met = spread > 0  # a source with one record has no pairs
            lean[met] = np.clip(np.log2(shared[met] / spread[met]), -_LOUDEST, _LOUDEST)
    return Estimates(
        prior=round(float(np.log2(matches + 1) - np.log2(total + FEW)), _DIGITS),
        matches=round(matches, 3),
        crowd=Crowd(round(crowd.customers, 3), round(crowd.each, 6)),
        m={c.name: _rounded(each) for c, each in zip(comparisons, m, strict=True)},
        u={c.name: _rounded(each) for c, each in zip(comparisons, u, strict=True)},
        sources={
            name: (float(2**bits * share), float(share))
            for name, bits, share in zip(sorted(between), lean, spread, strict=True)
        },
    )


def _rounded(shares: np.ndarray) -> list[float]:
    # The last digits are not the same on every machine.
    return [float(f"{share:.5e}") for share in shares]


class _Pairs:
    """Pairs by what they came to, as arrays."""

    def __init__(self, comparisons: Sequence[Comparison], counted: Counted, sources: list[str]) -> None:
        self.comparisons = comparisons
        self.pairs = np.array(counted.pairs, dtype=float)
        self.bearers = {name: np.array(many, dtype=float) for name, many in counted.bearers.items()}
        place = {name: n for n, name in enumerate(sources)}
        self.sources = np.array([place.get(name, 0) for name in counted.sources], dtype=int)
        codes = np.array([[ord(letter) for letter in levels] for levels in counted.levels], dtype=int)
        codes = codes.reshape(len(self.pairs), len(comparisons) + 1)
        self.apart, codes = codes[:, -1] == ord(CONTRADICTORY), codes[:, :-1]
        self.levels = np.where(codes == ord(SILENT), -1, codes - ord(FIRST))

    def probability(
        self, m: list[np.ndarray], u: list[np.ndarray], crowd: Crowd, prior: np.ndarray | float
    ) -> np.ndarray:
        """That two are one customer."""
        bits = np.where(self.apart, APART, 0.0) + prior
        for nth, comparison in enumerate(self.comparisons):
            level = self.levels[:, nth]
            one, other = np.append(m[nth], 1.0)[level], np.append(u[nth], 1.0)[level]  # the last is silence
            if comparison.name in self.bearers:
                borne = self.bearers[comparison.name]
                other = np.where(
                    borne > 0, share(np.maximum(borne - 2, 0), other, crowd.customers, crowd.each), other
                )
            bits = bits + np.log2(one / other)
        return 1 / (1 + 2.0 ** -np.clip(bits, -200, 200))


def share(others: Any, u: Any, customers: Any, each: Any) -> Any:
    """How probable it is that somebody else bears what a customer bears, of numbers or of columns.

    `others` are the bearers beside the two records; so many of them are again of one customer as customers
    have records. What is rare in the records may be so by chance: it stands beside what two records have in
    common on average, `u`, as so many bearers as a value of that share has in `LIKE`.
    """
    return (others / each + LIKE) / (customers + LIKE / u)


def _chance(comparisons: Sequence[Comparison], drawn: _Pairs, weight: np.ndarray) -> list[np.ndarray]:
    """u: the shares of the levels in the sample, each pair as far as it is not one customer's."""
    return [
        _shares(
            c, drawn.levels[:, nth], weight * drawn.pairs, _Shipped(WORTH_U, [x.u for x in c.levels], 0.5)
        )
        for nth, c in enumerate(comparisons)
    ]


def _identity(comparisons: Sequence[Comparison], seen: _Pairs, ours: np.ndarray) -> list[np.ndarray]:
    """m: the shares of the levels in the compared pairs, each as far as it is one customer's."""
    return [
        _shares(c, seen.levels[:, nth], ours * seen.pairs, _Shipped(WORTH_M, _m(c), 0.0))
        for nth, c in enumerate(comparisons)
    ]


def _m(comparison: Comparison) -> list[float]:
    return [level.m for level in comparison.levels]


def _u(comparison: Comparison) -> list[float]:
    return [level.u for level in comparison.levels]


class _Shipped(NamedTuple):
    """What stands beside what is counted: `shares` of so many pairs, and `unseen` more of each level."""

    worth: float
    shares: list[float]
    unseen: float  # what has not been met may be


def _shares(comparison: Comparison, levels: np.ndarray, weight: np.ndarray, shipped: _Shipped) -> np.ndarray:
    """Dirichlet's posterior mean: what was counted, beside what is shipped."""
    said, before = levels >= 0, np.array(shipped.shares)
    counts = np.bincount(levels[said], weight[said], len(before))
    free = np.array([not level.fixed for level in comparison.levels])
    total = counts[free].sum() + shipped.worth + shipped.unseen * len(before)
    return np.where(free, (counts + shipped.worth * before + shipped.unseen) / total, before)
