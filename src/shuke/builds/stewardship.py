"""Stewardship: what did people decide about who is who, and what did they undo?

A decision names records, not customers, so that it means the same after every rebuild. The next build
lands it (`ledger`) and obeys it (`identity.decisions`); until then it waits here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import sqlalchemy as sa

from shuke.access.audit import Actor, AuditEvent, add
from shuke.errors import Undecided, WrongCall
from shuke.identity.verdicts import Verdict, standing
from shuke.languages import N_
from shuke.store.operations import Operations
from shuke.store.operations import decisions as table

Verb = Literal["same", "different", "split"]
"""One customer; never one customer; each side is a customer, and the two are not one."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What somebody decided, and whether it was undone."""

    number: int
    verb: Verb
    left: tuple[str, ...]
    right: tuple[str, ...]
    who: str
    at: datetime
    note: str = ""
    undone_at: datetime | None = None
    undone_by: str | None = None

    @property
    def stands(self) -> bool:
        return self.undone_at is None


def decide(
    operations: Operations,
    verb: Verb,
    left: Sequence[str],
    right: Sequence[str],
    *,
    by: Actor,
    now: datetime,
    note: str = "",
) -> int:
    """Keep a decision about the records of `left` and those of `right`; returns its number.

    Raises `Undecided` where an earlier one that stands says otherwise: which of them holds is for a person to
    say, who undoes the other first.
    """
    _check(verb, left, right)
    values = {
        "verb": verb, "left_records": sorted(set(left)), "right_records": sorted(set(right)),
        "who": by.who, "at": now, "note": note,
    }  # fmt: skip
    with operations.writing() as connection:
        _check_against(_made(connection), Verdict(0, verb, tuple(left), tuple(right)))
        number = int(
            connection.execute(sa.insert(table).values(values).returning(table.c.number)).scalar_one()
        )
        add(connection, by, _event(f"identity.{verb}", number, len({*left, *right})), now=now)
    return number


def undo(operations: Operations, number: int, *, by: Actor, now: datetime) -> None:
    """Take a decision back: the next build is as if it had never been made."""
    standing = sa.update(table).where(table.c.number == number, table.c.undone_at.is_(None))
    with operations.writing() as connection:
        taken_back = connection.execute(
            standing.values(undone_at=now, undone_by=by.who).returning(
                table.c.left_records, table.c.right_records
            )
        ).one_or_none()
        if taken_back is None:
            raise WrongCall(N_("There is no decision {number} that could be undone."), number=number)
        records = len({*taken_back.left_records, *taken_back.right_records})
        add(connection, by, _event("identity.undone", number, records), now=now)


def decisions(operations: Operations) -> list[Decision]:
    """Every decision ever made, oldest first, those that were undone among them."""
    with operations.reading() as connection:
        return _made(connection)


def _made(connection: sa.Connection) -> list[Decision]:
    return [_decision(row) for row in connection.execute(sa.select(table).order_by(table.c.number))]


def _check_against(made: list[Decision], fresh: Verdict) -> None:
    """Refuse a decision by which one that holds would hold no more."""
    known = [Verdict(d.number, d.verb, d.left, d.right) for d in reversed(made) if d.stands]
    voided = {v.number for v in standing(known)} - {v.number for v in standing([fresh, *known])}
    if voided:
        raise Undecided(
            N_(
                "Decision {number} says the opposite about these records. If it no longer applies, "
                "undo it first: shuke identity undo {number}"
            ),
            number=max(voided),
        )


def _check(verb: str, left: Sequence[str], right: Sequence[str]) -> None:
    if verb not in get_args(Verb):
        raise WrongCall(
            N_("{verb} is not a decision. Accepted: {verbs}."), verb=verb, verbs=", ".join(get_args(Verb))
        )
    if not (left and right):
        raise WrongCall(N_("A decision needs records on both sides."))
    if set(left) & set(right):
        raise WrongCall(N_("A record cannot stand on both sides of a decision."))


def _event(verb: str, number: int, records: int) -> AuditEvent:
    return AuditEvent(verb=verb, subject_kind="decision", subject_id=str(number), count=records)


def _decision(row: sa.Row[Any]) -> Decision:
    return Decision(
        number=row.number, verb=row.verb, left=tuple(row.left_records), right=tuple(row.right_records),
        who=row.who, at=row.at, note=row.note, undone_at=row.undone_at, undone_by=row.undone_by,
    )  # fmt: skip
