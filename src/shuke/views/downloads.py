"""Downloads: how does a table leave the house as a file?

csv      with a byte order mark, so that Excel reads Chinese; nothing in it starts a formula
json     an array of objects; decimals are numbers, exact; moments are UTC
xlsx     headings in the reader's language, dates as dates, moments in the project's zone
parquet  as it stands in the build
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Literal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import xlsxwriter

from shuke.access.audit import Deed
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.errors import WrongCall
from shuke.languages import N_, Text
from shuke.tables import Column, Type
from shuke.views import json_text, tables
from shuke.views.query import Query
from shuke.views.viewer import Viewer

FileFormat = Literal["csv", "json", "xlsx", "parquet"]

MEDIA_TYPES: dict[FileFormat, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}

#: What Excel holds, less the heading.
SHEET_ROWS = 1_048_575


@dataclass(frozen=True)
class Content:
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
    deed = Deed(verb="exported", subject_kind="table", subject_id=name, count=rows, detail=detail)
    viewer.did(project.operations, deed)
    batches = found.batches(limit=query.limit, offset=query.offset)
    content = Content(name, found.declared.title, found.columns, batches, rows, project.settings.zone)
    write(content, target, file_format=file_format, mark=mark)
    return rows


def write(content: Content, target: BinaryIO, *, file_format: FileFormat, mark: bool = True) -> None:
    """Write content as a file; `mark` puts the byte order mark before a CSV."""
    if file_format == "csv" and mark:
        target.write(b"\xef\xbb\xbf")
    _WRITE[file_format](content, target)


def of_rows(rows: pa.Table, *, name: str, zone: str) -> Content:
    """Rows of which nothing is declared, as those of a SQL query."""
    columns = tuple(
        Column(field.name, _kind(field.type), Text(field.name, field.name)) for field in rows.schema
    )
    return Content(name, Text(name, name), columns, rows.to_reader(), rows.num_rows, zone)


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


def _csv(content: Content, target: BinaryIO) -> None:
    schema = pa.schema([(name, pa.string()) for name in content.batches.schema.names])
    options = pa_csv.WriteOptions(quoting_style="needed")
    with pa_csv.CSVWriter(target, schema, write_options=options) as writer:
        for batch in content.batches:
            cells = [json_text.plain(column) for column in batch.columns]
            texts = [pa.types.is_string(column.type) for column in batch.columns]
            safe = [json_text.defused(c) if text else c for c, text in zip(cells, texts, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(safe, schema=schema))


def _json(content: Content, target: BinaryIO) -> None:
    target.write(b"[")
    before = b"\n"
    for batch in content.batches:
        if batch.num_rows:
            target.write(before + json_text.objects(batch).encode())
            before = b",\n"
    target.write(b"\n]\n" if before != b"\n" else b"]\n")


def _parquet(content: Content, target: BinaryIO) -> None:
    with pq.ParquetWriter(target, content.batches.schema, compression="zstd") as writer:
        for batch in content.batches:
            writer.write_batch(batch)


def _xlsx(content: Content, target: BinaryIO) -> None:
    if content.rows > SHEET_ROWS:
        raise WrongCall(
            N_("{rows} rows do not fit into an Excel sheet, which holds {limit}. Take CSV or fewer rows."),
            rows=content.rows, limit=SHEET_ROWS,
        )  # fmt: skip
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_sheet_name(str(content.title)))
        formats = {name: book.add_format(properties) for name, properties in _STYLES.items()}
        named = {column.name: column for column in content.columns}
        columns = [named[name] for name in content.batches.schema.names]
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _WIDTHS.get(column.type, 14), formats.get(column.type.value))
            sheet.write_string(0, place, str(column.title), formats["heading"])
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(_rows(content), start=1):
            for place, value in enumerate(row):
                if value is not None:
                    sheet.write(number, place, value)


_STYLES: dict[str, dict[str, Any]] = {
    "heading": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "date": {"num_format": "yyyy-mm-dd"},
    "time": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "money": {"num_format": "#,##0.00"},
    "quantity": {"num_format": "#,##0.####"},
    "text": {"num_format": "@"},
}
_WIDTHS = {Type.TEXT: 22, Type.TIME: 19, Type.DATE: 11, Type.FLAG: 8}


def _rows(content: Content) -> Iterator[tuple[Any, ...]]:
    zone = ZoneInfo(content.zone)
    for batch in content.batches:
        yield from zip(*(_values(column, zone) for column in batch.columns), strict=True)


def _values(column: pa.Array, zone: ZoneInfo) -> list[Any]:
    """As Excel takes them: moments on the clocks of the zone, which a cell cannot name."""
    values: list[Any] = column.to_pylist()
    return [_here(value, zone) if isinstance(value, datetime) else value for value in values]


def _here(moment: datetime, zone: ZoneInfo) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(zone).replace(tzinfo=None)


def _sheet_name(title: str) -> str:
    """Excel takes 31 characters and not these."""
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31] or "1"


_WRITE: dict[FileFormat, Callable[[Content, BinaryIO], None]] = {
    "csv": _csv,
    "json": _json,
    "xlsx": _xlsx,
    "parquet": _parquet,
}
