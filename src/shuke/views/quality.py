"""Quality: how good is the data, what lies behind each score, and what should be done about it?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any

import ibis

from shuke import formats
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.errors import WrongCall
from shuke.graph.names import LANDED
from shuke.languages import N_, Text, _
from shuke.quality.dimensions import DIMENSIONS, FIELD_KEY
from shuke.tables import CANONICAL, IDENTIFIERS
from shuke.views import import_accounts, tables, unused_fields
from shuke.views.import_accounts import IncompleteLines
from shuke.views.query import Condition
from shuke.views.unused_fields import Unused
from shuke.views.viewer import Viewer

#: Fewer than so many counted say little of a source.
TELLING = 30

#: How many days of the trend a door shows.
LOOKS = 12

#: How many customers of the refresh list.
CALLS = 10


class UnknownSource(WrongCall, KeyError):
    """Nothing of that source is weighed (HTTP 404)."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """One field of one source in one dimension, and where the rows are that are not good."""

    source: str
    table: str
    attribute: str
    title: Text
    dimension: str
    good: int
    of: int
    score: float | None  # none: too little to tell
    low: float | None
    high: float | None
    trend: tuple[float, ...]  # of the last builds, the oldest first, this one included
    rows: str  # the table that holds the rows
    where: tuple[Condition, ...]  # the conditions that find those that are not good

    @property
    def wrong(self) -> int:
        return self.of - self.good

    @property
    def change(self) -> float | None:
        """Since the build before."""
        return self.trend[-1] - self.trend[-2] if len(self.trend) > 1 else None


@dataclass(frozen=True, kw_only=True)
class SourceQuality:
    """A source in all: the share of good ones by dimension, and the mean of these."""

    name: str
    dimensions: Mapping[str, float]
    score: float
    change: float | None  # of the mean, since the build before, over the fields that both have


@dataclass(frozen=True, kw_only=True)
class Refresh:
    """A customer whose facts should be asked for anew."""

    place: int
    customer_id: str
    name: str | None  # as far as the viewer may see it
    monetary: Decimal
    recency_days: int
    expired: tuple[Text, ...]
    soon: tuple[Text, ...]
    channel: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Decay:
    """How long what a source says of an attribute stands, in days."""

    source: str
    attribute: str
    title: Text
    replaced: int
    half_life: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Quality:
    as_of: date
    build: int
    sources: tuple[SourceQuality, ...]  # the worst first
    scores: tuple[Score, ...]  # the worst first, those without a score last
    customers: float | None  # the mean score of a customer
    refresh: tuple[Refresh, ...]  # the most valuable first
    to_refresh: int  # how many customers there are to ask
    decay: tuple[Decay, ...]  # the fastest first
    unused: tuple[Unused, ...]
    incomplete_lines: tuple[IncompleteLines, ...]  # sources whose lines lack what lines should say

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """Those in which anything was weighed."""
        return tuple(d for d in DIMENSIONS if any(d in source.dimensions for source in self.sources))

    @property
    def striking(self) -> Score | None:
        """The one score to look at first: the lowest; that a field is not filled comes last."""
        told = [s for s in self.scores if s.score is not None and s.of >= TELLING and s.wrong]
        return min(told, key=lambda s: (s.dimension == "completeness", s.score), default=None)


def quality(project: Project, source: str | None = None, *, viewer: Viewer) -> Quality:
    """The quality of all sources, or of one; what should be done is told of all in either case."""
    viewer.require(Capability.SEE)
    opened = project.open()
    scores = _scores(opened)
    if source is not None and not any(s.source == source for s in scores):
        known = ", ".join(sorted({s.source for s in scores}))
        raise UnknownSource(N_("Nothing of source {source} is weighed. There are: {sources}."),
                            source=source, sources=known or "-")  # fmt: skip
    chosen = tuple(s for s in scores if source in (None, s.source))
    manifest = opened.build.manifest
    calls, to_refresh = _refresh(opened, viewer)
    return Quality(
        as_of=manifest.as_of,
        build=manifest.number,
        sources=_sources(chosen),
        scores=chosen,
        customers=_customers(opened),
        refresh=calls,
        to_refresh=to_refresh,
        decay=tuple(d for d in _decay(opened) if source in (None, d.source)),
        unused=tuple(u for u in unused_fields.unused(project, opened) if source in (None, u.source)),
        incomplete_lines=tuple(
            u for u in import_accounts.incomplete_lines(opened) if source in (None, u.source)
        ),
    )


def sentence(found: Quality) -> str:
    """What stands out, in the words of the reader."""
    worst = found.striking
    if not found.scores:
        return _("Nothing has been weighed yet: import people, their identifiers or orders.")
    if worst is None:
        return _("Nothing stands out: what is filled in is as it should be.")
    template = _(
        "What stands out: {field} from {source}. {dimension} is {share}; "
        "{wrong} of {all} are not as they should be."
    )
    return template.format(
        field=worst.title, source=worst.source, dimension=DIMENSIONS[worst.dimension],
        share=formats.share(worst.score), wrong=formats.number(worst.wrong), all=formats.number(worst.of),
    )  # fmt: skip


def title(table: str, attribute: str) -> Text:
    """What a person calls a field."""
    if attribute == "record":
        return Text("Records", "记录")
    if table == "identifiers" or (table == "facts" and attribute in IDENTIFIERS):
        return IDENTIFIERS[attribute].title if attribute in IDENTIFIERS else Text(attribute, attribute)
    declared = CANONICAL[table if table in CANONICAL else "people"]
    known = {column.name: column.title for column in declared}
    return known.get(attribute, Text(attribute, attribute))


def behind(field: Mapping[str, Any]) -> tuple[str, tuple[Condition, ...]]:
    """The table and the conditions whose rows are those of a field that are not good."""
    of_source, attribute = Condition("source", "eq", field["source"]), field["attribute"]
    about = Condition("attribute", "eq", attribute)
    if field["table_name"] == "facts":
        return "facts", (
            of_source,
            about,
            Condition("believed", "eq", "false"),
            Condition("believed_until", "given"),
        )
    if field["table_name"] == "agreements":
        return "agreements", (of_source, about, Condition("agrees", "eq", "false"))
    if field["dimension"] == "completeness" and field["table_name"] != "identifiers":
        return LANDED + field["table_name"], (of_source, Condition(attribute, "empty"))
    return "quality_exceptions", tuple(Condition(name, "eq", field[name]) for name in FIELD_KEY)


def _rows(opened: Opened, name: str) -> list[dict[str, Any]]:
    """The rows of a table of figures; none where this build has no such table."""
    return opened.table(name).to_pyarrow().to_pylist() if name in opened.reader.tables else []


def _scores(opened: Opened) -> tuple[Score, ...]:
    trends = _trends(opened)
    scores = [_score(row, trends) for row in _rows(opened, "field_quality")]
    return tuple(
        sorted(scores, key=lambda s: (s.score is None, s.score or 0.0, s.source, s.attribute, s.dimension))
    )


def _score(row: dict[str, Any], trends: Mapping[tuple[str, ...], list[float]]) -> Score:
    rows, where = behind(row)
    return Score(
        source=row["source"], table=row["table_name"], attribute=row["attribute"],
        title=title(row["table_name"], row["attribute"]), dimension=row["dimension"], good=row["good"],
        of=row["of"], score=row["score"], low=row["low"], high=row["high"], rows=rows, where=where,
        trend=tuple(trends[tuple(row[name] for name in FIELD_KEY)][-LOOKS:]),
    )  # fmt: skip


def _trends(opened: Opened) -> Mapping[tuple[str, ...], list[float]]:
    """By field, its scores up to this build's day, the oldest first."""
    until = [row for row in _rows(opened, "quality_trend") if row["day"] <= opened.build.manifest.as_of]
    found: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for row in sorted(until, key=lambda row: row["day"]):
        if row["score"] is not None:
            found[tuple(row[name] for name in FIELD_KEY)].append(row["score"])
    return found


