"""Jobs: what does a company's own server do by itself, and is it written down?

Files that were dropped are imported, then a build is made, and once a day a backup. Each is a row of
`store.job_rows`, begun before and ended after; what is due is told by these rows, so that a process that is
started anew goes on where the last one was.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from shuke.access.roles import owner
from shuke.actions import builds, imports
from shuke.actions.schedule import Schedule, last_time
from shuke.app import Project
from shuke.backup import saving
from shuke.backup.snapshot import BuildScope
from shuke.collect.inbox import DroppedFile, Inbox
from shuke.errors import Busy, ShukeError
from shuke.languages import N_
from shuke.store import job_rows
from shuke.views.viewer import Viewer

log = logging.getLogger(__name__)

IMPORT, BUILD, BACKUP = "import", "build", "backup"

Detail = dict[str, Any]


@dataclass(frozen=True)
class JobResult:
    """One job that ended."""

    kind: str
    source: str
    outcome: str
    detail: Detail


@dataclass
class Jobs:
    """What one process does by itself for a project."""

    project: Project
    schedule: Schedule
    clock: Callable[[], datetime]
    who: str
    passphrase: str | None = None
    inbox: Inbox = field(init=False)

    def __post_init__(self) -> None:
        folder, self.backups = self.schedule.folders(self.project.root)
        self.inbox = Inbox(folder)
        if self.backups is not None:
            self.locks = self.schedule.locks(self.passphrase)

    def begin(self) -> int:
        """Make the folder for files, and end what a process that died had begun; how many that were."""
        self.inbox.folder.mkdir(parents=True, exist_ok=True)
        with self.project.operations.writing() as connection:
            return job_rows.interrupt(connection, now=self.clock())

    def due(self) -> Iterator[JobResult]:
        """Do what is due now; each job as it ends."""
        for file in self.inbox.settled(self.clock()):
            yield from self._do(IMPORT, partial(self._import, file), source=file.source)
        if not self.inbox.settled(self.clock()) and self._is_build_due():
            yield from self._do(BUILD, self._build)
        if self.backups is not None and self._is_due(BACKUP, self.schedule.backup_at):
            yield from self._do(BACKUP, partial(self._back_up, self.backups))

    def _is_build_due(self) -> bool:
        """After an import, and once a day."""
        with self.project.operations.reading() as connection:
            built = job_rows.latest_start(connection, BUILD)
            imported = job_rows.latest_start(connection, IMPORT, outcome=job_rows.DONE)
        if imported is not None and (built is None or built < imported):
            return True
        return bool(self.project.builds.numbers()) and self._is_due(BUILD, self.schedule.build_at)

    def _is_due(self, kind: str, at: str) -> bool:
        """Whether one should have begun by this time of day; a first one begins at once."""
        moment = last_time(at, zone=self.project.settings.zone, now=self.clock())
        with self.project.operations.reading() as connection:
            begun = job_rows.latest_start(connection, kind)
        return moment is not None and (begun is None or begun < moment)

    def _do(self, kind: str, job: Callable[[Viewer], Detail], *, source: str = "") -> Iterator[JobResult]:
        viewer, operations = Viewer(owner(self.who), "worker", self.clock()), self.project.operations
        with operations.writing() as connection:
            number = job_rows.begin(connection, kind, source=source, now=viewer.now)
        try:
            outcome, detail = job_rows.DONE, job(viewer)
        except Busy:  # somebody does the same by hand
            with operations.writing() as connection:
                return job_rows.forget(connection, number)
        except ShukeError as error:
            outcome, detail = job_rows.FAILED, _why(error)
        # The outermost loop over jobs of every kind: what one meets must not keep the others waiting.
        except Exception as error:
            log.exception("%s failed", kind)
            outcome, detail = (
                job_rows.FAILED,
                {"message": _UNFORESEEN, "values": {"error": type(error).__name__}},
            )
        with operations.writing() as connection:
            job_rows.end(connection, number, outcome=outcome, detail=detail, now=self.clock())
        yield JobResult(kind, source, outcome, detail)

    def _import(self, file: DroppedFile, viewer: Viewer) -> Detail:
        try:
            receipt = imports.ingest(self.project, file.source, [file.path], viewer=viewer)
        except Busy:
            raise
        except ShukeError as error:
            self.inbox.put_away(file, why=str(error))
            raise
        self.inbox.put_away(file)
        figures = {name: getattr(receipt, name) for name in ("read", "loaded", "rejected")}
        return {"batch": receipt.batch, **figures}

    def _build(self, viewer: Viewer) -> Detail:
        made = builds.build(self.project, viewer=viewer)
        return {"build": made.number, "tables": len(made.manifest.tables)}

    def _back_up(self, folder: Path, viewer: Viewer) -> Detail:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"shuke-{viewer.now:%Y%m%d-%H%M%S}.backup"
        saved = saving.back_up(
            self.project, file, locks=self.locks, which=BuildScope.CURRENT, by=viewer.actor, now=viewer.now
        )
        dropped = sorted(folder.glob("shuke-????????-??????.backup"))[: -self.schedule.backups_kept]
        if saved.damaged:  # the earlier ones hold what this one lacks
            raise ShukeError(_NOT_AS_LANDED, batches=", ".join(saved.damaged))
        for old in dropped:
            old.unlink()
        return {"files": saved.files, "size": saved.size, "dropped": len(dropped)}


_UNFORESEEN = N_("an unforeseen error ({error}); the log has more")
_NOT_AS_LANDED = N_(
    "The backup was written, but some of its batches are damaged: {batches}. Keep your earlier "
    "backups, and run: shuke doctor"
)


def _why(error: ShukeError) -> Detail:
    """An error as it is kept: a file by its ending alone, for a name may be somebody's."""
    values = {
        name: f"*{Path(str(value)).suffix}" if isinstance(value, Path) or name == "file" else str(value)
        for name, value in error.values.items()
    }
    return {"message": error.message, "values": values}
