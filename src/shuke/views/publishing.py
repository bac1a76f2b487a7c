"""Publishing: how does the current build leave the house whole, for the tools of others?"""

from collections.abc import Iterator
from pathlib import Path

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.engine.published import PublishedTable, publish
from shuke.tables import Derived
from shuke.views import tables
from shuke.views.names import names
from shuke.views.query import Declared, Query
from shuke.views.viewer import Viewer


def duckdb(project: Project, file: Path, *, viewer: Viewer) -> int:
    """Write every table of the current build into one DuckDB file; how many there were.

    Tables and columns carry their titles and notes as comments, in the reader's language. Beside a table that
    tells of customers by id alone stands a view `named.TABLE` with their names. What the viewer must not see
    is masked. The export is written down.
    """
    viewer.require(Capability.EXPORT)
    opened = project.open()
    known = tables.tables(project, opened)
    held = [name for name, made in opened.build.manifest.tables.items() if name in known and not made.failed]
    event = AuditEvent(
        verb="exported", subject_kind="build", subject_id=str(opened.build.number), count=len(held),
        detail={"file_format": "duckdb"},
    )  # fmt: skip
    viewer.did(project.operations, event)
    publish(file, _tables(project, known, held, viewer), names=names(opened, viewer).to_pyarrow())
    return len(held)


def _tables(
    project: Project, known: dict[str, Declared], held: list[str], viewer: Viewer
) -> Iterator[PublishedTable]:
    for name in held:
        declared = known[name]
        said = declared.about if isinstance(declared, Derived) else declared.note
        ids = {column.name for column in declared.written}
        yield PublishedTable(
            name=name,
            rows=tables.select(project, name, Query(), viewer=viewer).batches(),
            comment=": ".join(str(text) for text in (declared.title, said) if text),
            columns={
                column.name: ": ".join(str(text) for text in (column.title, column.note) if text)
                for column in declared.written
            },
            customer="customer_id" if "customer_id" in ids and "name" not in ids else None,
        )
