"""Message events: what became of messages after they left the house."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "message_events",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("landed", sa.Boolean),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_message_events_reference", "message_events", ["reference"])
    op.create_index("ix_message_events_landed", "message_events", ["landed"])
    op.create_index("ix_messages_reference", "messages", ["reference"])
