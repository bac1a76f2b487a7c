"""Segments: which are there, how many customers does each mean, and what are these worth?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.builds import segment_log
from shuke.builds.segment_log import SegmentVersion
from shuke.errors import ShukeError, WrongCall
from shuke.languages import N_, Text
from shuke.segments import reading, wire
from shuke.segments.expression import grouped
from shuke.segments.matching import ID
from shuke.segments.segment import Segment
from shuke.segments.wire import Wire
from shuke.views import meant, tables
from shuke.views.meant import SegmentMeaning
from shuke.views.query import Query
from shuke.views.tables import Page
from shuke.views.viewer import Viewer


class UnknownSegment(WrongCall, KeyError):
    """There is no segment of that name (HTTP 404)."""


@dataclass(frozen=True, kw_only=True)
class SegmentSummary:
    """A segment as the list shows it; figures are of the current build's customers."""

    name: str
    version: int
    expression: str | None  # none of a list, or where it is hidden
    listed: int | None  # how many a list names
    archived: bool
    note: str
    who: str
    at: datetime
    customers: int | None  # none where it cannot be told, or may not be
    value: Decimal | None  # what they have spent
    entered: int | None  # since the build before; none where the build has not counted
    left: int | None
    is_personal: bool
    failure: str | None  # why it cannot be told


