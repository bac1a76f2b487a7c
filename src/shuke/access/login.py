"""Login: may this person come in now?

One order for every door: count the attempt, compare the password, write it down.
"""

from dataclasses import dataclass, field
from datetime import datetime

from shuke.access import audit, limits, users
from shuke.access.audit import Actor, AuditEvent, Door
from shuke.access.users import User
from shuke.errors import Denied
from shuke.languages import N_
from shuke.store.operations import Operations

UNKNOWN_USER = "-"  # who failed is not written down: people type passwords into the field for names


@dataclass(frozen=True)
class Credentials:
    name: str
    password: str = field(repr=False)


class WrongCredentials(Denied):
    """Nobody we know (HTTP 401)."""

    def __init__(self) -> None:
        super().__init__(N_("Wrong name or password."))


def log_in(
    operations: Operations, given: Credentials, address: str, *, key: bytes, door: Door, now: datetime
) -> User:
    """The user whose name and password these are; TooManyAttempts or WrongCredentials otherwise."""
    attempt = limits.admit(operations, users.normalise(given.name), address, key=key, now=now)
    user = users.authenticate(operations, given.name, given.password)
    if user is None:
        audit.record(operations, Actor(UNKNOWN_USER, door), AuditEvent(verb="failed_login"), now=now)
        raise WrongCredentials
    limits.forgive(operations, attempt)
    event = AuditEvent(verb="logged_in", subject_kind="user", subject_id=str(user.id))
    audit.record(operations, Actor(user.name, door), event, now=now)
    return user
