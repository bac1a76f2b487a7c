"""Tokens: how does a program prove for whom it acts?

A token is shown once, when it is issued; only its digest is kept. It may at most what its own role
and its user's role of the moment both allow, and ends with the user.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, insert, select, update

from shuke.access import audit
from shuke.access.audit import Actor, AuditEvent
from shuke.access.roles import CAPABILITIES, Principal, Role
from shuke.access.users import User
from shuke.errors import Denied, WrongCall
from shuke.languages import N_
from shuke.store.operations import Operations, tokens, users

PREFIX = "shuke_"  # what a scanner for leaked secrets looks for
DEFAULT_LIFETIME = timedelta(days=365)  # unless somebody says for how long
LAST_USE_RESOLUTION = timedelta(minutes=1)  # not every call is a write


@dataclass(frozen=True)
class Token:
    id: int
    user: str
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TokenRequest:
    """What a token shall be for; where nothing is said it lasts for `DEFAULT_LIFETIME`."""

    name: str
    role: Role
    expires_at: datetime | None = None
    forever: bool = False


def issue(operations: Operations, user: User, request: TokenRequest, *, by: Actor, now: datetime) -> str:
    """A new token in plain text: it cannot be had a second time."""
    _check(user, request, now=now)
    plain = PREFIX + secrets.token_urlsafe(32)
    ends = None if request.forever else request.expires_at or now + DEFAULT_LIFETIME
    values = {"name": request.name.strip(), "role": request.role, "expires_at": ends}
    made = insert(tokens).values(user_id=user.id, digest=_digest(plain), created_at=now, **values)
    with operations.writing() as connection:
        token_id = connection.execute(made.returning(tokens.c.id)).scalar_one()
        event = AuditEvent(
            verb="issued_token",
            subject_kind="user",
            subject_id=str(user.id),
            detail={"token": token_id, "role": request.role},
        )
        audit.add(connection, by, event, now=now)
    return plain


def verify(operations: Operations, plain: str, *, now: datetime) -> Principal | None:
    """For whom this token acts; none when it is unknown, revoked, expired or its user's are over."""
    query = (
        select(tokens, users.c.name.label("user"), users.c.role.label("user_role"))
        .join(users)
        .where(
            tokens.c.digest == _digest(plain), tokens.c.revoked_at.is_(None), users.c.disabled_at.is_(None)
        )
    )
    with operations.reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    if row.last_used_at is None or row.last_used_at + LAST_USE_RESOLUTION <= now:
        with operations.writing() as connection:
            connection.execute(update(tokens).where(tokens.c.id == row.id).values(last_used_at=now))
    return Principal(row.user_id, row.user, frozenset({Role(row.role), Role(row.user_role)}))


def revoke(operations: Operations, token_id: int, *, by: Actor, now: datetime) -> bool:
    """End a token; whether it was this call that did."""
    alive = (tokens.c.id == token_id) & tokens.c.revoked_at.is_(None)
    with operations.writing() as connection:
        ended = connection.execute(update(tokens).where(alive).values(revoked_at=now)).rowcount == 1
        if ended:
            event = AuditEvent(verb="revoked_token", subject_kind="token", subject_id=str(token_id))
            audit.add(connection, by, event, now=now)
    return ended


def list_tokens(operations: Operations, user: User | None = None) -> tuple[Token, ...]:
    """Everybody's tokens or one user's, the newest first; ended ones too."""
    query = select(tokens, users.c.name.label("user")).join(users).order_by(tokens.c.id.desc())
    if user is not None:
        query = query.where(tokens.c.user_id == user.id)
    with operations.reading() as connection:
        return tuple(_token(row) for row in connection.execute(query))


def _check(user: User, request: TokenRequest, *, now: datetime) -> None:
    if not request.name.strip():
        raise WrongCall(N_("A token needs a name that says what it is for."))
    if not CAPABILITIES[request.role] <= CAPABILITIES[user.role]:
        raise Denied(N_("A token cannot have more rights than its user, {name}."), name=user.name)
    if request.expires_at is not None and request.forever:
        raise WrongCall(N_("A token that never expires cannot have an expiry date."))
    if request.expires_at is not None and request.expires_at <= now:
        raise WrongCall(N_("A token cannot expire in the past."))


def _digest(plain: str) -> str:
    # 256 random bits cannot be guessed, so a fast digest without salt keeps them as well as a slow one.
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()


def _token(row: Row[tuple[object, ...]]) -> Token:
    return Token(
        row.id,
        row.user,
        row.name,
        Role(row.role),
        row.created_at,
        row.expires_at,
        row.last_used_at,
        row.revoked_at,
    )
