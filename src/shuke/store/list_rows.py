"""List rows: which lists of customers did people save, and which columns does each reader want to see?"""

from sqlalchemy import Boolean, Column, ForeignKey, Table, Text

from shuke.store.schema import DOCUMENT, NUMBER, UtcMoment, metadata

saved_lists = Table(
    "saved_lists",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("name", Text, nullable=False),
    Column("query", DOCUMENT, nullable=False),  # the parameters of its address, as pairs
    Column("archived", Boolean, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("who", Text, nullable=False),
    sqlite_autoincrement=True,
)

column_choices = Table(
    "column_choices",
    metadata,
    Column("user_id", NUMBER, ForeignKey("users.id"), primary_key=True),
    Column("columns", DOCUMENT, nullable=False),
    Column("at", UtcMoment, nullable=False),
)
