"""Kept secrets: what does somebody read who gets hold of the operations database alone?"""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from shuke.access import sessions, tokens
from shuke.access.audit import Actor
from shuke.access.limits import TooManyAttempts
from shuke.access.login import Credentials, WrongCredentials, log_in
from shuke.access.roles import Role
from shuke.access.tokens import TokenRequest
from shuke.access.users import change_password, create_user
from shuke.store.operations import Operations
from shuke.store.schema import metadata

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = bytes(range(32))
BY = Actor("owner", "cli")
ADDRESS, CHOSEN, SLIP = "203.0.113.77", "violet tractor nineteen", "sonnet-7-in-the-wrong-field"


def test_no_password_token_cookie_address_or_slip_stands_in_it(operations: Operations):
    invited = create_user(operations, "lin", Role.ADMIN, by=BY, now=NOW)
    once = Credentials("lin", invited.one_time_password)
    lin = log_in(operations, once, ADDRESS, key=KEY, door="console", now=NOW)
    change_password(operations, lin, CHOSEN, by=BY, now=NOW)
    cookie = sessions.begin(operations, KEY, lin, now=NOW)
    token = tokens.issue(operations, lin, TokenRequest(name="till", role=Role.VIEWER), by=BY, now=NOW)
    for given in (Credentials(SLIP, "x"), Credentials("lin", SLIP)):
        with pytest.raises((WrongCredentials, TooManyAttempts)):
            log_in(operations, given, ADDRESS, key=KEY, door="console", now=NOW)
    stored = _everything(operations)
    value = cookie.rpartition(".")[0]
    secrets = (invited.one_time_password, CHOSEN, SLIP, ADDRESS, token, cookie, value, KEY.hex(), str(KEY))
    assert [secret for secret in secrets if secret in stored] == []
    assert "lin" in stored and "$argon2id$" in stored and len(value) > 30  # that much is read


def _everything(operations: Operations) -> str:
    with operations.reading() as connection:
        return "\n".join(
            str(list(map(str, row))) for t in metadata.sorted_tables for row in connection.execute(select(t))
        )
