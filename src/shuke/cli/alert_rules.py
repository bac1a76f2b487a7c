"""Alert rules: which rules of its own does the company have, and how does one make another?"""

from typing import Annotated

import typer

from shuke import formats
from shuke.actions import alert_rules as actions
from shuke.alerts.own_rules import OwnRule
from shuke.alerts.rule_versions import RuleVersion
from shuke.cli import output, session
from shuke.languages import _
from shuke.views import alert_rules as view
from shuke.views.labels import SEVERITIES

app = typer.Typer(help=_("Rules of your own: warn of rows of any table that meet a condition."))

Name = Annotated[str, typer.Argument(metavar="NAME", help=_("The name of the rule."))]
Note = Annotated[str, typer.Option(help=_("The reason, in a few words; stored with the version."))]
Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]


@app.command("list", help=_("List the rules of your own."))
def every(*, form: Form = output.OutputFormat.TABLE) -> None:
    found = view.listed(session.project(), viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    return _print(found)


@app.command()
def save(
    name: Name,
    *,
    table: Annotated[str, typer.Option(help=_("The table whose rows it looks at."))],
    where: Annotated[str, typer.Option(help=_("Which rows it warns of, such as: overdue > 500"))],
    subject: Annotated[str, typer.Option(help=_("The column that says whom an alert is about."))],
    title: Annotated[str, typer.Option(help=_("What people call it."))],
    severity: Annotated[str, typer.Option(help=_("high, medium or low"))] = "medium",
    money: Annotated[str | None, typer.Option(help=_("The column whose sum is at stake."))] = None,
    lasts: Annotated[
        str | None,
        typer.Option(help=_("A wider condition by which an alert stays open, such as: overdue > 400")),
    ] = None,
    note: Note = "",
) -> None:
    """Make a rule, or change it; the next build asks it."""
    rule = OwnRule(
        name=name, title=title, table=table, where=where, subject=subject, severity=severity, money=money,
        lasts=lasts,
    )  # fmt: skip
    project, viewer = session.project(), session.viewer()
    version = actions.save(project, rule, viewer=viewer, note=note)
    output.note(_("Rule {name}, version {number}.").format(name=name, number=version.number))
    found = view.one(project, name, viewer=viewer)
    if found.preview:
        many = formats.number(found.preview.findings)
        output.note(_("In the current build it would find: {many}").format(many=many))
    elif found.problem:
        output.note(found.problem)


@app.command()
def history(name: Name, *, form: Form = output.OutputFormat.TABLE) -> None:
    """Every version of a rule, the newest first, and who made it so."""
    found = view.one(session.project(), name, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    return _print(found.versions)


@app.command()
def off(name: Name, *, note: Note = "") -> None:
    """Switch a rule off: no build asks it any more."""
    _switch(name, note, on=False)


@app.command()
def on(name: Name, *, note: Note = "") -> None:
    """Switch a rule on again."""
    _switch(name, note, on=True)


def _switch(name: str, note: str, *, on: bool) -> None:
    version = actions.switch(session.project(), name, on=on, viewer=session.viewer(), note=note)
    output.note(_("Rule {name}, version {number}.").format(name=name, number=version.number))


def _print(versions: tuple[RuleVersion, ...]) -> None:
    headings = [
        _("Rule"), _("Version"), _("Title"), _("Table"), _("Condition"), _("Severity"), _("On"), _("Who"),
        _("When"), _("Note"),
    ]  # fmt: skip
    rows = [
        [
            v.rule.name, v.number, v.rule.title, v.rule.table, v.rule.where,
            SEVERITIES.get(v.rule.severity, v.rule.severity), _("yes") if v.on else _("no"), v.who,
            formats.day(v.at.date()), v.note,
        ]
        for v in versions
    ]  # fmt: skip
    output.listing(headings, rows)
