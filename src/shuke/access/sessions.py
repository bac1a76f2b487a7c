"""Sessions: is this browser the one that somebody logged in with?

The cookie holds a random value, signed with the project's key; the database holds its digest and can
end it at any time. Neither alone lets anybody in.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, Signer
from sqlalchemy import Row, insert, select, update

from shuke.access.users import User, from_row
from shuke.errors import Denied
from shuke.languages import N_
from shuke.store.operations import Operations, sessions, users

IDLE_TIMEOUT = timedelta(hours=12)  # unused for so long, a session is over
LIFETIME = timedelta(days=7)  # and after so long in any case
LAST_SEEN_RESOLUTION = timedelta(minutes=1)  # not every page is a write


@dataclass(frozen=True)
class Session:
    digest: str
    user: User
    csrf: str  # what each form of this session sends along


def begin(operations: Operations, key: bytes, user: User, *, now: datetime) -> str:
    """Let a browser in as the user: the value of its cookie (HttpOnly, SameSite=Lax, Secure under TLS)."""
    value = secrets.token_urlsafe(32)
    row = {"digest": _digest(value), "user_id": user.id, "created_at": now, "seen_at": now}
    with operations.writing() as connection:
        connection.execute(insert(sessions), row)
    return _signer(key).sign(value).decode()


def verify(operations: Operations, key: bytes, cookie: str, *, now: datetime) -> Session | None:
    """Whose session this cookie is; none when it is forged, ended, over, or its user disabled."""
    try:
        digest = _digest(_signer(key).unsign(cookie.encode(errors="replace")).decode())
    except BadSignature:
        return None
    row = _live(operations, digest, now=now)
    if row is None:
        return None
    if row.seen_at + LAST_SEEN_RESOLUTION <= now:
        with operations.writing() as connection:
            connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=now))
    return Session(digest, from_row(row), _csrf(key, digest))


def end(operations: Operations, session: Session, *, now: datetime) -> bool:
    """Log out; whether it was this call that did."""
    alive = (sessions.c.digest == session.digest) & sessions.c.revoked_at.is_(None)
    with operations.writing() as connection:
        return connection.execute(update(sessions).where(alive).values(revoked_at=now)).rowcount == 1


def check_csrf(session: Session, sent: str | None) -> None:
    """Refuse a form that another site made the browser send."""
    if not hmac.compare_digest(session.csrf.encode(), (sent or "").encode()):
        raise Denied(N_("This form has expired. Reload the page and try again."))


def _live(operations: Operations, digest: str, *, now: datetime) -> Row[tuple[object, ...]] | None:
    query = (
        select(users, sessions.c.seen_at)
        .join(sessions)
        .where(
            sessions.c.digest == digest,
            sessions.c.revoked_at.is_(None),
            sessions.c.seen_at > now - IDLE_TIMEOUT,
            sessions.c.created_at > now - LIFETIME,
            users.c.disabled_at.is_(None),
        )
    )
    with operations.reading() as connection:
        return connection.execute(query).one_or_none()


def _signer(key: bytes) -> Signer:
    return Signer(key, salt="shuke.session", key_derivation="hmac", digest_method=hashlib.sha256)


def _csrf(key: bytes, digest: str) -> str:
    return hmac.new(key, f"shuke.csrf:{digest}".encode(), hashlib.sha256).hexdigest()


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
