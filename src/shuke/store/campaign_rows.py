"""Campaign rows: which campaigns are there, who belongs to which arm, and who was written to?

The functions that read and write them stand in `engage`.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    cast,
    func,
    select,
)

from shuke.store.schema import DOCUMENT, NUMBER, UtcMoment, metadata

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("salt", Text, nullable=False),  # of the lots by which customers are held out
    Column("created_at", UtcMoment, nullable=False),
    sqlite_autoincrement=True,
)

# Every change of what a campaign says is a version; the one with the highest number counts.
campaign_versions = Table(
    "campaign_versions",
    metadata,
    Column("campaign_id", NUMBER, ForeignKey("campaigns.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("document", DOCUMENT, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("who", Text, nullable=False),
)

# Its state is its last row, the one with the highest number.
campaign_states = Table(
    "campaign_states",
    metadata,
    Column("campaign_id", NUMBER, ForeignKey("campaigns.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("status", Text, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("who", Text),  # none: a worker
    Column("note", Text, nullable=False),
)

# Whoever enters a campaign is assigned once and keeps the arm.
assignments = Table(
    "assignments",
    metadata,
    Column("campaign_id", NUMBER, ForeignKey("campaigns.id"), primary_key=True),
    Column("customer_id", Text, primary_key=True),  # as it was issued then
    Column("arm", Text, nullable=False),
    Column("stratum", Text, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("landed", Text),  # what of it has landed: the status of its message, or that it was made
)

# The books: what became of each message. Neither addresses nor words are kept.
messages = Table(
    "messages",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("campaign_id", NUMBER, ForeignKey("campaigns.id"), nullable=False),
    Column("customer_id", Text, nullable=False),  # as it was when it was sent
    Column("channel", Text, nullable=False),
    Column("is_marketing", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),  # why it was withheld or refused
    Column("reference", Text),  # what the receiver calls it
    Column("at", UtcMoment, nullable=False),
    Column("landed", Text),  # what of it has landed, of one of an automation
    Index(None, "campaign_id", "status"),
    Index(None, "customer_id", "at"),
    Index(None, "reference"),
    sqlite_autoincrement=True,
)

# What became of messages after they left the house, as it was told. It may be told before the books know the
# message, and of messages that are none of ours.
message_events = Table(
    "message_events",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # the same whenever it is told again
    Column("reference", Text, nullable=False, index=True),  # what the receiver calls the message
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("received_at", UtcMoment, nullable=False),
    Column("landed", Boolean, index=True),
    sqlite_autoincrement=True,
)

# When it is whose turn to go by a channel that takes so many messages a minute.
channel_turns = Table(
    "channel_turns",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("key", Text, primary_key=True),  # of the message
    Column("at", UtcMoment, nullable=False),
    Column("used", Boolean, nullable=False),
    Index(None, "channel", "at"),
)

# What customers say of being written to, between two builds; each build lands it.
consent_changes = Table(
    "consent_changes",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("customer_id", Text, nullable=False, index=True),  # as it was issued then
    Column("purpose", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("how", Text, nullable=False),  # by a link, a reply, a person
    Column("who", Text, nullable=False),
    Column("landed", Boolean),
    sqlite_autoincrement=True,
)

# Addresses that are not written to any more, known by a keyed digest alone.
suppressions = Table(
    "suppressions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", UtcMoment, nullable=False),
)

#: By what an assignment is known to the books of messages, and how it stands.
MESSAGE_KEY = cast(assignments.c.campaign_id, Text) + ":" + assignments.c.customer_id
STANDS = func.coalesce(messages.c.status, "assigned")

#: What no build has taken in.
NEW_TOUCHES = assignments.c.landed.is_distinct_from(STANDS)
IS_STEP = ~messages.c.key.in_(select(MESSAGE_KEY).scalar_subquery())
NEW_STEPS = messages.c.landed.is_(None) & IS_STEP
NEW_CONSENTS = consent_changes.c.landed.is_(None)
NEW_EVENTS = message_events.c.landed.is_(None)


def waits_to_land(connection: Connection) -> bool:
    """Whether anything was sent, told of it, or said of being written to, that no build has taken in."""
    touched = select(assignments.c.customer_id).outerjoin(messages, messages.c.key == MESSAGE_KEY)
    said = select(consent_changes.c.id).where(NEW_CONSENTS)
    step = select(messages.c.id).where(NEW_STEPS)
    event = select(message_events.c.id).where(NEW_EVENTS)
    new = touched.where(NEW_TOUCHES).exists() | step.exists() | said.exists() | event.exists()
    return bool(connection.execute(select(new)).scalar())
