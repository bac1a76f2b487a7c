"""Subgroup search: in which groups does which figure differ from that of the rest, each finding told once?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from shuke.analyses.false_discoveries import corrected
from shuke.analyses.subgroups import CellSums, Judged, drawn, judged, stratified

Attributes = tuple[str, ...]
Count = Callable[[Sequence[Attributes]], Mapping[Attributes, CellSums]]
"""The cells of each set of attributes, as the engine adds them up."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A group, by the number of a value of each attribute, of which a measure is unlike that of its parent.

    `within` are the conditions of the parent: all but one of the group's own.
    """

    measure: int
    group: tuple[tuple[str, int], ...]
    within: tuple[tuple[str, int], ...]
    p: float
    q: float
    higher: bool


@dataclass(frozen=True)
class Search:
    """What was found, how many comparisons were tried, and how many of them held, repeats counted."""

    findings: list[Finding]
    tried: int
    held: int


@dataclass(frozen=True)
class Rules:
    """How groups are searched: customers of the least one, the share of false discoveries, which measures
    are flags, and which are not compared by which attribute.
    """

    least: int
    rate: float
    flags: NDArray[np.bool_]
    apart: Mapping[str, NDArray[np.bool_]]


def search(count: Count, attributes: Sequence[str], rules: Rules) -> Search:
    """Every group of one and two conditions, and those of three around the strongest pairs of attributes.

    Of triples of attributes as many are looked at as there are attributes. That they are chosen by what
    their pairs showed does no harm: a group is tested within its parents, and how it differs there has
    nothing to do with how they differ from the rest.
    """
    one = dict(count([(name,) for name in attributes]))
    two = dict(count(list(combinations(attributes, 2)))) if len(attributes) > 1 else {}
    results = {names: _judged(names, cells, rules) for names, cells in (one | two).items()}
    chosen = _strongest(attributes, {names: results[names] for names in two})
    three = dict(count(chosen)) if chosen else {}
    results |= {names: _judged(names, cells, rules) for names, cells in three.items()}
    cells = one | two | three
    tried = sum(int(result.tried.sum()) for result in results.values())
    held = _held(results, cells, tried, rules.rate)
    return Search(_told_once(held, cells, rules.flags), tried, len(held))


def _judged(names: Attributes, cells: CellSums, rules: Rules) -> Judged:
    found = judged(cells, rules.flags, least=rules.least)
    tried = found.tried & ~np.any([rules.apart[name] for name in names], axis=0)
    return Judged(tried, np.where(tried, found.p, 1.0), found.parent)


def _strongest(attributes: Sequence[str], pairs: Mapping[Attributes, Judged]) -> Sequence[Attributes]:
    least = {names: float(result.p.min(initial=1.0)) for names, result in pairs.items()}

    def strength(names: Attributes) -> tuple[float, Attributes]:
        return sum(np.log(max(least[pair], 1e-300)) for pair in combinations(names, 2)), names

    return sorted(combinations(attributes, 3), key=strength)[: len(attributes)]


def _held(
    results: Mapping[Attributes, Judged], cells: Mapping[Attributes, CellSums], tried: int, rate: float
) -> list[Finding]:
    """What holds after correction for everything tried, the surest first."""
    where = [
        (names, place, float(result.p[tuple(place)]))
        for names, result in results.items()
        for place in np.argwhere(result.tried & (result.p <= rate))
    ]
    if not where:
        return []
    q = corrected(np.array([p for *_, p in where]), tried)
    found = [
        _finding(names, place, cells[names], int(results[names].parent[tuple(place)]), p, float(each))
        for (names, place, p), each in zip(where, q, strict=True)
        if each <= rate
    ]
    return sorted(found, key=lambda f: (f.p, len(f.group), f.measure, f.group))


def _finding(  # noqa: PLR0917 - a place in a table of cells, and what was found there
    names: Attributes, place: NDArray[np.intp], cells: CellSums, parent: int, p: float, q: float
) -> Finding:
    group = tuple((name, int(value)) for name, value in zip(names, place[:-1], strict=True))
    around = cells.over(parent).mean
    at = tuple(0 if axis == parent else value for axis, value in enumerate(place))
    return Finding(
        measure=int(place[-1]), group=group, p=p, q=q,
        within=tuple(each for axis, each in enumerate(group) if axis != parent),
        higher=bool(cells.mean[tuple(place)] > around[at]),
    )  # fmt: skip


def _told_once(
    found: list[Finding], cells: Mapping[Attributes, CellSums], flags: NDArray[np.bool_]
) -> list[Finding]:
    """The findings that others do not explain: what is left of them would have held by itself."""
    told: list[Finding] = []
    limit = max((each.p for each in found), default=0.0)
    for each in found:
        if any(_is_due_to(other, each, cells, flags) > limit for other in found if _is_part(other, each)):
            continue
        before = [other for other in told if other.measure == each.measure]
        if not _is_explained(each, before, cells, flags, limit=limit):
            told.append(each)
    return told


def _is_explained(
    each: Finding,
    before: list[Finding],
    cells: Mapping[Attributes, CellSums],
    flags: NDArray[np.bool_],
    *,
    limit: float,
) -> bool:
    if len(each.group) > 1:
        # Groups that share a condition share customers: the surest of them is told.
        return any(set(each.group) & set(other.group) for other in before if len(other.group) > 1)
    (name, value), flag = each.group[0], flags[each.measure : each.measure + 1]
    simple = [other.group[0] for other in before if len(other.group) == 1]
    same = [theirs for attribute, theirs in simple if attribute == name]
    if same and _beside(_of_one(cells[name,], each.measure), value, same, flag) > limit:
        return True
    return any(
        stratified(_of_one(_mine_first(cells, name, other), each.measure), flag)[value, 0] > limit
        for other in {attribute for attribute, _ in simple} - {name}
    )


def _is_part(smaller: Finding, larger: Finding) -> bool:
    """Whether a group is a part of another one, about the same measure."""
    return smaller.measure == larger.measure and set(smaller.group) > set(larger.group)


def _is_due_to(
    part: Finding, whole: Finding, cells: Mapping[Attributes, CellSums], flags: NDArray[np.bool_]
) -> float:
    """p of a group without that part of it, among those it is compared with."""
    names = tuple(name for name, _ in part.group)
    mine = _of_one(cells[names], part.measure)
    there = _members(mine, names, part.group)
    rest, around = (_members(mine, names, group).less(there) for group in (whole.group, whole.within))
    return float(drawn(rest, around, flags[part.measure : part.measure + 1]).item())


def _members(cells: CellSums, names: Attributes, group: tuple[tuple[str, int], ...]) -> CellSums:
    """All who meet the conditions, as one cell."""
    wanted = dict(group)
    place = tuple(slice(wanted[name], wanted[name] + 1) if name in wanted else slice(None) for name in names)
    parts = (part[place].sum(keepdims=True) for part in (cells.n, cells.s, cells.q))
    return CellSums(*parts)


def _mine_first(cells: Mapping[Attributes, CellSums], name: str, other: str) -> CellSums:
    if (name, other) in cells:
        return cells[name, other]
    turned = cells[other, name]
    return CellSums(*(np.swapaxes(part, 0, 1) for part in (turned.n, turned.s, turned.q)))


def _of_one(cells: CellSums, measure: int) -> CellSums:
    return CellSums(*(part[..., measure : measure + 1] for part in (cells.n, cells.s, cells.q)))


def _beside(cells: CellSums, value: int, told: list[int], flags: NDArray[np.bool_]) -> float:
    """p of a value among those of its attribute of which nothing is told yet."""
    left = np.setdiff1d(np.arange(cells.n.shape[0]), told)
    rest = CellSums(*(part[left] for part in (cells.n, cells.s, cells.q)))
    (here,) = np.flatnonzero(left == value)
    mine = CellSums(*(part[here : here + 1] for part in (rest.n, rest.s, rest.q)))
    return float(drawn(mine, rest.over(0), flags)[0, 0])
