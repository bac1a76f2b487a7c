"""Publish: how do the tools of others get at the customer database?"""

from pathlib import Path
from typing import Annotated

import typer

from shuke import formats
from shuke.cli import output, session
from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.views import publishing

app = typer.Typer(no_args_is_help=True)


@app.callback()
def publish() -> None:
    """Write the current build into a file that other tools read."""


@app.command()
def duckdb(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The file to create."))],
    *,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=_("Replace a file that exists."))] = False,
) -> None:
    """One DuckDB file with every table, its documentation, and views that name the customers."""
    if file.exists() and not overwrite:
        raise WrongCall(N_("{file} exists. Choose another name, or add --overwrite."), file=file)
    if not file.parent.is_dir():
        raise WrongCall(N_("There is no folder {folder}."), folder=file.parent)
    written = publishing.duckdb(session.project(), file, viewer=session.viewer())
    output.note(
        _("{number} tables, with personal data as it is: keep {file} as safe as the project.").format(
            number=formats.number(written), file=file
        )
    )
    output.note(
        _("Next: duckdb {file}, or open it in Metabase, DBeaver, dbt or a notebook").format(file=file)
    )
