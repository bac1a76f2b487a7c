"""What people decided about who is who."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("left_records", DOCUMENT, nullable=False),
        sa.Column("right_records", DOCUMENT, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.Column("undone_by", sa.Text),
        sqlite_autoincrement=True,
    )
