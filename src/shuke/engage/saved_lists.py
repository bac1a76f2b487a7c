"""Saved lists: which lists of customers did people save, and which columns does each reader want to see?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.store.list_rows import column_choices, saved_lists

LONGEST_NAME = 80

Pair = tuple[str, str]


class UnknownList(WrongCall, KeyError):
    """Nobody saved a list of that number, or it was put away (HTTP 404)."""


@dataclass(frozen=True, kw_only=True)
class SavedList:
    """A way of looking at customers that was given a name."""

    id: int
    name: str
    query: tuple[Pair, ...]  # the parameters of its address
    at: datetime
    who: str


def save(connection: sa.Connection, name: str, query: Sequence[Pair], *, who: str, now: datetime) -> int:
    """Save a list for everybody; returns its number."""
    told = " ".join(name.split())
    if not told or len(told) > LONGEST_NAME:
        raise WrongCall(N_("Give the list a name of at most {most} characters."), most=LONGEST_NAME)
    row = {"name": told, "query": [list(pair) for pair in query], "archived": False, "at": now, "who": who}
    made = connection.execute(sa.insert(saved_lists).returning(saved_lists.c.id), row).scalar_one()
    return int(made)


def put_away(connection: sa.Connection, number: int) -> None:
    one(connection, number)
    connection.execute(sa.update(saved_lists).where(saved_lists.c.id == number).values(archived=True))


def one(connection: sa.Connection, number: int) -> SavedList:
    """Raises `UnknownList`."""
    found = next((each for each in listed(connection) if each.id == number), None)
    if found is None:
        raise UnknownList(N_("There is no saved list {number}."), number=number)
    return found


def listed(connection: sa.Connection) -> list[SavedList]:
    """Those that stand, by name."""
    of = saved_lists.c
    rows = connection.execute(sa.select(saved_lists).where(~of.archived).order_by(of.name, of.id))
    return [
        SavedList(
            id=row.id, name=row.name, query=tuple((name, value) for name, value in row.query), at=row.at,
            who=row.who,
        )
        for row in rows
    ]  # fmt: skip


def columns_of(connection: sa.Connection, user_id: int) -> tuple[str, ...] | None:
    """Which columns a reader chose; None for who has not chosen."""
    query = sa.select(column_choices.c.columns).where(column_choices.c.user_id == user_id)
    found = connection.execute(query).scalar()
    return None if found is None else tuple(found)


def keep_columns(connection: sa.Connection, user_id: int, columns: Sequence[str], *, now: datetime) -> None:
    row = {"columns": list(columns), "at": now}
    changed = connection.execute(
        sa.update(column_choices).where(column_choices.c.user_id == user_id).values(**row)
    )
    if not changed.rowcount:
        connection.execute(sa.insert(column_choices), {"user_id": user_id, **row})
