"""What people say of customers themselves, and the lists of customers that they keep."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "customer_annotations",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("landed", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_customer_annotations_customer_id", "customer_annotations", ["customer_id"])
    op.create_index("ix_customer_annotations_landed", "customer_annotations", ["landed"])
    op.create_table(
        "saved_lists",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("query", DOCUMENT, nullable=False),
        sa.Column("archived", sa.Boolean, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "column_choices",
        sa.Column("user_id", NUMBER, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("columns", DOCUMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
