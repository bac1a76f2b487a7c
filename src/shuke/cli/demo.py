"""Demo: what does Shuke make of a company's scattered files?"""

import os
import sys
from datetime import timedelta
from pathlib import Path
from shlex import quote
from shutil import which
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from shuke import app as projects
from shuke import demo as company
from shuke import formats
from shuke.actions.builds import build
from shuke.actions.imports import ingest
from shuke.app import Project
from shuke.cli import output, progress, serve, session
from shuke.errors import WrongCall
from shuke.languages import N_, Text, _, language
from shuke.settings import FILE, Settings
from shuke.views import overview as view
from shuke.views.labels import SEVERITIES
from shuke.views.overview import Figure, Overview, PeriodComparison, Share

app = typer.Typer()

NAME = Text("Regular & Co.", "熟客示范百货")
CUSTOMERS, SEED = 1000, 1


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help=_("The folder for the company and its project."))
    ] = Path("demo"),
    *,
    customers: Annotated[
        int | None, typer.Option(min=1000, max=2_000_000, help=_("The number of customers."))
    ] = None,
    seed: Annotated[int | None, typer.Option(help=_("The random seed."))] = None,
    serve_: Annotated[
        bool, typer.Option("--serve/--no-serve", help=_("Serve the console when done."))
    ] = True,
    host: serve.Host = "127.0.0.1",
    port: serve.Port = 8000,
) -> None:
    """Make a made-up company, import its files, build, show what was found, and serve the console."""
    listening = serve.listen(host, port) if serve_ else None
    project = _project(folder, customers, seed)
    _print(view.overview(project, viewer=session.viewer()))
    if listening:
        serve.welcome(project)
        serve.run(project, listening)
    else:
        told = _("Next: {enter} && shuke show, or shuke serve to look at it in a browser")
        output.note(told.format(enter=_entering(folder)))


def _entering(folder: Path) -> str:
    """What to type to come to the project, and to this program where the shell does not know it."""
    activate = Path(sys.executable).with_name("activate")
    known = which("shuke") is not None or not activate.exists()
    return ("" if known else f". {quote(os.path.relpath(activate))} && ") + f"cd {quote(str(folder))}"


def _project(folder: Path, customers: int | None, seed: int | None) -> Project:
    """The demo's project: a new one, or that of an earlier run, gone on with where it was interrupted."""
    if (folder / FILE).exists():
        project = projects.open_project(folder)
        if not project.builds.numbers():
            return _filled(project, customers, seed)
        if customers is not None or seed is not None:
            raise WrongCall(N_("{folder} already holds a demo company. Name another folder."), folder=folder)
        output.note(_("Using the demo company in {folder}.").format(folder=folder))
        return project
    settings = Settings(
        name=str(NAME), country="CN", currency="CNY", zone="Asia/Shanghai", language=language()
    )
    return _filled(projects.init(folder, settings), customers, seed)


def _filled(project: Project, customers: int | None, seed: int | None) -> Project:
    made_up = project.root / "company"
    yesterday = session.now().astimezone(ZoneInfo(project.settings.zone)).date() - timedelta(days=1)
    seed = SEED if seed is None else seed
    with progress.working(_("Creating the company's files")):
        made = company.make(made_up, customers=customers or CUSTOMERS, seed=seed, until=yesterday)
    for file in made.files:
        with progress.working(_("Importing {file}").format(file=file.path.name)):
            receipt = ingest(project, file.source, [file.path], viewer=session.viewer())
        counts = {name: formats.number(getattr(receipt, name)) for name in ("read", "loaded", "rejected")}
        told = _("{file}: {read} rows read, {loaded} loaded, {rejected} rejected")
        output.note(told.format(file=file.path.name, **counts))
    with progress.tables() as report:
        build(project, viewer=session.viewer(), report=report)
    return project


def _print(found: Overview) -> None:
    """What was found, on one screen."""
    figures = [
        found.customers,
        *([found.active] if found.active else []),
        found.new,
        found.month,
        found.year,
        *found.quality,
        *found.alerts,
    ]
    print(_("Findings, as of {day}:").format(day=formats.day(found.as_of)))
    output.listing(["", "", ""], [_line(figure, found.currency) for figure in figures])
    for each in found.incomplete_lines:
        output.note(str(each))
    for name in found.failed:
        output.note(_("Table {table} could not be made: see its page.").format(table=name))


def _line(told: Figure | Share | PeriodComparison, currency: str) -> list[str]:
    if isinstance(told, Share):
        of = _("{share} of {whole}").format(
            share=formats.share(told.value), whole=_value(told.whole, currency)
        )
        return [str(told.part.title), _value(told.part, currency), of]
    if isinstance(told, PeriodComparison) and told.known_from:
        before = _("known only from {day} on").format(day=formats.day(told.known_from))
        return [str(told.now.title), _value(told.now, currency), f"{told.before.title}: {before}"]
    if isinstance(told, PeriodComparison):
        before = _("{change} on {before}").format(
            change=formats.change(told.change), before=_value(told.before, currency)
        )
        return [str(told.now.title), _value(told.now, currency), before]
    severity = next((str(c.value) for c in told.where if c.column == "severity"), "")
    return [str(told.title), _value(told, currency), str(SEVERITIES.get(severity, severity))]


def _value(figure: Figure, currency: str) -> str:
    return (
        formats.money(figure.value, currency) if figure.unit == "currency" else formats.number(figure.value)
    )
