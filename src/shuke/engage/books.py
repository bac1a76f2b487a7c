"""Books: who was written to, who was not and why, and what have they said of it since?"""

import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

import sqlalchemy as sa

from shuke.engage.permission import Consent
from shuke.store.campaign_rows import assignments, consent_changes, messages, suppressions
from shuke.store.schema import insert_new

#: How many rows go into one statement.
_ROWS = 1000


class MessageStatus(StrEnum):
    SENT = "sent"
    WITHHELD = "withheld"  # by us, for a reason
    REFUSED = "refused"  # by the receiver, for good


class WithholdingReason(StrEnum):
    """Why a message was withheld."""

    CANCELLED = "cancelled"  # the campaign
    UNKNOWN = "unknown"  # nobody is this customer any more
    ALREADY = "already"  # two whom it was meant for are one customer by now
    HELD_OUT = "held_out"  # they became one with somebody of the control group
    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    SUPPRESSED = "suppressed"  # the address bounced, or asked to be left alone
    COMPLAINT = "complaint"  # one of theirs waits for an answer
    CAPPED = "capped"  # they have had enough for now
    OPTED_OUT = "opted_out"  # of an offer for which a model chooses
    SILENT = "silent"  # they have not bought for so long


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What became of a message."""

    key: str
    campaign_id: int
    customer_id: str
    channel: str
    is_marketing: bool
    status: MessageStatus
    at: datetime
    reason: str | None = None
    reference: str | None = None


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """Of which arm a customer is."""

    customer_id: str
    arm: str
    stratum: str


@dataclass(frozen=True, kw_only=True)
class Past:
    """What the books know of one customer, under whatever ids they were issued."""

    consents: tuple[Consent, ...]
    sent: int  # marketing messages since a moment
    arms: frozenset[str]  # of this campaign
    was_written: bool  # by this campaign


def enter(connection: sa.Connection, entry: Entry) -> None:
    """Write down what became of a message; of one key only the first counts."""
    row = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
    connection.execute(insert_new(connection, messages).values(**row | {"status": entry.status.value}))


def assign(
    connection: sa.Connection, campaign_id: int, assigned: Iterable[Assigned], *, now: datetime
) -> None:
    """Write down arms; whoever has one keeps it."""
    rows = [
        {
            "campaign_id": campaign_id,
            "customer_id": a.customer_id,
            "arm": a.arm,
            "stratum": a.stratum,
            "at": now,
        }
        for a in assigned
    ]
    for first in range(0, len(rows), _ROWS):
        connection.execute(insert_new(connection, assignments).values(rows[first : first + _ROWS]))


def assigned(connection: sa.Connection, campaign_id: int) -> list[Assigned]:
    """The arm of everybody who ever entered a campaign, as they were issued then, in turn."""
    of = assignments.c
    query = sa.select(of.customer_id, of.arm, of.stratum).where(of.campaign_id == campaign_id)
    return [Assigned(**row._mapping) for row in connection.execute(query.order_by(of.at, of.customer_id))]


def past(connection: sa.Connection, issued: Collection[str], *, campaign_id: int, since: datetime) -> Past:
    """What is known of the customer who goes by these ids."""
    mine = sa.select(assignments.c.arm).where(
        assignments.c.campaign_id == campaign_id, assignments.c.customer_id.in_(issued)
    )
    sent = sa.select(messages.c.campaign_id, messages.c.is_marketing, messages.c.at).where(
        messages.c.customer_id.in_(issued), messages.c.status == MessageStatus.SENT
    )
    rows = connection.execute(sent).all()
    return Past(
        consents=tuple(statements(connection, issued)),
        sent=sum(1 for row in rows if row.is_marketing and row.at > since),
        arms=frozenset(connection.execute(mine).scalars()),
        was_written=any(row.campaign_id == campaign_id for row in rows),
    )


def wrote_since(connection: sa.Connection, issued: Collection[str], since: datetime) -> set[int]:
    """Which campaigns have written to a customer from a moment on."""
    of = messages.c
    query = sa.select(of.campaign_id).where(
        of.customer_id.in_(issued), of.status == MessageStatus.SENT, of.at >= since
    )
    return set(connection.execute(query).scalars())


def statements(connection: sa.Connection, issued: Collection[str]) -> list[Consent]:
    """What a customer has told us of being written to, in the order in which they did."""
    of = consent_changes.c
    query = sa.select(consent_changes).where(of.customer_id.in_(issued)).order_by(of.id)
    return [
        Consent(purpose=row.purpose, channel=row.channel, granted=row.granted, since=row.at)
        for row in connection.execute(query)
    ]


def say(connection: sa.Connection, customer_id: str, consent: Consent, *, how: str, who: str) -> None:
    """Write down that a customer grants or withdraws a consent, at the moment that it names."""
    row = {
        "customer_id": customer_id, "purpose": consent.purpose, "channel": consent.channel,
        "granted": consent.granted, "at": consent.since, "how": how, "who": who,
    }  # fmt: skip
    connection.execute(sa.insert(consent_changes), [row])


def digest(address: str, *, key: bytes) -> str:
    """By which an address is known without being kept."""
    return hmac.digest(key, f"shuke.address {address.strip().lower()}".encode(), sha256).hex()


def suppress(connection: sa.Connection, digest_: str, *, reason: str, now: datetime) -> None:
    """Never write to an address again."""
    row = {"digest": digest_, "reason": reason, "at": now}
    connection.execute(insert_new(connection, suppressions).values(**row))


def is_suppressed(connection: sa.Connection, digest_: str) -> bool:
    return (
        connection.execute(sa.select(suppressions.c.reason).where(suppressions.c.digest == digest_)).scalar()
        is not None
    )
