"""Quality: how good is the data of each source?"""

from typing import Annotated

import typer

from shuke import formats
from shuke.cli import output, session
from shuke.languages import _
from shuke.quality.dimensions import DIMENSIONS
from shuke.views import quality as view
from shuke.views.quality import Quality, Score

app = typer.Typer()

Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]


@app.command()
def quality(
    source: Annotated[str | None, typer.Argument(help=_("Default: one line for each source."))] = None,
    *,
    form: Form = output.OutputFormat.TABLE,
) -> None:
    """How good the data of each source is, the worst first; of one source, field by field."""
    found = view.quality(session.project(), source, viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    if source is None:
        _sources(found)
    else:
        output.listing(
            [_("Field"), _("Dimension"), _("Score"), _("Not good"), _("Counted"), _("Since last build")],
            [_field(score) for score in found.scores],
        )
    for each in found.incomplete_lines:
        output.note(str(each))
    return output.note(view.sentence(found))


def _sources(found: Quality) -> None:
    headings = [_("Source"), _("In all"), *(str(DIMENSIONS[name]) for name in found.dimensions)]
    rows = [
        [s.name, formats.share(s.score), *(formats.share(s.dimensions.get(d)) for d in found.dimensions)]
        for s in found.sources
    ]
    output.listing(headings, rows)
    if found.to_refresh:
        told = _("{number} customers should be asked again: shuke show refresh_list")
        output.note(told.format(number=formats.number(found.to_refresh)))


def _field(score: Score) -> list[object]:
    return [
        f"{score.title} ({score.table}.{score.attribute})",
        DIMENSIONS[score.dimension],
        formats.share(score.score),
        score.wrong,
        score.of,
        formats.change(score.change) if score.change else "",
    ]
