"""Membership: who belongs to which segment, who has come in, and who has left?

customer_segments    one row per customer who is in any: the one pass over all segments
segment_versions     the segments as they were told, each with its version
segment_members      the same, one row per segment and customer
segment_changes      who entered and left since the build before, and whether that was the customers' doing
"""

from collections.abc import Iterable, Mapping
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
            note=Text("Those of the last build that did not look back.", "最近一次非回溯构建中的客群。")),
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
        return rows.mutate(counted=rows.segments)
    before = last_build_customer_segments.select(ID, counted="counted")
    both = rows.outer_join(before, ID)
    return both.select("segments", "counted", **{ID: ibis.coalesce(both[ID], both[f"{ID}_right"])})


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
    now = customer_segments.select(ID, "segments")
    before = _as_now(last_build_customer_segments.select(ID, segments="counted"), customer_ids)
    moved = _but(now, before).select(ID).union(_but(before, now).select(ID))
    of_now, of_then = _apart(now.semi_join(moved, ID)), _apart(before.semi_join(moved, ID))
    stands = segment_versions.select("segment")
    entries = of_now.anti_join(of_then, ["segment", ID]).mutate(change=ibis.literal("entry"))
    exits = of_then.anti_join(of_now, ["segment", ID]).mutate(change=ibis.literal("exit"))
    changes = entries.union(exits).semi_join(stands, "segment")
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


def _listed(wide: ir.Table, columns: Mapping[str, str]) -> ir.Table:
    """One row per customer who is in any of the segments, with their names between commas."""
    parts = [ibis.ifelse(wide[columns[name]], f"{name}{COMMA}", "").fill_null("") for name in sorted(columns)]
    rows = wide.select(ID, segments=ibis.literal("").concat(*parts))
    some = rows.filter(rows.segments != "")
    return some.mutate(segments=ibis.literal(COMMA) + some.segments)


def _apart(rows: ir.Table) -> ir.Table:
    """One row per segment and customer, of rows with the names between commas."""
    names = rows.select(ID, segment=rows.segments.split(COMMA).unnest())
    return names.filter(names.segment != "").select("segment", ID).distinct()


def _but(rows: ir.Table, others: ir.Table) -> ir.Table:
    return rows.anti_join(others, [ID, "segments"])


def _as_now(rows: ir.Table, customer_ids: ir.Table) -> ir.Table:
    """The rows of customers under the ids that these have now."""
    others = customer_ids.filter(customer_ids.issued_id != customer_ids.customer_id)
    moved = others.select(was="issued_id", now="customer_id")
    both = rows.left_join(moved, rows[ID] == moved.was)
    named = both.select("segments", **{ID: ibis.coalesce(both.now, both[ID])})
    return named.filter(named.segments.notnull())


def _no_changes(rows: ir.Table) -> ir.Table:
    text = ibis.null("string")
    return rows.filter(False).select(ID, segment=text, change=text, cause=text, day=ibis.null("date"))
