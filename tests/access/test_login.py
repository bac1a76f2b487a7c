"""Login: the steps in their order."""

from datetime import UTC, datetime

import pytest

from shuke.access import audit, users
from shuke.access.audit import Actor
from shuke.access.limits import PER_NAME_AND_ADDRESS, TooManyAttempts
from shuke.access.login import UNKNOWN_USER, Credentials, WrongCredentials, log_in
from shuke.access.roles import Role
from shuke.store.operations import Operations

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = b"the project's"
HERE = "192.0.2.1"


def test_the_right_password_lets_in_and_is_recorded(operations: Operations):
    invitation = users.create_user(operations, "lin", Role.VIEWER, by=Actor("owner", "cli"), now=NOW)
    given = Credentials(" Lin", invitation.one_time_password)
    assert log_in(operations, given, HERE, key=KEY, door="console", now=NOW) == invitation.user
    entry = audit.read(operations)[0]
    assert (entry.actor, entry.event.verb) == (Actor("lin", "console"), "logged_in")


def test_a_failure_is_recorded_without_what_was_typed(operations: Operations):
    with pytest.raises(WrongCredentials):
        log_in(operations, Credentials("my-secret-password", "lin"), HERE, key=KEY, door="console", now=NOW)
    (entry,) = audit.read(operations)
    assert (entry.actor.who, entry.event.verb) == (UNKNOWN_USER, "failed_login")
    assert "secret" not in str(entry)


def test_even_the_right_password_waits_after_too_many_wrong_ones(operations: Operations):
    invitation = users.create_user(operations, "lin", Role.VIEWER, by=Actor("owner", "cli"), now=NOW)
    right = Credentials("lin", invitation.one_time_password)
    for _ in range(PER_NAME_AND_ADDRESS):
        with pytest.raises(WrongCredentials):
            log_in(operations, Credentials("LIN", "wrong"), HERE, key=KEY, door="console", now=NOW)
    with pytest.raises(TooManyAttempts):
        log_in(operations, right, HERE, key=KEY, door="console", now=NOW)


def test_credentials_do_not_print_their_password():
    assert "secret" not in repr(Credentials("lin", "secret"))
