"""Offers: what may a customer have, for how long, how often, and at what cost?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from babel.numbers import get_currency_precision

from shuke.access.audit import Actor, AuditEvent, add
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.store.offer_rows import coupons, offers
from shuke.store.operations import Operations


class OfferKind(StrEnum):
    VALUE = "value"  # an amount off the order
    PERCENT = "percent"  # a share of the order
    PRODUCT = "product"  # a product for nothing


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What an offer gives, to whom, and within which bounds."""

    name: str
    kind: OfferKind
    value: Decimal | None = None  # an amount, or per cent
    product_id: str | None = None
    currency: str
    least_order: Decimal | None = None
    starts: date
    ends: date  # the last day
    per_customer: int | None = 1
    total: int | None = None
    stacks: bool = False  # may stand on one order with others that do
    cost: Decimal | None = None  # of one redemption; none: what the customer is spared
    reason: str = ""  # why some are offered it and others are not
    is_automated: bool = False  # who is offered it, a model chooses

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", OfferKind(self.kind))
        for fits, message in self._checks():
            if not fits:
                raise WrongCall(message)

    def spares(self, amount: Decimal | None) -> Decimal:
        """What a customer is spared on an order of that amount."""
        if self.kind is OfferKind.PRODUCT:
            return self.cost or Decimal(0)
        assert self.value is not None
        if self.kind is OfferKind.VALUE:
            return self.value if amount is None else min(self.value, amount)
        if amount is None:
            raise WrongCall(N_("Say the amount of the order: the offer is a share of it."))
        places = Decimal(1).scaleb(-get_currency_precision(self.currency))
        return (amount * self.value / 100).quantize(places, ROUND_HALF_UP)

    def _checks(self) -> tuple[tuple[bool, str], ...]:
        value = self.value or Decimal(0)
        return (
            (bool(self.name.strip()), N_("Give the offer a name.")),
            (self.starts <= self.ends, N_("The offer ends before it starts.")),
            (self.kind is not OfferKind.VALUE or value > 0, N_("Say which amount the offer takes off.")),
            (
                self.kind is not OfferKind.PERCENT or 0 < value <= 100,
                N_("Say which share of the order, in per cent, the offer takes off."),
            ),
            (self.kind is not OfferKind.PRODUCT or bool(self.product_id), N_("Say which product is given.")),
            (
                all(n is None or n >= 1 for n in (self.per_customer, self.total)),
                N_("A limit must be 1 or more."),
            ),
            (
                all(n is None or n >= 0 for n in (self.cost, self.least_order)),
                N_("An amount cannot be negative."),
            ),
        )


@dataclass(frozen=True, kw_only=True)
class OfferRecord:
    """An offer, and what has come of it."""

    id: int
    terms: Terms
    created_at: datetime
    who: str
    ended_at: datetime | None
    issued: int = 0
    redeemed: int = 0
    cost: Decimal = Decimal(0)

    def is_open(self, today: date) -> bool:
        return self.ended_at is None and self.terms.starts <= today <= self.terms.ends


def amount_of(text: str | None) -> Decimal | None:
    """An amount as somebody writes it; none where nothing is written."""
    if not text or not text.strip():
        return None
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= 10**14:
        raise WrongCall(N_("{text} is not an amount. Accepted, for example: 9.99"), text=text)
    return amount


def make(connection: sa.Connection, terms: Terms, *, by: Actor, now: datetime) -> int:
    """Keep an offer; returns its number."""
    taken = sa.select(offers.c.id).where(offers.c.name == terms.name)
    if connection.execute(taken).scalar() is not None:
        raise WrongCall(N_("There is an offer {name} already."), name=terms.name)
    row = {**asdict(terms), "created_at": now, "who": by.who, "redeemed": 0}
    number = connection.execute(sa.insert(offers).values(row).returning(offers.c.id)).scalar_one()
    add(connection, by, _event("offer.made", number), now=now)
    return int(number)


def end(connection: sa.Connection, number: int, *, by: Actor, now: datetime) -> None:
    """From now on nobody is given it and nobody redeems it."""
    standing = sa.update(offers).where(offers.c.id == number, offers.c.ended_at.is_(None))
    if not connection.execute(standing.values(ended_at=now)).rowcount:
        raise WrongCall(N_("There is no offer {number} that could be ended."), number=number)
    add(connection, by, _event("offer.ended", number), now=now)


def get(connection: sa.Connection, number: int) -> OfferRecord:
    row = connection.execute(sa.select(offers).where(offers.c.id == number)).one_or_none()
    if row is None:
        raise UnknownOffer(N_("There is no offer {number}."), number=number)
    return _offer(row, _counted(connection, number).get(number, {}))


def every(operations: Operations) -> tuple[OfferRecord, ...]:
    """Every offer, the newest first."""
    with operations.reading() as connection:
        counted = _counted(connection)
        rows = connection.execute(sa.select(offers).order_by(offers.c.id.desc()))
        return tuple(_offer(row, counted.get(row.id, {})) for row in rows)


class UnknownOffer(WrongCall, KeyError): ...


def _counted(connection: sa.Connection, number: int | None = None) -> dict[int, dict[str, Any]]:
    counts = sa.select(
        coupons.c.offer_id, sa.func.count().label("issued"), sa.func.sum(coupons.c.cost).label("cost")
    ).group_by(coupons.c.offer_id)
    if number is not None:
        counts = counts.where(coupons.c.offer_id == number)
    return {row.offer_id: dict(row._mapping) for row in connection.execute(counts)}


def _offer(row: sa.Row[Any], counted: Mapping[str, Any]) -> OfferRecord:
    terms = Terms(**{name: row._mapping[name] for name in Terms.__dataclass_fields__})
    return OfferRecord(
        id=row.id, terms=terms, created_at=row.created_at, who=row.who, ended_at=row.ended_at,
        issued=counted.get("issued", 0), redeemed=row.redeemed, cost=counted.get("cost") or Decimal(0),
    )  # fmt: skip


def _event(verb: str, number: int) -> AuditEvent:
    return AuditEvent(verb=verb, subject_kind="offer", subject_id=str(number))
