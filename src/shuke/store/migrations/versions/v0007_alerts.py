"""What is at stake in an alert; whom it is given to, and what people say of it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("alert_flips", sa.Column("at_stake", sa.BigInteger))
    op.create_table(
        "alert_notes",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("subject_kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Text, nullable=False),
        sa.Column("assignee", sa.Text),
        sa.Column("comment", sa.Text),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_alert_notes_rule_subject_kind_subject_id", "alert_notes", ["rule", "subject_kind", "subject_id"]
    )
