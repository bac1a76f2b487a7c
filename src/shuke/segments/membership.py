"""Membership: who belongs to which segment, who has come in, and who has left?

customer_segments    one row per customer who is in any: the one pass over all segments
segment_versions     the segments as they were told, each with its version
segment_members      the same, one row per segment and customer
segment_changes      who entered and left since the build before, and whether that was the customers' doing
"""

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke.languages import Text
from shuke.segments.behaviours import Tables
from shuke.segments.definitions import Readable
from shuke.segments.expression import Expression
from shuke.segments.matching import ID, Matching, reads
from shuke.segments.vocabulary import AREA
from shuke.tables import Column, Derived, Type, table

#: Between the names of a customer's segments, and around them: no name has one.
COMMA = ","

_CUSTOMER = Column(ID, Type.TEXT, Text("Customer", "客户编号"))
_SEGMENT = Column("segment", Type.TEXT, Text("Segment", "客群"), pii="text", note=Text(
    "Masked for who may not see people: to be in it may tell of them what they are not to know.",
    "对无权查看个人信息者遮盖：所属客群可能透露其不应知悉的信息。"))  # fmt: skip
_VERSION = Column("version", Type.INTEGER, Text("Version", "版本"), unit="count")

#: The ids of those who are on lists, by which they were issued, and whom they mean now.
_IDS = "customer_ids"

Readables = tuple[Readable, ...]


@table(
    key=ID,
    title=Text("Segments of each customer", "客户所属客群"),
    about=Text("In which segments is each customer?", "每位客户属于哪些客群？"),
    area=AREA,
    takes_failed=True,
    columns=[
        _CUSTOMER,
        Column("segments", Type.TEXT, Text("Segments", "客群"), pii="text", note=Text(
            "Their names between commas: ,vip,new,.", "各客群名称以逗号分隔：,vip,new,。")),
        Column("counted", Type.TEXT, Text("Segments counted against", "比较基准客群"), pii="text", step=True,
            note=Text("Those of the last build that did not look back; empty where this one does not.",
                "最近一次非回溯构建中的客群；本次构建非回溯时为空。")),
    ],
)  # fmt: skip
def customer_segments(
    last_build_customer_segments: ir.Table,
    *others: ir.Table,
    segments: Readables = (),
    as_of: date,
    zone: str,
    looks_back: bool = False,
) -> ir.Table:
    """All segments in one pass; one row per customer who is in any.

    A build that looks back keeps in `counted` what stood before, so that the next one counts entries and
    exits from there.
    """
    tables = dict(zip(needs(segments), others, strict=True))
    if not tables:
        return last_build_customer_segments.filter(False)
    rows = _listed(*marked(segments, tables.__getitem__, as_of=as_of, zone=zone))
    if not looks_back:
        return rows.mutate(counted=ibis.null("string"))
    both = rows.outer_join(_counted(last_build_customer_segments).rename(counted="segments"), ID)
    whose = ibis.coalesce(both[ID], both[f"{ID}_right"])
    return both.select("segments", counted=both.counted.fill_null(""), **{ID: whose})


@table(
    key="segment",
    title=Text("Segments", "客群"),
    about=Text("Which segments did the build tell?", "构建中计算了哪些客群？"),
    area=AREA,
    columns=[
        Column("segment", Type.TEXT, Text("Segment", "客群")),
        _VERSION,
        Column("counted", Type.INTEGER, Text("Version counted against", "比较基准版本"), step=True),
    ],
)  # fmt: skip
def segment_versions(
    last_build_segment_versions: ir.Table, *, segments: Readables = (), looks_back: bool = False
) -> ir.Table:
    """One row per segment; `counted` is its version in the last build that did not look back."""
    rows = [{"segment": one.segment.name, "version": one.segment.version} for one in segments]
    now = ibis.memtable(pa.Table.from_pylist(rows, schema=_VERSIONS))
    if not looks_back:
        return now.mutate(counted=now.version)
    before = last_build_segment_versions.select("segment", "counted")
    return now.left_join(before, "segment").drop("segment_right")


_VERSIONS = pa.schema({"segment": pa.string(), "version": pa.int64()})


