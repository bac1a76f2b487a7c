"""Users: who may log in, and as what?"""

from typing import Annotated

import typer

from shuke.access import users
from shuke.access.roles import Role
from shuke.cli import output, session
from shuke.languages import _

app = typer.Typer(no_args_is_help=True, help=_("Who may log in, and as what."))

Name = Annotated[str, typer.Argument(help=_("The name that they log in with."))]


@app.command()
def add(name: Name, role: Annotated[Role, typer.Option(help=_("What they may do."))] = Role.VIEWER) -> None:
    """Let somebody in; prints a password that is good for one login."""
    viewer = session.viewer()
    operations = session.project().operations
    _invited(users.create_user(operations, name, role, by=viewer.actor, now=viewer.now))


@app.command("list")
def list_(
    form: Annotated[
        output.Format, typer.Option("--format", help=_("How to write it."))
    ] = output.Format.TABLE,
) -> None:
    """Everybody, also those who may not log in any more."""
    found = users.list_users(session.project().operations)
    if form is output.Format.JSON:
        return output.as_json(found)
    headings = [_("Name"), _("Role"), _("Since"), _("Disabled")]
    rows = [
        [u.name, u.role.label, u.created_at.date(), u.disabled_at and u.disabled_at.date()] for u in found
    ]
    return output.listing(headings, rows)


@app.command()
def disable(name: Name) -> None:
    """Shut somebody out, with their tokens and sessions; the log keeps their name."""
    viewer, operations = session.viewer(), session.project().operations
    users.disable(operations, users.get_user(operations, name), by=viewer.actor, now=viewer.now)


@app.command()
def enable(name: Name) -> None:
    """Let somebody in again who was shut out."""
    viewer, operations = session.viewer(), session.project().operations
    users.enable(operations, users.get_user(operations, name), by=viewer.actor, now=viewer.now)


@app.command()
def role(
    name: Name, new: Annotated[Role, typer.Argument(metavar="ROLE", help=_("What they may do."))]
) -> None:
    """Let somebody do more, or less."""
    viewer, operations = session.viewer(), session.project().operations
    users.set_role(operations, users.get_user(operations, name), new, by=viewer.actor, now=viewer.now)


@app.command()
def password(name: Name) -> None:
    """Replace a forgotten password by one that is good for one login."""
    viewer, operations = session.viewer(), session.project().operations
    user = users.get_user(operations, name)
    _invited(users.reset_password(operations, user, by=viewer.actor, now=viewer.now))


def _invited(invitation: users.Invitation) -> None:
    """The password alone on standard output, so that a script can hand it on."""
    told = _("{name} may log in once with this password, and then chooses another:")
    output.note(told.format(name=invitation.user.name))
    print(invitation.one_time_password)
