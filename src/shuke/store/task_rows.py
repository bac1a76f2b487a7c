"""Task rows: what is somebody to do for a customer, and who looks after whom?

The functions that read and write them stand in `engage`.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from shuke.store.schema import NUMBER, UtcMoment, metadata

tasks = Table(
    "tasks",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("key", Text, unique=True),  # by which whoever opens it again is known to have done so
    Column("customer_id", Text, nullable=False),  # as it was issued then
    Column("title", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("origin", Text, nullable=False),  # an automation, an alert, a person
    Column("origin_name", Text, nullable=False),  # which automation or rule; who
    Column("created_at", UtcMoment, nullable=False),
    Index(None, "customer_id"),
    sqlite_autoincrement=True,
)

# Its state is its last row, the one with the highest number; so is whom it is given to.
task_changes = Table(
    "task_changes",
    metadata,
    Column("task_id", NUMBER, ForeignKey("tasks.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("status", Text, nullable=False),
    Column("assignee", Text, nullable=False),  # the name of a user; empty: nobody
    Column("comment", Text, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("who", Text),  # none: a worker
)

# Who looks after the customers of a segment; the version with the highest number counts.
care_rules = Table(
    "care_rules",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("segment", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("contact", Text, nullable=False),  # the name of a user
    Column("priority", Integer, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("who", Text, nullable=False),
    UniqueConstraint("segment", "number"),
    sqlite_autoincrement=True,
)
