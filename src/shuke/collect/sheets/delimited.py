"""Delimited text: which table do these lines hold?

The engine reads what is regular, at its own speed, and says no to the rest; the csv module then
reads that row by row. Where both can read a file they give the same rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, takewhile
from pathlib import Path
from typing import IO

import duckdb
import pyarrow.parquet as pq

from shuke.collect.sheets import header
from shuke.collect.sheets.dialect import Dialect, lines_of, one_column, records, sniff
from shuke.collect.sheets.file_format import FileFormat
from shuke.collect.sheets.header import HeaderLayout
from shuke.collect.sheets.rows import SAMPLE, Written, as_sheet, open_engine, prune, tabulate
from shuke.collect.sheets.scan import Scan, scan
from shuke.collect.sheets.sheet import ROW, InputFile, RawRow, Sheet
from shuke.collect.sheets.sql import literal, quoted
from shuke.collect.sheets.text import Transcript, transcribe
from shuke.errors import Unreadable
from shuke.languages import N_

_HEAD, _LONGEST_HEAD = 1 << 16, 1 << 20
_LONGEST_LINE = 1 << 18
#: In characters: more than any cell of a spreadsheet holds, for each of a thousand columns.
_LONGEST_ROW = 32_000_000
#: With more columns the engine is no faster.
_MOST_COLUMNS = 200
#: A line whose parts have more words than headings have, and nothing below it, is prose.
_WORDS = 4
_NO_TABLE = N_("{file} is text, but no table: a CSV file sets its columns apart by commas or the like.")


def read(source: InputFile) -> Iterator[Sheet]:
    """The table in a CSV file or the like."""
    text = Transcript(source.path)
    sheet = _quickly(source, text)
    if sheet is None and (text := transcribe(source.path, source.aside(".txt"))).path != source.path:
        sheet = _quickly(source, text)
    if sheet is None:
        sheet = _thoroughly(source, text)
    if text.path != source.path:
        text.path.unlink()
    yield replace(sheet, encoding=str(text.encoding), notes=(*sheet.notes, *text.notes))


FORMAT = FileFormat(
    names=("CSV", "TSV"), suffixes=(".csv", ".tsv", ".txt"), read=read,
    recognises=lambda content: not content.is_binary, last=True,
)  # fmt: skip


def _quickly(source: InputFile, text: Transcript) -> Sheet | None:
    """The table as the engine reads it; None where it cannot, or where it might read it otherwise."""
    head = _head(text.path, errors="strict")
    dialect = sniff(head) if head else None
    if not head or dialect is None or not _is_regular(dialect):
        return None
    sample = _sample(head, dialect)
    layout = header.find(sample)
    if layout is None or len(sample) < layout.first_row or len(layout.columns) > _MOST_COLUMNS:
        return None
    header.require_readable(layout.columns, file=source.name)
    seen = scan(text.path, dialect.delimiter)
    if seen.zeros or seen.spaced or seen.backslash:
        return None
    target = source.aside(".parquet")
    with open_engine(source.work) as engine:
        copied = _copied(engine, _query(text.path, target, dialect, layout, seen))
        if not copied or not _agrees(engine, target, layout, sample, seen):
            target.unlink(missing_ok=True)
            return None
        written = Written(pq.read_metadata(target).num_rows, blank=seen.trailing)
        written = prune(engine, target, layout, written, file=source.name)
        sheet = as_sheet(source, layout, written, target, sheet=None)
    return replace(sheet, delimiter=dialect.delimiter)


def _is_regular(dialect: Dialect) -> bool:
    """Is it what the engine can read?"""
    odd = dialect.escape or dialect.spaced or dialect.wrapped or dialect.line_end == "\r"
    return not odd and dialect.quote in (None, '"', "'") and len(dialect.delimiter.encode()) == 1


def _thoroughly(source: InputFile, text: Transcript) -> Sheet:
    """The table as the csv module reads it, row by row."""
    head = _head(text.path, errors="replace") or ""
    dialect = sniff(head)
    if dialect is None and not _is_list(head):
        raise Unreadable(_NO_TABLE, file=source.name)
    dialect = _throughout(text.path, dialect) if dialect else one_column(head)
    with text.path.open(encoding="utf-8-sig", errors="replace", newline=dialect.line_end) as lines:
        sheet = tabulate(records(_lines(lines, source), dialect), source)
    if sheet is None:
        raise Unreadable(N_("{file} holds only blank lines."), file=source.name)
    if not sheet.rows and sum(len(name.split()) for name in sheet.columns) > _WORDS * len(sheet.columns):
        raise Unreadable(_NO_TABLE, file=source.name)
    return replace(sheet, delimiter=None if dialect.delimiter == "\x1e" else dialect.delimiter)


def _lines(file: IO[str], source: InputFile) -> Iterator[str]:
    """Its lines without zero characters, as long as a table has them."""
    row = 0
    while line := file.readline(_LONGEST_ROW):
        row += 1
        if len(line) == _LONGEST_ROW:
            message = N_("{file}, line {row}: no line of a table is longer than {most} characters.")
            raise Unreadable(message, file=source.name, row=row, most=_LONGEST_ROW)
        yield line.replace("\0", "")


def _throughout(path: Path, dialect: Dialect) -> Dialect:
    """The dialect of the beginning, with what only later lines show."""
    seen = scan(path, dialect.delimiter)
    quoted_at_all = dialect.quote == '"'
    return replace(
        dialect,
        spaced=dialect.spaced or (seen.spaced and quoted_at_all),
        escape=dialect.escape or ("\\" if seen.backslash and quoted_at_all else None),
    )


def _head(path: Path, *, errors: str) -> str | None:
    """The beginning of a file, some whole lines at least; None if it is not UTF-8."""
    with path.open("rb") as file:
        raw = file.read(_HEAD)
        for _ in range(20):  # a header alone may be as long
            raw += file.readline(_LONGEST_LINE) if len(raw) < _LONGEST_HEAD else b""
    try:
        return raw.decode("utf-8-sig", errors)
    except UnicodeDecodeError:
        return None


def _sample(head: str, dialect: Dialect) -> list[RawRow]:
    return list(islice(records(lines_of(head, dialect.line_end), dialect), SAMPLE))


def _is_list(head: str) -> bool:
    """Short lines under one another, such as e-mail addresses, rather than sentences."""
    lines = [line.strip() for line in head.splitlines() if line.strip()][:SAMPLE]
    drawn = ("+", "|")  # a table drawn with lines, as programs print it
    short = sum(len(line) <= 60 and len(line.split()) <= 6 and not line.startswith(drawn) for line in lines)
    return len(lines) > 1 and short > 0.8 * len(lines)


def _copied(engine: duckdb.DuckDBPyConnection, query: str) -> bool:
    """Have the engine write the rows down; False if it cannot read them."""
    try:
        engine.execute(query)
    except duckdb.Error:
        return False
    return True


def _query(path: Path, target: Path, dialect: Dialect, layout: HeaderLayout, seen: Scan) -> str:
    """SQL that copies the rows to Parquet, strictly in the dialect that was found."""
    cells = [f"c{place}" for place in range(len(layout.columns))]
    columns = ", ".join(f"{cell}: 'VARCHAR'" for cell in cells)
    values = [_unwrapped(cell) for cell in cells] if seen.wrapped else cells
    named = [f"{v} AS {quoted(name)}" for v, name in zip(values, layout.columns, strict=True)]
    quote = literal(dialect.quote or "")
    return f"""
        COPY (
            SELECT row_number() OVER () + {layout.first_row - 1} AS {ROW}, {", ".join(named)}
            FROM read_csv(
                {literal(str(path))}, auto_detect = false, header = false, skip = {layout.first_row - 1},
                delim = {literal(dialect.delimiter)}, quote = {quote}, escape = {quote}, nullstr = '',
                strict_mode = true, null_padding = false, encoding = 'utf-8', columns = {{{columns}}}
            )
        ) TO {literal(str(target))} (FORMAT parquet)
    """


def _agrees(
    engine: duckdb.DuckDBPyConnection,
    target: Path,
    layout: HeaderLayout,
    sample: Sequence[RawRow],
    seen: Scan,
) -> bool:
    """Does every line of the file stand in the rows, and do the first rows say what we read?"""
    above = [r for r in sample if r.row < layout.first_row]
    lines = sum(1 + sum(c.count("\n") for c in r.cells if c) for r in above)
    width = len(layout.columns)
    table = engine.read_parquet(str(target))
    rows = pq.read_metadata(target).num_rows
    if lines + rows != seen.lines:
        rows += _line_ends_within(table, layout.columns)
    first = table.filter(f"{ROW} <= {len(sample)}").order(ROW).fetchall()
    wanted = [
        tuple(c or None for c in [*r.cells, *[None] * width][:width])
        for r in takewhile(lambda r: r.fault is None, sample[layout.first_row - 1 :])
    ]
    plain = [
        w
        for w, r in zip(wanted, first, strict=False)
        if w != r[1:] and not any((c or "")[:1] == "=" for c in w)
    ]
    return lines + rows == seen.lines and len(first) <= len(sample) and not plain


def _line_ends_within(table: duckdb.DuckDBPyRelation, columns: Sequence[str]) -> int:
    ends = " + ".join(
        f"coalesce(sum(length({n}) - length(replace({n}, chr(10), ''))), 0)" for n in map(quoted, columns)
    )
    [(count,)] = table.aggregate(ends).fetchall()
    return int(count)


def _unwrapped(cell: str) -> str:
    wrapped = f"""length({cell}) > 2 AND starts_with({cell}, '="') AND ends_with({cell}, '"')"""
    return f"CASE WHEN {wrapped} THEN nullif(substr({cell}, 3, length({cell}) - 3), '') ELSE {cell} END"
