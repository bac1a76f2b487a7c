"""Imports: how does somebody import files, and withdraw them?"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.collect import ingestion, withdrawal
from shuke.collect.ingestion import ImportOptions
from shuke.store.landing import WITHDRAWS, Receipt
from shuke.views.viewer import Viewer, word


def ingest(
    project: Project,
    source: str,
    paths: Sequence[Path],
    choices: ImportOptions = ImportOptions(),
    *,
    viewer: Viewer,
) -> Receipt:
    """Take in files of a source as one batch, all of it or none; see `collect.ingestion`."""
    viewer.require(Capability.IMPORT_DATA)

    def noted(receipt: Receipt) -> None:
        detail: dict[Any, Any] = {"source": word(receipt.source), "rows": receipt.loaded}
        batch, read = word(receipt.batch), receipt.read
        event = AuditEvent(verb="imported", subject_kind="batch", subject_id=batch, count=read, detail=detail)
        viewer.did(project.operations, event)

    return ingestion.ingest(project, source, paths, choices, now=viewer.now, noted=noted)


def withdraw(project: Project, batch: str, *, viewer: Viewer) -> Receipt:
    """Take a batch back; the receipt of its withdrawal, which can be taken back in turn."""
    viewer.require(Capability.IMPORT_DATA)

    def noted(receipt: Receipt) -> None:
        taken, by = (word(str(name).replace(WITHDRAWS, ":")) for name in (receipt.withdraws, receipt.batch))
        detail: dict[Any, Any] = {"source": word(receipt.source), "batch": by}
        event = AuditEvent(verb="withdrew", subject_kind="batch", subject_id=taken, detail=detail)
        viewer.did(project.operations, event)

    return withdrawal.withdraw(project, batch, now=viewer.now, noted=noted)
