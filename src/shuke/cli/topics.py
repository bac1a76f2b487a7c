"""Topics: what do customers talk about, and what do we call it?"""

from typing import Annotated

import typer

from shuke import formats
from shuke.actions import topics as actions
from shuke.cli import output, session
from shuke.languages import _
from shuke.views import topics as view

app = typer.Typer(help=_("What customers talk about, and what it is called."))


@app.callback(invoke_without_command=True)
def topics(
    ctx: typer.Context,
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
) -> None:
    if ctx.invoked_subcommand:
        return None
    found = view.listed(session.project(), viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = ["#", _("Name"), _("Words"), _("Texts"), _("Pinned")]
    rows = [[t.number, t.name, t.words, formats.number(t.texts), _("yes") if t.pinned else ""] for t in found]
    return output.listing(headings, rows)


@app.command(help=_("Name a topic, or pin it so that it keeps its words."))
def name(
    number: Annotated[int, typer.Argument(min=1, help=_("The number from `shuke topics`."))],
    called: Annotated[str | None, typer.Argument(help=_("What it is called; empty: by its words."))] = None,
    *,
    pin: Annotated[bool | None, typer.Option("--pin/--no-pin", help=_("Whether it keeps its words."))] = None,
) -> None:
    told = actions.name(session.project(), number, called=called, pinned=pin, viewer=session.viewer())
    output.note(_("Topic {number} is called {name}.").format(number=told.number, name=told.name))
