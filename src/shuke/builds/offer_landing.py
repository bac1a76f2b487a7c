"""Offer landing: what has come of offers since the last build, so that tables can tell of it?

Offers, coupons with what became of them, and the cost of those that were redeemed, booked to the customer as
an expense, land as source `shuke`. A row remembers what of it has landed; where somebody dies in between it
lands once more, which changes nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from shuke.app import Project
from shuke.builds.own_rows import founding, known, land, stored
from shuke.engage.coupons import AGAIN, CouponStatus
from shuke.engage.offers import OfferKind
from shuke.store.offer_rows import ENDED, MADE, NEW_COUPONS, NEW_OFFERS, coupons, offers
from shuke.store.operations import Operations

#: So many coupons are one batch.
_ROWS = 100_000


def land_offers(project: Project, *, now: datetime) -> int:
    """Land what is new of offers and coupons; returns how many of these."""
    landed = 0
    while found := _land_some(project, now=now):
        landed += found
    return landed


def _land_some(project: Project, *, now: datetime) -> int:
    with project.operations.reading() as connection:
        made = connection.execute(sa.select(offers).where(NEW_OFFERS)).all()
        given = connection.execute(
            sa.select(coupons, offers.c.currency).join(offers, offers.c.id == coupons.c.offer_id)
            .where(NEW_COUPONS).order_by(coupons.c.id).limit(_ROWS)
        ).all()  # fmt: skip
    if not made and not given:
        return 0
    zone = ZoneInfo(project.settings.zone)
    records = founding(project, {who for row in given for who in (row.customer_id, row.redeemed_by) if who})
    tables = {
        "offers": [_offer(row, zone) for row in made],
        "coupons": [_coupon(row, zone, records) for row in given],
        "expenses": list(_expenses(given, zone, records)),
    }
    land(project, tables, now=now)
    _remember(project.operations, made, given)
    return len(made) + len(given)


def _offer(row: sa.Row[Any], zone: ZoneInfo) -> dict[str, Any]:
    stands, at = (ENDED, row.ended_at) if row.ended_at else (MADE, row.created_at)
    return known(str(row.id), state=stands, at=at) | {
        "offer_id": str(row.id), "offer_name": row.name, "offer_kind": row.kind,
        "off": row.value if row.kind == OfferKind.VALUE else None,
        "off_share": row.value / 100 if row.kind == OfferKind.PERCENT else None,
        "offer_currency": row.currency, "made_on": _day(row.created_at, zone), "offer_starts": row.starts,
        "offer_ends": row.ends, "reason": row.reason or None, "is_automated": row.is_automated,
        "revises": row.landed is not None,
    }  # fmt: skip


def _coupon(row: sa.Row[Any], zone: ZoneInfo, records: dict[str, str]) -> dict[str, Any]:
    code = f"shuke-{row.id}"  # the number; the code itself is known to nobody
    return known(code, state=str(row.status), at=row.redeemed_at or row.issued_at) | {
        "coupon_code": code, "record_id": records.get(row.redeemed_by or row.customer_id or ""),
        "campaign_id": _campaign(row), "offer_id": str(row.offer_id), "issued": _day(row.issued_at, zone),
        "expires": row.expires, "redeemed_at": row.redeemed_at and stored(row.redeemed_at),
        "order_no": row.order_no, "value": row.value,
        "withdrawn": row.status == CouponStatus.VOID, "revises": row.landed is not None,
    }  # fmt: skip


def _expenses(
    given: Sequence[sa.Row[Any]], zone: ZoneInfo, records: dict[str, str]
) -> Iterator[dict[str, Any]]:
    for row in given:
        if row.status == CouponStatus.REDEEMED and row.cost:
            number = f"shuke-coupon-{row.id}"
            yield known(number, state=str(row.status), at=row.redeemed_at) | {
                "expense_no": number, "at": _day(row.redeemed_at, zone), "campaign_id": _campaign(row),
                "record_id": records.get(row.redeemed_by or ""), "amount": row.cost,
                "currency": row.currency, "revises": False,
            }  # fmt: skip


def _campaign(row: sa.Row[Any]) -> str:
    return str(row.occasion).partition(AGAIN)[0]


def _remember(operations: Operations, made: Sequence[sa.Row[Any]], given: Sequence[sa.Row[Any]]) -> None:
    """What changed since it was read is new again."""
    told = [{"of": row.id, "as": row.status} for row in given]
    ended = [{"of": row.id, "as": ENDED if row.ended_at else MADE} for row in made]
    with operations.writing() as connection:
        for table, rows in ((coupons, told), (offers, ended)):
            if rows:
                known = sa.update(table).where(table.c.id == sa.bindparam("of"))
                connection.execute(known.values(landed=sa.bindparam("as")), rows)


def _day(moment: datetime, zone: ZoneInfo) -> Any:
    return moment.astimezone(zone).date()
