"""Work that is done in a process of its own, so that the process can be killed.

The processes are forked from one that has everything loaded, so that most of their life is the work.
"""

import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from io import BytesIO
from multiprocessing.process import BaseProcess
from pathlib import Path

from starlette.datastructures import UploadFile

from shuke.access.audit import Actor
from shuke.actions import imports
from shuke.actions.builds import rollback
from shuke.app import open_project
from shuke.builds import pipeline, stewardship
from shuke.collect.ingestion import ingest
from shuke.errors import Unavailable
from shuke.views.viewer import at_home
from shuke.web import uploads
from tests.collect.desk import NOW
from tests.few_tables import FEW, only
from tests.refusals import steps

#: A build is killed while it computes and while it comes into force; how many tables it has, is the same.
TABLES = (*FEW, "lapsing", "credit")

#: The exit status of who was refused by the system and has said so.
TOLD = 7

_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload(["tests.acceptance.victims"])


def start(work: Callable[..., None], *args: object) -> BaseProcess:
    process = _NURSERY.Process(target=work, args=args)
    process.start()
    return process


def take(root: Path, source: str, path: Path) -> None:
    """Import one file."""
    ingest(open_project(root), source, [path], now=NOW)


def limited(size: int, root: Path, source: str, path: Path) -> None:
    """Import one file, writing none beyond a size; ends with `TOLD` where it says why not."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    project = open_project(root)
    try:
        imports.ingest(project, source, [path], viewer=at_home("tests", "cli", now=NOW))
    except Unavailable:
        sys.exit(TOLD)


def upload(root: Path, source: str, path: Path) -> None:
    """What the API does with a file that somebody sends: keep it, take it in, let it go."""
    project = open_project(root)
    viewer = at_home("tests", "api", now=NOW)
    kept = uploads.keep(project, [UploadFile(BytesIO(path.read_bytes()), filename=path.name)])
    try:
        imports.ingest(project, source, kept.files, viewer=viewer)
    finally:
        kept.drop()


def roll_back(root: Path, number: int) -> None:
    rollback(open_project(root), number, viewer=at_home("tests", "cli", now=NOW))


def decide(root: Path, left: str, right: str) -> None:
    """Say that two records are two people."""
    operations = open_project(root).operations
    stewardship.decide(operations, "different", [left], [right], by=Actor("tests", "cli"), now=NOW)


def build(root: Path) -> None:
    with only(*TABLES):
        pipeline.build(open_project(root), now=NOW)


def dying(step: int, work: Callable[..., None], *args: object) -> None:
    """Do the work up to the n-th step that makes something durable, and die there."""
    with steps(refused=step, instead=lambda name: os.kill(os.getpid(), signal.SIGKILL)):
        work(*args)