@table(
    key=("segment", ID),
    title=Text("Members of segments", "客群成员"),
    about=Text("Who is in which segment?", "各客群有哪些成员？"),
    area=AREA,
    laid_out_by="segment",
    columns=[_SEGMENT, _CUSTOMER],
)
def segment_members(customer_segments: ir.Table) -> ir.Table:
    """One row per segment and customer."""
    return _apart(customer_segments.select(ID, "segments"))


@table(
    key=("segment", ID, "change"),
    title=Text("Entries and exits", "客群进出"),
    about=Text(
        "Who has entered or left a segment since the build before?", "自上次构建以来，谁进入或离开了客群？"),
    area=AREA,
    laid_out_by="segment",
    columns=[
        _SEGMENT,
        _CUSTOMER,
        Column("change", Type.TEXT, Text("Change", "变动"), codes={
            "entry": Text("Entered", "进入"), "exit": Text("Left", "离开")}),
        Column("cause", Type.TEXT, Text("Cause", "原因"), codes={
            "customer": Text("The customer has changed", "客户变化"),
            "definition": Text("The segment is new or was edited", "客群新建或修改")}),
        Column("day", Type.DATE, Text("Day", "日期")),
    ],
)  # fmt: skip
def segment_changes(
    customer_segments: ir.Table,
    last_build_customer_segments: ir.Table,
    segment_versions: ir.Table,
    last_build_segment_versions: ir.Table,
    customer_ids: ir.Table,
    *,
    as_of: date,
    looks_back: bool = False,
) -> ir.Table:
    """Who entered or left a segment since the last build that did not look back; a look back has none.

    `cause` is the definition where the segment is new or was edited meanwhile. A customer who was merged into
    another counts as that one. What was archived has no exits.
    """
    if looks_back:
        return _no_changes(customer_segments)
    before = _as_now(_counted(last_build_customer_segments), customer_ids)
    both = customer_segments.select(ID, now="segments").outer_join(before.rename(then="segments"), ID)
    told = both.select(
        now=both.now.fill_null(""), then=both.then.fill_null(""),
        **{ID: ibis.coalesce(both[ID], both[f"{ID}_right"])},
    )  # fmt: skip
    moved = told.filter(told.now != told.then)
    entries = _only_in(moved, "now", but="then").mutate(change=ibis.literal("entry"))
    exits = _only_in(moved, "then", but="now").mutate(change=ibis.literal("exit"))
    changes = entries.union(exits).semi_join(segment_versions, "segment").distinct()
    same = segment_versions.inner_join(last_build_segment_versions.select("segment", "counted"), "segment")
    unedited = same.filter(same.version == same.counted_right).segment
    cause = ibis.ifelse(changes.segment.isin(unedited), "customer", "definition")
    return changes.mutate(cause=cause, day=ibis.literal(as_of))


TABLES: tuple[Derived, ...] = (customer_segments, segment_versions, segment_members, segment_changes)


def tables_of(segments: Iterable[Readable]) -> tuple[Derived, ...]:
    """The tables of segments, made from whatever tables these ask for."""
    return (replace(customer_segments, further_reads=needs(tuple(segments))), *TABLES[1:])


def needs(segments: Readables) -> tuple[str, ...]:
    """The tables that the first of them is made from."""
    if not segments:
        return ()
    of_lists = {_IDS} if any(one.condition is None for one in segments) else set()
    return tuple(sorted({*reads(one.condition for one in segments if one.condition), *of_lists}))


def marked(
    segments: Iterable[Readable], tables: Tables, *, as_of: date, zone: str
) -> tuple[ir.Table, dict[str, str]]:
    """All customers in one table, and by segment the column that says whether each is in it.

    The segments come each after those that it names, and what these came to is worked out once.
    """
    every = tuple(segments)
    columns = {one.segment.name: f"s{n}" for n, one in enumerate(every)}
    conditions = [one.condition for one in every if one.condition]
    found = Matching.of(conditions, tables, as_of=as_of, zone=zone)
    wide = found.table
    for one in every:
        if one.condition is None:
            listed = on_list(one.segment.members, tables(_IDS)).mutate(**{columns[one.segment.name]: True})
            wide = wide.left_join(listed, ID).drop(f"{ID}_right")
    for level in _levels(every):
        found = replace(found, table=wide)
        wide = wide.mutate(**{columns[name]: found.holds(told, columns) for name, told in level.items()})
    return wide, columns


