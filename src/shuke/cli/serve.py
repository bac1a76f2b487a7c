"""Serve: at which address do console and API answer, and how does one log in for the first time?"""

import errno
import ipaddress
import socket
from collections.abc import Sequence
from typing import Annotated

import typer
import uvicorn

from shuke.access import users
from shuke.access.roles import Role
from shuke.app import Project
from shuke.cli import session
from shuke.cli.listening import config
from shuke.errors import Busy, WrongCall
from shuke.languages import N_, _
from shuke.server import create_app

app = typer.Typer()

ADMIN = "admin"

Host = Annotated[
    str,
    typer.Option(
        help=_("The address to listen on. For access from other machines, put a TLS proxy in front.")
    ),
]
Port = Annotated[int, typer.Option(min=0, max=65535, help=_("0: any free port."))]
Proxies = Annotated[
    list[str] | None,
    typer.Option(
        "--proxy",
        metavar="ADDRESS",
        help=_("A trusted proxy, or a network of them, whose forwarded headers are believed."),
    ),
]


@app.command()
def serve(*, host: Host = "127.0.0.1", port: Port = 8000, proxy: Proxies = None) -> None:
    """Serve the console and the API until Ctrl-C."""
    proxies = [believed(address) for address in proxy or []]
    project = session.project()
    listening = listen(host, port)
    if not users.list_users(project.operations):
        welcome(project)
    run(project, listening, proxies=proxies)


def believed(address: str) -> str:
    """The address of a proxy, or of a network of them, as the server reads it."""
    try:
        return str(
            ipaddress.ip_network(address, strict=False) if "/" in address else ipaddress.ip_address(address)
        )
    except ValueError:
        raise WrongCall(
            N_(
                "--proxy {address} is neither an address, such as 10.0.0.7, nor a network, such as "
                "10.0.0.0/24."
            ),
            address=address,
        ) from None


def listen(host: str, port: int) -> socket.socket:
    """A socket at the address; raises `Busy` where another program listens."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Busy(N_("Port {port} is taken. Choose another: --port 0 finds one."), port=port) from None
        raise WrongCall(
            N_("Cannot listen on {host}:{port}: {error}"), host=host, port=port, error=error
        ) from None


def run(project: Project, listening: socket.socket, *, proxies: Sequence[str] = ()) -> None:
    host, port = listening.getsockname()[:2]
    print(
        _("Console and API: {address}  (Ctrl-C to stop)").format(address=f"http://{host}:{port}/"),
        flush=True,
    )
    uvicorn.Server(config(create_app(project), proxies=proxies)).run(sockets=[listening])


def welcome(project: Project) -> None:
    """Make the administrator, or give them a new password, and say how to log in."""
    viewer = session.viewer()
    known = {user.name: user for user in users.list_users(project.operations)}
    if ADMIN in known:
        invitation = users.reset_password(project.operations, known[ADMIN], by=viewer.actor, now=viewer.now)
    else:
        invitation = users.create_user(project.operations, ADMIN, Role.ADMIN, by=viewer.actor, now=viewer.now)
    told = _("Log in as {name} with the one-time password {password}")
    print(told.format(name=invitation.user.name, password=invitation.one_time_password))