@dataclass(frozen=True, kw_only=True)
class SegmentPage:
    """One segment with its versions, the newest first."""

    summary: SegmentSummary
    wire: Wire | None
    history: tuple[SegmentVersion, ...]


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """How many customers two segments share."""

    name: str
    customers: int  # of the other one
    both: int


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a condition comes to before it is kept."""

    expression: str
    wire: Wire
    customers: int
    total: int  # of all customers
    value: Decimal | None
    expected_value: Decimal | None  # in the twelve months ahead
    overlaps: tuple[Overlap, ...]
    as_of: date


@dataclass(frozen=True, kw_only=True)
class AttributeName:
    """A name that may stand in a condition."""

    name: str
    title: Text
    table: str
    table_title: Text
    column: str
    type: str
    is_personal: bool
    note: Text | None
    codes: Mapping[str, Text]


def listed(project: Project, *, viewer: Viewer, archived: bool = False) -> tuple[SegmentSummary, ...]:
    """The segments that are in force by name, or those that were put away."""
    viewer.require(Capability.SEE)
    versions = [one for one in segment_log.latest(project.operations) if one.archived is archived]
    return _summaries(project, versions, viewer)


def one(project: Project, name: str, *, viewer: Viewer) -> SegmentPage:
    """A segment; raises `UnknownSegment`."""
    viewer.require(Capability.SEE)
    history = segment_log.history(project.operations, name)
    if not history:
        raise UnknownSegment(N_("There is no segment {name}."), name=name)
    (summary,) = _summaries(project, [history[0]], viewer)
    shown = history if not summary.is_personal or viewer.sees_personal else tuple(map(_hidden, history))
    built = _wire(project, summary.expression)
    return SegmentPage(summary=summary, wire=built, history=shown)


def check_in_force(project: Project, name: str) -> None:
    """Raises `UnknownSegment` where no segment of that name is in force."""
    if name not in {each.name for each in segment_log.latest(project.operations) if not each.archived}:
        raise UnknownSegment(N_("There is no segment {name}."), name=name)


def _hidden(version: SegmentVersion) -> SegmentVersion:
    return SegmentVersion(**{**vars(version), "expression": None, "note": ""})


def _wire(project: Project, text: str | None) -> Wire | None:
    """A condition as a builder shows it; none where it cannot be read."""
    if text is None:
        return None
    try:
        return wire.to_wire(reading.expression(text, meant.vocabulary(project, _opened(project))))
    except WrongCall:
        return None


def names(project: Project, *, viewer: Viewer) -> tuple[AttributeName, ...]:
    """Every name that may stand in a condition, as far as the viewer may ask by it."""
    viewer.require(Capability.SEE)
    known = meant.vocabulary(project, _opened(project))
    return tuple(
        AttributeName(
            name=one.name, title=one.column.title, table=one.table, table_title=known.tables[one.table].title,
            column=one.column.name, type=one.type.value, is_personal=one.is_personal, note=one.column.note,
            codes=one.column.codes or {},
        )
        for one in known
        if viewer.sees_personal or not one.is_personal
    )  # fmt: skip


def members(project: Project, name: str, query: Query, *, viewer: Viewer) -> Page:
    """The customers of a segment, as rows of `customers`."""
    return tables.rows(project, "customers", of_members(project, name, query), viewer=viewer)


def of_members(project: Project, name: str, query: Query) -> Query:
    """The same question, asked of the customers of a segment; raises `UnknownSegment`."""
    if not any(one.name == name for one in segment_log.in_force(project.operations)):
        raise UnknownSegment(N_("There is no segment {name}."), name=name)
    return Query(**{**vars(query), "meant": f"in_segment('{name}')"})


def standing(project: Project) -> tuple[str, ...]:
    """The names of the segments that are in force."""
    return tuple(one.name for one in segment_log.latest(project.operations) if not one.archived)


def check(project: Project, text: str) -> None:
    """Raises `WrongCall` where a text states no condition."""
    reading.expression(text, meant.vocabulary(project, _opened(project)))


#: What the operators of conditions in addresses are called in those of builders.
_OPERATORS = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "contains": "contains",
              "in": "in", "empty": "null", "given": "notNull"}  # fmt: skip


def narrowed(project: Project, query: Query) -> str:
    """The condition by which a list of customers is narrowed; empty where it is not.

    Raises `WrongCall` for a search, which means whoever was found then.
    """
    if query.search:
        raise WrongCall(N_("A search cannot become a segment. Filter the list instead."))
    rules: list[Wire] = [
        {"field": one.column, "operator": _OPERATORS[one.op], "value": _of_address(one.op, one.value)}
        for one in query.filters
    ]
    known = meant.vocabulary(project, _opened(project))
    own = [reading.expression(query.meant, known)] if query.meant else []
    every = [*own, *(wire.from_wire({"rules": [rule]}, known) for rule in rules)]
    return str(grouped(every, every=True)) if every else ""


def _of_address(op: str, value: Any) -> Any:
    return str(value).split("|") if op == "in" else value


def rule(project: Project, given: Any) -> str:
    """The text of what somebody has built by clicking; raises `WrongCall`."""
    return str(wire.from_wire(given, meant.vocabulary(project, _opened(project))))


def measure(project: Project, text: str, *, viewer: Viewer, besides: Iterable[str] | None = None) -> Measured:
    """How many customers a condition means, what they are worth, and who else is in which segment.

    `besides` names the segments to lay it beside; else those that the build has.
    """
    viewer.require(Capability.SEE)
    opened = project.open()
    found = meant.meaning(project, opened, text)
    condition = meant.condition(found)
    assert condition is not None
    wide, columns = meant.marked(opened, found, viewer)
    is_in = wide.filter(wide[columns[meant.UNNAMED]]).select(ID)
    counted = _figures(opened, is_in)
    return Measured(
        expression=str(condition), wire=wire.to_wire(condition), customers=counted["customers"],
        total=opened.build.manifest.tables["customers"].rows, value=counted["value"],
        expected_value=counted["expected"], overlaps=_overlaps(opened, is_in, besides),
        as_of=opened.build.manifest.as_of,
    )  # fmt: skip


def size(project: Project, text: str, *, viewer: Viewer) -> int:
    """How many customers a condition means, and nothing else."""
    viewer.require(Capability.SEE)
    opened = project.open()
    found = meant.ids(opened, meant.meaning(project, opened, text), viewer)
    return int(found.count().to_pyarrow().as_py())


#: What tells how much customers have spent, and how much they are expected to.
_SPENT, _EXPECTED = ("rfm", "monetary"), ("lifetime_value", "value_12m")


def _figures(opened: Opened, is_in: ir.Table) -> dict[str, Any]:
    """How many they are, and what they are worth."""
    rows, figures = is_in, {}
    for name, (table, column) in {"value": _SPENT, "expected": _EXPECTED}.items():
        if table in opened.reader.tables:
            told = opened.table(table).select(ID, **{name: column})
            rows = rows.left_join(told, ID).drop(f"{ID}_right")
            figures[name] = rows[name].sum()
    summed = {name: rows[name].sum() for name in figures}
    found: dict[str, Any] = rows.aggregate(customers=rows.count(), **summed).to_pyarrow().to_pylist()[0]
    return {"value": None, "expected": None} | found


def _overlaps(opened: Opened, is_in: ir.Table, besides: Iterable[str] | None) -> tuple[Overlap, ...]:
    """With the segments of the build, those that share most first."""
    if "segment_members" not in opened.reader.tables:
        return ()
    sizes = _sizes(opened)
    rows = opened.table("segment_members")
    both = rows.semi_join(is_in, ID).group_by("segment").agg(both=ibis._.count())
    found = {row["segment"]: row["both"] for row in both.to_pyarrow().to_pylist()}
    wanted = set(sizes) if besides is None else set(besides)
    laid = [
        Overlap(name=name, customers=sizes[name]["customers"], both=found.get(name, 0))
        for name in sorted(sizes)
        if name in wanted
    ]
    return tuple(sorted(laid, key=lambda each: (-each.both, each.name)))


def _opened(project: Project) -> Opened | None:
    return project.open() if project.builds.numbers() else None


def _summaries(
    project: Project, versions: list[SegmentVersion], viewer: Viewer
) -> tuple[SegmentSummary, ...]:
    opened = _opened(project)
    told = _told(project, opened, versions, viewer) if opened else {}
    return tuple(_summary(each, told.get(each.name, _Told())) for each in versions)


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What the build tells of a segment."""

    customers: int | None = None
    value: Decimal | None = None
    entered: int | None = None
    left: int | None = None
    is_personal: bool = False
    is_hidden: bool = False
    failure: str | None = None