def _levels(segments: Iterable[Readable]) -> list[dict[str, Expression]]:
    """Conditions that can be told at once, after those that they name."""
    at: dict[str, int] = {}
    found: list[dict[str, Expression]] = []
    for one in segments:
        if one.condition is None:
            at[one.segment.name] = -1
            continue
        level = max((at[name] for name in one.condition.segments), default=-1) + 1
        at[one.segment.name] = level
        found += [{} for _ in range(level + 1 - len(found))]
        found[level][one.segment.name] = one.condition
    return found


def on_list(members: Iterable[str], customer_ids: ir.Table) -> ir.Table:
    """Whom the ids on a list mean now."""
    listed = ibis.memtable(pa.table({"issued_id": pa.array(sorted(members), pa.string())}))
    return customer_ids.semi_join(listed, "issued_id").select(ID).distinct()


#: So many segments are looked up at once, in two to this power texts.
_AT_ONCE = 6


def _listed(wide: ir.Table, columns: Mapping[str, str]) -> ir.Table:
    """One row per customer who is in any of the segments, with their names between commas."""
    names = sorted(columns)
    parts = [
        _names(wide, columns, names[first : first + _AT_ONCE]) for first in range(0, len(names), _AT_ONCE)
    ]
    rows = wide.select(ID, segments=ibis.literal(COMMA).concat(*parts))
    return rows.filter(rows.segments != COMMA)


def _names(wide: ir.Table, columns: Mapping[str, str], names: Sequence[str]) -> ir.StringValue:
    """The names of those that hold, each with a comma behind it; to put them together takes longer."""
    held = [wide[columns[name]].fill_null(False).cast("int32") * 2**place for place, name in enumerate(names)]
    texts = [
        "".join(f"{name}{COMMA}" for place, name in enumerate(names) if number >> place & 1)
        for number in range(2 ** len(names))
    ]
    return ibis.literal(texts, type="array<string>")[functools.reduce(operator.add, held).cast("int32")]


def _apart(rows: ir.Table) -> ir.Table:
    """One row per segment and customer, of rows with the names between commas."""
    names = rows.select(ID, segment=rows.segments.split(COMMA).unnest())
    return names.filter(names.segment != "").select("segment", ID)


def _only_in(rows: ir.Table, one: str, *, but: str) -> ir.Table:
    """One row per segment that one column of a customer names and another does not."""
    other = rows[but]
    alone = rows[one].split(COMMA).filter(
        lambda name: (name != "") & ~other.contains(ibis.literal(COMMA) + name + COMMA)
    )  # fmt: skip
    return rows.select(ID, segment=alone.unnest())


def _counted(rows: ir.Table) -> ir.Table:
    """In which segments each customer was in the last build that did not look back."""
    told = rows.select(ID, segments=ibis.coalesce(rows.counted, rows.segments))
    return told.filter(told.segments != "")


def _as_now(rows: ir.Table, customer_ids: ir.Table) -> ir.Table:
    """The rows of customers under the ids that these have now, one for each."""
    others = customer_ids.filter(customer_ids.issued_id != customer_ids.customer_id)
    moved = others.select(now="customer_id", **{ID: "issued_id"})
    both = rows.left_join(moved, ID)
    named = both.select("segments", **{ID: ibis.coalesce(both.now, both[ID])})
    merged = named[ID].isin(moved.now)
    several = named.filter(merged)
    together = several.group_by(ID).agg(segments=several.segments.group_concat(""))
    return named.filter(~merged).select(ID, "segments").union(together.select(ID, "segments"))


def _no_changes(rows: ir.Table) -> ir.Table:
    text = ibis.null("string")
    return rows.filter(False).select(ID, segment=text, change=text, cause=text, day=ibis.null("date"))
