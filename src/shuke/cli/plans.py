"""Plans: what is planned, and what may be spent?"""

import sys
from typing import Annotated

import typer

from shuke import formats
from shuke.actions import plans as actions
from shuke.alerts.plan_figures import PlanKind, amounts_of, target_of, year_of
from shuke.alerts.targets import TITLES
from shuke.cli import output, session
from shuke.languages import _
from shuke.views import plans as view

app = typer.Typer(help=_("Sales plans and budgets, typed in."))

Kind = Annotated[PlanKind, typer.Argument(help=_("Plans of sales, or budgets of what may be spent."))]
Year = Annotated[int, typer.Argument(min=1900, max=2200, help=_("The year."))]


@app.command("list", help=_("What is planned for a year, with last year's figures beside it."))
def listed(
    kind: Kind,
    year: Year,
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
) -> None:
    found = view.year(session.project(), kind, year, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = [_("For what"), _("For"), _("Month"), _("Planned"), _("Came to"), _("Last year")]
    return output.listing(
        headings,
        [
            [str(TITLES[each.target.target_kind]), each.target.target, f"{one.month:%Y-%m}",
             formats.number(one.planned), formats.number(one.actual), formats.number(one.last_year)]
            for each in found if each.is_planned for one in each.months
        ],
    )  # fmt: skip


@app.command("set", help=_("Write down the twelve months of a year."))
def write(
    kind: Kind,
    year: Year,
    target_kind: Annotated[str, typer.Argument(help=_("Such as company, region, product or customer."))],
    target: Annotated[str, typer.Argument(help=_("Its code; nothing for the company."))] = "",
    *,
    amounts: Annotated[
        str, typer.Option(help=_("Twelve amounts, one a line; - reads them from standard input."))
    ] = "-",
) -> None:
    written = sys.stdin.read() if amounts == "-" else amounts.replace(" ", "\n")
    about = target_of(kind, target_kind, target)
    number = actions.write(
        session.project(), about, year_of(amounts_of(written), year), viewer=session.viewer()
    )
    output.note(_("Months written down: {number}. The next build takes them in.").format(number=number))
