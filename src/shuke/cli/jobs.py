"""Jobs: what did `shuke run` do by itself?"""

from typing import Annotated

import typer

from shuke import formats
from shuke.cli import output, session
from shuke.languages import _
from shuke.views import jobs as view
from shuke.views.jobs import JobLine

app = typer.Typer()


@app.command()
def jobs(
    *,
    limit: Annotated[int, typer.Option(min=1, help=_("The number of jobs."))] = 20,
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
) -> None:
    """The imports, builds and backups that `shuke run` made by itself, the newest first."""
    project = session.project()
    listed = view.listed(project, viewer=session.viewer(), limit=limit)
    if form is output.OutputFormat.JSON:
        return output.as_json(listed)
    if not listed:
        return output.note(_("Nothing has been done by itself yet. Start: shuke run"))
    headings = [_("Began"), _("Seconds"), _("What came of it")]
    return output.listing(headings, [_row(job, project.settings.zone) for job in listed])


def _row(job: JobLine, zone: str) -> list[object]:
    took = round((job.ended_at - job.started_at).total_seconds()) if job.ended_at else None
    return [formats.moment(job.started_at, zone), took, job.sentence]
