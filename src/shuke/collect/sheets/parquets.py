"""Parquet files: what do their columns say as text?

What is packed in one may be broken, or be a thousand million rows in a thousand bytes, and the engine reads
it in C++; so the process that works out SQL reads it, which has limits and may write nothing.
"""

import atexit
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shuke.collect.sheets import header
from shuke.collect.sheets.file_format import FileFormat
from shuke.collect.sheets.header import HeaderLayout
from shuke.collect.sheets.rows import Written, as_sheet
from shuke.collect.sheets.sheet import ROW, InputFile, Sheet
from shuke.collect.sheets.sql import quoted
from shuke.engine.workers import Failed, QueryLimits, SqlQuery, Workers
from shuke.errors import ShukeError, Unavailable, Unreadable
from shuke.languages import N_

#: Memory for the engine, and what it says as text: for any file, for each byte of it, and at most.
_MEMORY, _LEAST, _RATIO, _MOST = 1 << 29, 1 << 30, 500, 50 << 30
#: Seconds for any file, and bytes read in one more, also by whoever writes them down here.
_SECONDS, _PER_SECOND = 25, 1 << 20
#: No more rows can be numbered.
_ROWS = 1 << 40
#: Whoever imports waits for whoever imports.
READERS = Workers(at_once=2, waiting=1_000, patience=3_600.0)
atexit.register(READERS.close)


def read(source: InputFile) -> Iterator[Sheet]:
    """The one table of a Parquet file; nested values as JSON text."""
    target = source.aside(".parquet")
    given, nothing = _asked(source, "select * from file limit 0")
    assert not list(nothing)
    columns = header.names(given.names)
    header.require_readable(columns, file=source.name)
    cells = [f"{_cell(field)} AS {quoted(c)}" for field, c in zip(given, columns, strict=True)]
    _, batches = _asked(source, f"select {', '.join(cells)} from file")
    yield as_sheet(
        source, HeaderLayout(0, 1, columns), Written(_write(batches, columns, target)), target, sheet=None
    )


FORMAT = FileFormat(
    names=("Parquet",), suffixes=(".parquet",), read=read,
    recognises=lambda content: content.beginning.startswith(b"PAR1"),
)  # fmt: skip


def _asked(source: InputFile, sql: str) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """What a query over the file says: its columns, and its rows as they come."""
    size = source.path.stat().st_size
    limits = QueryLimits(
        seconds=_SECONDS + size // _PER_SECOND, memory=_MEMORY, rows=_ROWS,
        bytes=min(_MOST, max(_LEAST, size * _RATIO)),
    )  # fmt: skip
    question = SqlQuery(sql=sql, files={"file": [str(source.path.absolute())]})

    def answer() -> Iterator[pa.Schema | pa.RecordBatch]:
        with READERS.place():
            yield from READERS.answer(question, limits, lambda failure, _: _reason(failure, source))

    pieces = answer()
    return cast(pa.Schema, next(pieces)), pieces


def _reason(failure: Failed, source: InputFile) -> ShukeError:
    if failure.kind == "broken":
        message = N_("The process that reads Parquet files such as {file} does not run on this machine.")
        return Unavailable(message, file=source.name)
    if failure.kind in ("ended", "time", "bytes", "rows", "OutOfMemoryException"):
        message = N_(
            "{file} is damaged, or takes more memory or time to read than is accepted of a Parquet file of "
            "its size: split it, or save it as CSV, and import that."
        )
        return Unreadable(message, file=source.name)
    return Unreadable(N_("{file} is a damaged or encrypted Parquet file."), file=source.name)


def _write(batches: Iterator[pa.RecordBatch], columns: tuple[str, ...], target: Path) -> int:
    """Write the rows down as text, each with its number; how many there are."""
    rows, schema = 0, pa.schema([(ROW, pa.int64()), *((name, pa.string()) for name in columns)])
    with pq.ParquetWriter(target, schema) as writer:
        for batch in batches:
            numbers = pa.array(np.arange(rows + 1, rows + 1 + batch.num_rows))
            writer.write_batch(pa.record_batch([numbers, *batch.columns], schema=schema))
            rows += batch.num_rows
    return rows


def _cell(field: pa.Field) -> str:
    """SQL for a value as text: 17850 rather than 17850.0, and blank text as NULL."""
    if pa.types.is_floating(field.type):
        return f"regexp_replace(CAST({quoted(field.name)} AS VARCHAR), '\\.0$', '')"
    text = f"to_json({quoted(field.name)})" if pa.types.is_nested(field.type) else quoted(field.name)
    return f"nullif(CAST({text} AS VARCHAR), '')"
