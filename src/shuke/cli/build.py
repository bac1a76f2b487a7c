"""Build: what becomes of all that was imported?"""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from shuke import formats
from shuke.actions import builds as actions
from shuke.builds.staleness import STALE
from shuke.cli import output, progress, session
from shuke.languages import _
from shuke.store.builds import Build
from shuke.views import import_accounts

app = typer.Typer()


@app.command()
def build(
    *,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=_("Build as of this day. Default: today.")),
    ] = None,
    engine: Annotated[
        str | None, typer.Option(help=_("duckdb, or a Spark master such as local[2] or spark://host:7077."))
    ] = None,
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
) -> None:
    """Make the customer database from all that was imported, and put it in force."""
    project, now = session.project(), session.now()
    with progress.tables() as report:
        day = as_of.date() if as_of else None
        made = actions.build(project, viewer=session.viewer(), as_of=day, engine=engine, report=report)
    if form is output.OutputFormat.JSON:
        return output.as_json({**output.jsonable(made.manifest), "number": made.number})
    _print(made)
    if day is None and made.manifest.as_of < now.astimezone(ZoneInfo(made.manifest.zone)).date():
        old = _(
            "Nothing from the last {days} days was imported, so the build is as of the day after the "
            "latest sale."
        )
        output.note(old.format(days=STALE.days))
    lacking = made.manifest.tables.get("incomplete_lines")
    is_new = lacking is not None and lacking.build == made.number
    for each in import_accounts.incomplete_lines(project.open(made.number)) if is_new else ():
        output.note(str(each))
    output.note(_("Next: shuke show, shuke alerts, or shuke serve to look at it in a browser"))
    return None


def _print(made: Build) -> None:
    manifest = made.manifest
    told = _("Build {number} is current: customers {customers}, order lines {lines}, as of {day}.")
    counted = {"customers": _rows(made, "customers"), "lines": _rows(made, "purchases")}
    print(told.format(number=made.number, day=formats.day(manifest.as_of), **counted))
    anew = sum(table.build == made.number for table in manifest.tables.values())
    if anew < len(manifest.tables):
        told = _("Tables computed: {anew}; reused: {stood}.")
        print(told.format(anew=anew, stood=len(manifest.tables) - anew))
    for name, table in manifest.tables.items():
        if table.failed:
            output.note(
                _("Table {table} could not be made: {reason}").format(table=name, reason=table.failed)
            )


def _rows(made: Build, table: str) -> str:
    return formats.number(made.manifest.tables[table].rows)
