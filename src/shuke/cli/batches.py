"""Batches: what was imported, and what of it could not be accepted?"""

from typing import Annotated

import typer

from shuke import formats
from shuke.cli import output, session
from shuke.languages import _
from shuke.store.landing import Receipt
from shuke.views import builds as view

app = typer.Typer()

Form = Annotated[output.Format, typer.Option("--format", help=_("How to write it."))]


@app.command()
def batches(form: Form = output.Format.TABLE) -> None:
    """What was imported, the newest first."""
    project = session.project()
    found = view.batches(project)
    if form is output.Format.JSON:
        return output.as_json(found)
    counts = [_("Read"), _("Loaded"), _("Unchanged"), _("Rejected")]
    headings = [_("Batch"), _("Received"), _("Files"), *counts, _("Tables")]
    return output.listing(headings, [_row(receipt, project.settings.zone) for receipt in found])


@app.command()
def quarantine(
    batch: Annotated[str, typer.Argument(help=_("A batch, as `shuke batches` names it."))],
    form: Form = output.Format.TABLE,
    limit: Annotated[int | None, typer.Option(min=0, help=_("At most so many."))] = None,
) -> None:
    """What a batch held that could not be accepted, with row, column, value and reason."""
    found = view.quarantine(session.project(), batch, viewer=session.viewer(), limit=limit)
    if form is output.Format.JSON:
        return output.as_json(found.rejects)
    headings = [_("File"), _("Row"), _("Column"), _("Value"), _("Reason"), _("Left out")]
    rows = [
        [r.file, str(r.row), r.column, r.value, r.reason, _("row") if r.whole else _("cell")]
        for r in found.rejects
    ]
    return output.listing(headings, rows)


def _row(receipt: Receipt, zone: str) -> list[object]:
    counts = [receipt.read, receipt.loaded, receipt.unchanged, receipt.rejected]
    tables = ", ".join(f"{name} {formats.number(rows)}" for name, rows in receipt.tables.items())
    return [
        receipt.batch,
        formats.moment(receipt.received_at, zone),
        ", ".join(receipt.files),
        *counts,
        tables,
    ]
