"""Users: who may log in, and as what?"""

from typing import Annotated

import typer

from shuke.access import users
from shuke.access.roles import Role
from shuke.cli import output, session
from shuke.languages import _

app = typer.Typer(no_args_is_help=True, help=_("Manage users and their roles."))

Name = Annotated[str, typer.Argument(help=_("The name that they log in with."))]


@app.command(help=_("Create a user; prints a one-time password."))
def add(name: Name, role: Annotated[Role, typer.Option(help=_("The role."))] = Role.VIEWER) -> None:
    viewer = session.viewer()
    operations = session.project().operations
    _invited(users.create_user(operations, name, role, by=viewer.actor, now=viewer.now))


@app.command("list", help=_("List all users, including disabled ones."))
def list_(
    form: Annotated[
        output.OutputFormat, typer.Option("--format", help=_("Output format."))
    ] = output.OutputFormat.TABLE,
) -> None:
    found = users.list_users(session.project().operations)
    if form is output.OutputFormat.JSON:
        return output.as_json(found)
    headings = [_("User name"), _("Role"), _("User since"), _("Disabled")]
    rows = [
        [u.name, u.role.label, u.created_at.date(), u.disabled_at and u.disabled_at.date()] for u in found
    ]
    return output.listing(headings, rows)


@app.command(help=_("Disable a user and end their tokens and sessions; the audit log keeps the name."))
def disable(name: Name) -> None:
    viewer, operations = session.viewer(), session.project().operations
    users.disable(operations, users.get_user(operations, name), by=viewer.actor, now=viewer.now)


@app.command(help=_("Enable a disabled user; their old tokens stay revoked."))
def enable(name: Name) -> None:
    viewer, operations = session.viewer(), session.project().operations
    users.enable(operations, users.get_user(operations, name), by=viewer.actor, now=viewer.now)


@app.command(help=_("Change a user's role."))
def role(name: Name, new: Annotated[Role, typer.Argument(metavar="ROLE", help=_("The role."))]) -> None:
    viewer, operations = session.viewer(), session.project().operations
    users.set_role(operations, users.get_user(operations, name), new, by=viewer.actor, now=viewer.now)


@app.command(help=_("Replace a forgotten password with a one-time password; ends their tokens and sessions."))
def password(name: Name) -> None:
    viewer, operations = session.viewer(), session.project().operations
    user = users.get_user(operations, name)
    _invited(users.reset_password(operations, user, by=viewer.actor, now=viewer.now))


def _invited(invitation: users.Invitation) -> None:
    """The password alone on standard output, so that a script can hand it on."""
    told = _("{name} may log in once with this password, and then chooses another:")
    output.note(told.format(name=invitation.user.name))
    print(invitation.one_time_password)
