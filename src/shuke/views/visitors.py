"""Visitors: what may an anonymous visitor like to see next?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

import ibis.expr.types as ir

from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.engine.reader import Reader
from shuke.errors import UnknownTable
from shuke.languages import N_, Text
from shuke.models.session import MINUTES, ProductTies, Suggestion, VisitorEvent, heard, suggestions, ties
from shuke.models.signals import Weights
from shuke.settings import FILE
from shuke.views.viewer import Viewer

#: What is read of a build, and the table whose answers in shuke.toml hold for visitors too.
TABLE, ASKED = "related_products", "recommendations"

#: What these answers are called there.
_LOUDNESS = {"carts": "cart", "favourites": "favourite", "searches": "search", "views": "view"}


@dataclass(frozen=True)
class IgnoredEvent:
    """An event that says nothing of what its visitor may like; `event` counts from 0."""

    event: int
    why: Text


@dataclass(frozen=True)
class VisitorSuggestions:
    """What to show a visitor, by the current build."""

    build: int
    as_of: date
    products: tuple[Suggestion, ...]
    unheard: tuple[IgnoredEvent, ...]


def suggest(
    project: Project, events: Sequence[VisitorEvent], *, many: int = 10, viewer: Viewer
) -> VisitorSuggestions:
    """The `many` products that the events of a visit speak for; what is popular where they speak for none.

    What goes with what is the build's, so that nothing is fitted while a visitor waits. What shuke.toml says
    of `recommendations` (`suppressed`, and what carts, favourites, searches and views count) holds here too.
    """
    viewer.require(Capability.SEE)
    opened = project.open()
    known, asked = _ties(opened), project.settings.answers(ASKED)
    loud = {ours: float(asked[theirs]) for theirs, ours in _LOUDNESS.items() if theirs in asked}
    found = suggestions(
        events, known, many=many, suppressed=asked.get("suppressed", ()),
        weights=Weights(half_life=MINUTES, **loud),
    )  # fmt: skip
    told = [(n, heard(event, known)) for n, event in enumerate(events)]
    unheard = tuple(IgnoredEvent(n, why) for n, why in told if isinstance(why, Text))
    return VisitorSuggestions(opened.build.number, opened.build.manifest.as_of, tuple(found), unheard)


#: Read once for each build that is open, for as long as it is.
_READ: WeakKeyDictionary[Reader, ProductTies] = WeakKeyDictionary()


def _ties(opened: Opened) -> ProductTies:
    known = _READ.get(opened.reader)
    if known is None:
        known = _READ[opened.reader] = ties(_table(opened))
    return known


def _table(opened: Opened) -> ir.Table:
    if TABLE not in opened.build.manifest.tables:
        raise UnknownTable(
            N_("Build {number} has no table {table}, by which visitors are told what they may like. Name it "
               "among the analyses in {file} and build again."),
            number=opened.build.number, table=TABLE, file=FILE,
        )  # fmt: skip
    return opened.table(TABLE)
