"""Tokens: shown once, kept as a digest, ended at will."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shuke.access import audit, users
from shuke.access.audit import Actor
from shuke.access.roles import Capability, Role
from shuke.access.tokens import TokenRequest, issue, list_tokens, revoke, verify
from shuke.access.users import User
from shuke.errors import Denied, WrongCall
from shuke.store.operations import Operations, tokens

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BY = Actor("owner", "cli")


def test_a_token_acts_for_its_user(operations: Operations):
    plain = _issue(operations, _user(operations))
    principal = verify(operations, plain, now=NOW)
    assert principal is not None
    assert principal.name == "lin"
    assert principal.may(Capability.RUN_SQL)


def test_the_plain_token_is_stored_nowhere(operations: Operations):
    plain = _issue(operations, _user(operations))
    with operations.reading() as connection:
        stored = str(connection.execute(select(tokens)).all())
    assert plain.startswith("shuke_")
    assert plain.removeprefix("shuke_") not in stored
    assert plain not in str(audit.read(operations))


@pytest.mark.parametrize("wrong", ["", "shuke_", "shuke_guess", "\udcff not UTF-8"])
def test_an_unknown_token_is_refused(operations: Operations, wrong: str):
    _issue(operations, _user(operations))
    assert verify(operations, wrong, now=NOW) is None


def test_a_revoked_token_is_refused(operations: Operations):
    plain = _issue(operations, _user(operations))
    (token,) = list_tokens(operations)
    assert revoke(operations, token.id, by=BY, now=NOW)
    assert verify(operations, plain, now=NOW) is None
    assert not revoke(operations, token.id, by=BY, now=NOW)


def test_of_many_who_revoke_a_token_one_did(operations: Operations):
    _issue(operations, _user(operations))
    (token,) = list_tokens(operations)
    with ThreadPoolExecutor(6) as pool:
        claims = [pool.submit(revoke, operations, token.id, by=BY, now=NOW) for _ in range(6)]
    assert sorted(claim.result() for claim in claims) == [False] * 5 + [True]
    assert len(audit.read(operations, audit.AuditFilter(verb="revoked_token"))) == 1


def test_a_token_ends_when_it_expires(operations: Operations):
    plain = _issue(operations, _user(operations), expires_at=NOW + timedelta(days=1))
    assert verify(operations, plain, now=NOW + timedelta(hours=23))
    assert verify(operations, plain, now=NOW + timedelta(days=1)) is None


def test_a_token_ends_after_a_year_unless_it_is_to_last_for_ever(operations: Operations):
    user = _user(operations)
    plain, lasting = _issue(operations, user), _issue(operations, user, forever=True)
    assert verify(operations, plain, now=NOW + timedelta(days=364))
    assert verify(operations, plain, now=NOW + timedelta(days=365)) is None
    assert verify(operations, lasting, now=NOW + timedelta(days=36500))
    with pytest.raises(WrongCall, match="never expires"):
        _issue(operations, user, forever=True, expires_at=NOW + timedelta(days=1))


def test_a_token_ends_with_its_user(operations: Operations):
    user = _user(operations)
    plain = _issue(operations, user)
    users.disable(operations, user, by=BY, now=NOW)
    assert verify(operations, plain, now=NOW) is None


def test_a_token_may_no_more_than_its_own_role(operations: Operations):
    principal = verify(operations, _issue(operations, _user(operations), role=Role.VIEWER), now=NOW)
    assert principal is not None
    assert not principal.may(Capability.SEE_PERSONAL)


def test_a_token_may_no_more_than_its_user_may_today(operations: Operations):
    user = _user(operations)
    plain = _issue(operations, user)
    users.set_role(operations, user, Role.VIEWER, by=BY, now=NOW)
    principal = verify(operations, plain, now=NOW)
    assert principal is not None
    assert not principal.may(Capability.RUN_SQL)


def test_tokens_of_somebody_who_was_shut_out_stay_ended_when_they_are_let_in_again(operations: Operations):
    user = _user(operations)
    plain = _issue(operations, user)
    users.create_user(operations, "root", Role.ADMIN, by=BY, now=NOW)
    users.disable(operations, user, by=BY, now=NOW)
    users.enable(operations, user, by=BY, now=NOW)
    assert verify(operations, plain, now=NOW) is None
    assert verify(operations, _issue(operations, user), now=NOW) is not None


def test_a_reset_password_ends_tokens_and_one_that_its_owner_changes_does_not(operations: Operations):
    user = _user(operations)
    plain = _issue(operations, user)
    users.change_password(operations, user, "a choice of her own", by=Actor("lin", "console"), now=NOW)
    assert verify(operations, plain, now=NOW) is not None
    users.reset_password(operations, user, by=BY, now=NOW)
    assert verify(operations, plain, now=NOW) is None


def test_a_token_above_its_user_is_not_issued(operations: Operations):
    with pytest.raises(Denied):
        _issue(operations, _user(operations), role=Role.ADMIN)
    assert list_tokens(operations) == ()


def test_a_token_needs_a_name_and_a_future(operations: Operations):
    user = _user(operations)
    with pytest.raises(WrongCall, match="name"):
        issue(operations, user, TokenRequest(name=" ", role=Role.VIEWER), by=BY, now=NOW)
    with pytest.raises(WrongCall, match="expire"):
        _issue(operations, user, expires_at=NOW)


def test_the_last_use_is_known_to_the_minute(operations: Operations):
    plain = _issue(operations, _user(operations))
    assert list_tokens(operations)[0].last_used_at is None
    for seconds, known in ((0, 0), (59, 0), (60, 60)):
        verify(operations, plain, now=NOW + timedelta(seconds=seconds))
        assert list_tokens(operations)[0].last_used_at == NOW + timedelta(seconds=known)


def test_tokens_are_listed_for_all_or_for_one(operations: Operations):
    lin = _user(operations)
    wu = users.create_user(operations, "wu", Role.VIEWER, by=BY, now=NOW).user
    _issue(operations, lin, name="first")
    _issue(operations, lin, name="second")
    assert [token.name for token in list_tokens(operations, lin)] == ["second", "first"]
    assert list_tokens(operations, wu) == ()
    assert len(list_tokens(operations)) == 2


def _user(operations: Operations) -> User:
    return users.create_user(operations, "lin", Role.ANALYST, by=BY, now=NOW).user


def _issue(
    operations: Operations,
    user: User,
    *,
    name: str = "till",
    role: Role = Role.ANALYST,
    expires_at: datetime | None = None,
    forever: bool = False,
) -> str:
    wish = TokenRequest(name=name, role=role, expires_at=expires_at, forever=forever)
    return issue(operations, user, wish, by=BY, now=NOW)
