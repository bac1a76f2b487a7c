"""Doctor: is the whole project sound, and what can be done where it is not?"""

from pathlib import Path
from typing import Annotated

import typer

from shuke.cli import output
from shuke.integrity.examination import Examination, examined
from shuke.integrity.findings import IntegrityFinding
from shuke.languages import _

app = typer.Typer()


@app.command()
def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help=_("Repair what can be repaired; no data is deleted."))
    ] = False,
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
) -> None:
    """Look whether everything is as it was left; says what is damaged, what is lost and what to do."""
    found = examined(Path(), repair=repair)
    if form is output.OutputFormat.JSON:
        output.as_json(
            {"sound": found.sound, "findings": _told(found.findings), "repaired": _told(found.repaired)}
        )
    else:
        _print(found)
    if not found.sound:
        raise typer.Exit(1)


def _told(findings: tuple[IntegrityFinding, ...]) -> list[dict[str, object]]:
    names = ("check", "place", "what", "lost", "advice", "grave", "repairable")
    return [{name: getattr(finding, name) for name in names} for finding in findings]


def _print(found: Examination) -> None:
    for finding in found.repaired:
        print(_("Repaired: {place}. {what}").format(place=finding.place, what=finding.what))
    for finding in found.findings:
        print(f"{finding.place}: {finding.what}")
        print("  " + _("Lost: {lost}").format(lost=finding.lost))
        print("  " + _("To do: {advice}").format(advice=finding.advice))
    if found.sound and found.counts:
        print(_("The project is sound. Batches: {batches}. Builds: {builds}.").format(**found.counts))
