"""Segment log: which segments have people defined, and how did each become what it is?

Every change of a segment is a row: made, edited, put away, taken up again. The last one holds. The next build
takes in those that hold; a segment that was put away is in none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from shuke.access.audit import Actor, AuditEvent, add
from shuke.errors import Overtaken
from shuke.segments.segment import Segment
from shuke.store.operations import Operations
from shuke.store.operations import segment_list_members as on_lists
from shuke.store.operations import segment_versions as table

#: So many rows at once, for databases bound the parameters of a statement.
_ROWS = 10_000


@dataclass(frozen=True, kw_only=True)
class SegmentVersion:
    """One version of a segment; `listed` is how many customers a list names, none where it is a condition."""

    name: str
    number: int
    expression: str | None
    listed: int | None
    archived: bool
    note: str
    who: str
    at: datetime


def latest(operations: Operations) -> tuple[SegmentVersion, ...]:
    """What holds of every segment, those that were put away among them, by name."""
    with operations.reading() as connection:
        return _latest(connection)


def history(operations: Operations, name: str) -> tuple[SegmentVersion, ...]:
    """Every version of a segment, the newest first; none where there is no such segment."""
    with operations.reading() as connection:
        rows = connection.execute(
            sa.select(table).where(table.c.name == name).order_by(table.c.number.desc())
        )
        return tuple(map(_version, rows))


def in_force(operations: Operations) -> tuple[Segment, ...]:
    """The segments that the next build tells, by name."""
    with operations.reading() as connection:
        return tuple(_segment(connection, each) for each in _latest(connection) if not each.archived)


def version(operations: Operations, name: str, number: int) -> Segment:
    """A segment as it was in one of its versions; raises `KeyError` where there is none."""
    with operations.reading() as connection:
        row = connection.execute(
            sa.select(table).where(table.c.name == name, table.c.number == number)
        ).one_or_none()
        if row is None:
            raise KeyError(name, number)
        return _segment(connection, _version(row))


def write(
    operations: Operations,
    segment: Segment,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    archived: bool = False,
    verb: str,
) -> SegmentVersion:
    """Write the next version of a segment; raises `Overtaken` where somebody else wrote that one."""
    listed = len(segment.members) if segment.expression is None else None
    values: dict[str, Any] = {
        "name": segment.name, "number": segment.version, "expression": segment.expression, "listed": listed,
        "archived": archived, "note": note, "who": by.who, "at": now,
    }  # fmt: skip
    with operations.writing() as connection:
        newest = connection.execute(
            sa.select(sa.func.max(table.c.number)).where(table.c.name == segment.name)
        ).scalar_one()
        if (newest or 0) + 1 != segment.version:
            raise Overtaken
        connection.execute(sa.insert(table).values(values))
        for rows in _in_parts(segment):
            connection.execute(sa.insert(on_lists), rows)
        event = AuditEvent(
            verb=verb, subject_kind="segment", subject_id=segment.name, count=listed,
            detail={"new": segment.version},
        )  # fmt: skip
        add(connection, by, event, now=now)
    return SegmentVersion(**values)


def _in_parts(segment: Segment) -> Iterable[Sequence[dict[str, Any]]]:
    members = sorted(set(segment.members))
    for first in range(0, len(members), _ROWS):
        yield [
            {"name": segment.name, "number": segment.version, "customer_id": one}
            for one in members[first : first + _ROWS]
        ]


def _latest(connection: sa.Connection) -> tuple[SegmentVersion, ...]:
    rows = connection.execute(sa.select(table).order_by(table.c.name, table.c.number.desc()))
    return tuple(_version(next(its)) for _, its in groupby(rows, lambda row: row.name))


def _segment(connection: sa.Connection, version: SegmentVersion) -> Segment:
    members = () if version.expression is not None else _members(connection, version)
    return Segment(name=version.name, version=version.number, expression=version.expression, members=members)


def _members(connection: sa.Connection, version: SegmentVersion) -> tuple[str, ...]:
    """Whom a list names."""
    found = sa.select(on_lists.c.customer_id).where(
        on_lists.c.name == version.name, on_lists.c.number == version.number
    )
    return tuple(connection.execute(found.order_by(on_lists.c.customer_id)).scalars())


def _version(row: sa.Row[Any]) -> SegmentVersion:
    return SegmentVersion(
        name=row.name, number=row.number, expression=row.expression, listed=row.listed, archived=row.archived,
        note=row.note, who=row.who, at=row.at,
    )  # fmt: skip
