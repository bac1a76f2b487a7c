"""Look rows: which build did each user see when they last came, and which before it?"""

from sqlalchemy import Column, Date, ForeignKey, Integer, Table

from shuke.store.schema import NUMBER, UtcMoment, metadata

# One row a user: the build that they know now, and the one that they knew before they first saw it.
looks = Table(
    "looks",
    metadata,
    Column("user_id", NUMBER, ForeignKey("users.id"), primary_key=True),
    Column("build", Integer, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("at", UtcMoment, nullable=False),
    Column("build_before", Integer),
    Column("as_of_before", Date),
    Column("at_before", UtcMoment),
)
