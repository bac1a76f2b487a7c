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
WORTH_U, WORTH_M = 10_000.0, 100.0

#: What has not been met by chance may be: so many pairs of each level stand beside those that were.
_UNSEEN = 0.5

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
class ObservedLevels:
    """What pairs came to, and how many to the same: `levels` as `Scorer.compare` writes them.

    `bearers` has, for each comparison in which rarity counts, how many bear what the two have in common;
    `expected`, for each of which that can be said, how many would by chance (0: unknown); `sources` the two
    sources.
    """

    levels: Sequence[str]
    term_frequencies: Mapping[str, Sequence[float]]
    expected: Mapping[str, Sequence[float]]
    sources: Sequence[str]
    pairs: Sequence[int]


@dataclass(frozen=True)
class Population:
    """Among how many customers chance is met, and how many records each has."""

    customers: float
    each: float

    @classmethod
    def of(cls, records: float, matches: float) -> "Population":
        # So many records has the customer of a record, on average: its own, and those that it matches.
        each = 1 + 2 * matches / max(records, 1.0)
        return cls(customers=records / each, each=each)

    @property
    def records(self) -> float:
        return self.customers * self.each


@dataclass
class Estimates:
    """What was found, per comparison and level; `prior` in bits, of two records at random."""

    prior: float
    matches: float
    crowd: Population
    m: dict[str, list[float]] = field(default_factory=dict)
    u: dict[str, list[float]] = field(default_factory=dict)
    sources: dict[str, tuple[float, float]] = field(default_factory=dict)  # share of matches, of all pairs


