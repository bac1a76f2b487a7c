"""Builds: which are kept, which is in force, and how do two of them differ?"""

from typing import Annotated

import typer

from shuke import formats
from shuke.actions import builds as actions
from shuke.cli import output, session
from shuke.languages import _
from shuke.views import builds as view
from shuke.views.builds import BuildSummary, TableDiff

app = typer.Typer()

Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]
Number = Annotated[int, typer.Argument(min=1, help=_("The number of a build."))]


@app.command()
def builds(form: Form = output.OutputFormat.TABLE) -> None:
    """The builds that are kept, the newest first."""
    project = session.project()
    kept = view.builds(project)
    if form is output.OutputFormat.JSON:
        return output.as_json(kept)
    headings = [_("Build"), "", _("As of"), _("Built"), _("Engine"), _("Tables"), _("Rows"), _("Failed")]
    return output.listing(headings, [_row(build, project.settings.zone) for build in kept])


@app.command()
def rollback(number: Number) -> None:
    """Put an older build in force again; readers who opened another keep it until they open anew."""
    build = actions.rollback(session.project(), number, viewer=session.viewer())
    output.note(
        _("Build {number} is current, as of {day}.").format(
            number=build.number, day=formats.day(build.manifest.as_of)
        )
    )


@app.command()
def diff(
    a: Number,
    b: Number,
    form: Form = output.OutputFormat.TABLE,
    all_: Annotated[bool, typer.Option("--all", help=_("Include tables that do not differ."))] = False,
) -> None:
    """How two builds differ: rows in one alone, rows that changed, and what the sums became."""
    found = view.diff(session.project(), a, b, viewer=session.viewer())
    wanted = [table for table in found if all_ or not table.same]
    if form is output.OutputFormat.JSON:
        return output.as_json(wanted)
    headings = [
        _("Table"),
        f"{a}",
        f"{b}",
        _("only in {n}").format(n=a),
        _("only in {n}").format(n=b),
        _("changed"),
        "",
    ]
    output.listing(headings, map(_differing, wanted))
    return output.note(_("{number} tables are the same.").format(number=sum(t.same for t in found)))


def _row(build: BuildSummary, zone: str) -> list[object]:
    built = formats.moment(build.built_at, zone)
    state = _("current") if build.in_force else ""
    day, failed = formats.day(build.as_of), ", ".join(build.failed)
    return [str(build.number), state, day, built, build.engine, build.tables, build.rows, failed]


def _differing(table: TableDiff) -> list[object]:
    sums = [
        f"{s.column} {formats.number(s.a)} → {formats.number(s.b)}"
        for s in table.sums
        if (s.a or 0) != (s.b or 0)
    ]
    return [
        table.table,
        table.rows_a,
        table.rows_b,
        table.only_a,
        table.only_b,
        table.changed,
        "; ".join(sums),
    ]
