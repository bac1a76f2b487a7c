"""Customer: what is known of this one, who says so, and since when?"""

from datetime import datetime
from typing import Annotated

import typer

from shuke import formats
from shuke.app import Project
from shuke.cli import output, session
from shuke.errors import UnknownCustomer
from shuke.languages import N_, _, language
from shuke.tables.statuses import STATUSES
from shuke.views import tables
from shuke.views.attribute_groups import FAMILIES
from shuke.views.customer import CustomerPage
from shuke.views.customer import customer as look
from shuke.views.find import find
from shuke.views.labels import answering
from shuke.views.provenance import Fact, worth

app = typer.Typer()


@app.command()
def customer(
    who: Annotated[
        str, typer.Argument(metavar="X", help=_("Customer id, phone, e-mail, card number or name."))
    ],
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=_("The customer as known at the end of this day.")),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help=_("The maximum number of purchases and events."))] = 20,
) -> None:
    """Everything known of one customer, with who said it; a list where several answer to it."""
    project, viewer = session.project(), session.viewer()
    found = find(project, who, viewer=viewer)
    if found.total == 0:
        raise UnknownCustomer(N_("No customer matches."))
    if found.total > 1:
        output.note(_("{number} customers match:").format(number=formats.number(found.total)))
        if form is output.OutputFormat.JSON:
            return output.as_json(found.rows)
        return output.table(found.columns, found, zone=project.settings.zone)
    day = as_of.date() if as_of else None
    page = look(project, next(iter(found))["customer_id"], viewer=viewer, as_of=day, limit=limit)
    return output.as_json(_for_programs(page)) if form is output.OutputFormat.JSON else _print(project, page)


def _for_programs(page: CustomerPage) -> dict[str, object]:
    told: dict[str, object] = {name: getattr(page, name) for name in page.__dataclass_fields__}
    return {**told, "purchases": page.purchases.rows, "purchases_in_all": page.purchases.total}


def _print(project: Project, page: CustomerPage) -> None:
    zone, currency = project.settings.zone, project.settings.currency
    _heading(f"{page.called}  {page.customer_id}")
    output.note(_("As of {day}, build {build}").format(day=formats.day(page.as_of), build=page.build))
    if page.standing:
        output.note(_standing(page))
    if page.care:
        output.note(_("looked after by {name}").format(name=page.care.contact))
    if page.tasks:
        _heading(_("Tasks"))
        tasks = [[formats.day(t.due_on), t.title, t.assignee] for t in page.tasks]
        output.listing([_("Due"), _("What"), _("For")], tasks)
    if page.next_steps:
        _heading(_("What to do next"))
        output.listing(["", ""], [[step.what, step.why] for step in page.next_steps])
    _families(project, page)
    _heading(_("What is known, and who said it"))
    headings = [_("Attribute"), _("Value"), _("Source"), _("Said"), _("Age in days"), _("Belief"), _("Why")]
    output.listing(headings, map(_fact, page.facts))
    _heading(_("Known as"))
    names = [[r.record, _("founding record") if r.founding else ""] for r in page.records]
    known = dict.fromkeys((i.value, str(i.title)) for i in page.identifiers)  # however many records say it
    output.listing(["", ""], [*names, *known])
    if page.relations.total:
        _heading(_("Relations ({total})").format(total=formats.number(page.relations.total)))
        output.listing(
            ["", "", _("Customer")],
            [[r.title, r.name or r.record, r.customer_id] for r in page.relations.ties],
        )
    _analyses(project, page)
    _heading(_("Purchases ({total})").format(total=formats.number(page.purchases.total)))
    columns = [page.purchases.declared[name] for name in LINE]
    output.table(columns, page.purchases, zone=zone, currency=currency)
    _heading(_("What happened ({total})").format(total=formats.number(page.timeline.total)))
    events = page.timeline.events
    output.listing(
        [_("When"), _("What"), "", "", _("Source")],
        [[formats.moment(e.at, zone), _(KINDS[e.kind]), e.what, e.detail, e.source] for e in events],
    )


def _standing(page: CustomerPage) -> str:
    row = page.standing
    title, reason = str(STATUSES[row["status"]]), row["reason_zh"] if language() == "zh" else row["reason"]
    return f"{title}: {reason}"


def _families(project: Project, page: CustomerPage) -> None:
    zone, currency = project.settings.zone, project.settings.currency
    for family in FAMILIES:
        told = [
            [column.title, output.cell(value, column, zone=zone, currency=currency)]
            for column, value in family.known_values(page.families[family.name])
        ]
        if told:
            _heading(str(family.title))
            output.listing(["", ""], told)


def _analyses(project: Project, page: CustomerPage) -> None:
    """What the analyses tell of them, one line each row."""
    zone, currency = project.settings.zone, project.settings.currency
    known = tables.tables(project, project.open())
    for name, rows in page.analyses.items():
        columns = answering(known[name].written)
        _heading(str(known[name].title))
        output.table(columns, rows, zone=zone, currency=currency)


#: What of an order line a reader of one customer's page looks for.
LINE = ("day", "order_no", "product_id", "product_name", "quantity", "price", "amount", "channel", "store_id")

KINDS = {
    "order": N_("order"),
    "interaction": N_("contact"),
    "response": N_("answer"),
    "fact": N_("learnt"),
}


def _heading(title: str) -> None:
    output.console().print(f"\n[bold]{title}[/bold]")


def _fact(fact: Fact) -> list[object]:
    said = (
        formats.day(fact.said_on)
        if fact.collected_at
        else _("received {day}").format(day=formats.day(fact.said_on))
    )
    why = _("holds: {reason}").format(reason=fact.why) if fact.wins else str(fact.why)
    return [fact.title, worth(fact), fact.source, said, fact.age_days, _belief(fact), why]


def _belief(fact: Fact) -> str:
    """How fresh it is, and until when it may be believed."""
    if fact.believed_until is None:
        return formats.share(fact.freshness, places=0)
    until = _("until {day}") if fact.believed else _("expired {day}")
    return f"{formats.share(fact.freshness, places=0)}, {until.format(day=formats.day(fact.believed_until))}"
