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

app = typer.Typer(no_args_is_help=True, help=_("Manage the tokens of programs."))


@app.command(help=_("Issue a token; it is shown only once and not stored."))
def issue(
    user: Annotated[str, typer.Argument(help=_("The user for whom the program acts."))],
    name: Annotated[str, typer.Argument(help=_("What the token is for."))],
    role: Annotated[
        Role | None, typer.Option(help=_("Limit the token to this role. Default: as its user."))
    ] = None,
    expires: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=_("The day on which it expires. Default: in a year.")),
    ] = None,
    forever: Annotated[bool, typer.Option("--forever", help=_("It never expires."))] = False,
) -> None:
    viewer, operations = session.viewer(), session.project().operations
    owner = users.get_user(operations, user)
    ends = expires.replace(tzinfo=UTC) if expires else None
    wish = TokenRequest(name=name, role=role or owner.role, expires_at=ends, forever=forever)
    plain = tokens.issue(operations, owner, wish, by=viewer.actor, now=viewer.now)
    output.note(_("Store it safely; it cannot be shown again:"))
    print(plain)


@app.command("list", help=_("List the tokens, newest first; never their secrets."))
def list_(
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
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


@app.command(help=_("Revoke a token."))
def revoke(
    number: Annotated[int, typer.Argument(help=_("The number from `shuke token list`."))],
) -> None:
    viewer = session.viewer()
    if not tokens.revoke(session.project().operations, number, by=viewer.actor, now=viewer.now):
        raise WrongCall(N_("There is no valid token {number}."), number=number)
