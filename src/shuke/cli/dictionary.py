"""Dictionary: what does every table and column mean, and what is it made from?"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import typer

from shuke.app import Project
from shuke.cli import output, session
from shuke.errors import UnknownProject
from shuke.graph import catalogue
from shuke.graph.lineage import of as traced
from shuke.graph.names import canonical
from shuke.languages import _
from shuke.tables import Derived, Type
from shuke.views import dictionary as view
from shuke.views.dictionary import DictionaryEntry
from shuke.views.labels import PERSONAL, TYPES, UNITS

app = typer.Typer()


class DictionaryFormat(StrEnum):
    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


@app.command()
def dictionary(
    table: Annotated[str | None, typer.Argument(help=_("Only this table."))] = None,
    form: Annotated[
        DictionaryFormat, typer.Option("--format", help=_("Output format."))
    ] = DictionaryFormat.TABLE,
) -> None:
    """What every table and column means, its type and unit, and how personal it is."""
    entries = view.dictionary(_project(), table)
    if form is DictionaryFormat.MARKDOWN:
        return print(view.markdown(entries), end="")
    if form is DictionaryFormat.JSON:
        return output.as_json(entries)
    headings = [_("Table"), _("Column"), _("Title"), _("Type"), _("Unit"), _("Personal"), _("Note")]
    return output.listing(headings, map(_row, entries))


@app.command()
def lineage(
    what: Annotated[
        str, typer.Argument(metavar="TABLE[.COLUMN]", help=_("A table of the build, or one of its columns."))
    ],
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
) -> None:
    """What a table or a column is made from, and that in turn, down to what was collected."""
    project = _project()
    known = catalogue.derived(project.root if project else None)
    steps = [(depth, *name.partition(".")[::2]) for depth, name in traced(known, what)]
    if form is output.OutputFormat.JSON:
        return output.as_json(
            [{"depth": d, "table": name, "column": column or None} for d, name, column in steps]
        )
    for depth, name, column in steps:
        print(f"{'  ' * depth}{name}{'.' if column else ''}{column}  {_title(known, name, column)}".rstrip())
    return None


def _title(known: Mapping[str, Derived], name: str, column: str) -> str:
    """What people call a table, or its column; `*` are its rows."""
    declared = known.get(name) or canonical(name)
    if declared is None:
        return ""
    return str(declared[column].title if column and column != "*" else declared.title)


def _project() -> Project | None:
    """Outside of a project there are the tables that every project has."""
    try:
        return session.project()
    except UnknownProject:
        return None


def _row(entry: DictionaryEntry) -> list[object]:
    unit = UNITS[entry.unit] if entry.unit else ""
    personal = PERSONAL[entry.personal] if entry.personal else ""
    return [entry.table, entry.column + ("*" if entry.key else ""), entry.title, TYPES[Type(entry.type)],
            unit, personal, entry.note or ""]  # fmt: skip
