"""Alert settings: what holds for a rule that warns, and how does one set it?"""

from collections.abc import Mapping
from typing import Annotated

import typer

from shuke import formats
from shuke.actions import rule_settings as actions
from shuke.cli import output, session
from shuke.languages import _
from shuke.views import rule_setting_labels as labels
from shuke.views import rule_settings as view
from shuke.views.rule_settings import RuleSummary

app = typer.Typer(help=_("Thresholds and reminders of the rules that warn."))

Rule = Annotated[str, typer.Argument(metavar="RULE", help=_("The rule, such as credit."))]
Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]


@app.command("list")
def every(*, form: Form = output.OutputFormat.TABLE) -> None:
    """What holds for each rule, and who says so."""
    found = view.listed(session.project(), viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    return _print(found)


@app.command()
def show(rule: Rule, *, form: Form = output.OutputFormat.TABLE) -> None:
    """What holds for a rule, and everything that was ever set."""
    project = session.project()
    found = view.one(project, rule, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    _print((found.summary,))
    output.note(labels.reminder(found.summary))
    for each in found.history:
        when = formats.moment(each.at, project.settings.zone)
        output.note(" · ".join(filter(None, (when, each.who, _written(each.thresholds), each.note))))
    return None


@app.command("set")
def set_(
    rule: Rule,
    thresholds: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME=VALUE…", help=_("Thresholds; those left out go by shuke.toml, or by the rule.")
        ),
    ] = None,
    *,
    remind_days: Annotated[
        int | None, typer.Option(help=_("Remind after so many days of what nobody takes care of; 0: never."))
    ] = None,
    remind_times: Annotated[
        int | None, typer.Option(help=_("Remind at most so often; left out: until somebody does."))
    ] = None,
    note: Annotated[str, typer.Option(help=_("The reason, in a few words; stored with the version."))] = "",
) -> None:
    """Set what holds for a rule from the next build on."""
    written = dict(each.partition("=")[::2] for each in thresholds or ())
    project, viewer = session.project(), session.viewer()
    actions.save(
        project, rule, {name.strip(): value.strip() for name, value in written.items()}, viewer=viewer,
        remind_days=remind_days, remind_times=remind_times, note=note,
    )  # fmt: skip
    found = view.one(project, rule, viewer=viewer)
    _print((found.summary,))
    output.note(labels.reminder(found.summary))


def _print(found: tuple[RuleSummary, ...]) -> None:
    rows = [
        [str(rule.title), each.name, str(each.value), str(labels.SETTERS[each.set_by]), str(each.default)]
        for rule in found
        for each in rule.thresholds
    ]
    output.listing([_("Rule"), _("Threshold"), _("Value"), _("Set by"), _("Default")], rows)


def _written(thresholds: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in thresholds.items())
