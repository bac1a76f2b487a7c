"""Show: which tables are there, and what stands in one of them?"""

import sys
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from shuke import formats
from shuke.app import Project
from shuke.cli import output, session
from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.tables import CANONICAL, Column, Type
from shuke.views import downloads, tables
from shuke.views.downloads import FileFormat
from shuke.views.find import find
from shuke.views.labels import AREAS, spoken
from shuke.views.query import Condition, Query, opening, split_conditions
from shuke.views.tables import Listed, Page
from shuke.views.viewer import Viewer

app = typer.Typer()


class ExportFormat(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    XLSX = "xlsx"


FILES: dict[ExportFormat, FileFormat] = {
    ExportFormat.TABLE: "csv",  # where a table was not asked for otherwise, and goes into a file
    ExportFormat.CSV: "csv",
    ExportFormat.JSON: "json",
    ExportFormat.PARQUET: "parquet",
    ExportFormat.XLSX: "xlsx",
}

#: For a person who did not say how many rows; a program gets all of them.
SCREENFUL = 20

Name = Annotated[str | None, typer.Argument(metavar="TABLE", help=_("Default: list the tables."))]
Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="EXPR",
        help=_("Only rows that match: column:op:value or an SQL expression; may be repeated."),
    ),
]
Customer = Annotated[
    str | None,
    typer.Option(metavar="X", help=_("Only rows of this customer: id, phone, e-mail or name.")),
]
Form = Annotated[
    ExportFormat,
    typer.Option(
        "--format", metavar="FORMAT", help=_("How to write the rows: table, csv, json, parquet or xlsx.")
    ),
]
Limit = Annotated[int | None, typer.Option(metavar="N", min=0, help=_("The maximum number of rows."))]
Target = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help=_("Write to this file instead of the screen."))
]
Ask = Annotated[
    list[str] | None,
    typer.Option(
        "--param", "--ask", metavar="NAME=VALUE", help=_("A parameter of the table; may be repeated.")
    ),
]


@app.command()
def show(
    table: Name = None,
    *,
    where: Where = None,
    customer: Customer = None,
    form: Form = ExportFormat.TABLE,
    limit: Limit = None,
    target: Target = None,
    ask: Ask = None,
) -> None:
    """Show a table of the customer database, or which tables there are."""
    project, viewer = session.project(), session.viewer()
    if table is None:
        return catalog(project, form)
    own = _own(project, customer, viewer) if customer else ()
    conditions, expression = split_conditions(where or [])
    parameters = dict(map(_answer, ask or []))
    query = Query(filters=(*own, *conditions), where=expression, limit=limit, parameters=parameters)
    if form is ExportFormat.TABLE and target is None:
        return on_screen(project, table, query, viewer)
    return write(project, table, query, viewer=viewer, form=form, path=target)


def catalog(project: Project, form: ExportFormat) -> None:
    listed = tables.catalog(project)
    if form is not ExportFormat.TABLE:
        return output.as_json(listed)
    headings = [_("Table"), _("Title"), _("Area"), _("Rows"), ""]
    output.listing(
        headings, [[t.name, t.title, AREAS.get(t.area, t.area), t.rows, _failure(t)] for t in listed]
    )
    return output.note(_("As of {day}").format(day=formats.day(max(each.as_of for each in listed))))


def _failure(table: Listed) -> str:
    return _("failed: {reason}").format(reason=table.failed) if table.failed else ""


def on_screen(project: Project, name: str, query: Query, viewer: Viewer) -> None:
    opened, limit = project.open(), SCREENFUL if query.limit is None else query.limit
    first, down = opening(tables.declaration(project, opened, name)) or (None, False)
    asked = replace(query, limit=limit, order_by=first, descending=down)
    page = tables.peek(project, name, asked, viewer=viewer)
    called = tables.called(page, opened, viewer=viewer)
    tables.note(project, page, viewer=viewer, named=bool(called))
    columns, rows = _named(spoken(page.columns), page, called)
    settings = project.settings
    output.table(columns, rows, zone=settings.zone, currency=settings.currency)
    if page.total > page.rows.num_rows:
        told = _("{shown} of {total} rows, as of {day}. Use --limit for more, --output FILE for all.")
    else:
        told = _("{total} rows, as of {day}.")
    shown, total = formats.number(page.rows.num_rows), formats.number(page.total)
    output.note(told.format(shown=shown, total=total, day=formats.day(page.as_of)))
    if page.learnt_in:
        output.note(
            _("Learnt in build {number}; it stays until more has come.").format(number=page.learnt_in)
        )


def _named(
    columns: list[Column], page: Page, called: dict[str, str]
) -> tuple[list[Column], list[dict[str, Any]]]:
    """The rows with what customers are called before their ids, where the table does not tell it itself."""
    if not called:
        return columns, list(page)
    place, ids = next((place, c.name) for place, c in enumerate(columns) if c.name in tables.IDS)
    name = Column("name", Type.TEXT, CANONICAL["people"]["name"].title)
    rows = [row | {"name": called.get(row[ids])} for row in page]
    return [*columns[:place], name, *columns[place:]], rows


def write(
    project: Project, name: str, query: Query, *, viewer: Viewer, form: ExportFormat, path: Path | None
) -> None:
    """Write all rows, or as many as the query limits them to, into a file or down the pipe."""

    def into(target: BinaryIO, chosen: FileFormat, mark: bool) -> int:
        return downloads.download(project, name, query, target, file_format=chosen, viewer=viewer, mark=mark)

    deliver(into, form, path)


def deliver(into: Callable[[BinaryIO, FileFormat, bool], int], form: ExportFormat, path: Path | None) -> None:
    """Have rows written into a file, whole or not at all, or down the pipe; `into` says how many."""
    chosen = FILES[named(path) if form is ExportFormat.TABLE else form]
    if path is None and chosen in ("xlsx", "parquet") and sys.stdout.isatty():
        raise WrongCall(
            N_("{format} cannot be shown on a terminal. Name a file with --output."), format=chosen
        )
    if path is None:
        into(sys.stdout.buffer, chosen, False)
        return
    aside = path.with_name(f".{path.name}.part")
    try:
        with aside.open("wb") as target:
            rows = into(target, chosen, True)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    output.note(_("{rows} rows written to {path}").format(rows=formats.number(rows), path=path))


def named(path: Path | None) -> ExportFormat:
    """The format that a file's name asks for."""
    suffix = path.suffix.removeprefix(".").lower() if path else ""
    return ExportFormat(suffix) if suffix in [*ExportFormat] else ExportFormat.TABLE


def _own(project: Project, text: str, viewer: Viewer) -> tuple[Condition, ...]:
    found = find(project, text, viewer=viewer, limit=2)
    if found.total != 1:
        raise WrongCall(N_("{number} customers match. Give a customer id."), number=found.total)
    return (Condition("customer_id", "eq", next(iter(found))["customer_id"]),)


def _answer(written: str) -> tuple[str, str]:
    name, equals, value = written.partition("=")
    if not equals:
        raise WrongCall(N_("Write --param name=value, not {written}."), written=repr(written))
    return name.strip(), value.strip()
