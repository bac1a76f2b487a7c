from datetime import UTC, date, datetime, timedelta

from shuke.access import looks, users
from shuke.access.audit import Actor
from shuke.access.looks import Look
from shuke.access.roles import Role
from shuke.store.operations import Operations

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_what_was_known_before_a_build_stays_known_as_long_as_it_stands(operations: Operations):
    lin = users.create_user(operations, "lin", Role.ADMIN, by=Actor("owner", "cli"), now=NOW).user.id
    first, second, third = (
        Look(build, date(2026, 11, 20 + build), NOW + timedelta(days=build)) for build in (1, 2, 3)
    )
    assert looks.before(operations, lin, 1) is None
    assert looks.look(operations, lin, first) is None
    assert looks.look(operations, lin, first) is None
    assert looks.look(operations, lin, second) == first
    again = Look(2, second.as_of, second.at + timedelta(hours=5))
    assert looks.look(operations, lin, again) == first, "who looks again is told the same"
    assert looks.before(operations, lin, 3) == second, "and it is the first look at a build that counts"
    assert looks.look(operations, lin, third) == second


def test_each_user_has_looks_of_their_own(operations: Operations):
    lin, max_ = (
        users.create_user(operations, name, Role.VIEWER, by=Actor("owner", "cli"), now=NOW).user.id
        for name in ("lin", "max")
    )
    looks.look(operations, lin, Look(1, date(2026, 11, 21), NOW))
    assert looks.before(operations, max_, 2) is None