def _summary(version: SegmentVersion, told: _Told) -> SegmentSummary:
    figures = {name: value for name, value in vars(told).items() if name != "is_hidden"}
    own = {name: value for name, value in vars(version).items() if name != "number"}
    hidden: dict[str, Any] = {"expression": None, "note": ""} if told.is_hidden else {}
    return SegmentSummary(**{**own, **hidden}, version=version.number, **figures)


def _told(
    project: Project, opened: Opened, versions: list[SegmentVersion], viewer: Viewer
) -> dict[str, _Told]:
    """By segment: of those that the build has in this version what it says, of the others what holds now."""
    # What was put away is told as if it were in force.
    away = [Segment(name=v.name, version=v.number, expression=v.expression) for v in versions if v.archived]
    read = meant.every(project, opened, *away)
    found = SegmentMeaning(read.readable)
    built, sizes, changes = _versions(opened), _sizes(opened), _changes(opened)
    told: dict[str, _Told] = {}
    later: list[str] = []
    for version in versions:
        name = version.name
        if name in read.failed:
            told[name] = _Told(failure=str(read.failed[name]))
            continue
        personal = found.only([name]).is_personal
        hidden = personal and not viewer.sees_personal
        if hidden or built.get(name) != version.number:
            told[name] = _Told(is_personal=personal, is_hidden=hidden)
            later += [] if hidden or version.archived else [name]
        else:
            told[name] = _Told(is_personal=personal, **sizes.get(name, _NOBODY), **changes.get(name, _STAYED))
    return told | _worked_out(opened, found, later, told, viewer)


_NOBODY: dict[str, Any] = {"customers": 0, "value": Decimal(0)}
_STAYED: dict[str, Any] = {"entered": 0, "left": 0}


def _worked_out(
    opened: Opened, found: SegmentMeaning, wanted: list[str], told: Mapping[str, _Told], viewer: Viewer
) -> dict[str, _Told]:
    """Those that no build has told yet, one by one: what one of them lacks is no fault of the others."""
    worked: dict[str, _Told] = {}
    for name in wanted:
        try:
            wide, columns = meant.marked(opened, found.only([name]), viewer)
            figures = _figures(opened, wide.filter(wide[columns[name]]).select(ID))
            worked[name] = _Told(
                is_personal=told[name].is_personal, customers=figures["customers"], value=figures["value"]
            )
        except ShukeError as error:
            worked[name] = _Told(is_personal=told[name].is_personal, failure=str(error))
    return worked


def _versions(opened: Opened) -> dict[str, int]:
    """The version of each segment that a build has told."""
    if "segment_versions" not in opened.reader.tables:
        return {}
    return opened.once(
        "segment versions",
        lambda: {
            row["segment"]: row["version"]
            for row in opened.table("segment_versions").to_pyarrow().to_pylist()
        },
    )


def _sizes(opened: Opened) -> dict[str, dict[str, Any]]:
    """By segment of the build: how many customers, and what they have spent."""

    def count() -> dict[str, dict[str, Any]]:
        rows = opened.table("segment_members")
        value = ibis.null("decimal(38, 4)")
        if _SPENT[0] in opened.reader.tables:
            spent = opened.table(_SPENT[0]).select(ID, value=_SPENT[1])
            rows = rows.left_join(spent, ID)
            value = rows.value.sum()
        found = rows.group_by("segment").agg(customers=rows.count(), value=value).to_pyarrow().to_pylist()
        return {row.pop("segment"): row for row in found}

    if "segment_members" not in opened.reader.tables:
        return {}
    return opened.once("segment sizes", count)


def _changes(opened: Opened) -> dict[str, dict[str, Any]]:
    """By segment: how many have entered and left since the build before, for they themselves have changed."""
    name = "segment_changes"
    made = opened.build.manifest.tables.get(name)

    def count() -> dict[str, dict[str, Any]]:
        every = opened.table(name)
        rows = every.filter(every.cause == "customer")
        found = rows.group_by("segment").agg(
            entered=(rows.change == "entry").sum(), left=(rows.change == "exit").sum()
        )
        return {row.pop("segment"): row for row in found.to_pyarrow().to_pylist()}

    if made is None or made.failed:
        return {}
    return opened.once("segment changes", count)
