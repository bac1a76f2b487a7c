"""Alerts: what needs somebody's attention, and who says what has become of it?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from shuke import formats
from shuke.actions.alerts import act
from shuke.alerts.flips import Status
from shuke.cli import output, session
from shuke.languages import _
from shuke.views import alerts as view
from shuke.views.alerts import Alert
from shuke.views.labels import SEVERITIES, STATUSES, evidence
from shuke.views.query import Condition

app = typer.Typer()


@app.command()
def alerts(
    *,
    rule: Annotated[str | None, typer.Option(help=_("Only alerts of this rule, such as lapsing."))] = None,
    status: Annotated[Status, typer.Option(help=_("Only alerts with this status."))] = Status.OPEN,
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
    limit: Annotated[int | None, typer.Option(min=0, help=_("The maximum number to show."))] = None,
    mark: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="RULE SUBJECT", help=_("The alert to update, with --as.")),
    ] = None,
    as_: Annotated[Status, typer.Option("--as", help=_("The new status."))] = Status.ACKNOWLEDGED,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help=_("Snooze until this day."))
    ] = None,
) -> None:
    """What needs somebody's attention, the gravest first."""
    project, viewer = session.project(), session.viewer()
    if mark:
        day = until.date() if until else None
        return _print([act(project, *mark, as_, viewer=viewer, until=day)], form, project.settings.currency)
    asked = {"rule": rule, "status": status.value}
    where = [Condition(name, "eq", value) for name, value in asked.items() if value]
    all_of_them = 10_000_000 if form is output.OutputFormat.JSON else 20
    page = view.listed(project, where, viewer=viewer, limit=all_of_them if limit is None else limit)
    if form is output.OutputFormat.TABLE and not page.total:
        return output.note(_("No alert is open.") if status is Status.OPEN else _("No alert matches."))
    _print(page.alerts, form, project.settings.currency)
    told = _("{shown} of {total} alerts").format(
        shown=formats.number(len(page.alerts)), total=formats.number(page.total)
    )
    return output.note(told)


def _print(alerts: Sequence[Alert], form: output.OutputFormat, currency: str) -> None:
    if form is output.OutputFormat.JSON:
        return output.as_json(alerts)
    headings = [
        _("Severity"),
        _("Rule"),
        _("About"),
        _("Name"),
        _("Since"),
        _("At stake"),
        _("Status"),
        _("Evidence"),
    ]
    rows = [
        [
            SEVERITIES.get(a.severity, a.severity),
            a.title,
            a.subject,
            a.name,
            formats.day(a.since),
            "" if a.at_stake is None else formats.money(a.at_stake, currency),
            STATUSES.get(a.status, a.status),
            " · ".join(f"{name} {figure}" for name, figure in evidence(a.evidence, a.labels)),
        ]
        for a in alerts
    ]
    return output.listing(headings, rows)
