"""Users: made, let in, changed and shut out, on both databases."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from shuke.access import audit
from shuke.access.audit import Actor
from shuke.access.roles import Capability, Role
from shuke.access.users import (
    Invitation,
    authenticate,
    change_password,
    create_user,
    disable,
    enable,
    get_user,
    list_users,
    reset_password,
    set_language,
    set_role,
)
from shuke.errors import Overtaken, WrongCall
from shuke.store.operations import Operations, users
from tests.at_once import at_once

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BY = Actor("owner", "cli")
CHOSEN = "a choice of her own"


def test_an_invited_user_comes_in_with_the_one_time_password(operations: Operations):
    invitation = _invite(operations, "Lin")
    user = authenticate(operations, "LIN ", invitation.one_time_password)
    assert user == invitation.user
    assert (user.name, user.role, user.must_change, user.language) == ("lin", Role.VIEWER, True, None)
    assert not user.principal.may(Capability.SEE_PERSONAL)


def test_the_one_time_password_is_stored_nowhere(operations: Operations):
    invitation = _invite(operations, "lin")
    with operations.reading() as connection:
        stored = str(connection.execute(select(users)).all())
    assert invitation.one_time_password not in stored
    assert "$argon2id$" in stored


def test_a_wrong_password_and_an_unknown_name_are_refused(operations: Operations):
    invitation = _invite(operations, "lin")
    assert authenticate(operations, "lin", "something else") is None
    assert authenticate(operations, "wu", invitation.one_time_password) is None


def test_a_changed_password_replaces_the_old_one(operations: Operations):
    invitation = _invite(operations, "lin")
    change_password(operations, invitation.user, CHOSEN, by=Actor("lin", "console"), now=NOW)
    assert authenticate(operations, "lin", invitation.one_time_password) is None
    changed = authenticate(operations, "lin", CHOSEN)
    assert changed is not None
    assert not changed.must_change


def test_a_weak_password_changes_nothing(operations: Operations):
    invitation = _invite(operations, "lin")
    with pytest.raises(WrongCall):
        change_password(operations, invitation.user, "short", by=BY, now=NOW)
    assert authenticate(operations, "lin", invitation.one_time_password)


def test_a_forgotten_password_is_reset_to_a_new_one_time_password(operations: Operations):
    user = _invite(operations, "lin").user
    change_password(operations, user, CHOSEN, by=BY, now=NOW)
    reset = reset_password(operations, user, by=BY, now=NOW)
    assert authenticate(operations, "lin", CHOSEN) is None
    again = authenticate(operations, "lin", reset.one_time_password)
    assert again is not None
    assert again.must_change


def test_a_hash_of_weaker_parameters_is_renewed_at_the_next_login(operations: Operations):
    _invite(operations, "lin")
    weak = PasswordHasher(time_cost=1, memory_cost=32, parallelism=1).hash(CHOSEN)
    with operations.writing() as connection:
        connection.execute(update(users).values(password_hash=weak))
    assert authenticate(operations, "lin", CHOSEN)
    with operations.reading() as connection:
        assert connection.execute(select(users.c.password_hash)).scalar_one() != weak
    assert authenticate(operations, "lin", CHOSEN)


def test_a_name_is_given_once_however_it_is_written(operations: Operations):
    _invite(operations, "lin")
    with pytest.raises(WrongCall, match="lin"):
        _invite(operations, " ＬＩＮ")
    assert [user.name for user in list_users(operations)] == ["lin"]


@pytest.mark.parametrize("name", ["", "  ", "lin wei", "x" * 65, "lin\nroot", "<b>"])
def test_impossible_names_are_refused(operations: Operations, name: str):
    with pytest.raises(WrongCall):
        _invite(operations, name)


@pytest.mark.parametrize("name", ["林薇", "lin.wei@example.com", "o-brien_2"])
def test_names_of_either_script_are_welcome(operations: Operations, name: str):
    assert _invite(operations, name).user == get_user(operations, name)


def test_a_disabled_user_stays_out_until_enabled(operations: Operations):
    invitation = _invite(operations, "lin")
    disable(operations, invitation.user, by=BY, now=NOW)
    assert authenticate(operations, "lin", invitation.one_time_password) is None
    enable(operations, invitation.user, by=BY, now=NOW)
    assert authenticate(operations, "lin", invitation.one_time_password)


def test_a_role_changes(operations: Operations):
    user = _invite(operations, "lin").user
    assert set_role(operations, user, Role.ANALYST, by=BY, now=NOW).role is Role.ANALYST


def test_a_language_is_kept_and_an_unknown_one_refused(operations: Operations):
    user = _invite(operations, "lin").user
    set_language(operations, user, "zh")
    with pytest.raises(WrongCall, match="fr"):
        set_language(operations, user, "fr")  # type: ignore[arg-type]
    assert get_user(operations, "lin").language == "zh"


def test_the_last_administrator_cannot_be_taken_away(operations: Operations):
    lin, wu = (_invite(operations, name, Role.ADMIN).user for name in ("lin", "wu"))
    disable(operations, lin, by=BY, now=NOW)
    with pytest.raises(WrongCall, match="only administrator"):
        disable(operations, wu, by=BY, now=NOW)
    with pytest.raises(WrongCall, match="only administrator"):
        set_role(operations, wu, Role.VIEWER, by=BY, now=NOW)


def test_two_administrators_cannot_take_each_other_away_at_once(operations: Operations):
    admins = [_invite(operations, name, Role.ADMIN).user for name in ("lin", "wu")]
    with ThreadPoolExecutor() as pool:
        with operations.writing() as connection:  # both set out, and meet at the row that we hold
            connection.execute(select(users).with_for_update())
            tries = [pool.submit(disable, operations, user, by=BY, now=NOW) for user in admins]
            time.sleep(0.3)
        raised = [done.exception() for done in tries]
    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "WrongCall"]
    assert sum(user.disabled_at is None for user in list_users(operations)) == 1


def test_of_sixteen_who_make_one_user_at_once_one_does_and_the_others_are_told(operations: Operations):
    told = at_once(lambda _: _invite(operations, "lin"))
    assert told.count(WrongCall) == 15
    (made,) = (each for each in told if isinstance(each, Invitation))
    assert authenticate(operations, "lin", made.one_time_password)


def test_whoever_is_told_a_new_password_can_come_in_with_it(operations: Operations):
    user = _invite(operations, "lin").user
    told = at_once(lambda _: reset_password(operations, user, by=BY, now=NOW))
    given = [each.one_time_password for each in told if isinstance(each, Invitation)]
    # Those who came after another's was whole have replaced it on purpose; the log has them in that order.
    assert given and told.count(Overtaken) == 16 - len(given)
    assert sum(authenticate(operations, "lin", password) is not None for password in given) == 1
    resets = audit.read(operations, audit.AuditFilter(verb="reset_password"))
    assert len(resets) == len(given)


def test_an_unknown_user_is_named_in_the_error(operations: Operations):
    with pytest.raises(WrongCall, match="no user wu"):
        get_user(operations, "Wu")


def test_every_change_is_in_the_audit_log(operations: Operations):
    _invite(operations, "root", Role.ADMIN)
    user = _invite(operations, "lin").user
    change_password(operations, user, CHOSEN, by=BY, now=NOW)
    set_role(operations, user, Role.MARKETER, by=BY, now=NOW)
    disable(operations, user, by=BY, now=NOW)
    disable(operations, user, by=BY, now=NOW)
    enable(operations, user, by=BY, now=NOW)
    reset_password(operations, user, by=BY, now=NOW)
    wanted = audit.AuditFilter(subject_kind="user", subject_id=str(user.id))
    entries = audit.read(operations, wanted)[::-1]
    assert [entry.event.verb for entry in entries] == [
        "created_user",
        "changed_password",
        "changed_role",
        "disabled_user",
        "enabled_user",
        "reset_password",
    ]
    assert entries[2].event.detail == {"old": "viewer", "new": "marketer"}
    assert {entry.actor for entry in entries} == {BY}


def _invite(operations: Operations, name: str, role: Role = Role.VIEWER) -> Invitation:
    return create_user(operations, name, role, by=BY, now=NOW)
