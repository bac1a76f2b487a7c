"""Channel: by which ways are messages sent, and what was told of them?"""

from pathlib import Path
from typing import Annotated

import typer

from shuke import formats
from shuke.actions import message_events
from shuke.actions import replies as replies_
from shuke.cli import output, session
from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.views import channels as view

app = typer.Typer(help=_("Look at the ways by which messages are sent, and take in what was told of them."))

Name = Annotated[str, typer.Argument(help=_("The name of the channel, as shuke.toml has it."))]
ReportFile = Annotated[
    Path, typer.Argument(help=_("A file of what the provider would post; see docs/channels.md."))
]
ReplyFile = Annotated[
    Path,
    typer.Argument(help=_("A file with the columns from, text and perhaps at: CSV, Excel, JSON and others.")),
]
Form = Annotated[output.OutputFormat, typer.Option("--format", help=_("Output format."))]
TABLE = output.OutputFormat.TABLE


@app.command("list")
def list_(form: Form = TABLE) -> None:
    """The channels that shuke.toml sets up, and where their providers report to."""
    found = view.listed(session.project(), viewer=session.viewer())
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = [_("Channel"), _("Kind"), _("Provider"), _("Reports to"), _("Events")]
    return output.listing(
        headings,
        [[c.name, c.kind, c.provider, c.reports_to or "-", formats.number(c.events)] for c in found],
    )


@app.command()
def events(name: Name, file: ReportFile) -> None:
    """Take in what became of messages: delivered, opened, clicked, came back."""
    came = message_events.read(session.project(), name, content_of(file), viewer=session.viewer())
    output.note(
        _("{new} new, {known} known already").format(
            new=formats.number(came.new), known=formats.number(came.known)
        )
    )


@app.command()
def replies(name: Name, file: ReplyFile) -> None:
    """Take in what customers answered by SMS: STOP, TD, 退订 and the like withdraw their consent."""
    came = replies_.read(session.project(), name, file, viewer=session.viewer())
    told = _(
        "{withdrawn} withdrew their consent; {unknown} numbers of nobody known; {other} said something else"
    )
    output.note(
        told.format(
            withdrawn=formats.number(came.withdrawn), unknown=formats.number(came.unknown),
            other=formats.number(came.other),
        )
    )  # fmt: skip


def content_of(path: Path) -> bytes:
    """What a file holds; raises `WrongCall` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise WrongCall(N_("{file} cannot be read: {error}"), file=path, error=error.strerror) from None
