"""Limits: how often may somebody try to log in, before they have to wait?

Attempts are counted in the operations database, so that the limits hold across the processes of a
server and its restarts. An attempt counts before the password is looked at; one that succeeds is
taken back.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection, Table, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shuke.errors import Denied
from shuke.languages import N_
from shuke.store.operations import Operations, login_attempts

WINDOW = timedelta(minutes=15)

# A guesser who works through the passwords of one name; one who works through names; and many who
# share the work on one name. The last is wide, or anybody could lock anybody out from afar.
PER_NAME_AND_ADDRESS = 5
PER_ADDRESS = 30
PER_NAME = 100

# "insert … on conflict", which the two databases have in common and SQL has not
_INSERT: dict[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class TooManyAttempts(Denied):
    """Not now (HTTP 429); `again` says when."""

    def __init__(self, again: datetime, now: datetime) -> None:
        self.again = again
        minutes = ceil((again - now) / timedelta(minutes=1))
        super().__init__(N_("Too many attempts. Try again in {minutes} min."), minutes=minutes)


@dataclass(frozen=True)
class Attempt:
    own: str  # the bucket of its name and address
    until: dict[str, datetime]  # each bucket in which it counts, with the end of the window that it counts in


def admit(operations: Operations, name: str, address: str, *, key: bytes, now: datetime) -> Attempt:
    """Count an attempt to log in as `name` (normalised) from `address`, or say that it is one too many."""
    own, limits = _limits(name, address, key)
    with operations.writing() as connection:
        _sweep(connection, now=now)
        # In one order for all, so that no two attempts wait for each other.
        counts = {bucket: _count(connection, bucket, now=now) for bucket in sorted(limits)}
        waits = [until for bucket, (number, until) in counts.items() if number > limits[bucket]]
        if waits:  # leaves nothing counted: who keeps knocking at one door must not shut the others
            raise TooManyAttempts(max(waits), now)
    return Attempt(own, {bucket: until for bucket, (_, until) in counts.items()})


def forgive(operations: Operations, attempt: Attempt) -> None:
    """The attempt succeeded: it counts no longer, nor do the slips before it."""
    c = login_attempts.c
    with operations.writing() as connection:
        for bucket, until in sorted(attempt.until.items()):
            # Of a window that has begun since, nothing is taken back: this attempt did not count in it.
            counted = (c.bucket == bucket) & (c.until == until)
            if bucket == attempt.own:
                connection.execute(delete(login_attempts).where(counted))
            else:
                connection.execute(update(login_attempts).where(counted).values(attempts=c.attempts - 1))


def _limits(name: str, address: str, key: bytes) -> tuple[str, dict[str, int]]:
    """The bucket of a name and address together; and each in which they count, with how many that takes."""
    network = _network(address)
    own = _bucket(key, "both", name, network)
    return own, {
        own: PER_NAME_AND_ADDRESS,
        _bucket(key, "address", network): PER_ADDRESS,
        _bucket(key, "name", name): PER_NAME,
    }


def _bucket(key: bytes, *parts: str) -> str:
    # People type passwords into the field for names, and addresses can all be tried: whoever has the database
    # and not the key must not find out which it was.
    return hmac.new(
        key, "\0".join(("shuke.limits", *parts)).encode(errors="replace"), hashlib.sha256
    ).hexdigest()


def _network(address: str) -> str:
    """Who has one IPv6 address has the 2^64 beside it as well; they count as one."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address  # a test's client, or a socket without addresses
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped  # how a socket that listens for both kinds writes one of the older
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else str(known)


def _count(connection: Connection, bucket: str, *, now: datetime) -> tuple[int, datetime]:
    """Add one to a bucket, emptied first when its window is over: how many now, and until when."""
    c = login_attempts.c
    over = c.until <= now
    add = _INSERT[connection.dialect.name](login_attempts).values(
        bucket=bucket, attempts=1, until=now + WINDOW
    )
    counted = add.on_conflict_do_update(
        index_elements=[c.bucket],
        set_={
            "attempts": case((over, 1), else_=c.attempts + 1),
            "until": case((over, now + WINDOW), else_=c.until),
        },
    ).returning(c.attempts, c.until)
    row = connection.execute(counted).one()
    return row.attempts, row.until


def _sweep(connection: Connection, *, now: datetime) -> None:
    """Drop what is over, but for rows that another attempt is just counting in."""
    c = login_attempts.c
    over = select(c.bucket).where(c.until <= now).with_for_update(skip_locked=True)
    connection.execute(delete(login_attempts).where(c.bucket.in_(over)))
