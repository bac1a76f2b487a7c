"""Alerts: what needs somebody's attention, and who says what has become of it?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, BinaryIO

import typer

from shuke import formats
from shuke.actions import alerts as actions
from shuke.actions import tasks
from shuke.alerts.flips import Status
from shuke.app import Project
from shuke.builds import alert_replay as replaying
from shuke.cli import alert_rules, alert_settings, output, progress, session, show
from shuke.graph import catalogue
from shuke.languages import _
from shuke.views import alert_history as view_history
from shuke.views import alerts as view
from shuke.views import parameters
from shuke.views.alert_downloads import download
from shuke.views.alert_history import AlertEntry, happened
from shuke.views.alerts import Alert, Order
from shuke.views.downloads import FileFormat
from shuke.views.labels import SEVERITIES, STATUSES, evidence
from shuke.views.query import Condition

app = typer.Typer()
app.add_typer(alert_rules.app, name="rule")
app.add_typer(alert_settings.app, name="settings")

Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]


class Ranked(StrEnum):
    """By what alerts are ranked; see `views.alerts.Order`."""

    AT_STAKE = "at_stake"
    SEVERITY = "severity"
    SINCE = "since"


Rule = Annotated[str | None, typer.Option(help=_("Only alerts of this rule, such as lapsing."))]
Subject = Annotated[str | None, typer.Option(help=_("Only the alert about this one."))]
Severity = Annotated[str | None, typer.Option(help=_("Only alerts this grave: high, medium or low."))]
Assignee = Annotated[str | None, typer.Option(help=_("Only alerts that this user was given."))]
Stands = Annotated[Status, typer.Option(help=_("Only alerts with this status."))]


@app.callback(invoke_without_command=True)
def alerts(
    context: typer.Context,
    *,
    rule: Rule = None,
    severity: Severity = None,
    assignee: Assignee = None,
    status: Stands = Status.OPEN,
    order: Annotated[
        Ranked, typer.Option(help=_("What comes first: at_stake, severity or since."))
    ] = Ranked.AT_STAKE,
    form: show.Form = show.ExportFormat.TABLE,
    target: show.Target = None,
    limit: Annotated[int | None, typer.Option(min=0, help=_("The maximum number to show."))] = None,
) -> None:
    """What needs somebody's attention, where most is at stake first."""
    if context.invoked_subcommand:
        return None
    project, viewer = session.project(), session.viewer()
    where = _conditions(status=status, rule=rule, severity=severity, assignee=assignee)
    ranked: Order = order.value
    if target or form not in (show.ExportFormat.TABLE, show.ExportFormat.JSON):

        def into(file: BinaryIO, chosen: FileFormat, mark: bool) -> int:
            return download(project, where, file, file_format=chosen, viewer=viewer, order=ranked, mark=mark)

        return show.deliver(into, form, target)
    as_json = form is show.ExportFormat.JSON
    most = (10_000_000 if as_json else show.SCREENFUL) if limit is None else limit
    page = view.listed(project, where, viewer=viewer, order=ranked, limit=most)
    view.note(project, page.alerts, viewer=viewer)
    if as_json:
        output.as_json(page.alerts)
    elif not page.total:
        return output.note(_("No alert is open.") if status is Status.OPEN else _("No alert matches."))
    else:
        _print(page.alerts, project.settings.currency)
    told = _("{shown} of {total} alerts").format(
        shown=formats.number(len(page.alerts)), total=formats.number(page.total)
    )
    return output.note(told)


@app.command()
def history(
    rule: Annotated[str, typer.Argument(help=_("The rule, such as credit."))],
    subject: Annotated[str, typer.Argument(help=_("Whom the alert is about."))],
    *,
    form: Form = output.OutputFormat.TABLE,
) -> None:
    """What has happened to one alert, the newest first."""
    project, viewer = session.project(), session.viewer()
    found = view_history.history(project, rule, subject, viewer=viewer)
    view.note(project, [found.alert] if found.alert else [], viewer=viewer)
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    if found.alert:
        _print([found.alert], project.settings.currency)
    headings = [_("When"), _("Who"), _("What"), _("Severity"), _("At stake")]
    return output.listing(headings, [_entry(each, project) for each in found.entries])


