"""Guards: what must never be in one cluster?

A guard looks at the profiles of two clusters and says whether joining them would break it. What a person
has joined against a guard stays.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from shuke.identity.verdicts import OTHER_SIDE, Mark


@dataclass
class ClusterProfile:
    """Who stands in a cluster, and what keeps it apart from another; grows as clusters join.

    `conflicts` are the records that contradict one of its own (see `contradictions`); `odds` is what the
    compared pairs say, in bits, of its own records and others.
    """

    records: set[str] = field(default_factory=set)
    conflicts: set[str] = field(default_factory=set)
    odds: dict[str, dict[str, float]] = field(default_factory=dict)  # own record -> other -> bits
    marks: set[Mark] = field(default_factory=set)

    def take(self, other: "ClusterProfile") -> None:
        """Take in another one, which is no longer used after that."""
        self.records |= other.records
        self.conflicts |= other.conflicts
        self.odds |= other.odds
        self.marks |= other.marks


Guard = Callable[[ClusterProfile, ClusterProfile], bool]
"""Whether two clusters must stay apart."""


def decided_apart(one: ClusterProfile, other: ClusterProfile) -> bool:
    """Somebody has decided that a record of the one and a record of the other are not one customer."""
    fewer, more = sorted((one.marks, other.marks), key=len)
    return any((number, OTHER_SIDE[side]) in more for number, side in fewer)


def contradicted(one: ClusterProfile, other: ClusterProfile) -> bool:
    """A record of the one and a record of the other say what one customer cannot both say."""
    return not (one.conflicts.isdisjoint(other.records) and other.conflicts.isdisjoint(one.records))


GUARDS: tuple[Guard, ...] = (decided_apart, contradicted)


def breaks(one: ClusterProfile, other: ClusterProfile, guards: Iterable[Guard] = GUARDS) -> bool:
    """Whether joining two clusters breaks any guard."""
    return any(guard(one, other) for guard in guards)


def unlikely(one: ClusterProfile, other: ClusterProfile) -> bool:
    """Whether the records of two clusters that were compared are on average less likely one than two.

    So two customers do not become one for a single pair of their records that happen to be alike
    (average linkage, over the pairs that were compared).
    """
    small, large = sorted((one, other), key=lambda profile: len(profile.records))
    bits = [
        said[there]
        for here in small.records
        if (said := small.odds.get(here))
        for there in said.keys() & large.records
    ]
    return sum(bits) < 0
