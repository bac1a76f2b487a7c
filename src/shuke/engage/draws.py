"""Draws: who wins by lot, with odds that everybody can check afterwards?

    open     a seed is drawn and its digest published; what will be added to it, and is nobody's to know
             beforehand, is announced
    close    who takes part is fixed, and the digest of the list published
    reveal   seed and outcome are told, and from them follows who has won

Whoever has the list works out the same winners, and the digests show that neither the seed nor the list was
chosen after the outcome was known.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from shuke.access.audit import Actor, AuditEvent, add
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.store.offer_rows import draws


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A draw as it may be published; the seed is told once it is revealed, who takes part is not told at
    all."""

    id: int
    name: str
    offer_id: int | None
    prizes: int
    commitment: str  # SHA-256 of the seed
    announced: str
    entrants: int | None
    entrants_digest: str | None
    odds: float | None
    seed: str | None
    outcome: str | None
    winners: tuple[str, ...] = ()


def open_draw(
    connection: sa.Connection, name: str, *, prizes: int, announced: str, offer_id: int | None, by: Actor,
    now: datetime,
) -> Draw:  # fmt: skip
    """Begin a draw; what is told of it is to be published before anybody takes part."""
    if not name.strip() or not announced.strip():
        raise WrongCall(N_("Give the draw a name, and announce which outcome will be added to its seed."))
    if prizes < 1:
        raise WrongCall(N_("A draw needs at least one prize."))
    if connection.execute(sa.select(draws.c.id).where(draws.c.name == name.strip())).scalar() is not None:
        raise WrongCall(N_("There is a draw {name} already."), name=name)
    seed = secrets.token_hex(32)
    row = {
        "name": name.strip(), "offer_id": offer_id, "prizes": prizes, "seed": seed,
        "commitment": digest(seed),
        "announced": announced.strip(), "created_at": now, "who": by.who,
    }  # fmt: skip
    number = connection.execute(sa.insert(draws).values(row).returning(draws.c.id)).scalar_one()
    _note(connection, "draw.opened", number, by=by, now=now)
    return get(connection, number)


def close_draw(
    connection: sa.Connection, number: int, entrants: Iterable[str], *, by: Actor, now: datetime
) -> Draw:
    """Fix who takes part, once."""
    listed = sorted(set(entrants))
    if not listed:
        raise WrongCall(N_("Nobody takes part in the draw."))
    still_open = sa.update(draws).where(draws.c.id == number, draws.c.closed_at.is_(None))
    told = {"entrants": listed, "entrants_digest": list_digest(listed), "closed_at": now}
    if not connection.execute(still_open.values(told)).rowcount:
        raise WrongCall(N_("There is no open draw {number}."), number=number)
    _note(connection, "draw.closed", number, by=by, now=now, count=len(listed))
    return get(connection, number)


def reveal(connection: sa.Connection, number: int, outcome: str, *, by: Actor, now: datetime) -> Draw:
    """Tell the seed and who has won, once."""
    if not outcome.strip():
        raise WrongCall(N_("Say the outcome that was announced."))
    closed = sa.update(draws).where(
        draws.c.id == number, draws.c.closed_at.is_not(None), draws.c.drawn_at.is_(None)
    )
    if not connection.execute(closed.values(outcome=outcome.strip(), drawn_at=now)).rowcount:
        raise WrongCall(N_("There is no draw {number} that is closed and not yet drawn."), number=number)
    drawn = get(connection, number)
    _note(connection, "draw.drawn", number, by=by, now=now, count=len(drawn.winners))
    return drawn


def every(connection: sa.Connection) -> tuple[Draw, ...]:
    """Every draw, the newest first."""
    return tuple(map(_draw, connection.execute(sa.select(draws).order_by(draws.c.id.desc()))))


def get(connection: sa.Connection, number: int) -> Draw:
    row = connection.execute(sa.select(draws).where(draws.c.id == number)).one_or_none()
    if row is None:
        raise WrongCall(N_("There is no draw {number}."), number=number)
    return _draw(row)


def winners(entrants: Sequence[str], *, seed: str, outcome: str, prizes: int) -> tuple[str, ...]:
    """Those of the least lots, the least first; a lot is a digest of the seed, the outcome, the list and
    one of it.

    The same for everybody who works it out; before the seed is told nobody can.
    """
    of = list_digest(entrants)
    lots = sorted((digest(f"{seed}\x1f{outcome}\x1f{of}\x1f{who}"), who) for who in set(entrants))
    return tuple(who for _, who in lots[:prizes])


def list_digest(entrants: Iterable[str]) -> str:
    return digest("\n".join(sorted(set(entrants))))


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _draw(row: sa.Row[Any]) -> Draw:
    listed = row.entrants or []
    revealed = row.drawn_at is not None
    drawn = winners(listed, seed=row.seed, outcome=row.outcome, prizes=row.prizes) if revealed else ()
    return Draw(
        id=row.id, name=row.name, offer_id=row.offer_id, prizes=row.prizes, commitment=row.commitment,
        announced=row.announced, entrants=len(listed) or None, entrants_digest=row.entrants_digest,
        odds=min(1.0, row.prizes / len(listed)) if listed else None, seed=row.seed if revealed else None,
        outcome=row.outcome, winners=drawn,
    )  # fmt: skip


def _note(
    connection: sa.Connection, verb: str, number: int, *, by: Actor, now: datetime, count: int | None = None
) -> None:
    event = AuditEvent(verb=verb, subject_kind="draw", subject_id=str(number), count=count)
    add(connection, by, event, now=now)
