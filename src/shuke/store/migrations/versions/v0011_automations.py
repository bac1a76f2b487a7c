"""Automations: who entered on which occasion, what was done, tasks for people, and who looks after whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _occasions()
    _tasks()
    op.add_column("messages", sa.Column("landed", sa.Text))


def _occasions() -> None:
    op.create_table(
        "occasions",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("campaign_id", NUMBER, sa.ForeignKey("campaigns.id"), nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("arm", sa.Text, nullable=False),
        sa.Column("enters_on", sa.Date, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.UniqueConstraint("campaign_id", "customer_id", "occasion"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_occasions_campaign_id_enters_on", "occasions", ["campaign_id", "enters_on"])
    op.create_index("ix_occasions_customer_id", "occasions", ["customer_id"])
    op.create_table(
        "occasion_steps",
        sa.Column("occasion_id", NUMBER, sa.ForeignKey("occasions.id"), primary_key=True),
        sa.Column("step", sa.Integer, primary_key=True),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "simulations",
        sa.Column("campaign_id", NUMBER, sa.ForeignKey("campaigns.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("result", DOCUMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("key", sa.Text, unique=True),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("origin_name", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tasks_customer_id", "tasks", ["customer_id"])
    op.create_table(
        "task_changes",
        sa.Column("task_id", NUMBER, sa.ForeignKey("tasks.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("assignee", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text),
    )
    op.create_table(
        "care_rules",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("segment", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("archived", sa.Boolean, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.UniqueConstraint("segment", "number"),
        sqlite_autoincrement=True,
    )
