"""Offer rows: what is offered, who was given a coupon for it, and what was drawn by lot?

The functions that read and write them stand in `engage`; a build lands what has become of them, and each row
says what of it has landed.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    case,
    select,
)

from shuke.store.schema import DOCUMENT, NUMBER, Money, UtcMoment, metadata

offers = Table(
    "offers",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("value", Money),  # an amount, or per cent
    Column("product_id", Text),
    Column("currency", Text, nullable=False),
    Column("least_order", Money),
    Column("starts", Date, nullable=False),
    Column("ends", Date, nullable=False),
    Column("per_customer", Integer),
    Column("total", Integer),
    Column("stacks", Boolean, nullable=False),
    Column("cost", Money),  # of one redemption; none: what the customer is spared
    Column("reason", Text, nullable=False),  # why some are offered it and others are not
    Column("is_automated", Boolean, nullable=False),  # who is offered it, a model chooses
    Column("redeemed", Integer, nullable=False),  # counted by the update that holds it to `total`
    Column("created_at", UtcMoment, nullable=False),
    Column("who", Text, nullable=False),
    Column("ended_at", UtcMoment),
    Column("landed", Text),  # what of it has landed
    sqlite_autoincrement=True,
)

# The code itself is kept nowhere: whoever reads this table, or a copy of it, can redeem nothing.
coupons = Table(
    "coupons",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("offer_id", NUMBER, ForeignKey("offers.id"), nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("occasion", Text, nullable=False),  # for what it was given out, such as a campaign
    Column("customer_id", Text),  # as it was issued then; none: whoever bears it
    Column("status", Text, nullable=False),
    Column("issued_at", UtcMoment, nullable=False),
    Column("expires", Date, nullable=False),
    Column("redeemed_at", UtcMoment),
    Column("redeemed_by", Text),  # the customer
    Column("source", Text),  # of the order
    Column("order_no", Text),
    Column("idempotency_key", Text, unique=True),
    Column("value", Money),  # what the customer was spared
    Column("cost", Money),
    Column("landed", Text),  # the status that has landed
    UniqueConstraint("offer_id", "occasion", "customer_id"),
    Index(None, "offer_id", "status", "redeemed_by"),
    Index(None, "source", "order_no"),
    sqlite_autoincrement=True,
)

# What a draw comes to is fixed by the seed, whose digest is told before, and by who takes part.
draws = Table(
    "draws",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("offer_id", NUMBER, ForeignKey("offers.id")),  # what the winners are given
    Column("prizes", Integer, nullable=False),
    Column("commitment", Text, nullable=False),
    Column("seed", Text, nullable=False),  # told when it was drawn
    Column("announced", Text, nullable=False),  # whose outcome nobody knew beforehand, such as a lottery
    Column("outcome", Text),
    Column("entrants", DOCUMENT),  # customers
    Column("entrants_digest", Text),
    Column("created_at", UtcMoment, nullable=False),
    Column("closed_at", UtcMoment),
    Column("drawn_at", UtcMoment),
    Column("who", Text, nullable=False),
    sqlite_autoincrement=True,
)

MADE, ENDED = "made", "ended"

NEW_COUPONS = coupons.c.landed.is_distinct_from(coupons.c.status)
NEW_OFFERS = offers.c.landed.is_distinct_from(case((offers.c.ended_at.is_(None), MADE), else_=ENDED))


def waits_to_land(connection: Connection) -> bool:
    """Whether anything has become of offers or coupons that no build has taken in."""
    coupon, offer = select(coupons.c.id).where(NEW_COUPONS), select(offers.c.id).where(NEW_OFFERS)
    return bool(connection.execute(select(coupon.exists() | offer.exists())).scalar())
