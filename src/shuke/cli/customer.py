"""Customer: what is known of this one, who says so, and since when?"""

from typing import Annotated

import typer

from shuke import formats
from shuke.app import Project
from shuke.cli import output, session
from shuke.errors import UnknownCustomer
from shuke.languages import N_, _
from shuke.views import tables
from shuke.views.customer import CustomerPage, Fact
from shuke.views.customer import customer as look
from shuke.views.find import find

app = typer.Typer()


@app.command()
def customer(
    who: Annotated[
        str, typer.Argument(metavar="X", help=_("Customer id, phone, e-mail, card number or name."))
    ],
    form: Annotated[
        output.Format, typer.Option("--format", help=_("How to write it."))
    ] = output.Format.TABLE,
    limit: Annotated[int, typer.Option(min=1, help=_("At most so many purchases and events."))] = 20,
) -> None:
    """Everything known of one customer, with who said it; a list where several answer to it."""
    project, viewer = session.project(), session.viewer()
    found = find(project, who, viewer=viewer)
    if found.total == 0:
        raise UnknownCustomer(N_("Nobody answers to that."))
    if found.total > 1:
        output.note(_("{number} customers answer to that:").format(number=formats.number(found.total)))
        if form is output.Format.JSON:
            return output.as_json(found.rows)
        return output.table(found.columns, found, zone=project.settings.zone)
    page = look(project, next(iter(found))["customer_id"], viewer=viewer, limit=limit)
    return output.as_json(_for_programs(page)) if form is output.Format.JSON else _print(project, page)


def _for_programs(page: CustomerPage) -> dict[str, object]:
    told: dict[str, object] = {name: getattr(page, name) for name in page.__dataclass_fields__}
    return {**told, "purchases": page.purchases.rows, "purchases_in_all": page.purchases.total}


def _print(project: Project, page: CustomerPage) -> None:
    zone, currency = project.settings.zone, project.settings.currency
    _heading(f"{_name(page)}  {page.customer_id}")
    output.note(_("As of {day}, build {build}").format(day=formats.day(page.as_of), build=page.build))
    _figures(project, page)
    _heading(_("What is known, and who said it"))
    headings = [_("Attribute"), _("Value"), _("Source"), _("Said"), _("Age in days"), ""]
    output.listing(headings, map(_fact, page.facts))
    _heading(_("Known as"))
    names = [[r.record, _("founding record") if r.founding else ""] for r in page.records]
    known = dict.fromkeys((i.value, str(i.title)) for i in page.identifiers)  # however many records say it
    output.listing(["", ""], [*names, *known])
    _heading(_("Purchases ({total})").format(total=formats.number(page.purchases.total)))
    columns = [page.purchases.declared[name] for name in LINE]
    output.table(columns, page.purchases, zone=zone, currency=currency)
    _heading(_("What happened ({total})").format(total=formats.number(page.timeline.total)))
    events = page.timeline.events
    output.listing(
        [_("When"), _("What"), "", "", _("Source")],
        [[formats.moment(e.at, zone), _(KINDS[e.kind]), e.what, e.detail, e.source] for e in events],
    )


def _figures(project: Project, page: CustomerPage) -> None:
    zone, currency = project.settings.zone, project.settings.currency
    declared = tables.declaration(project, project.open(), "rfm")
    figures = [c for c in declared.written if c.name != "customer_id" and c.name in page.figures]
    told = [[c.title, output.cell(page.figures[c.name], c, zone=zone, currency=currency)] for c in figures]
    if told:
        _heading(_("Figures"))
        output.listing(["", ""], told)


#: What of an order line a reader of one customer's page looks for.
LINE = ("day", "order_no", "product_id", "product_name", "quantity", "price", "amount", "channel", "store_id")

KINDS = {
    "order": N_("order"),
    "interaction": N_("contact"),
    "response": N_("answer"),
    "fact": N_("learnt"),
}


def _name(page: CustomerPage) -> str:
    return str(page.golden.get("name") or page.golden.get("organisation") or _("No name known"))


def _heading(title: str) -> None:
    output.console().print(f"\n[bold]{title}[/bold]")


def _fact(fact: Fact) -> list[object]:
    standing = _("holds") if fact.wins else _("also said") if fact.believed else _("expired")
    said = formats.day(fact.collected_at.date()) if fact.collected_at else None
    return [fact.title, fact.value, fact.source, said, fact.age_days, standing]
