"""Coupons: who was given one, and who has redeemed it, once and for ever?

A coupon is redeemed by one update that holds it to all of its conditions: of many who try at once, one does
it. Whoever repeats a call under its idempotency key is told what came of it the first time.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from shuke.access.audit import Actor, AuditEvent, add
from shuke.engage import coupon_codes
from shuke.engage.offers import OfferRecord, Terms
from shuke.errors import ShukeError, WrongCall
from shuke.languages import N_
from shuke.store.offer_rows import coupons, offers

#: How many rows go into one statement.
_ROWS = 1000

#: Between a campaign and what sets one time apart from another, where a customer is given more than one.
AGAIN = " · "


class CouponStatus(StrEnum):
    ISSUED = "issued"
    REDEEMED = "redeemed"
    VOID = "void"  # taken back before it was redeemed


class UnknownCoupon(WrongCall, KeyError): ...


class NotRedeemable(ShukeError):
    """The coupon is known, and cannot be redeemed now; says why."""


@dataclass(frozen=True, kw_only=True)
class Issued:
    """What was given out. The codes are told here and nowhere else."""

    codes: dict[str, str]  # customer -> code
    left_out: tuple[str, ...] = ()  # who opted out of automated choice
    redeemed: tuple[str, ...] = ()  # who has redeemed theirs already


@dataclass(frozen=True, kw_only=True)
class Till:
    """The order for which a coupon is redeemed, as far as it is known."""

    source: str | None = None
    order_no: str | None = None
    amount: Decimal | None = None
    customers: frozenset[str] = frozenset()  # every id that means who buys


@dataclass(frozen=True, kw_only=True)
class Redemption:
    """A coupon that was redeemed."""

    coupon: int
    offer: int
    customer_id: str | None
    redeemed_at: datetime
    order_no: str | None
    value: Decimal
    cost: Decimal
    repeated: bool = field(default=False)  # it was redeemed by an earlier call of the same key


@dataclass(frozen=True, kw_only=True)
class OccasionResult:
    """What came of the coupons that were given out for one occasion."""

    occasion: str
    issued: int
    open: int  # neither redeemed nor taken back
    redeemed: int
    cost: Decimal


def issue(
    connection: sa.Connection,
    offer: OfferRecord,
    customers: Iterable[str],
    *,
    occasion: str,
    key: bytes,
    by: Actor,
    now: datetime,
    opted_out: Collection[str] = frozenset(),
) -> Issued:
    """Give each customer one coupon of an offer for an occasion, such as a campaign.

    Who has one for it that is not redeemed is given a new code in its stead: of two messages of one campaign
    to one customer only the later has a code that holds, and whoever issues again after a crash has a code to
    send.
    """
    wanted = sorted(set(customers))
    left_out = tuple(c for c in wanted if offer.terms.is_automated and c in opted_out)
    asked = [customer for customer in wanted if customer not in set(left_out)]
    had = _had(connection, offer.id, occasion, asked)
    codes = {c: coupon_codes.new_code() for c in asked if had.get(c) != CouponStatus.REDEEMED}
    fresh = [_row(offer, c, codes[c], occasion=occasion, key=key, now=now) for c in codes if c not in had]
    _insert(connection, fresh)
    again = [
        {"of": c, "anew": coupon_codes.digest(_bare(codes[c]), key), "at": now} for c in codes if c in had
    ]
    if again:
        connection.execute(_reissue(offer.id, occasion), again)
    _note(connection, "coupon.issued", offer.id, by=by, now=now, count=len(codes))
    redeemed = tuple(c for c in asked if had.get(c) == CouponStatus.REDEEMED)
    return Issued(codes=codes, left_out=left_out, redeemed=redeemed)


def issue_unnamed(
    connection: sa.Connection,
    offer: OfferRecord,
    number: int,
    *,
    occasion: str,
    key: bytes,
    by: Actor,
    now: datetime,
) -> tuple[str, ...]:
    """So many coupons for whoever bears them, as for print."""
    codes = tuple(coupon_codes.new_code() for _ in range(number))
    rows = [_row(offer, None, code, occasion=occasion, key=key, now=now) for code in codes]
    _insert(connection, rows)
    _note(connection, "coupon.issued", offer.id, by=by, now=now, count=len(codes))
    return codes


def redeem(
    connection: sa.Connection,
    code: str,
    till: Till,
    *,
    idempotency_key: str,
    key: bytes,
    by: Actor,
    now: datetime,
    today: date,
) -> Redemption:
    """Redeem a coupon, or say what came of the same call before.

    Raises `UnknownCoupon`, or `NotRedeemable` where it is not valid today, used up, or does not suit the
    order.
    """
    digest = _digest(code, key)
    earlier = _by(connection, coupons.c.idempotency_key == idempotency_key)
    if earlier is not None:
        if earlier.digest != digest:
            raise WrongCall(N_("Another coupon was redeemed under this idempotency key."))
        return _redemption(earlier, repeated=True)
    found = _by(connection, coupons.c.digest == digest)
    if found is None:
        raise UnknownCoupon(N_("There is no such coupon."))
    terms = _terms(found)
    who = found.customer_id or min(till.customers, default=None)
    spared = terms.spares(till.amount)
    told = {
        "status": CouponStatus.REDEEMED, "redeemed_at": now, "redeemed_by": who, "source": till.source,
        "order_no": till.order_no, "idempotency_key": idempotency_key, "value": spared,
        "cost": spared if terms.cost is None else terms.cost,
    }  # fmt: skip
    conditions = _conditions(found, terms, till, who, today=today)
    holding = sa.update(coupons).where(coupons.c.id == found.id, *(holds for holds, _ in conditions))
    within = sa.update(offers).where(
        offers.c.id == found.offer_id, offers.c.total.is_(None) | (offers.c.redeemed < offers.c.total)
    )
    if not connection.execute(holding.values(told)).rowcount:
        raise NotRedeemable(_why_not(connection, found.id, conditions))
    if not connection.execute(within.values(redeemed=offers.c.redeemed + 1)).rowcount:
        raise NotRedeemable(N_("All coupons of this offer that may be redeemed have been."))
    _note(connection, "coupon.redeemed", found.offer_id, by=by, now=now, count=1)
    return _redemption(_by(connection, coupons.c.id == found.id))


def by_occasion(connection: sa.Connection, offer_id: int) -> tuple[OccasionResult, ...]:
    """What came of the coupons of an offer, the latest occasion first."""
    is_open, is_redeemed = (
        sa.func.sum(sa.case((coupons.c.status == status, 1), else_=0))
        for status in (CouponStatus.ISSUED, CouponStatus.REDEEMED)
    )
    counted = (
        sa.select(
            coupons.c.occasion, sa.func.count().label("issued"), is_open.label("open"),
            is_redeemed.label("redeemed"), sa.func.sum(coupons.c.cost).label("cost"),
        )
        .where(coupons.c.offer_id == offer_id)
        .group_by(coupons.c.occasion)
        .order_by(sa.func.max(coupons.c.id).desc())
    )  # fmt: skip
    return tuple(
        OccasionResult(
            occasion=row.occasion, issued=row.issued, open=row.open, redeemed=row.redeemed,
            cost=row.cost or Decimal(0),
        )
        for row in connection.execute(counted)
    )  # fmt: skip


def holder(connection: sa.Connection, code: str, key: bytes) -> str | None:
    """To whom a coupon was given; none where to nobody in particular, or where there is none."""
    bare = coupon_codes.read(code)
    found = _by(connection, coupons.c.digest == coupon_codes.digest(bare, key)) if bare else None
    return found.customer_id if found else None


def void(connection: sa.Connection, offer_id: int, *, occasion: str | None, by: Actor, now: datetime) -> int:
    """Take back the coupons of an offer, of one occasion where it is named, that are not redeemed."""
    standing = sa.update(coupons).where(
        coupons.c.offer_id == offer_id, coupons.c.status == CouponStatus.ISSUED,
        *(() if occasion is None else (coupons.c.occasion == occasion,)),
    )  # fmt: skip
    number = connection.execute(standing.values(status=CouponStatus.VOID)).rowcount
    _note(connection, "coupon.voided", offer_id, by=by, now=now, count=number)
    return number


_Condition = tuple[sa.ColumnElement[bool], str]


def _conditions(
    found: sa.Row[Any], terms: Terms, till: Till, who: str | None, *, today: date
) -> tuple[_Condition, ...]:
    """What must hold for a coupon to be redeemed, with what is said where it does not."""
    is_theirs = not till.customers or found.customer_id is None or found.customer_id in till.customers
    is_enough = terms.least_order is None or (till.amount is not None and till.amount >= terms.least_order)
    same = till.customers | ({who} if who else frozenset())
    return (
        (coupons.c.status != CouponStatus.REDEEMED, N_("The coupon has been redeemed already.")),
        (coupons.c.status != CouponStatus.VOID, N_("The coupon was taken back.")),
        (sa.literal(found.ended_at is None), N_("The offer has been ended.")),
        (sa.literal(terms.starts <= today), N_("The offer has not begun yet.")),
        (coupons.c.expires >= today, N_("The coupon has expired.")),
        (sa.literal(is_theirs), N_("The coupon is another customer's.")),
        (sa.literal(is_enough), N_("The order is too small for this offer, or its amount was not said.")),
        (_stands_alone(found, terms, till), N_("The offer cannot be combined with another on this order.")),
        (
            _within(found.offer_id, terms.per_customer, same),
            N_("The customer has redeemed as many coupons of this offer as one may."),
        ),
    )


def _stands_alone(found: sa.Row[Any], terms: Terms, till: Till) -> sa.ColumnElement[bool]:
    """Whether no other coupon stands on the order, or all may stand together."""
    if till.order_no is None:
        return sa.true()
    other, of = coupons.alias(), offers.alias()
    beside = sa.select(other.c.id).join(of, of.c.id == other.c.offer_id).where(
        other.c.order_no == till.order_no, other.c.source.is_not_distinct_from(till.source),
        other.c.id != found.id, sa.true() if not terms.stacks else ~of.c.stacks,
    )  # fmt: skip
    return ~beside.exists()


def _within(offer_id: int, limit: int | None, same: Collection[str]) -> sa.ColumnElement[bool]:
    if limit is None or not same:
        return sa.true()
    other = coupons.alias()
    had = sa.select(sa.func.count()).select_from(other).where(
        other.c.offer_id == offer_id, other.c.status == CouponStatus.REDEEMED,
        other.c.redeemed_by.in_(sorted(same)),
    )  # fmt: skip
    return had.scalar_subquery() < limit


def _why_not(connection: sa.Connection, number: int, conditions: tuple[_Condition, ...]) -> str:
    held = [holds.label(f"c{n}") for n, (holds, _) in enumerate(conditions)]
    row = connection.execute(sa.select(*held).where(coupons.c.id == number)).one()
    return next(why for holds, (_, why) in zip(row, conditions, strict=True) if not holds)


def _digest(code: str, key: bytes) -> str:
    bare = coupon_codes.read(code)
    if bare is None:
        raise UnknownCoupon(N_("This is no coupon code; perhaps it was mistyped."))
    return coupon_codes.digest(bare, key)


def _by(connection: sa.Connection, where: sa.ColumnElement[bool]) -> sa.Row[Any] | None:
    columns = [c for c in offers.c if c.name not in ("id", "value", "cost", "landed")]
    joined = sa.select(
        coupons, *columns, offers.c.value.label("offer_value"), offers.c.cost.label("offer_cost")
    ).join(offers, offers.c.id == coupons.c.offer_id)
    return connection.execute(joined.where(where)).one_or_none()


def _terms(row: sa.Row[Any]) -> Terms:
    told = row._mapping
    own = {name: told[name] for name in Terms.__dataclass_fields__ if name not in ("value", "cost")}
    return Terms(**own, value=told["offer_value"], cost=told["offer_cost"])


def _redemption(row: sa.Row[Any] | None, *, repeated: bool = False) -> Redemption:
    assert row is not None
    return Redemption(
        coupon=row.id, offer=row.offer_id, customer_id=row.redeemed_by, redeemed_at=row.redeemed_at,
        order_no=row.order_no, value=row.value, cost=row.cost, repeated=repeated,
    )  # fmt: skip


def _had(connection: sa.Connection, offer_id: int, occasion: str, asked: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for first in range(0, len(asked), _ROWS):
        rows = connection.execute(
            sa.select(coupons.c.customer_id, coupons.c.status).where(
                coupons.c.offer_id == offer_id, coupons.c.occasion == occasion,
                coupons.c.customer_id.in_(asked[first : first + _ROWS]),
            )
        )  # fmt: skip
        found |= {row.customer_id: row.status for row in rows}
    return found


def _insert(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    for first in range(0, len(rows), _ROWS):
        connection.execute(sa.insert(coupons), rows[first : first + _ROWS])


def _reissue(offer_id: int, occasion: str) -> sa.Update:
    theirs = (
        coupons.c.offer_id == offer_id, coupons.c.occasion == occasion,
        coupons.c.customer_id == sa.bindparam("of"), coupons.c.status != CouponStatus.REDEEMED,
    )  # fmt: skip
    return sa.update(coupons).where(*theirs).values(
        digest=sa.bindparam("anew"), issued_at=sa.bindparam("at"), status=CouponStatus.ISSUED
    )  # fmt: skip


def _row(
    offer: OfferRecord, customer: str | None, code: str, *, occasion: str, key: bytes, now: datetime
) -> dict[str, Any]:
    return {
        "offer_id": offer.id, "digest": coupon_codes.digest(_bare(code), key), "occasion": occasion,
        "customer_id": customer, "status": CouponStatus.ISSUED, "issued_at": now,
        "expires": offer.terms.ends,
    }  # fmt: skip


def _bare(code: str) -> str:
    return code.replace("-", "")


def _note(
    connection: sa.Connection, verb: str, offer_id: int, *, by: Actor, now: datetime, count: int
) -> None:
    event = AuditEvent(verb=verb, subject_kind="offer", subject_id=str(offer_id), count=count)
    add(connection, by, event, now=now)
