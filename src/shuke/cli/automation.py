"""Automation: how does one write what happens by itself, try it on the past, and switch it on?"""

from pathlib import Path
from typing import Annotated

import typer

from shuke import formats
from shuke.actions import automations as actions
from shuke.actions import simulations
from shuke.cli import output, session
from shuke.cli.campaign import TABLE, Form, Name, read_toml
from shuke.engage.automation import Automation
from shuke.engage.campaigns import Standing
from shuke.engage.trigger import triggers
from shuke.languages import _
from shuke.views import automation_labels as labels
from shuke.views import automations as view
from shuke.views import campaign_labels
from shuke.views.automations import AutomationSummary
from shuke.views.simulation import Simulation

app = typer.Typer(help=_("Let something be done for a customer when something happens to them."))

Written = Annotated[
    Path, typer.Argument(help=_("A TOML file: when, unless, then, …; see docs/automations.md."))
]


@app.command("list")
def list_(form: Form = TABLE) -> None:
    """All automations, the newest first."""
    found = view.listed(session.project(), viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = [
        _("Automation"),
        _("Status"),
        _("Begins when"),
        _("Priority"),
        _("Entered"),
        _("Waiting"),
        _("Sent"),
        _("Control"),
    ]
    return output.listing(headings, [_row(each) for each in found])


@app.command("triggers")
def triggers_(form: Form = TABLE) -> None:
    """What may happen to a customer that begins an automation."""
    found = [
        {
            "trigger": each.name,
            "title": str(each.title),
            "about": str(each.about),
            "takes": list(each.parameters),
        }
        for each in triggers().values()
    ]
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    rows = [[each["trigger"], each["about"], ", ".join(each["takes"])] for each in found]
    return output.listing([_("Trigger"), _("Meaning"), _("Takes")], rows)


@app.command()
def add(name: Name, written: Written) -> None:
    """Write a new automation, switched off."""
    _tell(actions.create(session.project(), name, _read(written), viewer=session.viewer()))


@app.command()
def edit(name: Name, written: Written) -> None:
    """Let one that is switched off say what the file says; whoever waits in it keeps what it said."""
    _tell(actions.edit(session.project(), name, _read(written), viewer=session.viewer()))


@app.command()
def show(name: Name, form: Form = TABLE) -> None:
    """How an automation stands, what was done, who was left alone and why, and what it changed."""
    project = session.project()
    page = view.one(project, name, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(page)
    told: list[list[str]] = [
        [_("Status"), str(labels.STATUSES[page.summary.status])],
        [_("Begins when"), str(triggers()[page.summary.trigger].title)],
        [_("Entered"), formats.number(page.summary.entered)],
        [_("Waiting"), formats.number(page.summary.waiting)],
        [_("Sent"), formats.number(page.summary.sent)],
    ]
    told += [[str(campaign_labels.ARMS[arm]), formats.number(n)] for arm, n in page.arms.items()]
    told += [[labels.step(each), formats.number(each.times)] for each in page.steps]
    told += [
        [f"{_('Withheld')}: {campaign_labels.WITHHELD[reason]}", formats.number(number)]
        for reason, number in page.reasons.items()
    ]
    output.listing(["", ""], told)
    for row in page.results:
        output.note(campaign_labels.result(row, currency=project.settings.currency))
    return None


@app.command()
def simulate(
    name: Name,
    days: Annotated[int, typer.Option(min=1, help=_("How many days back."))] = 28,
    every: Annotated[int, typer.Option(min=1, help=_("Look at every so many of them."))] = 7,
    form: Form = TABLE,
) -> None:
    """Whom it would have reached had it been on: how many a day, at what cost, and how many today."""
    project = session.project()
    found = simulations.simulate(project, name, days=days, every=every, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found.to_json())
    return output.listing(["", ""], _simulated(found, project.settings.currency))


@app.command()
def begin(name: Name) -> None:
    """Switch it on; it looks at the build in force and at each new one. Approves one that was submitted."""
    _tell(actions.begin(session.project(), name, viewer=session.viewer()))


@app.command()
def pause(name: Name) -> None:
    """Nobody enters, and who has entered waits."""
    _tell(actions.pause(session.project(), name, viewer=session.viewer()))


@app.command("send-back")
def send_back(
    name: Name, note: Annotated[str, typer.Option(help=_("The reason, in a few words."))] = ""
) -> None:
    """Make a draft again of what was submitted, to be changed."""
    _tell(actions.send_back(session.project(), name, viewer=session.viewer(), note=note))


@app.command()
def cancel(name: Name) -> None:
    """End it for good; what waits is withdrawn."""
    _tell(actions.cancel(session.project(), name, viewer=session.viewer()))


def _read(written: Path) -> Automation:
    return Automation.from_json(read_toml(written))


def _tell(standing: Standing) -> None:
    status = labels.STATUSES[standing.status]
    output.note(_("Automation {name}: {status}").format(name=standing.name, status=status))


def _row(each: AutomationSummary) -> list[str]:
    counts = (each.priority, each.entered, each.waiting, each.sent, each.control)
    title = str(triggers()[each.trigger].title)
    return [each.name, str(labels.STATUSES[each.status]), title, *map(formats.number, counts)]


def _simulated(found: Simulation, currency: str) -> list[list[str]]:
    told = [
        [_("From"), formats.day(found.since)],
        [_("Until"), formats.day(found.until)],
        [_("Entered"), formats.number(found.entered)],
        [_("Customers"), formats.number(found.customers)],
        [_("Held out"), formats.number(found.held_out)],
        [_("On the busiest day"), formats.number(found.busiest)],
        [_("Cost at most"), formats.money(found.cost, currency)],
        [_("Would enter today"), formats.number(found.today)],
    ]
    return told + [[formats.day(day), formats.number(number)] for day, number in found.by_day.items()]
