"""Draws: who wins by lot, and how does everybody see that it was fair?"""

from pathlib import Path
from typing import Annotated

import typer

from shuke import formats
from shuke.access.roles import Capability
from shuke.actions import draws as actions
from shuke.cli import output, session
from shuke.engage import draws as lots
from shuke.errors import WrongCall
from shuke.languages import N_, _

app = typer.Typer(help=_("Prize draws that everybody can check."))

Number = Annotated[int, typer.Argument(min=1, help=_("The number from `shuke draw`."))]
Listed = Annotated[Path, typer.Option("--from", exists=True, help=_("A file with one customer id per line."))]


@app.callback(invoke_without_command=True)
def draw(
    ctx: typer.Context,
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
) -> None:
    if ctx.invoked_subcommand:
        return None
    project, viewer = session.project(), session.viewer()
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        found = lots.every(connection)
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = ["#", _("Draw"), _("Prizes"), _("Entrants"), _("Odds"), _("Winners")]
    rows = [[d.id, d.name, d.prizes, d.entrants, formats.share(d.odds), len(d.winners)] for d in found]
    return output.listing(headings, rows)


@app.command("open", help=_("Open a draw: publishes the digest of its seed."))
def open_(
    name: Annotated[str, typer.Argument(help=_("What it is called."))],
    *,
    prizes: Annotated[int, typer.Option(min=1, help=_("How many win."))],
    announced: Annotated[
        str, typer.Option(help=_("What will be added to the seed, and nobody knows yet, such as a lottery."))
    ],
    offer: Annotated[int | None, typer.Option(help=_("The offer that winners are given."))] = None,
) -> None:
    made = actions.open_draw(
        session.project(), name, prizes=prizes, announced=announced, offer=offer, viewer=session.viewer()
    )
    print(made.id)
    output.note(_("Publish this before anybody takes part: {digest}").format(digest=made.commitment))


@app.command(help=_("Close a draw: fixes who takes part."))
def close(number: Number, listed: Listed) -> None:
    made = actions.close_draw(session.project(), number, _ids(listed), viewer=session.viewer())
    told = _("{number} take part; the digest of the list, to be published: {digest}")
    output.note(told.format(number=formats.number(made.entrants), digest=made.entrants_digest))


@app.command(help=_("Reveal a draw: tells the seed and the winners."))
def reveal(
    number: Number,
    outcome: Annotated[str, typer.Option(help=_("The outcome that was announced."))],
) -> None:
    made = actions.reveal(session.project(), number, outcome, viewer=session.viewer())
    print(*made.winners, sep="\n")
    output.note(_("The seed, to be published: {seed}").format(seed=made.seed))


@app.command(help=_("Check a draw from what was published."))
def check(
    *,
    listed: Listed,
    seed: Annotated[str, typer.Option(help=_("The seed."))],
    outcome: Annotated[str, typer.Option(help=_("The outcome that was announced."))],
    prizes: Annotated[int, typer.Option(min=1, help=_("How many win."))],
    commitment: Annotated[str, typer.Option(help=_("The digest of the seed, published before."))],
    entrants: Annotated[str, typer.Option(help=_("The digest of the list, published before."))],
) -> None:
    ids = _ids(listed)
    if lots.digest(seed) != commitment or lots.list_digest(ids) != entrants:
        raise WrongCall(N_("The seed or the list is not the one whose digest was published."))
    print(*lots.winners(ids, seed=seed, outcome=outcome, prizes=prizes), sep="\n")


def _ids(listed: Path) -> list[str]:
    return [line.strip() for line in listed.read_text("utf-8-sig").splitlines() if line.strip()]
