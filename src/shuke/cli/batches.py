"""Batches: what was imported, and what of it could not be accepted?"""

from collections.abc import Collection
from typing import Annotated

import typer

from shuke import formats
from shuke.actions import imports
from shuke.cli import output, session
from shuke.languages import _
from shuke.store.landing import Receipt
from shuke.views import builds as view
from shuke.views import receipts

app = typer.Typer()
batches_app = typer.Typer(help=_("What was imported, and when."))
app.add_typer(batches_app, name="batches")

Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]


@batches_app.callback(invoke_without_command=True)
def batches(ctx: typer.Context, form: Form = output.OutputFormat.TABLE) -> None:
    """What was imported, the newest first."""
    if ctx.invoked_subcommand:
        return None
    project = session.project()
    found = receipts.batches(project, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    gone = project.landing.withdrawn()
    counts = [_("Read"), _("Loaded"), _("Unchanged"), _("Rejected")]
    headings = [_("Batch"), _("Received"), _("Files"), *counts, _("Tables")]
    return output.listing(headings, [_row(receipt, project.settings.zone, gone=gone) for receipt in found])


@batches_app.command(help=_("Withdraw a batch, as if it had never been imported; this can be undone."))
def withdraw(
    batch: Annotated[str, typer.Argument(metavar="N", help=_("The number or name of a batch."))],
    form: Form = output.OutputFormat.TABLE,
) -> None:
    project = session.project()
    receipt = imports.withdraw(project, batch, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(receipt)
    for line in receipt.notes:
        output.note(line)
    told = _("{batch} is withdrawn. The next build leaves it out: shuke build")
    print(told.format(batch=receipt.withdraws))
    return output.note(_("To undo this: shuke batches withdraw {batch}").format(batch=receipt.batch))


@app.command()
def quarantine(
    batch: Annotated[str, typer.Argument(metavar="N", help=_("The number or name of a batch."))],
    form: Form = output.OutputFormat.TABLE,
    limit: Annotated[int | None, typer.Option(min=0, help=_("The maximum number to show."))] = None,
) -> None:
    """What a batch held that could not be accepted, with row, column, value and reason."""
    found = view.quarantine(session.project(), batch, viewer=session.viewer(), limit=limit)
    if form is output.OutputFormat.JSON:
        return output.as_json(found.rejects)
    if not found.total:
        return output.note(_("Everything in this batch was accepted."))
    headings = [_("File"), _("Row"), _("Column"), _("Value"), _("Reason"), _("Left out")]
    rows = [
        [r.file, str(r.row), r.column, r.value, r.reason, _("row") if r.whole else _("cell")]
        for r in found.rejects
    ]
    return output.listing(headings, rows)


def _row(receipt: Receipt, zone: str, *, gone: Collection[str]) -> list[object]:
    counts = [receipt.read, receipt.loaded, receipt.unchanged, receipt.rejected]
    tables = ", ".join(f"{name} {formats.number(rows)}" for name, rows in receipt.tables.items())
    if receipt.withdraws:
        tables = _("withdraws {batch}").format(batch=receipt.withdraws)
    if receipt.batch in gone:
        tables = _("withdrawn")
    return [
        receipt.batch,
        formats.moment(receipt.received_at, zone),
        ", ".join(receipt.files),
        *counts,
        tables,
    ]
