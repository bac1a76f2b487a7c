"""Run: what does a small company start once, so that all of it is done as long as the process lives?"""

import contextvars
import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import FrameType
from typing import Annotated

import typer

from shuke import formats
from shuke.access import users
from shuke.actions import bounces, work
from shuke.actions.jobs import Jobs
from shuke.actions.schedule import Schedule
from shuke.app import Project
from shuke.channels.message import NotSent
from shuke.cli import output, serve, session
from shuke.cli.backup import VARIABLE
from shuke.errors import Busy
from shuke.languages import N_, _
from shuke.store import disk, due_work
from shuke.views.jobs import in_words

app = typer.Typer()
log = logging.getLogger(__name__)

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
    serve_: Annotated[
        bool, typer.Option("--serve/--no-serve", help=_("Serve the console and the API as well."))
    ] = True,
    host: serve.Host = "127.0.0.1",
    port: serve.Port = 8000,
    proxy: serve.Proxies = None,
) -> None:
    """Serve, import what is dropped into folders, build, back up, and send what is due, until Ctrl-C."""
    project, proxies = session.project(), [serve.believed(address) for address in proxy or []]
    schedule = Schedule.of(project.settings.run)
    with _alone(project, wanted=only is None) as is_alone:
        jobs = _jobs(project, schedule) if is_alone else None
        worker = Worker(project, jobs, timedelta(minutes=lease), only)
        if once:
            return output.note(_told(worker.everything()))
        if only is not None or not serve_:
            return worker.go_on(every, threading.Event())
        return _beside_server(worker, every, serve.listen(host, port), proxies)


@dataclass
class Worker:
    """Who does what is due, one thing after the other."""

    project: Project
    jobs: Jobs | None  # none: another process does them
    lease: timedelta
    only: list[str] | None
    looked: datetime | None = None
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")

    def go_on(self, every: float, ended: threading.Event) -> None:
        """Until somebody says that it has ended; whatever goes wrong once, is tried again."""
        while not ended.is_set():
            try:
                did = self.step()
            # The outermost loop of the process: the company's server must outlive a bad minute.
            except Exception:
                log.exception("the worker stumbled")
                did = work.Worked()
            if did:
                output.note(_told(did))
            else:
                ended.wait(every)

    def everything(self) -> work.Worked:
        """What is due now."""
        came = did = self.step()
        while did:
            did = self.step()
            came += did
        return came

    def step(self) -> work.Worked:
        """What is due at this moment, as much of it as is taken at once."""
        now = session.now()
        if self.only is None and (self.looked is None or now - self.looked >= _MAILBOX):
            self.looked = now
            _collect(self.project, now=now)
        for ended in self.jobs.due() if self.jobs else ():
            output.note(in_words(ended.kind, ended.source, ended.outcome, ended.detail))
        return work.work(self.project, worker=self.name, clock=session.now, lease=self.lease, only=self.only)


@contextmanager
def _alone(project: Project, *, wanted: bool) -> Iterator[bool]:
    """Whether this process is the one that imports, builds and backs up by itself."""
    if not wanted:
        yield False
        return
    held = disk.only_one(project.work / "run.lock", doing=N_("running"), wait=0)
    try:
        held.__enter__()
    except Busy:
        output.note(_("Another process watches the folders and builds; this one does what else is due."))
        yield False
        return
    try:
        yield True
    finally:
        held.__exit__(None, None, None)


def _jobs(project: Project, schedule: Schedule) -> Jobs:
    jobs = Jobs(project, schedule, session.now, session.viewer().principal.name, os.environ.get(VARIABLE))
    if interrupted := jobs.begin():
        output.note(_("Interrupted when the last process ended: {number}").format(number=interrupted))
    return jobs


def _beside_server(worker: Worker, every: float, listening: socket.socket, proxies: list[str]) -> None:
    """Answer in this thread, which hears Ctrl-C, and work in another, in the same language."""
    if not users.list_users(worker.project.operations):
        serve.welcome(worker.project)
    ended = threading.Event()
    here = contextvars.copy_context()
    working = threading.Thread(target=here.run, args=(worker.go_on, every, ended), name="worker")
    signal.signal(signal.SIGTERM, _end)  # which the server hears first, and raises again when it has ended
    working.start()
    try:
        serve.run(worker.project, listening, proxies=proxies)
    finally:
        ended.set()
        working.join()


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit


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
