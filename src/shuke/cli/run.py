"""Run: who does what is due, such as messages to be sent, for as long as the process lives?"""

import os
import socket
import time
from datetime import datetime, timedelta
from typing import Annotated

import typer

from shuke import formats
from shuke.actions import bounces, work
from shuke.app import Project
from shuke.channels.message import NotSent
from shuke.cli import output, session
from shuke.languages import _
from shuke.store import due_work

app = typer.Typer()

#: How often mailboxes are looked at.
_MAILBOX = timedelta(minutes=1)


@app.command()
def run(
    *,
    once: Annotated[bool, typer.Option("--once", help=_("Do what is due now, then end."))] = False,
    every: Annotated[float, typer.Option(min=0.1, help=_("Seconds to wait where nothing is due."))] = 5.0,
    only: Annotated[
        list[str] | None, typer.Option(help=_("Only work of this kind, such as message. May be repeated."))
    ] = None,
    lease: Annotated[
        float,
        typer.Option(min=1, help=_("Minutes after which the work of a worker that died is taken over.")),
    ] = due_work.LEASE / timedelta(minutes=1),
) -> None:
    """Do the work that is due until Ctrl-C: send messages, retry, begin what is scheduled."""
    project, worker = session.project(), f"{socket.gethostname()}:{os.getpid()}"
    came, looked = work.Worked(), None
    while True:
        if only is None and (looked is None or session.now() - looked >= _MAILBOX):
            looked = session.now()
            _collect(project, now=looked)
        did = work.work(project, worker=worker, clock=session.now, lease=timedelta(minutes=lease), only=only)
        came += did
        if did and not once:
            output.note(_told(did))
        if not did and once:
            return output.note(_told(came))
        if not did:
            time.sleep(every)


def _collect(project: Project, *, now: datetime) -> None:
    """Take in what came back; a mailbox that cannot be read keeps nothing else waiting."""
    try:
        back = bounces.collect(project, now=now)
    except NotSent as error:
        return output.note(str(error))
    if back:
        told = _("Came back: {hard} for good, {soft} for now; {other} letters were no report of ours")
        output.note(told.format(hard=back.hard, soft=back.soft, other=back.other))
    return None


def _told(came: work.Worked) -> str:
    return _("{done} done, {later} to be tried later, {failed} given up").format(
        done=formats.number(came.done), later=formats.number(came.later), failed=formats.number(came.failed)
    )
