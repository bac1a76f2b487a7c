"""Offers: what is offered, who is given a coupon, and what came of it?"""

import sys
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from shuke import formats
from shuke.actions import offers as actions
from shuke.cli import output, session
from shuke.engage.offers import OfferKind, OfferRecord, Terms, amount_of
from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.tables.offers import KINDS
from shuke.views import offers as view

app = typer.Typer(help=_("Offers, and the coupons given out for them."))

Number = Annotated[int, typer.Argument(min=1, help=_("The number from `shuke offer`."))]
Occasion = Annotated[
    str, typer.Option(help=_("What the coupons are for, such as a campaign; one each per customer."))
]
Amount = str | None


@app.callback(invoke_without_command=True)
def offer(
    ctx: typer.Context,
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
) -> None:
    if ctx.invoked_subcommand:
        return None
    project, viewer = session.project(), session.viewer()
    found = view.listed(project, viewer=viewer)
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    if not found:
        return output.note(_("There are no offers yet. Make one: shuke offer make NAME …"))
    headings = ["#", _("Offer"), _("Gives"), _("From"), _("Until"), _("Issued"), _("Redeemed"), _("Cost")]
    return output.listing(headings, [_line(each) for each in found])


@app.command(help=_("Make an offer."))
def make(
    name: Annotated[str, typer.Argument(help=_("What it is called; no two offers share a name."))],
    *,
    value: Annotated[Amount, typer.Option(help=_("An amount off the order."))] = None,
    percent: Annotated[Amount, typer.Option(help=_("A share of the order, in per cent."))] = None,
    product: Annotated[str | None, typer.Option(help=_("A product for nothing, by its code."))] = None,
    starts: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=_("The first day."))] = None,
    ends: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help=_("The last day."))],
    least_order: Annotated[Amount, typer.Option(help=_("Only for orders of this amount or more."))] = None,
    per_customer: Annotated[int, typer.Option(min=0, help=_("So many per customer; 0: any number."))] = 1,
    total: Annotated[int, typer.Option(min=0, help=_("So many in all; 0: any number."))] = 0,
    stacks: Annotated[
        bool, typer.Option("--stacks", help=_("May be combined with others that may."))
    ] = False,
    cost: Annotated[Amount, typer.Option(help=_("What one costs; default: what it takes off."))] = None,
    reason: Annotated[str, typer.Option(help=_("Why only some customers are offered it."))] = "",
    automated: Annotated[
        bool, typer.Option("--automated", help=_("A model chooses who is offered it."))
    ] = False,
) -> None:
    project, viewer = session.project(), session.viewer()
    kind, off = _gives(value, percent, product)
    terms = Terms(
        name=name.strip(), kind=kind, value=off, product_id=product, currency=project.settings.currency,
        least_order=amount_of(least_order), starts=(starts or viewer.now).date(), ends=ends.date(),
        per_customer=per_customer or None, total=total or None, stacks=stacks, cost=amount_of(cost),
        reason=reason, is_automated=automated,
    )  # fmt: skip
    number = actions.make(project, terms, viewer=viewer)
    print(number)
    output.note(_("Give out coupons: shuke offer issue {number} CUSTOMER…").format(number=number))


@app.command(help=_("End an offer now."))
def end(number: Number) -> None:
    actions.end(session.project(), number, viewer=session.viewer())
    output.note(_("Offer {number} is ended; its coupons cannot be redeemed any more.").format(number=number))


@app.command(help=_("Give out coupons. The codes are shown once and not stored."))
def issue(
    number: Number,
    customers: Annotated[
        list[str] | None,
        typer.Argument(metavar="CUSTOMER...", help=_("Customer ids; - reads them from standard input.")),
    ] = None,
    *,
    occasion: Occasion,
    file: Annotated[
        Path | None, typer.Option("--from", exists=True, help=_("A file with one customer id per line."))
    ] = None,
    where: Annotated[
        str | None, typer.Option(help=_("A condition as segments have it, such as in_segment('vip')."))
    ] = None,
    unnamed: Annotated[int, typer.Option(min=0, help=_("So many for whoever bears them, as for print."))] = 0,
) -> None:
    project, viewer = session.project(), session.viewer()
    if unnamed:
        codes = actions.issue_unnamed(project, number, unnamed, occasion=occasion, viewer=viewer)
        return print(*codes, sep="\n")
    if where:
        told = actions.issue_to_audience(project, number, where, occasion=occasion, viewer=viewer)
    else:
        named = _named(customers or [], file)
        told = actions.issue(project, number, named, occasion=occasion, viewer=viewer)
    print(*(f"{customer},{code}" for customer, code in told.codes.items()), sep="\n")
    if told.left_out:
        output.note(
            _("Left out, for they opted out of automated choice: {number}").format(number=len(told.left_out))
        )
    if told.redeemed:
        output.note(_("Redeemed already: {number}").format(number=len(told.redeemed)))
    return None


@app.command(help=_("Redeem a coupon, once."))
def redeem(
    code: Annotated[str, typer.Argument(help=_("The code of the coupon."))],
    *,
    order: Annotated[str | None, typer.Option(help=_("The number of the order."))] = None,
    source: Annotated[str | None, typer.Option(help=_("The source of the order."))] = None,
    amount: Annotated[Amount, typer.Option(help=_("The amount of the order."))] = None,
    customer: Annotated[str | None, typer.Option(help=_("The customer id of who buys."))] = None,
    key: Annotated[str | None, typer.Option(help=_("An idempotency key; default: source and order."))] = None,
) -> None:
    project, viewer = session.project(), session.viewer()
    made = actions.redeem(
        project, code, idempotency_key=key or f"{source or ''}:{order or code}", viewer=viewer,
        source=source, order_no=order, amount=amount_of(amount), customer=customer,
    )  # fmt: skip
    taken = formats.money(made.value, project.settings.currency)
    told = _("It was redeemed by this call before: {amount}") if made.repeated else _("Redeemed: {amount}")
    print(told.format(amount=taken))


@app.command(help=_("Take back the coupons that are not redeemed."))
def void(
    number: Number,
    occasion: Annotated[str | None, typer.Option(help=_("Only those of this occasion."))] = None,
) -> None:
    taken = actions.void(session.project(), number, occasion=occasion, viewer=session.viewer())
    output.note(_("Coupons taken back: {number}").format(number=formats.number(taken)))


def _line(each: OfferRecord) -> list[object]:
    terms = each.terms
    value = formats.number(terms.value) if terms.value else (terms.product_id or "")
    state = _("ended") if each.ended_at else formats.day(terms.ends)
    cost = formats.money(each.cost, terms.currency)
    return [
        each.id, terms.name, f"{value} · {KINDS[terms.kind]}", formats.day(terms.starts), state,
        each.issued, each.redeemed, cost,
    ]  # fmt: skip


def _gives(value: Amount, percent: Amount, product: str | None) -> tuple[OfferKind, Decimal | None]:
    told = [
        (OfferKind.VALUE, value), (OfferKind.PERCENT, percent), (OfferKind.PRODUCT, product),
    ]  # fmt: skip
    given = [(kind, text) for kind, text in told if text is not None]
    if len(given) != 1:
        raise WrongCall(N_("Say one of --value, --percent and --product."))
    kind, text = given[0]
    return kind, None if kind is OfferKind.PRODUCT else amount_of(text)


def _named(customers: list[str], file: Path | None) -> list[str]:
    lines: Iterable[str] = customers
    if customers == ["-"]:
        lines = sys.stdin
    elif file:
        lines = file.read_text("utf-8-sig").splitlines()
    return [line.strip().strip('"') for line in lines if line.strip()]
