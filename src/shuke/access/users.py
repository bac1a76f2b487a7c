"""Users: who may log in, and in which role?

Every change of a user is in the audit log, by the same transaction. A user is never deleted, only
disabled, so that the log keeps naming a person.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from shuke.access import audit, passwords
from shuke.access.audit import Actor, AuditEvent
from shuke.access.roles import Principal, Role
from shuke.errors import Overtaken, WrongCall
from shuke.languages import LANGUAGES, N_, Language
from shuke.store.operations import Operations, sessions, tokens, users

_NAME = re.compile(r"[\w.@+-]{1,64}")


@dataclass(frozen=True)
class User:
    id: int
    name: str
    role: Role
    language: Language | None  # none: as their browser asks
    must_change: bool  # their password is a one-time password
    created_at: datetime
    disabled_at: datetime | None

    @property
    def principal(self) -> Principal:
        return Principal(self.id, self.name, frozenset({self.role}))


@dataclass(frozen=True)
class Invitation:
    """A new user and the password that works until they choose their own; it is not kept anywhere."""

    user: User
    one_time_password: str


def normalise(name: str) -> str:
    """The form in which a name is stored and compared.

    normalise(" Lin.Wei ")   "lin.wei"
    normalise("ｌｉｎ")       "lin"
    normalise("林薇")         "林薇"
    """
    return unicodedata.normalize("NFKC", name).strip().casefold()


def create_user(operations: Operations, name: str, role: Role, *, by: Actor, now: datetime) -> Invitation:
    name = normalise(name)
    if not _NAME.fullmatch(name):
        raise WrongCall(N_("A user name is one word of at most 64 letters, digits and . @ + - _"))
    password = passwords.one_time_password()
    hashed = passwords.hash_password(password)
    made = insert(users).values(name=name, password_hash=hashed, role=role, must_change=True, created_at=now)
    try:
        with operations.writing() as connection:
            user_id = connection.execute(made.returning(users.c.id)).scalar_one()
            _record(connection, by, "created_user", user_id, now=now, role=role)
            return Invitation(_by_id(connection, user_id), password)
    except IntegrityError as error:
        raise WrongCall(N_("User {name} already exists."), name=name) from error


def authenticate(operations: Operations, name: str, password: str) -> User | None:
    """The enabled user with this name and password. Takes as long for a name that is nobody's."""
    row = _row(operations, name)
    if not passwords.matches(password, row.password_hash if row else None) or row is None:
        return None
    if passwords.is_outdated(row.password_hash):
        _rehash(operations, row, password)
    return None if row.disabled_at else from_row(row)


def change_password(operations: Operations, user: User, new: str, *, by: Actor, now: datetime) -> None:
    """Let a user's own choice hold from now on; whoever is logged in as them is logged out.

    Their tokens go on: who changes a password need not change every program. See `reset_password`.
    """
    passwords.check_strength(new, user.name)
    _set_password(operations, user, new, must_change=False, by=by, now=now)


def reset_password(operations: Operations, user: User, *, by: Actor, now: datetime) -> Invitation:
    """Replace a forgotten or leaked password by a one-time password; ends their sessions and tokens."""
    password = passwords.one_time_password()
    _set_password(operations, user, password, must_change=True, by=by, now=now)
    return Invitation(get_user(operations, user.name), password)


def set_role(operations: Operations, user: User, role: Role, *, by: Actor, now: datetime) -> User:
    with operations.writing() as connection:
        if role is not Role.ADMIN:
            _keep_an_admin(connection, user)
        old = connection.execute(select(users.c.role).where(users.c.id == user.id)).scalar_one()
        connection.execute(update(users).where(users.c.id == user.id).values(role=role))
        _record(connection, by, "changed_role", user.id, now=now, old=old, new=role)
        return _by_id(connection, user.id)


def set_language(operations: Operations, user: User, language: Language | None) -> None:
    """In which language the console speaks to them; the one change that needs no record."""
    if language is not None and language not in LANGUAGES:
        raise WrongCall(N_("There is no language {language}."), language=language)
    with operations.writing() as connection:
        connection.execute(update(users).where(users.c.id == user.id).values(language=language))


