"""Alerts: what needs somebody's attention, and who says what has become of it?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer

from shuke import formats
from shuke.actions import alerts as actions
from shuke.actions.alerts import act
from shuke.alerts.flips import Status
from shuke.builds import alert_replay as replaying
from shuke.cli import output, progress, session
from shuke.graph import catalogue
from shuke.languages import _
from shuke.views import alerts as view
from shuke.views import parameters
from shuke.views.alerts import Alert
from shuke.views.labels import SEVERITIES, STATUSES, evidence
from shuke.views.query import Condition

app = typer.Typer()


@app.callback(invoke_without_command=True)
def alerts(
    context: typer.Context,
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
    if context.invoked_subcommand:
        return None
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


Where = Annotated[str | None, typer.Option(help=_("Only alerts of this rule, such as lapsing."))]
About = Annotated[str | None, typer.Option(help=_("Only the alert about this one."))]


@app.command()
def assign(
    user: Annotated[str, typer.Argument(help=_("The name of the user; an empty text: nobody any more."))],
    *,
    rule: Where = None,
    subject: About = None,
) -> None:
    """Give open alerts to somebody."""
    many = actions.assign(session.project(), _open_ones(rule, subject), user, viewer=session.viewer())
    output.note(_("Alerts given to {name}: {many}").format(name=user or "–", many=formats.number(many)))


@app.command()
def comment(
    text: Annotated[str, typer.Argument(help=_("What is to be said of them."))],
    *,
    rule: Where = None,
    subject: About = None,
) -> None:
    """Say something of open alerts."""
    many = actions.comment(session.project(), _open_ones(rule, subject), text, viewer=session.viewer())
    output.note(_("Alerts commented on: {many}").format(many=formats.number(many)))


def _open_ones(rule: str | None, subject: str | None) -> list[Condition]:
    asked = {"status": Status.OPEN.value, "rule": rule, "subject": subject}
    return [Condition(name, "eq", value) for name, value in asked.items() if value]


@app.command()
def replay(
    rule: Annotated[str, typer.Argument(help=_("The rule, such as credit."))],
    *,
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help=_("The first day to ask on."))],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help=_("The last day to ask on."))],
    step: Annotated[int, typer.Option(min=1, help=_("Days from one look to the next."))] = 1,
    tried: Annotated[
        list[str] | None,
        typer.Option(
            "--try",
            metavar="NAME=VALUE",
            help=_("Another threshold to try beside the present ones, such as near=0.9; may be repeated."),
        ),
    ] = None,
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
) -> None:
    """Whom a rule would have told of what on past days, and how often it would have been right."""
    project = session.project()
    declared = catalogue.derived(project.root).get(rule)
    answers = [parameters.answers(declared, _asked(each)) for each in tried or ()] if declared else []
    with progress.tables() as report:
        found = replaying.replay(
            project, [rule], since=since.date(), until=until.date(), step=timedelta(days=step),
            tried=[{}, *answers], report=report,
        )  # fmt: skip
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = [_("Tried"), _("Alerts"), _("Right"), _("Wrong"), _("Not known")]
    output.listing(headings, [_summary(each) for each in found])
    columns = [_("Opened"), _("Over"), _("Severity"), _("About"), _("At stake"), _("Right")]
    currency = project.settings.currency
    return output.listing(columns, [_opening(each, currency) for each in found[0].openings])


def _asked(told: str) -> dict[str, str]:
    name, _equals, value = told.partition("=")
    return {name.strip(): value.strip()}


def _summary(found: replaying.Replay) -> list[str]:
    told = ", ".join(f"{name}={value}" for name, value in found.parameters.items()) or _("as it is")
    unknown = len(found.openings) - found.right - found.wrong
    return [told, *map(formats.number, (len(found.openings), found.right, found.wrong, unknown))]


def _opening(each: replaying.Opening, currency: str) -> list[str]:
    right = "" if each.right is None else _("yes") if each.right else _("no")
    stake = "" if each.at_stake is None else formats.money(each.at_stake, currency)
    severity = str(SEVERITIES.get(each.severity, each.severity))
    return [formats.day(each.opened), formats.day(each.closed), severity, each.subject, stake, right]


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
