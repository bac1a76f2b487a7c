"""Evaluation: how well does the build tell who is who, on a terminal?"""

from pathlib import Path
from typing import Annotated

import typer

from shuke import formats
from shuke.cli import output, session
from shuke.identity.evaluation import Agreement
from shuke.languages import _
from shuke.views import evaluation as view
from shuke.views.evaluation import Evaluation


def evaluate(
    truth: Annotated[
        Path,
        typer.Option(help=_("A file with record_id and cluster (and source), or with pairs of records.")),
    ],
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
) -> None:
    """Hold who is who in the build against a file that knows: precision, recall, F1, and the errors."""
    found = view.evaluate(session.project(), truth, viewer=session.viewer())
    return output.as_json(found) if form is output.OutputFormat.JSON else _print(found)


def _print(found: Evaluation) -> None:
    headings = ["", _("Precision"), _("Recall"), _("F1"), _("In the build"), _("In truth"), _("In both")]
    output.listing(
        headings,
        [[_("Pairs of records"), *_figures(found.pairs)], [_("Whole customers"), *_figures(found.clusters)]],
    )
    _notes(found)
    if found.sources:
        output.console().print("\n[bold]" + _("Where the wrong pairs are") + "[/bold]")
        output.listing(
            [_("Source"), _("Source"), _("wrongly one"), _("wrongly apart")],
            [[each.source_l, each.source_r, each.false, each.missed] for each in found.sources],
        )
    if found.causes:
        output.console().print("\n[bold]" + _("What joined them, or did not") + "[/bold]")
        output.listing(
            ["", _("Between the two"), _("Pairs")],
            [[_error(each.error), view.cause_title(each), each.pairs] for each in found.causes],
        )
    if found.examples:
        output.console().print("\n[bold]" + _("For example") + "[/bold]")
        output.listing(
            ["", "", ""], [[_error(each.error), each.record_l, each.record_r] for each in found.examples]
        )


def _figures(agreement: Agreement) -> list[object]:
    shares = (agreement.precision, agreement.recall, agreement.f1)
    return [
        *(formats.share(share, places=2) for share in shares),
        agreement.said,
        agreement.true,
        agreement.right,
    ]


def _error(error: str) -> str:
    return _("wrongly one") if error == "false" else _("wrongly apart")


def _notes(found: Evaluation) -> None:
    """What was judged, and what was taken for granted."""
    output.note(
        _("Build {build}: {records} records evaluated. A whole customer is right if it is exactly one "
          "true cluster; single records count too.").format(
            build=found.build, records=formats.number(found.records)
        )
    )  # fmt: skip
    if found.unknown_to_build:
        told = _("Records missing from the build: {records}. Each counts as a separate customer.")
        output.note(told.format(records=formats.number(found.unknown_to_build)))
    if found.unknown_sources:
        output.note(
            _("The build has no source named: {sources}").format(sources=", ".join(found.unknown_sources))
        )
    if found.unknown_to_truth:
        kept = _("Records missing from the truth: {records}. Each is taken as a separate customer.")
        left = _("Records missing from the truth: {records}. They are left out.")
        output.note((kept if found.whole else left).format(records=formats.number(found.unknown_to_truth)))
