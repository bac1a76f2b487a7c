"""Work that is done in a process of its own, so that the process can be killed.

The processes are forked from one that has everything loaded, so that most of their life is the work.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

from shuke import pipeline
from shuke.app import open_project
from shuke.collect.delivery import deliver
from tests.collect.desk import NOW
from tests.few_tables import FEW, only
from tests.refusals import steps

#: A build is killed while it computes and while it comes into force; how many tables it has, is the same.
TABLES = (*FEW, "lapsing", "credit")

_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload(["tests.acceptance.victims"])


def start(work: Callable[..., None], *args: object) -> BaseProcess:
    process = _NURSERY.Process(target=work, args=args)
    process.start()
    return process


def take(root: Path, source: str, path: Path) -> None:
    """Import one file."""
    deliver(open_project(root), source, [path], now=NOW)


def build(root: Path) -> None:
    with only(*TABLES):
        pipeline.build(open_project(root), now=NOW)


def dying(step: int, work: Callable[..., None], *args: object) -> None:
    """Do the work up to the n-th step that makes something durable, and die there."""
    with steps(refused=step, instead=lambda name: os.kill(os.getpid(), signal.SIGKILL)):
        work(*args)
