"""Downloads: how does a table leave the house as a file?

csv      with a byte order mark, so that Excel reads Chinese; nothing in it starts a formula
json     an array of objects; decimals are numbers, exact; moments are UTC
xlsx     headings in the reader's language, dates as dates, moments in the project's zone; as text what
         Excel has no number for
parquet  as it stands in the build
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.errors import WrongCall
from shuke.languages import N_, Text
from shuke.tables import Column, Type
from shuke.views import excel, json_text, tables
from shuke.views.query import Query
from shuke.views.viewer import Viewer

FileFormat = Literal["csv", "json", "xlsx", "parquet"]

MEDIA_TYPES: dict[FileFormat, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True)
class ExportContent:
    """Rows on their way out, and what their columns mean."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    batches: pa.RecordBatchReader
    rows: int
    zone: str


def download(
    project: Project,
    name: str,
    query: Query,
    target: BinaryIO,
    *,
    file_format: FileFormat,
    viewer: Viewer,
    mark: bool = True,
) -> int:
    """Write the rows that a query means into `target`; how many there were. The export is written down.

    `mark` is as in `write`.
    """
    viewer.require(Capability.EXPORT)
    found = tables.select(project, name, query, viewer=viewer)
    left = max(found.count() - query.offset, 0)
    rows = left if query.limit is None else min(left, query.limit)
    detail: dict[Any, str] = {"file_format": file_format}
    event = AuditEvent(verb="exported", subject_kind="table", subject_id=name, count=rows, detail=detail)
    viewer.did(project.operations, event)
    batches = found.batches(limit=query.limit, offset=query.offset)
    content = ExportContent(name, found.declared.title, found.columns, batches, rows, project.settings.zone)
    write(content, target, file_format=file_format, mark=mark)
    return rows


def write(content: ExportContent, target: BinaryIO, *, file_format: FileFormat, mark: bool = True) -> None:
    """Write content as a file; `mark` puts the byte order mark before a CSV."""
    if file_format == "csv" and mark:
        target.write(b"\xef\xbb\xbf")
    _WRITE[file_format](content, target)


def of_rows(rows: pa.Table, *, name: str, zone: str) -> ExportContent:
    """Rows of which nothing is declared, as those of a SQL query."""
    columns = tuple(
        Column(field.name, _kind(field.type), Text(field.name, field.name)) for field in rows.schema
    )
    return ExportContent(name, Text(name, name), columns, rows.to_reader(), rows.num_rows, zone)


def _kind(kind: pa.DataType) -> Type:
    tests: dict[Type, Callable[[pa.DataType], bool]] = {
        Type.FLAG: pa.types.is_boolean,
        Type.INTEGER: pa.types.is_integer,
        Type.NUMBER: pa.types.is_floating,
        Type.MONEY: pa.types.is_decimal,
        Type.DATE: pa.types.is_date,
        Type.TIME: pa.types.is_timestamp,
    }
    return next((type_ for type_, is_it in tests.items() if is_it(kind)), Type.TEXT)


def _csv(content: ExportContent, target: BinaryIO) -> None:
    schema = pa.schema([(name, pa.string()) for name in content.batches.schema.names])
    options = pa_csv.WriteOptions(quoting_style="needed")
    with pa_csv.CSVWriter(target, schema, write_options=options) as writer:
        for batch in content.batches:
            cells = [json_text.plain(column) for column in batch.columns]
            texts = [pa.types.is_string(column.type) for column in batch.columns]
            safe = [json_text.defused(c) if text else c for c, text in zip(cells, texts, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(safe, schema=schema))


def _json(content: ExportContent, target: BinaryIO) -> None:
    target.write(b"[")
    before = b"\n"
    for batch in content.batches:
        if batch.num_rows:
            target.write(before + json_text.objects(batch).encode())
            before = b",\n"
    target.write(b"\n]\n" if before != b"\n" else b"]\n")


def _parquet(content: ExportContent, target: BinaryIO) -> None:
    # Parquet has no spans of months and days.
    spans = [pa.types.is_interval(field.type) for field in content.batches.schema]
    schema = pa.schema(
        [
            f.with_type(pa.string()) if span else f
            for f, span in zip(content.batches.schema, spans, strict=True)
        ]
    )
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in content.batches:
            kept = [json_text.plain(c) if span else c for c, span in zip(batch.columns, spans, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(kept, schema=schema))


def _xlsx(content: ExportContent, target: BinaryIO) -> None:
    if content.rows > excel.SHEET_ROWS:
        raise WrongCall(
            N_("{rows} rows do not fit into an Excel sheet, which holds {limit}. Take CSV or fewer rows."),
            rows=content.rows, limit=excel.SHEET_ROWS,
        )  # fmt: skip
    excel.write(content.batches, target, title=str(content.title), columns=content.columns, zone=content.zone)


_WRITE: dict[FileFormat, Callable[[ExportContent, BinaryIO], None]] = {
    "csv": _csv,
    "json": _json,
    "xlsx": _xlsx,
    "parquet": _parquet,
}
