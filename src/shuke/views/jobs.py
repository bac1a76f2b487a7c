"""Jobs: what did `shuke run` do by itself, in words?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shuke import formats
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.languages import N_, translate
from shuke.store import job_rows
from shuke.views.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class JobLine:
    """One job, and what came of it."""

    kind: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None  # none: it goes on
    sentence: str


def listed(project: Project, *, viewer: Viewer, limit: int = 20) -> tuple[JobLine, ...]:
    """The last jobs, newest first."""
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        rows = job_rows.newest(connection, limit=limit)
    return tuple(
        JobLine(
            kind=row["kind"], started_at=row["started_at"], ended_at=row["ended_at"], outcome=row["outcome"],
            sentence=in_words(row["kind"], row["source"], row["outcome"], row["detail"]),
        )
        for row in rows
    )  # fmt: skip


def in_words(kind: str, source: str, outcome: str | None, detail: dict[str, Any]) -> str:
    """Imported a file of till: 120 rows read, 118 loaded, 2 set aside."""
    if outcome != job_rows.DONE:
        told = translate(_UNDONE[outcome, kind]).format(source=source)
        return f"{told} {_why(detail)}".strip()
    figures = {
        name: formats.number(value) if isinstance(value, int) else value for name, value in detail.items()
    }
    figures["size"] = formats.number(detail.get("size", 0) / 1e6, places=1)
    return translate(_DONE[kind]).format(source=source, **figures)


def _why(detail: dict[str, Any]) -> str:
    return translate(detail["message"]).format(**detail["values"]) if "message" in detail else ""


_DONE = {
    "import": N_("Imported a file of {source}: {read} rows read, {loaded} loaded, {rejected} set aside."),
    "build": N_("Made build {build} with {tables} tables."),
    "backup": N_("Backed up {files} files, {size} MB; older backups dropped: {dropped}."),
}
_UNDONE = {
    ("failed", "import"): N_("A file of {source} was not imported; it lies in the folder “failed”."),
    ("failed", "build"): N_("The build failed; the last one still stands."),
    ("failed", "backup"): N_("The backup failed."),
    ("interrupted", "import"): N_("The import of a file of {source} was interrupted."),
    ("interrupted", "build"): N_("A build was interrupted."),
    ("interrupted", "backup"): N_("A backup was interrupted."),
    (None, "import"): N_("A file of {source} is being imported."),
    (None, "build"): N_("A build is being made."),
    (None, "backup"): N_("A backup is being written."),
}
