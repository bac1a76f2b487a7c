"""Sessions: begun, verified, over, ended."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shuke.access import users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.access.sessions import IDLE_TIMEOUT, LIFETIME, Session, begin, check_csrf, end, verify
from shuke.access.users import User
from shuke.errors import Denied
from shuke.store.operations import Operations, sessions

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BY = Actor("owner", "cli")
KEY = b"k" * 32


def test_a_cookie_says_whose_session_it_is(operations: Operations):
    user = _user(operations)
    assert _verified(operations, begin(operations, KEY, user, now=NOW)).user == user


def test_a_cookie_is_neither_guessed_nor_made_from_the_database(operations: Operations):
    cookie = begin(operations, KEY, _user(operations), now=NOW)
    with operations.reading() as connection:
        (row,) = connection.execute(select(sessions))
    value, signature = cookie.rsplit(".", 1)
    assert value not in str(row)
    for forged in (
        "",
        "x",
        value,
        f"{row.digest}.{signature}",
        f"{value}.{signature[::-1]}",
        cookie + "\udcff",
    ):
        assert verify(operations, KEY, forged, now=NOW) is None
    assert verify(operations, b"x" * 32, cookie, now=NOW) is None


def test_an_ended_session_is_refused_and_others_stay(operations: Operations):
    user = _user(operations)
    here, there = (begin(operations, KEY, user, now=NOW) for _ in range(2))
    session = _verified(operations, here)
    assert end(operations, session, now=NOW)
    assert not end(operations, session, now=NOW)
    assert verify(operations, KEY, here, now=NOW) is None
    assert verify(operations, KEY, there, now=NOW)


def test_a_session_is_over_when_it_is_idle(operations: Operations):
    cookie = begin(operations, KEY, _user(operations), now=NOW)
    later = NOW + IDLE_TIMEOUT - timedelta(minutes=1)
    assert verify(operations, KEY, cookie, now=later)
    assert verify(operations, KEY, cookie, now=later + IDLE_TIMEOUT - timedelta(seconds=1))
    assert verify(operations, KEY, cookie, now=later + 2 * IDLE_TIMEOUT) is None


def test_a_session_is_over_after_its_lifetime_though_used(operations: Operations):
    cookie = begin(operations, KEY, _user(operations), now=NOW)
    now = NOW
    while now + IDLE_TIMEOUT / 2 < NOW + LIFETIME:
        now += IDLE_TIMEOUT / 2
        assert verify(operations, KEY, cookie, now=now)
    assert verify(operations, KEY, cookie, now=NOW + LIFETIME) is None


def test_a_new_password_ends_all_sessions(operations: Operations):
    user = _user(operations)
    cookie = begin(operations, KEY, user, now=NOW)
    users.change_password(operations, user, "a choice of her own", by=BY, now=NOW)
    assert verify(operations, KEY, cookie, now=NOW) is None


def test_disabling_a_user_ends_their_sessions_for_good(operations: Operations):
    user = _user(operations)
    cookie = begin(operations, KEY, user, now=NOW)
    users.disable(operations, user, by=BY, now=NOW)
    assert verify(operations, KEY, cookie, now=NOW) is None
    users.enable(operations, user, by=BY, now=NOW)
    assert verify(operations, KEY, cookie, now=NOW) is None


def test_a_changed_role_holds_from_the_next_page_on(operations: Operations):
    user = _user(operations)
    cookie = begin(operations, KEY, user, now=NOW)
    users.set_role(operations, user, Role.MARKETER, by=BY, now=NOW)
    assert _verified(operations, cookie).user.role is Role.MARKETER


def test_a_form_carries_the_token_of_its_own_session(operations: Operations):
    user = _user(operations)
    here, there = (_verified(operations, begin(operations, KEY, user, now=NOW)) for _ in range(2))
    check_csrf(here, here.csrf)
    for sent in (there.csrf, "", None, "熟客", here.digest):
        with pytest.raises(Denied):
            check_csrf(here, sent)


def _user(operations: Operations) -> User:
    return users.create_user(operations, "lin", Role.VIEWER, by=BY, now=NOW).user


def _verified(operations: Operations, cookie: str) -> Session:
    session = verify(operations, KEY, cookie, now=NOW)
    assert session is not None
    return session
