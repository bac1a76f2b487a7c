"""Offers: how does a program make them, give out coupons, and redeem one at the till?"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Body, Header, Path, Response

from shuke.access.roles import Capability
from shuke.actions import offers as actions
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.engage.coupons import Issued, Redemption
from shuke.engage.offers import OfferKind, OfferRecord, Terms
from shuke.views import offers as view
from shuke.web.bodies import admits
from shuke.web.bounds import Number

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["offers"])

Money = Annotated[Decimal | None, Body(max_digits=14, decimal_places=4)]
Limit = Annotated[int | None, Body(ge=1, le=1_000_000_000)]
Words = Annotated[str | None, Body(max_length=200)]


@dataclass(frozen=True)
class OfferSummary:
    """An offer as a program is told of it."""

    number: int
    name: str
    kind: str
    value: Decimal | None
    product_id: str | None
    currency: str
    least_order: Decimal | None
    starts: date
    ends: date
    per_customer: int | None
    total: int | None
    stacks: bool
    reason: str
    is_automated: bool
    ended_at: datetime | None
    issued: int
    redeemed: int
    cost: Decimal  # of all that were redeemed


@router.get("/offers", summary="The offers", responses=gives({"offers": list[OfferSummary]}))
def every(project: Here, caller: Caller) -> Response:
    """The newest first, with what has come of each."""
    return answer({"offers": [_told(offer) for offer in view.listed(project, viewer=caller)]})


@router.post(
    "/offers", summary="Make an offer", status_code=201, responses=gives({"number": int}, number=201)
)
@admits(Capability.MANAGE_OFFERS)
def make(
    project: Here,
    caller: Caller,
    *,
    name: Annotated[str, Body(min_length=1, max_length=200)],
    kind: Annotated[OfferKind, Body()],
    value: Annotated[
        Decimal | None, Body(description="an amount, or per cent", max_digits=14, decimal_places=4)
    ] = None,
    product_id: Words = None,
    least_order: Money = None,
    starts: Annotated[date, Body()],
    ends: Annotated[date, Body(description="the last day")],
    per_customer: Limit = 1,
    total: Limit = None,
    stacks: Annotated[bool, Body(description="may stand on one order with others that do")] = False,
    cost: Annotated[
        Decimal | None,
        Body(description="of one; none: what the customer is spared", max_digits=14, decimal_places=4),
    ] = None,
    reason: Annotated[str, Body(description="why some are offered it", max_length=1000)] = "",
    is_automated: Annotated[bool, Body(description="who is offered it, a model chooses")] = False,
) -> Response:
    terms = Terms(
        name=name.strip(), kind=kind, value=value, product_id=product_id,
        currency=project.settings.currency, least_order=least_order, starts=starts, ends=ends,
        per_customer=per_customer, total=total, stacks=stacks, cost=cost, reason=reason.strip(),
        is_automated=is_automated,
    )  # fmt: skip
    return answer({"number": actions.make(project, terms, viewer=caller)}, number=201)


@router.post("/offers/{number}/end", summary="End an offer", responses=gives({"number": int, "ended": bool}))
@admits(Capability.MANAGE_OFFERS)
def end(project: Here, caller: Caller, number: Number) -> Response:
    """Nobody redeems it from now on."""
    actions.end(project, number, viewer=caller)
    return answer({"number": number, "ended": True})


@router.post(
    "/offers/{number}/coupons",
    summary="Give out coupons",
    status_code=201,
    responses=gives(Issued, number=201),
)
@admits(Capability.MANAGE_OFFERS)
def issue(
    project: Here,
    caller: Caller,
    number: Number,
    *,
    customers: Annotated[list[str], Body(min_length=1, max_length=10_000)],
    occasion: Annotated[str, Body(description="such as a campaign", min_length=1, max_length=200)],
) -> Response:
    """One to each customer for the occasion. The codes are told here and nowhere else.

    Whoever has one for it that is not redeemed is given a new code in its stead.
    """
    told = actions.issue(project, number, customers, occasion=occasion, viewer=caller)
    return answer(told, number=201)


@router.post("/coupons/{code}/redeem", summary="Redeem a coupon", responses=gives(Redemption))
@admits(Capability.REDEEM_COUPONS)
def redeem(
    project: Here,
    caller: Caller,
    code: Annotated[str, Path(max_length=64)],
    *,
    idempotency_key: Annotated[
        str, Header(description="one for each order, the same when tried again", min_length=1, max_length=200)
    ],
    source: Annotated[Words, Body(description="of the order, as it is imported")] = None,
    order_no: Words = None,
    amount: Annotated[Money, Body(description="of the order")] = None,
    customer: Annotated[Words, Body(description="a customer id, where the till knows who buys")] = None,
) -> Response:
    """Once and for ever; a call that is repeated under its key is told what came of the first.

    404 where there is no such coupon, 422 with the reason where it cannot be redeemed.
    """
    return answer(
        actions.redeem(
            project, code, idempotency_key=idempotency_key, source=source, order_no=order_no, amount=amount,
            customer=customer, viewer=caller,
        )
    )  # fmt: skip


def _told(offer: OfferRecord) -> OfferSummary:
    terms = offer.terms
    return OfferSummary(
        number=offer.id, name=terms.name, kind=terms.kind, value=terms.value, product_id=terms.product_id,
        currency=terms.currency, least_order=terms.least_order, starts=terms.starts, ends=terms.ends,
        per_customer=terms.per_customer, total=terms.total, stacks=terms.stacks, reason=terms.reason,
        is_automated=terms.is_automated, ended_at=offer.ended_at, issued=offer.issued,
        redeemed=offer.redeemed, cost=offer.cost,
    )  # fmt: skip
