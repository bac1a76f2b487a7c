"""Rule settings: thresholds and reminders of alert rules that people set, and what a replay came to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"

DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "rule_settings",
        sa.Column("rule", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("thresholds", DOCUMENT, nullable=False),
        sa.Column("remind_days", sa.Integer),
        sa.Column("remind_times", sa.Integer),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "rule_replays",
        sa.Column("rule", sa.Text, primary_key=True),
        sa.Column("result", DOCUMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
