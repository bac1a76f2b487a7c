"""Offers, the coupons given out for them, and draws by lot."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
MONEY = sa.BigInteger()  # ten-thousandths


def upgrade() -> None:
    _offers()
    _coupons()
    _draws()


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("value", MONEY),
        sa.Column("product_id", sa.Text),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("least_order", MONEY),
        sa.Column("starts", sa.Date, nullable=False),
        sa.Column("ends", sa.Date, nullable=False),
        sa.Column("per_customer", sa.Integer),
        sa.Column("total", sa.Integer),
        sa.Column("stacks", sa.Boolean, nullable=False),
        sa.Column("cost", MONEY),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("is_automated", sa.Boolean, nullable=False),
        sa.Column("redeemed", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("landed", sa.Text),
        sqlite_autoincrement=True,
    )


def _coupons() -> None:
    op.create_table(
        "coupons",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("offer_id", NUMBER, sa.ForeignKey("offers.id"), nullable=False),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("expires", sa.Date, nullable=False),
        sa.Column("redeemed_at", MOMENT),
        sa.Column("redeemed_by", sa.Text),
        sa.Column("source", sa.Text),
        sa.Column("order_no", sa.Text),
        sa.Column("idempotency_key", sa.Text, unique=True),
        sa.Column("value", MONEY),
        sa.Column("cost", MONEY),
        sa.Column("landed", sa.Text),
        sa.UniqueConstraint("offer_id", "occasion", "customer_id"),
        sa.Index(None, "offer_id", "status", "redeemed_by"),
        sa.Index(None, "source", "order_no"),
        sqlite_autoincrement=True,
    )


def _draws() -> None:
    op.create_table(
        "draws",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("offer_id", NUMBER, sa.ForeignKey("offers.id")),
        sa.Column("prizes", sa.Integer, nullable=False),
        sa.Column("commitment", sa.Text, nullable=False),
        sa.Column("seed", sa.Text, nullable=False),
        sa.Column("announced", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("entrants", DOCUMENT),
        sa.Column("entrants_digest", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("drawn_at", MOMENT),
        sa.Column("who", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
