"""Guards: what must never stand in one cluster?

A guard looks at the profiles of two clusters and says whether joining them would break it. Joining may
never make a cluster worse than the worse of its parts: what a person has joined against a guard stays.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from shuke.identity.verdicts import OTHER_SIDE, Mark

#: Of one name and at one address, so many years apart: a parent and a child.
GENERATION = timedelta(days=12 * 365)

#: How many independent sources it takes to settle a birth date.
SETTLED_BY = 2

Lives = dict[str, tuple[date, date]]
"""Given name -> the earliest and the latest birth date of those who have it."""


@dataclass
class Profile:
    """What the records of a cluster say that could keep it apart from another; grows as clusters join."""

    records: int = 1
    kinds: set[str] = field(default_factory=set)
    residents: set[str] = field(default_factory=set)
    births: dict[date, set[str]] = field(default_factory=dict)  # and which sources say so
    settled: set[date] = field(default_factory=set)
    families: dict[tuple[str, str], Lives] = field(default_factory=dict)  # by address and family name
    marks: set[Mark] = field(default_factory=set)

    def take(self, other: "Profile") -> None:
        """Take in another one, which is no longer used after that."""
        self.records += other.records
        self.kinds |= other.kinds
        self.residents |= other.residents
        self.settled |= other.settled | _settled_by_both(self, other)
        for birth, sources in other.births.items():
            self.births.setdefault(birth, set()).update(sources)
        for home, lives in other.families.items():
            ours = self.families.setdefault(home, {})
            for given, (first, last) in lives.items():
                earliest, latest = ours.get(given, (first, last))
                ours[given] = (min(first, earliest), max(last, latest))
        self.marks |= other.marks


Guard = Callable[[Profile, Profile], bool]
"""Whether two clusters must stay apart."""


def decided_apart(one: Profile, other: Profile) -> bool:
    """Somebody has decided that a record of the one and a record of the other are not one customer."""
    fewer, more = sorted((one.marks, other.marks), key=len)
    return any((number, OTHER_SIDE[side]) in more for number, side in fewer)


def two_residents(one: Profile, other: Profile) -> bool:
    """Two identity numbers, of a kind whose check digit rejects a slip."""
    return _more(one.residents, other.residents)


def two_births(one: Profile, other: Profile) -> bool:
    """Two birth dates, each of which two independent sources say."""
    settled = one.settled | other.settled | _settled_by_both(one, other)
    return len(settled) > max(1, len(one.settled), len(other.settled))


def two_generations(one: Profile, other: Profile) -> bool:
    """Two people of one family at one address, with given names of their own, born a generation apart."""
    shared = one.families.keys() & other.families.keys()
    return any(_are_generations(one.families[home], other.families[home]) for home in shared)


def two_kinds(one: Profile, other: Profile) -> bool:
    """A person and an organisation."""
    return _more(one.kinds, other.kinds)


GUARDS: tuple[Guard, ...] = (decided_apart, two_residents, two_births, two_generations, two_kinds)


def breaks(one: Profile, other: Profile, guards: Iterable[Guard] = GUARDS) -> bool:
    """Whether joining two clusters breaks any guard."""
    return any(guard(one, other) for guard in guards)


def _more(one: set[str], other: set[str]) -> bool:
    """Whether together they have several, and more than either has."""
    return len(one | other) > max(1, len(one), len(other))


def _settled_by_both(one: Profile, other: Profile) -> set[date]:
    """The birth dates that both give and, together, enough sources."""
    shared = one.births.keys() & other.births.keys()
    return {day for day in shared if len(one.births[day] | other.births[day]) >= SETTLED_BY}


def _are_generations(one: Lives, other: Lives) -> bool:
    return any(
        _differ(given, named) and (last - early >= GENERATION or late - first >= GENERATION)
        for given, (first, last) in one.items()
        if given not in other
        for named, (early, late) in other.items()
        if named not in one
    )


def _differ(one: str, other: str) -> bool:
    """Whether two given names are neither initial nor slip of one another."""
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return not long.startswith(short)
    if len(long) < 4:
        return short != long
    start = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    one_rest, other_rest = short[start:], long[start:]
    another_letter = one_rest[1:] == other_rest[1:]
    a_letter_more = one_rest == other_rest[1:]
    swapped = one_rest[:2] == other_rest[:2][::-1] and one_rest[2:] == other_rest[2:]
    return not (another_letter or a_letter_more or swapped)
