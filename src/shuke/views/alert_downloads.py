"""Alert downloads: how does a list of alerts leave the house as a file?"""

from collections.abc import Iterable
from typing import BinaryIO

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.views import alerts
from shuke.views.alerts import ALERTS, Order
from shuke.views.downloads import ExportContent, FileFormat, write
from shuke.views.query import Condition
from shuke.views.viewer import Viewer


def download(
    project: Project,
    where: Iterable[Condition],
    target: BinaryIO,
    *,
    file_format: FileFormat,
    viewer: Viewer,
    order: Order = "at_stake",
    mark: bool = True,
) -> int:
    """Write the alerts that meet the conditions into `target`; how many there were. The export is written
    down.

    `mark` is as in `downloads.write`.
    """
    viewer.require(Capability.EXPORT)
    found = alerts.rows(project, where, viewer=viewer, order=order)
    event = AuditEvent(
        verb="exported", subject_kind="table", subject_id=ALERTS.name, count=found.num_rows,
        detail={"file_format": file_format},
    )  # fmt: skip
    viewer.did(project.operations, event)
    content = ExportContent(
        ALERTS.name, ALERTS.title, ALERTS.columns, found.to_reader(), found.num_rows, project.settings.zone
    )
    write(content, target, file_format=file_format, mark=mark)
    return int(found.num_rows)
