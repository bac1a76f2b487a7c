"""Tokens: with what does a program come in, and for whom?"""

from datetime import UTC, datetime
from typing import Annotated

import typer

from shuke.access import tokens, users
from shuke.access.roles import Role
from shuke.access.tokens import TokenRequest
from shuke.cli import output, session
from shuke.errors import WrongCall
from shuke.languages import N_, _

app = typer.Typer(no_args_is_help=True, help=_("With what programs come in."))


@app.command(help=_("Issue a token; it is shown this once and kept nowhere."))
def issue(
    user: Annotated[str, typer.Argument(help=_("For whom the program acts."))],
    name: Annotated[str, typer.Argument(help=_("What the token is for."))],
    role: Annotated[
        Role | None, typer.Option(help=_("May at most what this role may; default: as its user."))
    ] = None,
    expires: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=_("The day on which it ends; default: in a year.")),
    ] = None,
    forever: Annotated[bool, typer.Option("--forever", help=_("It never ends."))] = False,
) -> None:
    viewer, operations = session.viewer(), session.project().operations
    owner = users.get_user(operations, user)
    ends = expires.replace(tzinfo=UTC) if expires else None
    wish = TokenRequest(name=name, role=role or owner.role, expires_at=ends, forever=forever)
    plain = tokens.issue(operations, owner, wish, by=viewer.actor, now=viewer.now)
    output.note(_("Keep it well; it cannot be shown again:"))
    print(plain)


@app.command("list", help=_("Every token that was issued, the newest first; never the token itself."))
def list_(
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("How to write it."))
    ] = output.OutputFormat.TABLE,
) -> None:
    found = tokens.list_tokens(session.project().operations)
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = [_("Number"), _("User"), _("For"), _("Role"), _("Last used"), _("Ends"), _("Revoked")]
    rows = [
        [
            str(t.id),
            t.user,
            t.name,
            t.role.label,
            *(m and m.date() for m in (t.last_used_at, t.expires_at, t.revoked_at)),
        ]
        for t in found
    ]
    return output.listing(headings, rows)


@app.command(help=_("End a token at once."))
def revoke(
    number: Annotated[int, typer.Argument(help=_("The number that `shuke token list` shows."))],
) -> None:
    viewer = session.viewer()
    if not tokens.revoke(session.project().operations, number, by=viewer.actor, now=viewer.now):
        raise WrongCall(N_("There is no token {number} that still holds."), number=number)
