"""Audit: who did what, when, and through which interface?

The log only grows, and holds no personal value of a customer: an entry names its subject by id, and
its detail is made of words (names of tables, columns, roles…) and numbers under a closed set of keys.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Connection, Row, insert, select

from shuke.store.operations import Operations, audit

Door = Literal["cli", "api", "console", "notebook", "worker", "link"]

#: What a detail may tell. Free text (a query, a search, a reason) is not among it.
Fact = Literal[
    "batch", "build", "columns", "engine", "file_format", "language", "new", "old", "role", "rows", "rule",
    "source", "status", "table", "tables", "token", "user",
]  # fmt: skip
Word = str
Detail = Mapping[Fact, int | Word | tuple[Word, ...]]

_WORD = re.compile(r"[\w.:/-]{1,100}")  # one word: no blank, no @, no quotation marks
_PHONE = re.compile(r"1[3-9]\d{9}")  # that of a mobile in China, the likeliest slip


@dataclass(frozen=True)
class Actor:
    who: str
    door: Door


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    verb: Word  # past tense, as "exported"
    subject_kind: Word | None = None
    subject_id: Word | None = None
    count: int | None = None  # customers or rows concerned
    detail: Detail = field(default_factory=dict)


@dataclass(frozen=True)
class AuditRecord:
    id: int
    at: datetime
    actor: Actor
    event: AuditEvent


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Which entries; what is none does not narrow."""

    who: str | None = None
    verb: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None  # not included


def record(operations: Operations, actor: Actor, event: AuditEvent, *, now: datetime) -> None:
    with operations.writing() as connection:
        add(connection, actor, event, now=now)


def add(connection: Connection, actor: Actor, event: AuditEvent, *, now: datetime) -> None:
    """Record a deed within the transaction that does it: both are kept, or neither."""
    _check(event)
    connection.execute(
        insert(audit).values(
            at=now,
            who=actor.who,
            door=actor.door,
            verb=event.verb,
            subject_kind=event.subject_kind,
            subject_id=event.subject_id,
            count=event.count,
            detail=dict(event.detail),
        )
    )


def read(
    operations: Operations, wanted: AuditFilter | None = None, *, before: int | None = None, limit: int = 50
) -> tuple[AuditRecord, ...]:
    """The newest entries first; the next page begins `before` the id of the last of this one."""
    wanted = wanted or AuditFilter()
    equal = ("who", "verb", "subject_kind", "subject_id")
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    query = query.filter_by(
        **{name: getattr(wanted, name) for name in equal if getattr(wanted, name) is not None}
    )
    if wanted.since is not None:
        query = query.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(audit.c.at < wanted.until)
    if before is not None:
        query = query.where(audit.c.id < before)
    with operations.reading() as connection:
        return tuple(_entry(row) for row in connection.execute(query))


def _entry(row: Row[tuple[object, ...]]) -> AuditRecord:
    detail = {name: tuple(value) if isinstance(value, list) else value for name, value in row.detail.items()}
    event = AuditEvent(
        verb=row.verb,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        count=row._mapping["count"],  # a row is a tuple, and those have a method of this name
        detail=detail,
    )
    return AuditRecord(row.id, row.at, Actor(row.who, row.door), event)


def keeps(word: str) -> bool:
    """Whether the log takes it: a word, and no telephone number."""
    return bool(_WORD.fullmatch(word)) and not _PHONE.fullmatch(word)


def _check(event: AuditEvent) -> None:
    unknown = set(event.detail) - set(get_args(Fact))
    if unknown:
        raise ValueError(f"the audit log keeps no {', '.join(sorted(unknown))}")
    for value in (event.verb, event.subject_kind, event.subject_id, *event.detail.values()):
        for part in value if isinstance(value, tuple) else (value,):
            _check_part(part)


def _check_part(part: str | int | None) -> None:
    if isinstance(part, str) and not keeps(part):
        raise ValueError("the audit log keeps words and numbers, no free text")  # and shows none either
