"""Background build: which build runs in this server's background, and how far is it?"""

import logging
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.builds import pipeline
from shuke.errors import ShukeError
from shuke.languages import N_
from shuke.views.viewer import Viewer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BuildProgress:
    """One build, running or over."""

    table: str = ""  # being made
    done: int = 0
    total: int = 0
    over: bool = False
    failed: ShukeError | None = None


@dataclass
class BackgroundBuild:
    """At most one build at a time; the store's own lock keeps other processes out."""

    run: BuildProgress | None = None
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, project: Project, *, viewer: Viewer) -> bool:
        """Whether it was this call that began a build, which is written down."""
        viewer.require(Capability.BUILD)
        with self._lock:
            if self.run is not None and not self.run.over:
                return False
            self.run = BuildProgress()
            self._thread = threading.Thread(
                target=self._build, args=(project, viewer.now), name="build", daemon=True
            )
            self._thread.start()
        viewer.did(project.operations, AuditEvent(verb="started_build"))
        return True

    @property
    def state(self) -> Literal["idle", "building", "failed"]:
        """What it does at this moment; a thread that has gone before its build was over has failed."""
        with self._lock:
            thread, under_way = self._thread, self.run is not None and not self.run.over
            if not under_way:
                return "idle"
            return "building" if thread is not None and thread.is_alive() else "failed"

    def _build(self, project: Project, now: datetime) -> None:
        failed = None
        try:
            pipeline.build(project, now=now, report=self._report)
        except ShukeError as error:
            failed = error
        # The outermost frame of its thread: whatever happened, the page must not wait for ever.
        except Exception:
            log.exception("a build failed")
            failed = ShukeError(N_("The build failed; see the log."))
        self.run = replace(self.run or BuildProgress(), over=True, failed=failed)

    def _report(self, table: str, done: int, total: int) -> None:
        self.run = BuildProgress(table, done, total)
