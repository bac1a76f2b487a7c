"""Offers: how does somebody make one, give out coupons for it, and redeem them?"""

from collections.abc import Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

from shuke.access.roles import Capability
from shuke.app import Project
from shuke.engage import coupons, offers
from shuke.engage.coupons import Issued, Redemption, Till
from shuke.engage.offers import Terms
from shuke.errors import UnknownCustomer, WrongCall
from shuke.languages import N_
from shuke.views import audience
from shuke.views import offers as view
from shuke.views.viewer import Viewer

#: At once; the codes are told in one answer.
MAX_ISSUED = 1_000_000


def make(project: Project, terms: Terms, *, viewer: Viewer) -> int:
    """Make an offer; returns its number."""
    viewer.require(Capability.MANAGE_OFFERS)
    with project.operations.writing() as connection:
        return offers.make(connection, terms, by=viewer.actor, now=viewer.now)


def end(project: Project, number: int, *, viewer: Viewer) -> None:
    """End an offer before its last day: nobody redeems it any more."""
    viewer.require(Capability.MANAGE_OFFERS)
    with project.operations.writing() as connection:
        offers.end(connection, number, by=viewer.actor, now=viewer.now)


def issue(
    project: Project, number: int, customers: Iterable[str], *, occasion: str, viewer: Viewer
) -> Issued:
    """Give each of these customers one coupon of an offer for an occasion.

    Who opted out of automated choice is left out where a model chose them.
    """
    viewer.require(Capability.MANAGE_OFFERS)
    asked = list(customers)
    _check_number(len(asked))
    _check_known(project, asked)
    opted_out = view.opted_out(project)
    with project.operations.writing() as connection:
        return coupons.issue(
            connection, offers.get(connection, number), asked, occasion=_named(occasion), key=project.key,
            by=viewer.actor, now=viewer.now, opted_out=opted_out,
        )  # fmt: skip


def issue_to_audience(
    project: Project, number: int, condition: str, *, occasion: str, viewer: Viewer
) -> Issued:
    """Give a coupon to each customer whom a condition of segments means, such as in_segment('vip')."""
    viewer.require(Capability.MANAGE_OFFERS)
    whom = audience.customers(project, project.open(), condition, viewer=viewer)
    customers = whom.customer_id.to_pyarrow().to_pylist()
    return issue(project, number, customers, occasion=occasion, viewer=viewer)


def issue_unnamed(
    project: Project, number: int, count: int, *, occasion: str, viewer: Viewer
) -> tuple[str, ...]:
    """So many coupons for whoever bears them."""
    viewer.require(Capability.MANAGE_OFFERS)
    _check_number(count)
    with project.operations.writing() as connection:
        return coupons.issue_unnamed(
            connection, offers.get(connection, number), count, occasion=_named(occasion), key=project.key,
            by=viewer.actor, now=viewer.now,
        )  # fmt: skip


def redeem(
    project: Project,
    code: str,
    *,
    idempotency_key: str,
    viewer: Viewer,
    source: str | None = None,
    order_no: str | None = None,
    amount: Decimal | None = None,
    customer: str | None = None,
) -> Redemption:
    """Redeem a coupon, once; a call that is repeated under its key is told what came of the first."""
    viewer.require(Capability.REDEEM_COUPONS)
    if not idempotency_key.strip():
        raise WrongCall(N_("Send an idempotency key: one for each order, the same when you try again."))
    if amount is not None and amount < 0:
        raise WrongCall(N_("An amount cannot be negative."))
    today = viewer.now.astimezone(ZoneInfo(project.settings.zone)).date()
    with project.operations.reading() as connection:
        who = customer or coupons.holder(connection, code, project.key)
    till = Till(
        source=source, order_no=order_no, amount=amount,
        customers=view.meaning_the_same(project, who) if who else frozenset(),
    )  # fmt: skip
    with project.operations.writing() as connection:
        return coupons.redeem(
            connection, code, till, idempotency_key=idempotency_key, key=project.key, by=viewer.actor,
            now=viewer.now, today=today,
        )  # fmt: skip


def void(project: Project, number: int, *, occasion: str | None = None, viewer: Viewer) -> int:
    """Take back what was given out and is not redeemed, of one occasion where it is named."""
    viewer.require(Capability.MANAGE_OFFERS)
    with project.operations.writing() as connection:
        offers.get(connection, number)
        return coupons.void(connection, number, occasion=occasion, by=viewer.actor, now=viewer.now)


def _named(occasion: str) -> str:
    if not occasion.strip():
        raise WrongCall(N_("Say the occasion: of each, a customer has one coupon of an offer."))
    return occasion.strip()


def _check_number(count: int) -> None:
    if not 1 <= count <= MAX_ISSUED:
        raise WrongCall(N_("Give out from 1 to {most} coupons at once."), most=MAX_ISSUED)


def _check_known(project: Project, customers: list[str]) -> None:
    strange = view.unknown(project, customers)
    if strange:
        raise UnknownCustomer(N_("{number} of these are no customers, the first being {id}."),
                              number=len(strange), id=strange[0])  # fmt: skip
