"""Annotation rows: what did people say of a customer themselves, as a tag, a note, or who owns them?

Rows are only added: the newest of a customer and kind, of tags also of a value, is in force.
"""

from sqlalchemy import Boolean, Column, Connection, Index, Table, Text, select

from shuke.store.schema import NUMBER, UtcMoment, metadata

customer_annotations = Table(
    "customer_annotations",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("customer_id", Text, nullable=False),  # as it was issued then
    Column("kind", Text, nullable=False),  # tag, note or owner
    Column("value", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("who", Text, nullable=False),
    Column("landed", Boolean, nullable=False),
    Index(None, "customer_id"),
    Index(None, "landed"),
    sqlite_autoincrement=True,
)

NEW_ANNOTATIONS = customer_annotations.c.landed.is_(False)


def waits_to_land(connection: Connection) -> bool:
    """Whether anything was said that no build has taken in."""
    return (
        connection.execute(select(customer_annotations.c.id).where(NEW_ANNOTATIONS).limit(1)).first()
        is not None
    )