def estimated(
    comparisons: Sequence[Comparison],
    compared: ObservedLevels,
    sample: ObservedLevels,
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
    u = _chance(comparisons, _LevelCounts(drawn, np.ones(len(drawn.pairs))))
    lean, matches = np.zeros(len(spread)), records / 2
    for _ in range(_ROUNDS):
        prior = np.log2(matches + 1) - np.log2(total + FEW)
        crowd = Population.of(records, matches)
        ours = seen.probability(m, u, crowd, prior + (lean[seen.sources] if len(lean) else 0.0))
        others = _LevelCounts(drawn, 1 - drawn.probability(m, u, crowd, prior))
        matches, m = float((ours * seen.pairs).sum()), _identity(comparisons, _LevelCounts(seen, ours))
        u = _with_keyed(
            _chance(comparisons, others), comparisons, others, _LevelCounts(seen, 1 - ours), total
        )
        if len(spread):
            found = np.bincount(seen.sources, ours * seen.pairs, len(spread))
            shared = (found + _WORTH_SOURCES * spread) / (matches + _WORTH_SOURCES)
            met = spread > 0  # a source with one record has no pairs
            lean[met] = np.clip(np.log2(shared[met] / spread[met]), -_LOUDEST, _LOUDEST)
    return Estimates(
        prior=round(float(np.log2(matches + 1) - np.log2(total + FEW)), _DIGITS),
        matches=round(matches, 3),
        crowd=Population(round(crowd.customers, 3), round(crowd.each, 6)),
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

    def __init__(
        self, comparisons: Sequence[Comparison], counted: ObservedLevels, sources: list[str]
    ) -> None:
        self.comparisons = comparisons
        self.pairs = np.array(counted.pairs, dtype=float)
        self.term_frequencies, self.expected = (
            {name: np.array(many, dtype=float) for name, many in by_name.items()}
            for by_name in (counted.term_frequencies, counted.expected)
        )
        place = {name: n for n, name in enumerate(sources)}
        self.sources = np.array([place.get(name, 0) for name in counted.sources], dtype=int)
        codes = np.array([[ord(letter) for letter in levels] for levels in counted.levels], dtype=int)
        codes = codes.reshape(len(self.pairs), len(comparisons) + 1)
        self.apart, codes = codes[:, -1] == ord(CONTRADICTORY), codes[:, :-1]
        self.levels = np.where(codes == ord(SILENT), -1, codes - ord(FIRST))

    def probability(
        self, m: list[np.ndarray], u: list[np.ndarray], crowd: Population, prior: np.ndarray | float
    ) -> np.ndarray:
        """That two are one customer."""
        bits = np.where(self.apart, APART, 0.0) + prior
        for nth, comparison in enumerate(self.comparisons):
            level = self.levels[:, nth]
            one, other = np.append(m[nth], 1.0)[level], np.append(u[nth], 1.0)[level]  # the last is silence
            if comparison.name in self.term_frequencies:
                borne = self.term_frequencies[comparison.name]
                expected = self.expected.get(comparison.name, np.zeros(1))
                usual = np.where(expected > 0, expected / crowd.records, other)
                other = np.where(
                    borne > 0, share(np.maximum(borne - 2, 0), usual, crowd.customers, crowd.each), other
                )
            bits = bits + np.log2(one / other)
        return 1 / (1 + 2.0 ** -np.clip(bits, -200, 200))


def share(others: Any, u: Any, customers: Any, each: Any) -> Any:
    """How probable it is that somebody else bears what a customer bears, of numbers or of columns.

    `others` are the bearers beside the two records; so many of them are again of one customer as customers
    have records. What is rare in the records may be so by chance: it stands beside `u`, the share expected of
    it or else that of what two records have in common on average, as so many bearers as a value of that share
    has in `LIKE`.
    """
    return (others / each + LIKE) / (customers + LIKE / u)


class _LevelCounts(NamedTuple):
    """Pairs, each as far as it is one customer's, or as far as it is not."""

    pairs: _Pairs
    part: np.ndarray

    def met(self, nth: int) -> np.ndarray:
        """How many come to each level of the nth comparison."""
        levels, size = self.pairs.levels[:, nth], len(self.pairs.comparisons[nth].levels)
        said = levels >= 0
        return np.bincount(levels[said], (self.part * self.pairs.pairs)[said], size)


def _chance(comparisons: Sequence[Comparison], others: _LevelCounts) -> list[np.ndarray]:
    """u: the shares of the levels in the sample."""
    return [
        _shares(c, others.met(nth), _Shipped(WORTH_U, _u(c), _UNSEEN)) for nth, c in enumerate(comparisons)
    ]


def _with_keyed(
    u: list[np.ndarray],
    comparisons: Sequence[Comparison],
    sample: _LevelCounts,
    compared: _LevelCounts,
    total: float,
) -> list[np.ndarray]:
    """u, where what all who agree on are compared for is counted in all pairs, of which there are `total`."""
    drawn = max(float((sample.part * sample.pairs.pairs).sum()), 1.0)
    for nth, comparison in enumerate(comparisons):
        speaking = total * sample.met(nth).sum() / drawn
        met = compared.met(nth)
        for at, level in enumerate(comparison.levels):
            if level.keyed:
                u[nth][at] = (met[at] + WORTH_U * level.u + _UNSEEN) / (max(speaking, met[at]) + WORTH_U)
    return u


def _identity(comparisons: Sequence[Comparison], ours: _LevelCounts) -> list[np.ndarray]:
    """m: the shares of the levels in the compared pairs."""
    found = []
    for nth, comparison in enumerate(comparisons):
        shares = _shares(comparison, ours.met(nth), _Shipped(WORTH_M, _m(comparison), 0.0))
        names = [level.name for level in comparison.levels]
        found.append(shares[[names.index(level.of or level.name) for level in comparison.levels]])
    return found


def _m(comparison: Comparison) -> list[float]:
    return [level.m for level in comparison.levels]


def _u(comparison: Comparison) -> list[float]:
    return [level.u for level in comparison.levels]


class _Shipped(NamedTuple):
    """What stands beside what is counted: `shares` of so many pairs, and `unseen` more of each level."""

    worth: float
    shares: list[float]
    unseen: float


def _shares(comparison: Comparison, met: np.ndarray, shipped: _Shipped) -> np.ndarray:
    """Dirichlet's posterior mean: what was met, beside what is shipped; a case counts as what it is of."""
    before, counts = np.array(shipped.shares), met.copy()
    names = [level.name for level in comparison.levels]
    for at, level in enumerate(comparison.levels):
        if level.of:
            counts[names.index(level.of)] += met[at]
    free = np.array([not level.fixed for level in comparison.levels])
    total = counts[free].sum() + shipped.worth + shipped.unseen * len(before)
    return np.where(free, (counts + shipped.worth * before + shipped.unseen) / total, before)