@app.command()
def mark(
    status: Annotated[Status, typer.Argument(help=_("The new status."))],
    *,
    rule: Rule = None,
    subject: Subject = None,
    was: Annotated[Status, typer.Option("--status", help=_("Only alerts with this status."))] = Status.OPEN,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help=_("Snooze until this day."))
    ] = None,
) -> None:
    """Acknowledge, snooze, resolve or reopen alerts."""
    where = _conditions(status=was, rule=rule, subject=subject)
    day = until.date() if until else None
    told = actions.act_on(session.project(), where, status, viewer=session.viewer(), until=day)
    output.note(_("Alerts changed: {many}").format(many=formats.number(told.changed)))


@app.command()
def assign(
    user: Annotated[str, typer.Argument(help=_("The name of the user; an empty text: nobody any more."))],
    *,
    rule: Rule = None,
    subject: Subject = None,
    status: Stands = Status.OPEN,
) -> None:
    """Give alerts to somebody."""
    where = _conditions(status=status, rule=rule, subject=subject)
    many = actions.assign(session.project(), where, user, viewer=session.viewer())
    output.note(_("Alerts given to {name}: {many}").format(name=user or "–", many=formats.number(many)))


@app.command()
def comment(
    text: Annotated[str, typer.Argument(help=_("What is to be said of them."))],
    *,
    rule: Rule = None,
    subject: Subject = None,
    status: Stands = Status.OPEN,
) -> None:
    """Say something of alerts."""
    where = _conditions(status=status, rule=rule, subject=subject)
    many = actions.comment(session.project(), where, text, viewer=session.viewer())
    output.note(_("Alerts commented on: {many}").format(many=formats.number(many)))


@app.command()
def task(
    title: Annotated[str, typer.Argument(help=_("What is to be done."))],
    *,
    due: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help=_("By which day."))],
    to: Annotated[str, typer.Option(help=_("Who is to do it."))] = "",
    rule: Rule = None,
    subject: Subject = None,
    status: Stands = Status.OPEN,
) -> None:
    """Open a task for the customer of each alert, for whom the alert is given to unless it says for whom."""
    where = _conditions(status=status, rule=rule, subject=subject)
    opened = tasks.open_for_alerts(
        session.project(), where, title, due.date(), viewer=session.viewer(), assignee=to
    )
    output.note(_("Tasks opened: {numbers}").format(numbers=", ".join(map(str, opened))))


def _conditions(**asked: str | None) -> list[Condition]:
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
    form: Form = output.OutputFormat.TABLE,
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


def _entry(entry: AlertEntry, project: Project) -> list[str]:
    stake = "" if entry.at_stake is None else formats.money(entry.at_stake, project.settings.currency)
    when = formats.moment(entry.at, project.settings.zone)
    return [
        when,
        entry.who or _("a build"),
        happened(entry),
        str(SEVERITIES.get(entry.severity or "", "")),
        stake,
    ]


def _print(alerts: Sequence[Alert], currency: str) -> None:
    headings = [
        _("Severity"),
        _("Rule"),
        _("About"),
        _("Name"),
        _("Phone"),
        _("Since"),
        _("At stake"),
        _("Status"),
        _("Given to"),
        _("Evidence"),
    ]
    rows = [
        [
            SEVERITIES.get(a.severity, a.severity),
            a.title,
            a.subject,
            a.name or ("" if a.called == a.subject else a.called),
            a.phone,
            formats.day(a.since),
            "" if a.at_stake is None else formats.money(a.at_stake, currency),
            STATUSES.get(a.status, a.status),
            a.assignee,
            " · ".join(f"{name} {figure}" for name, figure in evidence(a.evidence, a.labels)),
        ]
        for a in alerts
    ]
    return output.listing(headings, rows)
