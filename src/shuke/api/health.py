"""Health: is each part well without which the server is of no use?

Anybody may ask, a load balancer does so every second, and whatever hangs must not hang the answer: each part
is looked at by one thread at a time, for which nobody waits longer than `PATIENCE`; whoever asks meanwhile is
told by the same look. Nothing is said but the names of parts and a word for each.
"""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock, Thread
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from shuke.app import Project
from shuke.engine.workers import WORKERS, QueryLimits
from shuke.store import disk, operations
from shuke.web.background_build import BackgroundBuild

router = APIRouter(tags=["server"])

#: Seconds; who looks after servers gives up on them after about five.
PATIENCE = 2.0
#: Bytes; with less free than this a build or an import would not come to its end.
ROOM = 2**26
#: What a Parquet file begins and ends with.
_MARK = b"PAR1"

State = Literal[
    "well", "nothing yet", "idle", "building", "busy", "hangs", "unreachable", "older", "unreadable", "full",
    "not writable", "failed", "cannot be asked",
]  # fmt: skip
WELL: frozenset[State] = frozenset({"well", "nothing yet", "idle", "building", "busy"})


class ComponentHealth(BaseModel):
    """How one part is."""

    well: bool
    state: State


class Health(BaseModel):
    """How the server is."""

    status: Literal["ok", "unwell"]
    parts: dict[str, ComponentHealth]


@dataclass
class HealthCheck:
    """A look at one part, by one thread at a time."""

    at: Callable[[], State]
    otherwise: State  # what it is when looking fails
    takes: float = 0.0  # seconds that it may take while the part is well, beyond what anybody waits
    _lock: Lock = field(default_factory=Lock)
    _last: Future[State] = field(default_factory=Future)
    _began: float | None = None

    def ask(self) -> Future[State]:
        """What the look that is under way will tell, or one that begins now."""
        with self._lock:
            if self._began is None or self._last.done():
                self._last, self._began = Future(), time.monotonic()
                self._last.set_running_or_notify_cancel()  # nobody who leaves can call it off for the others
                Thread(target=self._tell, args=(self._last,), name="health", daemon=True).start()
            return self._last

    @property
    def meanwhile(self) -> State:
        """What the part is while nobody knows."""
        return "busy" if time.monotonic() - (self._began or 0.0) < self.takes else "hangs"

    def _tell(self, told: Future[State]) -> None:
        try:
            told.set_result(self.at())
        # Whatever was raised, the part is not well, and whoever asked must hear so.
        except Exception:  # noqa: BLE001
            told.set_result(self.otherwise)


@router.get(
    "/health",
    summary="Is the server there, and is each of its parts well?",
    responses={
        200: {"model": Health, "description": "Every part is well."},
        503: {"model": Health, "description": "Some part is not well; which one, is said."},
    },
)
async def health(request: Request) -> Response:
    """`database` holds users and what people decided, `build` is what is shown, `disk` takes what is imported
    and built, `worker` makes builds, `sql` answers what people write as SQL. Answers within seconds, whatever
    hangs; needs no token.
    """
    looks: Mapping[str, HealthCheck] = request.app.state.health
    asked = {name: asyncio.wrap_future(look.ask()) for name, look in looks.items()}
    await asyncio.wait(asked.values(), timeout=PATIENCE)
    told = {name: each.result() if each.done() else looks[name].meanwhile for name, each in asked.items()}
    parts = {name: ComponentHealth(well=state in WELL, state=state) for name, state in told.items()}
    well = all(part.well for part in parts.values())
    answer = Health(status="ok" if well else "unwell", parts=parts)
    return Response(answer.model_dump_json(), 200 if well else 503, media_type="application/json")


def looks(project: Project, work: BackgroundBuild) -> dict[str, HealthCheck]:
    """Each part with how one looks at it."""
    return {
        "database": HealthCheck(partial(_database, project), "unreachable"),
        "build": HealthCheck(partial(_build, project), "unreadable"),
        "disk": HealthCheck(partial(_disk, project), "not writable"),
        "worker": HealthCheck(lambda: work.state, "failed"),
        "sql": HealthCheck(
            lambda: "busy" if WORKERS.at_work() else "well", "cannot be asked", takes=QueryLimits.seconds
        ),
    }


def _database(project: Project) -> State:
    file = project.operations.engine.url.database
    if project.operations.engine.name == "sqlite" and not Path(str(file)).exists():
        return "unreachable"  # whoever has it open would go on reading what is no longer there
    return "well" if operations.revision(project.operations) == operations.HEAD else "older"


def _build(project: Project) -> State:
    if not project.builds.pointed:
        return "unreadable" if project.builds.numbers() else "nothing yet"
    build = project.builds.current()
    made = [name for name, table in build.manifest.tables.items() if not table.failed]
    files = [[*build.path(name).glob("*.parquet")] for name in made]
    return "well" if all(each and all(map(_is_whole, each)) for each in files) else "unreadable"


def _is_whole(path: Path) -> bool:
    with path.open("rb") as file:
        begins = file.read(len(_MARK))
        file.seek(-len(_MARK), os.SEEK_END)
        return begins == file.read() == _MARK


def _disk(project: Project) -> State:
    with tempfile.TemporaryFile(dir=disk.private(project.work)) as file:
        file.write(_MARK)
        file.flush()
    return "well" if shutil.disk_usage(project.work).free >= ROOM else "full"