def disable(operations: Operations, user: User, *, by: Actor, now: datetime) -> None:
    """Shut a user out and end their tokens and sessions, for good: who is let in again gets new ones."""
    with operations.writing() as connection:
        _keep_an_admin(connection, user)
        shut = update(users).where(users.c.id == user.id, users.c.disabled_at.is_(None))
        if connection.execute(shut.values(disabled_at=now)).rowcount:
            _log_out(connection, user.id, now=now)
            _end_tokens(connection, user.id, now=now)
            _record(connection, by, "disabled_user", user.id, now=now)


def enable(operations: Operations, user: User, *, by: Actor, now: datetime) -> None:
    with operations.writing() as connection:
        again = update(users).where(users.c.id == user.id, users.c.disabled_at.is_not(None))
        if connection.execute(again.values(disabled_at=None)).rowcount:
            _record(connection, by, "enabled_user", user.id, now=now)


def get_user(operations: Operations, name: str) -> User:
    row = _row(operations, name)
    if row is None:
        raise WrongCall(N_("There is no user {name}."), name=normalise(name))
    return from_row(row)


def list_users(operations: Operations) -> tuple[User, ...]:
    with operations.reading() as connection:
        return tuple(from_row(row) for row in connection.execute(select(users).order_by(users.c.name)))


def _set_password(
    operations: Operations, user: User, new: str, *, must_change: bool, by: Actor, now: datetime
) -> None:
    before = _row(operations, user.name)
    hashed = passwords.hash_password(new)
    with operations.writing() as connection:
        values = {"password_hash": hashed, "must_change": must_change}
        unchanged = (users.c.id == user.id) & (users.c.password_hash == (before and before.password_hash))
        if not connection.execute(update(users).where(unchanged).values(values)).rowcount:
            raise Overtaken  # whoever was told the other password would stand before a shut door
        _log_out(connection, user.id, now=now)
        if must_change:  # somebody else set it, for fear of a leak perhaps
            _end_tokens(connection, user.id, now=now)
        _record(connection, by, "reset_password" if must_change else "changed_password", user.id, now=now)


def _rehash(operations: Operations, row: Row[tuple[object, ...]], password: str) -> None:
    unchanged = (users.c.id == row.id) & (users.c.password_hash == row.password_hash)
    with operations.writing() as connection:
        connection.execute(
            update(users).where(unchanged).values(password_hash=passwords.hash_password(password))
        )


def _keep_an_admin(connection: Connection, user: User) -> None:
    """Refuse to take away the last administrator. Locks them all, so that two cannot go at once."""
    active = (users.c.role == Role.ADMIN) & users.c.disabled_at.is_(None)
    admins = connection.execute(select(users.c.id).where(active).order_by(users.c.id).with_for_update())
    if list(admins.scalars()) == [user.id]:
        raise WrongCall(N_("{name} is the only administrator. Appoint another one first."), name=user.name)


def _log_out(connection: Connection, user_id: int, *, now: datetime) -> None:
    open_ones = (sessions.c.user_id == user_id) & sessions.c.revoked_at.is_(None)
    connection.execute(update(sessions).where(open_ones).values(revoked_at=now))


def _end_tokens(connection: Connection, user_id: int, *, now: datetime) -> None:
    alive = (tokens.c.user_id == user_id) & tokens.c.revoked_at.is_(None)
    connection.execute(update(tokens).where(alive).values(revoked_at=now))


def _record(
    connection: Connection, by: Actor, verb: str, user_id: int, *, now: datetime, **detail: str
) -> None:
    event = AuditEvent(verb=verb, subject_kind="user", subject_id=str(user_id), detail=detail)  # type: ignore[arg-type]
    audit.add(connection, by, event, now=now)


def _row(operations: Operations, name: str) -> Row[tuple[object, ...]] | None:
    with operations.reading() as connection:
        return connection.execute(select(users).where(users.c.name == normalise(name))).one_or_none()


def _by_id(connection: Connection, user_id: int) -> User:
    return from_row(connection.execute(select(users).where(users.c.id == user_id)).one())


def from_row(row: Row[tuple[object, ...]]) -> User:
    return User(
        row.id, row.name, Role(row.role), row.language, row.must_change, row.created_at, row.disabled_at
    )
