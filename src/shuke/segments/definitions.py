"""Definitions: which segments are there, and in which order can they be told?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from shuke.errors import ShukeError, WrongCall
from shuke.languages import N_
from shuke.segments.expression import Expression
from shuke.segments.reading import DEEPEST, expression
from shuke.segments.segment import Segment
from shuke.segments.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class Readable:
    """A segment with its condition as it is read today; none for a list."""

    segment: Segment
    condition: Expression | None

    def __repr__(self) -> str:  # fingerprints are made of it
        return repr(self.segment)


@dataclass(frozen=True)
class Read:
    """Those that can be told, each after those that it names; and of the others why not."""

    readable: tuple[Readable, ...]
    failed: Mapping[str, ShukeError]


def read(segments: Iterable[Segment], vocabulary: Vocabulary) -> Read:
    """What every segment states, by a vocabulary that may have changed since it was written."""
    found: dict[str, Readable] = {}
    failed: dict[str, ShukeError] = {}
    for segment in segments:
        try:
            condition = expression(segment.expression, vocabulary) if segment.expression is not None else None
            found[segment.name] = Readable(segment=segment, condition=condition)
        except WrongCall as error:
            failed[segment.name] = error
    ordered: dict[str, Readable] = {}
    for name in _order(found, failed):
        missing = next((other for other in sorted(_names(found[name])) if other not in ordered), None)
        if missing:
            failed[name] = failed.get(missing) or unknown(missing)
        else:
            ordered[name] = found[name]
    return Read(tuple(ordered.values()), failed)


def check(new: Segment, others: Iterable[Segment], vocabulary: Vocabulary) -> Expression | None:
    """The condition of a segment beside the others; raises `WrongCall` where it cannot be told."""
    every = {each.name: each for each in others} | {new.name: new}
    found = read(every.values(), vocabulary)
    if new.name in found.failed:
        raise found.failed[new.name]
    if _depth(new.name, {each.segment.name: each for each in found.readable}) > DEEPEST:
        raise WrongCall(N_("Conditions may be nested at most {limit} deep."), limit=DEEPEST)
    return next(each.condition for each in found.readable if each.segment.name == new.name)


def _depth(name: str, readable: Mapping[str, Readable]) -> int:
    """How many segments hang from one another, from this one on."""
    depth, level = 0, {name}
    while level:
        level = {other for one in level for other in _names(readable[one])}
        depth += 1
    return depth


def unknown(name: str) -> ShukeError:
    return WrongCall(N_("There is no segment {name}."), name=name)


def _names(one: Readable) -> frozenset[str]:
    return one.condition.segments if one.condition else frozenset()


def _order(found: Mapping[str, Readable], failed: dict[str, ShukeError]) -> list[str]:
    """The names, each after those that it names; those that name one another in a circle fail."""
    left = dict(found)
    while True:
        graph = {name: sorted(_names(one) & left.keys()) for name, one in sorted(left.items())}
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = error.args[1]
            for name in circle:
                failed[name] = WrongCall(
                    N_("These segments name one another in a circle: {names}."), names=" → ".join(circle)
                )
                left.pop(name, None)
