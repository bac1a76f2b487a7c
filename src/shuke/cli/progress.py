"""Progress: how far is the work, on a terminal and in a log?"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from shuke.graph.report import Report
from shuke.languages import _


@contextmanager
def tables() -> Iterator[Report]:
    """Hears which table of a build is being made: a bar on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield _line
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(_("Building"))
        yield lambda name, done, all_: bar.update(task, completed=done, total=all_, description=name)


@contextmanager
def amount(doing: str) -> Iterator[Callable[[int], Callable[[int], object]]]:
    """Hears how many bytes there are, and from then on how many more are done: a bar on a terminal."""
    if not sys.stderr.isatty():
        yield lambda total: lambda done: None
        return
    with ExitStack() as stack:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())

        def begin(total: int) -> Callable[[int], object]:
            bar = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
            task = bar.add_task(doing, total=total)
            return lambda done: bar.advance(task, done)

        yield begin


@contextmanager
def working(doing: str) -> Iterator[None]:
    """Shows on a terminal that something goes on whose end is not known."""
    if not sys.stderr.isatty():
        yield
        return
    with Console(stderr=True).status(doing + " …"):
        yield


def _line(name: str, done: int, all_: int) -> None:
    if name:
        print(f"{done + 1}/{all_} {name}", file=sys.stderr, flush=True)
