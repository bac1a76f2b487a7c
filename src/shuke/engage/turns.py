"""Turns: when may the next message go by a channel that takes so many a minute?

A message takes a turn once and waits for it, so that however many workers send, and however much waits, they
go in turn. Who tries again takes another turn.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from shuke.store.campaign_rows import channel_turns

#: So much before its turn a message may go, so that a worker need not put down every single one.
_SLACK = timedelta(seconds=1)

#: As long as turns are remembered.
_KEPT = timedelta(days=1)


def take(connection: sa.Connection, channel: str, key: str, *, per_minute: int, now: datetime) -> datetime:
    """`now` where it is the message's turn; else when it will be."""
    of = channel_turns.c
    mine = (of.channel == channel) & (of.key == key)
    turn = connection.execute(sa.select(of.at).where(mine, ~of.used)).scalar()
    if turn is None:
        turn = _next(connection, channel, timedelta(minutes=1) / per_minute, now)
        connection.execute(sa.delete(channel_turns).where((of.channel == channel) & (of.at < now - _KEPT)))
        connection.execute(sa.delete(channel_turns).where(mine))
        row = {"channel": channel, "key": key, "at": turn, "used": False}
        connection.execute(sa.insert(channel_turns), [row])
    if turn > now + _SLACK:
        return turn
    connection.execute(sa.update(channel_turns).where(mine).values(used=True))
    return now


def _next(connection: sa.Connection, channel: str, apart: timedelta, now: datetime) -> datetime:
    of = channel_turns.c
    last: datetime | None = connection.execute(
        sa.select(sa.func.max(of.at)).where(of.channel == channel)
    ).scalar()
    return max(now, last + apart) if last else now
