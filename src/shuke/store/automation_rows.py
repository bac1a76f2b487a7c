"""Automation rows: on which occasions have customers entered an automation, and what was done for them?

An automation itself is a campaign that customers enter one by one: what it says, how it stands and who is
held out of it are rows of `campaign_rows`. The functions that read and write these stand in `engage`.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from shuke.store.schema import DOCUMENT, NUMBER, UtcMoment, metadata

occasions = Table(
    "occasions",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("campaign_id", NUMBER, ForeignKey("campaigns.id"), nullable=False),
    Column("customer_id", Text, nullable=False),  # as it was issued then
    Column("occasion", Text, nullable=False),  # what happened to them, as its trigger tells it apart
    Column("version", Integer, nullable=False),  # of the automation, by which they go on
    Column("arm", Text, nullable=False),
    Column("enters_on", Date, nullable=False),  # a later day where the limit of a day was reached
    Column("at", UtcMoment, nullable=False),
    UniqueConstraint("campaign_id", "customer_id", "occasion"),
    Index(None, "campaign_id", "enters_on"),
    Index(None, "customer_id"),
    sqlite_autoincrement=True,
)

# A step is in here once it has ended: done, or left out for a reason.
occasion_steps = Table(
    "occasion_steps",
    metadata,
    Column("occasion_id", NUMBER, ForeignKey("occasions.id"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
    Column("at", UtcMoment, nullable=False),
)

# What a simulation on the past came to, the newest of each version.
simulations = Table(
    "simulations",
    metadata,
    Column("campaign_id", NUMBER, ForeignKey("campaigns.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("result", DOCUMENT, nullable=False),
    Column("at", UtcMoment, nullable=False),
)
