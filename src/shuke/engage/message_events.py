"""Message events: what became of messages after they left the house, and of how many?"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shuke.channels.callback import MessageEvent, MessageEventKind
from shuke.store.campaign_rows import message_events, messages
from shuke.store.schema import insert_new

#: How many parameters go into one statement.
_ROWS = 1000

_REACHED = (MessageEventKind.DELIVERED, MessageEventKind.OPENED, MessageEventKind.CLICKED)


@dataclass(frozen=True, kw_only=True)
class Reached:
    """Of how many messages of a campaign what was told; a message counts once in each.

    Whoever has opened one got it, and whoever followed a link in it opened it, also where nobody said so.
    """

    delivered: int = 0
    opened: int = 0
    clicked: int = 0
    soft_bounced: int = 0  # came back for now; may have arrived since
    bounced: int = 0
    complained: int = 0
    unsubscribed: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__dataclass_fields__)


@dataclass(frozen=True, kw_only=True)
class Became:
    """When a message was delivered, opened and followed, as far as that was told."""

    delivered: datetime | None = None
    opened: datetime | None = None
    clicked: datetime | None = None
    bounced: datetime | None = None
    heard_at: datetime | None = None  # the last of it

    def __bool__(self) -> bool:
        return self.heard_at is not None

    def __str__(self) -> str:
        """By which it is known whether anything has changed."""
        told = ("delivered", "opened", "clicked", "bounced")
        return " ".join(f"{name} {at.isoformat()}" for name in told if (at := getattr(self, name)))


@dataclass(frozen=True, kw_only=True)
class SentMessage:
    """A message of the books, as what is told of it is understood."""

    customer_id: str
    campaign_id: int


def note(
    connection: sa.Connection, events: Iterable[MessageEvent], *, channel: str, now: datetime
) -> list[MessageEvent]:
    """Write down what is told for the first time; returns that."""
    new = []
    for event in events:
        row = {
            "key": f"{channel} {event.key}", "reference": event.reference, "kind": event.kind.value,
            "channel": channel, "at": event.at, "received_at": now,
        }  # fmt: skip
        if connection.execute(insert_new(connection, message_events).values(**row)).rowcount:
            new.append(event)
    return new


def sent(connection: sa.Connection, references: Collection[str]) -> dict[str, SentMessage]:
    """By what their receiver calls them, those messages that are ours."""
    of = messages.c
    asked = sa.select(of.reference, of.customer_id, of.campaign_id).where(of.reference.in_(set(references)))
    return {
        row.reference: SentMessage(customer_id=row.customer_id, campaign_id=row.campaign_id)
        for row in connection.execute(asked)
    }


def reference_of(connection: sa.Connection, key: str) -> str | None:
    """What the receiver calls a message; none where it was never sent."""
    found: str | None = connection.execute(
        sa.select(messages.c.reference).where(messages.c.key == key)
    ).scalar()
    return found


def reached(connection: sa.Connection, campaign_id: int) -> Reached:
    """What was told of the messages of a campaign."""
    of = message_events.c

    def told(*kinds: MessageEventKind) -> sa.ColumnElement[int]:
        return sa.func.count(sa.distinct(sa.case((of.kind.in_(kinds), of.reference))))

    kinds = MessageEventKind
    query = sa.select(
        told(*_REACHED).label("delivered"),
        told(kinds.OPENED, kinds.CLICKED).label("opened"),
        *(told(kind).label(kind) for kind in kinds if kind not in (kinds.DELIVERED, kinds.OPENED)),
    ).join_from(message_events, messages, messages.c.reference == of.reference)
    row = connection.execute(query.where(messages.c.campaign_id == campaign_id)).one()
    return Reached(**row._mapping)


def became(connection: sa.Connection, references: Collection[str | None]) -> dict[str, Became]:
    """What was told of messages, by what their receiver calls them."""
    of, found = message_events.c, sorted(filter(None, references))
    first = {
        name: sa.func.min(sa.case((of.kind.in_(kinds), of.at))).label(name)
        for name, kinds in {
            "delivered": _REACHED, "opened": _REACHED[1:], "clicked": _REACHED[2:],
            "bounced": (MessageEventKind.BOUNCED,),
        }.items()
    }  # fmt: skip
    told: dict[str, Became] = {}
    for begin in range(0, len(found), _ROWS):
        these = of.reference.in_(found[begin : begin + _ROWS])
        heard = sa.func.max(of.received_at).label("heard_at")
        query = sa.select(of.reference, *first.values(), heard).where(these).group_by(of.reference)
        for row in connection.execute(query):
            times = {name: getattr(row, name) for name in (*first, "heard_at")}
            told[row.reference] = Became(**times)
    return told
