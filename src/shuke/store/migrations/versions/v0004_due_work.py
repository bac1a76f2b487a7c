"""What waits to be done, from which moment on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "due_work",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("payload", DOCUMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("worker", sa.Text),
        sa.Column("leased_until", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("outcome", sa.Text),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("kind", "key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_due_work_ended_at_kind_due_at", "due_work", ["ended_at", "kind", "due_at"])
