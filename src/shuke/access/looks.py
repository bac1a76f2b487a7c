"""Looks: what did a user know of the company when they last came?"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from shuke.store.look_rows import looks
from shuke.store.operations import Operations


@dataclass(frozen=True)
class Look:
    """A build that somebody saw: its number, the day of which it tells, and when they first saw it."""

    build: int
    as_of: date
    at: datetime


def before(operations: Operations, user_id: int, build: int) -> Look | None:
    """The last build that a user saw before this one; None for who has seen no other."""
    with operations.reading() as connection:
        return _before(connection, user_id, build)


def look(operations: Operations, user_id: int, seen: Look) -> Look | None:
    """The same, and from now on they know this build: as long as it stands, the answer stays what it is."""
    with operations.reading() as connection:
        found = _row(connection, user_id)
        if found is not None and found.build == seen.build:
            return _before(connection, user_id, seen.build)
    with operations.writing() as connection:
        known = _before(connection, user_id, seen.build)
        row = {"build": seen.build, "as_of": seen.as_of, "at": seen.at}
        row |= {
            "build_before": known and known.build,
            "as_of_before": known and known.as_of,
            "at_before": known and known.at,
        }
        changed = connection.execute(sa.update(looks).where(looks.c.user_id == user_id).values(**row))
        if not changed.rowcount:
            connection.execute(sa.insert(looks), {"user_id": user_id, **row})
        return known


def _before(connection: sa.Connection, user_id: int, build: int) -> Look | None:
    row = _row(connection, user_id)
    if row is None:
        return None
    if row.build != build:
        return Look(row.build, row.as_of, row.at)
    return None if row.build_before is None else Look(row.build_before, row.as_of_before, row.at_before)


def _row(connection: sa.Connection, user_id: int) -> sa.Row[tuple[object, ...]] | None:
    return connection.execute(sa.select(looks).where(looks.c.user_id == user_id)).first()
