"""Job rows: what did `shuke run` do by itself, and what came of it?

A row is written when a job begins, and filled in when it ends: one that stays open is of a process that died.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Index, Table, Text

from shuke.store.schema import DOCUMENT, NUMBER, UtcMoment, metadata

jobs = Table(
    "jobs",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("kind", Text, nullable=False),  # import, build or backup
    Column("source", Text, nullable=False),  # of an import; else empty
    Column("started_at", UtcMoment, nullable=False),
    Column("ended_at", UtcMoment),
    Column("outcome", Text),
    Column("detail", DOCUMENT, nullable=False),  # its figures, or why it failed; no personal value
    Index(None, "kind", "started_at"),
    sqlite_autoincrement=True,
)

DONE, FAILED, INTERRUPTED = "done", "failed", "interrupted"


def begin(connection: sa.Connection, kind: str, *, source: str, now: datetime) -> int:
    """Write down that a job begins; its number."""
    row = {"kind": kind, "source": source, "started_at": now, "detail": {}}
    return int(connection.execute(jobs.insert().values(row).returning(jobs.c.id)).scalar_one())


def end(
    connection: sa.Connection, number: int, *, outcome: str, detail: dict[str, Any], now: datetime
) -> None:
    ended = {"outcome": outcome, "detail": detail, "ended_at": now}
    connection.execute(jobs.update().where(jobs.c.id == number).values(ended))


def forget(connection: sa.Connection, number: int) -> None:
    """Of a job for which it was not the time after all."""
    connection.execute(jobs.delete().where(jobs.c.id == number))


def interrupt(connection: sa.Connection, *, now: datetime) -> int:
    """End what a process that died had begun; how many that were."""
    ended = jobs.update().where(jobs.c.ended_at.is_(None)).values(outcome=INTERRUPTED, ended_at=now)
    return connection.execute(ended).rowcount


def latest_start(connection: sa.Connection, kind: str, *, outcome: str | None = None) -> datetime | None:
    """When the last job of a kind began, that had this outcome where one is named."""
    wanted = [jobs.c.kind == kind, *([jobs.c.outcome == outcome] if outcome else [])]
    found: datetime | None = connection.execute(
        sa.select(jobs.c.started_at).where(*wanted).order_by(jobs.c.id.desc()).limit(1)
    ).scalar()
    return found


def newest(connection: sa.Connection, *, limit: int) -> list[dict[str, Any]]:
    """The last jobs, newest first."""
    rows = connection.execute(sa.select(jobs).order_by(jobs.c.id.desc()).limit(limit))
    return [dict(row._mapping) for row in rows]
