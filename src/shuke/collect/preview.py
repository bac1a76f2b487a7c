"""Preview: how would these files be imported?"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from shuke.app import Project
from shuke.collect import layouts, resident_ids, sheets
from shuke.collect.canonical_rows import candidates
from shuke.collect.cells import typed
from shuke.collect.infer import Explained, InferredLayout, explain
from shuke.collect.layouts import ResolvedLayout
from shuke.collect.mapping import Layout, Reading
from shuke.collect.record_keys import RecordContext, with_record
from shuke.collect.sheets import ROW, Sheet
from shuke.collect.values import Home
from shuke.engine import DuckDB
from shuke.languages import Text
from shuke.store import disk
from shuke.tables import CANONICAL

#: How many rows of a file are shown.
SHOWN = 20


@dataclass(frozen=True)
class ImportPreview:
    """One table of text, how its columns would be read, and its first rows."""

    sheet: Sheet  # its Parquet file is gone
    found: ResolvedLayout
    columns: tuple[Explained, ...]
    tables: tuple[str, ...]  # that it would feed, its own grain first; none: nothing says what its rows are
    rows: pa.Table  # `__row__`, the row of the file, and the texts
    landing: Mapping[str, pa.Table] = field(default_factory=dict)  # each table's first rows as they will land


def preview(
    project: Project,
    source: str,
    paths: Sequence[Path],
    *,
    mapping: Path | None = None,
    table: str | None = None,
    said: Mapping[str, Reading] | None = None,
    today: date | None = None,
) -> list[ImportPreview]:
    """Look at files without importing them, their rows being `table`'s if it is said; nothing is kept.

    `said` says what some of their columns mean.
    """
    with _aside(project) as engine:
        found = [
            layouts.find(project, source, sheet, engine, given=mapping, table=table, said=said, today=today)
            for path in paths
            for sheet in sheets.read(path, work=engine.scratch / "sheets")
        ]
        layouts.require_columns(said or {}, found)
        return [_previewed(one, engine) for one in found]


def revised(seen: ImportPreview, layout: Layout) -> ImportPreview:
    """A sheet as it would be read by another layout."""
    found = replace(seen.found, layout=layout)
    return replace(seen, found=found, tables=found.feeds)


def landing(
    project: Project, source: str, seen: Sequence[ImportPreview], *, today: date
) -> list[ImportPreview]:
    """The sheets with their first rows as they would land on a day."""
    with _aside(project) as engine:
        return [replace(one, landing=_landed(project, source, one, engine, today)) for one in seen]


@contextmanager
def _aside(project: Project) -> Iterator[DuckDB]:
    """An engine that leaves nothing behind."""
    with TemporaryDirectory(prefix="preview-", dir=disk.private(project.work)) as scratch:
        engine = DuckDB(scratch=Path(scratch), memory=project.settings.memory)
        try:
            yield engine
        finally:
            engine.close()


def _previewed(found: ResolvedLayout, engine: DuckDB) -> ImportPreview:
    sheet = found.sheet
    text = ibis.schema({ROW: "int64", **dict.fromkeys(sheet.columns, "string")})
    rows = engine.read([sheet.parquet], text).order_by(ROW).limit(SHOWN).to_pyarrow()
    numbers = [number // sheet.parts for number in rows[ROW].to_pylist()]
    rows = rows.set_column(0, ROW, pa.array(numbers, pa.int64()))
    columns = explain(
        replace(found.inferred or InferredLayout(found.layout, Text("", "")), layout=found.read)
    )
    if found.known:  # nobody looked at the values again
        columns = tuple(replace(column, looks="") for column in columns)
    return ImportPreview(sheet, found, columns, found.feeds, rows)


def _landed(
    project: Project, source: str, seen: ImportPreview, engine: DuckDB, today: date
) -> dict[str, pa.Table]:
    """What the first rows of a sheet give to each table that it feeds, by table, its own grain first.

    Only what they say of it: provenance comes with the batch, and what cannot be accepted is not yet apart.
    """
    if not seen.tables:
        return {}
    sheet, layout = seen.sheet, seen.found.read
    apart = pa.array(range(seen.rows.num_rows), pa.int64())  # several may come from one row of the file
    few = replace(sheet, parquet=engine.scratch / f"{uuid4().hex}.parquet", rows=seen.rows.num_rows)
    pq.write_table(seen.rows.set_column(0, ROW, apart), few.parquet)
    read = typed(few, layout, engine, Home(project.settings.zone, project.settings.currency, today))
    cells = resident_ids.keyed(read, lambda: project.key, checkpoint=engine.checkpoint)
    reader = RecordContext(source, project.settings.country, seen.tables[0], engine.checkpoint)
    good = engine.checkpoint(with_record(cells, reader))
    made = {name: candidates(name, cells, good, reader) for name in seen.tables}
    return {
        name: rows.order_by("row").select([c.name for c in CANONICAL[name]]).to_pyarrow()
        for name, rows in made.items()
        if rows is not None
    }