def _sources(scores: Iterable[Score]) -> tuple[SourceQuality, ...]:
    by_source: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        if score.score is not None:
            by_source[score.source].append(score)
    return tuple(sorted((_source(n, told) for n, told in by_source.items()), key=lambda s: (s.score, s.name)))


def _source(name: str, told: list[Score]) -> SourceQuality:
    dimensions = {
        dimension: _mean((s.score or 0.0, s.of) for s in told if s.dimension == dimension)
        for dimension in DIMENSIONS
        if any(s.dimension == dimension for s in told)
    }
    changes = [s.change for s in told if s.change is not None]
    return SourceQuality(
        name=name,
        dimensions=dimensions,
        score=sum(dimensions.values()) / len(dimensions),
        change=sum(changes) / len(changes) if changes else None,
    )


def _mean(weighed: Iterable[tuple[float, int]]) -> float:
    """Of scores, each as heavy as what it counts."""
    pairs = [*weighed]
    return sum(score * of for score, of in pairs) / sum(of for _, of in pairs)


def _customers(opened: Opened) -> float | None:
    if "customer_quality" not in opened.reader.tables:
        return None
    mean: float | None = opened.table("customer_quality").score.mean().to_pyarrow().as_py()
    return mean


def _refresh(opened: Opened, viewer: Viewer) -> tuple[tuple[Refresh, ...], int]:
    """The first customers of the refresh list, and how many there are in all."""
    if "refresh_list" not in opened.reader.tables:
        return (), 0
    listed = opened.table("refresh_list")
    places = listed.select("place").distinct().order_by("place").limit(CALLS)
    customers = opened.table("customers")
    name = ibis.coalesce(customers.name, customers.organisation)
    known = customers.select("customer_id", name=name if viewer.sees_personal else tables.mask(name, "name"))
    first = listed.semi_join(places, "place").left_join(known, "customer_id").order_by("place", "attribute")
    by_place: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in first.to_pyarrow().to_pylist():
        by_place[row["place"]].append(row)
    total = int(listed.customer_id.nunique().to_pyarrow().as_py())
    return tuple(_asked(rows) for _, rows in sorted(by_place.items())), total


def _asked(rows: list[dict[str, Any]]) -> Refresh:
    first = rows[0]
    due = {
        state: tuple(title("people", row["attribute"]) for row in rows if row["state"] == state)
        for state in ("expired", "soon")
    }
    told = ("place", "customer_id", "name", "monetary", "recency_days", "channel", "reason")
    customer: dict[str, Any] = {name: first[name] for name in told}
    return Refresh(**customer, expired=due["expired"], soon=due["soon"])


def _decay(opened: Opened) -> Iterable[Decay]:
    for row in sorted(_rows(opened, "source_decay"), key=itemgetter("half_life", "source", "attribute")):
        told = ("source", "attribute", "replaced", "half_life", "low", "high")
        yield Decay(**{name: row[name] for name in told}, title=title("facts", row["attribute"]))
