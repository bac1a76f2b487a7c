"""Annotations: what did people of ours say of a customer themselves: a tag, a note, who owns them?"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.store.annotation_rows import customer_annotations

LONGEST_TAG, LONGEST_NOTE = 60, 4000


class AnnotationKind(StrEnum):
    TAG = "tag"  # of which a customer may have several
    NOTE = "note"
    OWNER = "owner"


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """What was said of a customer, as it stands."""

    kind: AnnotationKind
    value: str
    at: datetime
    who: str
    is_new: bool  # in no build yet


def checked(kind: AnnotationKind, value: str) -> str:
    """What may be said, without blanks around it; raises `WrongCall`."""
    told = " ".join(value.split()) if kind is not AnnotationKind.NOTE else value.strip()
    if kind is AnnotationKind.TAG and (not told or "," in told or "，" in told):
        raise WrongCall(N_("A tag is a word or a few, without a comma."))
    if len(told) > (LONGEST_NOTE if kind is AnnotationKind.NOTE else LONGEST_TAG):
        raise WrongCall(N_("That is too long."))
    return told


def write(
    connection: sa.Connection,
    customers: Collection[str],
    kind: AnnotationKind,
    value: str,
    *,
    withdrawn: bool,
    who: str,
    now: datetime,
) -> int:
    """Say something of customers, or take it back; what stands is not said again. Returns of how many."""
    of = customer_annotations.c
    same = of.value == value if kind is AnnotationKind.TAG else sa.true()
    newest = (
        sa.select(sa.func.max(of.id).label("id")).where(of.kind == kind.value, same).group_by(of.customer_id)
    ).subquery()
    rows = connection.execute(sa.select(customer_annotations).join(newest, newest.c.id == of.id)).all()
    stands = {row.customer_id: (row.value, row.withdrawn) for row in rows}
    nothing = (value, True)
    told = {
        "kind": kind.value,
        "value": value,
        "withdrawn": withdrawn,
        "at": now,
        "who": who,
        "landed": False,
    }
    news = [
        {"customer_id": each, "landed": False, **told}
        for each in sorted(customers)
        if not _is_so(stands.get(each, nothing), value, withdrawn=withdrawn)
    ]
    if news:
        connection.execute(sa.insert(customer_annotations), news)
    return len(news)


def _is_so(stands: tuple[str, bool], value: str, *, withdrawn: bool) -> bool:
    said, taken_back = stands
    return taken_back if withdrawn else not taken_back and said == value


def in_force(connection: sa.Connection, ids: Collection[str]) -> list[Annotation]:
    """What stands of a customer who goes by these ids, tags by name."""
    return _standing(_rows(connection, ids))


def of_each(connection: sa.Connection, customers: Collection[str]) -> dict[str, list[Annotation]]:
    """What stands of each of several customers of whom anything was ever said."""
    said: dict[str, list[sa.Row[Any]]] = {}
    for row in _rows(connection, customers):
        said.setdefault(row.customer_id, []).append(row)
    return {customer: _standing(rows) for customer, rows in said.items()}


def _rows(connection: sa.Connection, customers: Collection[str]) -> list[sa.Row[Any]]:
    of = customer_annotations.c
    query = sa.select(customer_annotations).where(of.customer_id.in_(list(customers))).order_by(of.id)
    return list(connection.execute(query))


def _standing(rows: Iterable[sa.Row[Any]]) -> list[Annotation]:
    """What the last of each kind says, of tags of each, that was not taken back."""
    last: dict[tuple[str, str], Annotation | None] = {}
    for row in rows:
        kind = AnnotationKind(row.kind)
        key = (kind.value, row.value if kind is AnnotationKind.TAG else "")
        said = Annotation(kind=kind, value=row.value, at=row.at, who=row.who, is_new=not row.landed)
        last[key] = None if row.withdrawn else said
    return [
        annotation
        for _key, annotation in sorted(last.items(), key=lambda item: item[0])
        if annotation is not None
    ]


def tags(connection: sa.Connection) -> list[str]:
    """Every tag that was ever given, by name."""
    of = customer_annotations.c
    query = sa.select(of.value).where(of.kind == AnnotationKind.TAG.value).distinct().order_by(of.value)
    return list(connection.execute(query).scalars())
