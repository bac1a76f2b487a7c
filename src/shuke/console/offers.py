"""Offers: what is offered, who is given a coupon, and what came of it?"""

from datetime import date, timedelta

from fastapi import APIRouter, Response

from shuke import formats
from shuke.access.roles import Capability
from shuke.actions import offers as actions
from shuke.console.request_context import Form, Member, RequestContext, text
from shuke.console.responses import PageRoute
from shuke.console.table_requests import whole
from shuke.engage.offers import OfferKind, Terms, amount_of
from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.tables.offers import KINDS
from shuke.views import offers as view
from shuke.views.offers import OfferPage
from shuke.web.bodies import admits
from shuke.web.bounds import Number

router = APIRouter(route_class=PageRoute)


@router.get("/offers")
def everything(context: Member) -> Response:
    found = view.listed(context.project, viewer=context.viewer)
    issued, redeemed = sum(each.issued for each in found), sum(each.redeemed for each in found)
    sentence = _("Open offers: {open}. Of {issued} coupons {redeemed} were redeemed, at a cost of {cost}.")
    told = sentence.format(
        open=sum(each.is_open(context.today) for each in found), issued=formats.number(issued),
        redeemed=formats.number(redeemed),
        cost=formats.money(sum(each.cost for each in found), context.project.settings.currency),
    )  # fmt: skip
    return context.page(
        "offers.html", found=found, told=told, offer_kinds=KINDS, today=context.today,
        ends=context.today + timedelta(days=30), has_results=_has(context, "offer_results"),
        has_fairness=_has(context, "price_fairness"),
    )  # fmt: skip


@router.post("/offers")
@admits(Capability.MANAGE_OFFERS)
def make(context: Member, form: Form) -> Response:
    context.principal.require(Capability.MANAGE_OFFERS)
    kind = next((each for each in OfferKind if each == text(form, "kind")), None)
    if kind is None:
        raise WrongCall(N_("Choose what the offer gives."))
    terms = Terms(
        name=text(form, "name").strip()[:200], kind=kind, value=amount_of(text(form, "value")),
        product_id=text(form, "product_id").strip()[:200] or None,
        currency=context.project.settings.currency, least_order=amount_of(text(form, "least_order")),
        starts=_day(text(form, "starts")), ends=_day(text(form, "ends")),
        per_customer=whole(text(form, "per_customer")), total=whole(text(form, "total")),
        stacks=bool(text(form, "stacks")), cost=amount_of(text(form, "cost")),
        reason=text(form, "reason").strip()[:1000], is_automated=bool(text(form, "is_automated")),
    )  # fmt: skip
    return context.go(f"/offers/{actions.make(context.project, terms, viewer=context.viewer)}")


@router.get("/offers/{number}")
def one(context: Member, number: Number) -> Response:
    return _page(context, view.offer(context.project, number, viewer=context.viewer))


@router.post("/offers/{number}")
@admits(Capability.MANAGE_OFFERS)
def change(context: Member, form: Form, number: Number) -> Response:
    """End it, or take back what is not redeemed."""
    context.principal.require(Capability.MANAGE_OFFERS)
    match text(form, "do"):
        case "end":
            actions.end(context.project, number, viewer=context.viewer)
        case "void":
            occasion = text(form, "occasion")
            actions.void(context.project, number, occasion=occasion, viewer=context.viewer)
        case _:
            raise WrongCall(N_("There is nothing at this address."))
    return context.go(f"/offers/{number}")


@router.post("/offers/{number}/coupons")
@admits(Capability.MANAGE_OFFERS)
def issue(context: Member, form: Form, number: Number) -> Response:
    """Give out coupons; the codes are shown once."""
    context.principal.require(Capability.MANAGE_OFFERS)
    occasion, project, viewer = text(form, "occasion"), context.project, context.viewer
    notes: list[str] = []
    if count := whole(text(form, "unnamed")):
        lines = list(actions.issue_unnamed(project, number, count, occasion=occasion, viewer=viewer))
    else:
        if condition := text(form, "where").strip():
            told = actions.issue_to_audience(project, number, condition, occasion=occasion, viewer=viewer)
        else:
            customers = text(form, "customers").split()
            told = actions.issue(project, number, customers, occasion=occasion, viewer=viewer)
        lines = [f"{customer},{code}" for customer, code in told.codes.items()]
        if told.left_out:
            left_out = formats.number(len(told.left_out))
            notes.append(
                _("Left out, for they opted out of automated choice: {number}").format(number=left_out)
            )
        if told.redeemed:
            notes.append(_("Redeemed already: {number}").format(number=formats.number(len(told.redeemed))))
    return _page(context, view.offer(project, number, viewer=viewer), codes=lines, notes=notes)


def _page(
    context: RequestContext, found: OfferPage, codes: list[str] | None = None, notes: list[str] | None = None
) -> Response:
    return context.page(
        "offer.html", found=found, offer=found.offer, terms=found.offer.terms, offer_kinds=KINDS,
        is_open=found.offer.is_open(context.today), codes=codes or [], notes=notes or [],
    )  # fmt: skip


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise WrongCall(N_("Say from which day to which the offer holds.")) from None


def _has(context: RequestContext, table: str) -> bool:
    """Whether the current build has a table with rows."""
    made = context.opened.build.manifest.tables.get(table) if context.opened else None
    return made is not None and not made.failed and made.rows > 0
