"""SQL: what else would somebody like to ask the customer database?"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from shuke import formats
from shuke.access.audit import AuditEvent
from shuke.cli import output, session
from shuke.cli.show import FILES, SCREENFUL, ExportFormat, Limit, Target, named
from shuke.languages import _
from shuke.views import downloads, tables

app = typer.Typer()


@app.command()
def sql(
    query: Annotated[
        str,
        typer.Argument(
            help=_("One SELECT over the tables that `shuke show` lists; docs/sql.md says what it may hold.")
        ),
    ],
    *,
    form: Annotated[ExportFormat, typer.Option("--format", help=_("Output format."))] = ExportFormat.TABLE,
    limit: Limit = None,
    target: Target = None,
) -> None:
    """Ask the customer database in SQL; nothing can be changed by it."""
    project, viewer = session.project(), session.viewer()
    found = tables.sql(project, query, viewer=viewer)
    viewer.did(project.operations, AuditEvent(verb="ran_sql", count=found.num_rows))
    rows = found if limit is None else found.slice(0, limit)
    content = downloads.of_rows(rows, name="sql", zone=project.settings.zone)
    if target is not None or form is not ExportFormat.TABLE:
        return _write(content, form, target)
    shown = rows.slice(0, SCREENFUL if limit is None else limit)
    output.table(content.columns, shown.to_pylist(), zone=project.settings.zone)
    told = _("{shown} of {total} rows").format(
        shown=formats.number(shown.num_rows), total=formats.number(found.num_rows)
    )
    return output.note(told)


def _write(content: downloads.ExportContent, form: ExportFormat, target: Path | None) -> None:
    chosen = FILES[named(target) if form is ExportFormat.TABLE else form]
    if target is None:
        return downloads.write(content, sys.stdout.buffer, file_format=chosen, mark=False)
    with target.open("wb") as file:
        return downloads.write(content, file, file_format=chosen)
