"""Rows: how are they written down as text, and which of them are no data?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, dropwhile, islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from shuke.collect.sheets import header
from shuke.collect.sheets.sheet import ROW, BadRow, InputFile, Note, RawRow, Sheet, Skipped, SkippedKind
from shuke.collect.sheets.sql import quoted
from shuke.collect.sheets.summaries import summaries
from shuke.engine.duckdb import AS_INSTALLED
from shuke.errors import Unreadable
from shuke.languages import N_

#: Rows looked at to find the header.
SAMPLE = 200
#: More rows than this that do not fit, and the file is no table.
_MOST_BAD = 100_000
#: What stands before a cell that is to stay as it is, and in how many rows it is looked for.
_MARK, _FIRST, _MOSTLY = "`", 20, 0.7
#: Cells held in memory at a time, and about so many bytes of them.
_CELLS, _BYTES = 1_000_000, 64 << 20
#: Letters of the first rows, of which fewer are looked at where they are as long as that.
_LETTERS = 32 << 20


@dataclass(frozen=True)
class Written:
    """What came of writing rows down."""

    rows: int
    blank: int = 0
    short: int = 0  # padded with blanks
    literal: int = 0  # quotation marks taken as they stand
    bad: tuple[BadRow, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def tabulate(records: Iterable[RawRow], source: InputFile, *, sheet: str | None = None) -> Sheet | None:
    """The table that these rows hold; None if they are all blank."""
    stream = iter(records)
    sample = _sample(stream)
    layout = header.find(sample)
    if layout is None:
        return None
    header.require_readable(layout.columns, file=source.name)
    target = source.aside(".parquet")
    data = dropwhile(lambda record: record.row < layout.first_row, chain(sample, stream))
    whole = write(data, layout.columns, target)
    with open_engine(source.work) as engine:
        written = prune(engine, target, layout, whole, file=source.name)
    return as_sheet(source, layout, written, target, sheet=sheet)


def _sample(records: Iterator[RawRow]) -> list[RawRow]:
    """The first rows, so many that the header can be found among them."""
    found, letters = [], 0
    for record in islice(records, SAMPLE):
        found.append(record)
        letters += sum(len(cell) for cell in record.cells if cell) + len(record.cells)
        if letters > _LETTERS:
            break
    return found


def as_sheet(
    source: InputFile, layout: header.HeaderLayout, written: Written, target: Path, *, sheet: str | None
) -> Sheet:
    """The finished sheet; blank rows above the header are counted with the others."""
    above = layout.first_row - 1 - (layout.header_row > 0) - len(layout.skipped)
    return Sheet(
        file=source.name,
        sheet=sheet,
        columns=layout.columns,
        header_row=layout.header_row,
        parquet=target,
        rows=written.rows,
        blank_rows=written.blank + above,
        notes=(*layout.notes, *_notes(written)),
        skipped=(*layout.skipped, *written.skipped),
        bad_rows=written.bad,
    )


def write(records: Iterable[RawRow], columns: Sequence[str], target: Path) -> Written:
    """Write rows to a Parquet file in bounded memory, each as wide as the header."""
    schema = pa.schema([(ROW, pa.int64()), *((name, pa.string()) for name in columns)])
    tally = _Tally(len(columns))
    most = max(1, _CELLS // len(columns))
    size = min(most, SAMPLE)
    stream = tally.fitting(records)
    with pq.ParquetWriter(target, schema) as writer:
        while batch := list(islice(stream, size)):
            arrays = [pa.array(c, f.type) for c, f in zip(zip(*batch, strict=True), schema, strict=True)]
            written = pa.record_batch(arrays, schema=schema)
            writer.write_batch(written)
            size = max(1, min(most, _BYTES * len(batch) // written.nbytes))
    return tally.written()


class _Tally:
    """Counts rows as they pass, and keeps those that do not fit."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._rows = self._blank = self._short = self._literal = 0
        self._bad: list[BadRow] = []

    def fitting(self, records: Iterable[RawRow]) -> Iterator[list[int | str | None]]:
        """The row number and the cells of each row that fits."""
        width = self._width
        for record in records:
            if len(self._bad) > _MOST_BAD:
                return
            row, found, fault = record
            cells = [_unwrapped(c) if c and c[0] == "=" else c or None for c in found]
            if not any(cells):
                self._blank += 1
                continue
            if fault is not None or len(cells) > width:
                if (reason := self._misfit(cells, fault)) is not None:
                    self._bad.append(BadRow(row, reason, ", ".join(c for c in cells if c)[:1000]))
                    continue
                del cells[width:]
            elif len(cells) < width:
                self._short += 1
                cells += [None] * (width - len(cells))
            self._rows += 1
            yield [row, *cells]

    def written(self) -> Written:
        return Written(self._rows, self._blank, self._short, self._literal, tuple(self._bad))

    def _misfit(self, cells: list[str | None], fault: Note | None) -> Note | None:
        """Why a row that is too wide, or may be cut wrongly, cannot be a row of the table, if it cannot."""
        if fault is not None:
            self._literal += len(cells) == self._width
            return fault if len(cells) != self._width else None
        if any(cells[self._width :]):
            message = N_("The row has {found} cells, the header {wanted}.")
            return Note(message, {"found": len(cells), "wanted": self._width})
        return None


def _unwrapped(cell: str) -> str | None:
    """What stands in a formula that only keeps Excel from reading a number: ="2839…"."""
    wrapped = len(cell) > 2 and cell.startswith('="') and cell.endswith('"')
    return (cell[2:-1] or None) if wrapped else cell


def prune(
    engine: duckdb.DuckDBPyConnection,
    target: Path,
    layout: header.HeaderLayout,
    written: Written,
    *,
    file: str,
) -> Written:
    """Take blank rows, totals and footers out of a written file, and keep what they said."""
    if len(written.bad) > _MOST_BAD:
        first = written.bad[0]
        message = N_("Not a table: more than {count} rows do not fit the header, the first is row {row}.")
        raise Unreadable(message, count=_MOST_BAD, row=first.row)
    if _is_marked(engine.read_parquet(str(target))):
        _unmarked(engine, target, layout.columns)
    table = engine.read_parquet(str(target))
    blank = _blank(table, layout.columns)
    found = summaries(table, layout, file)
    gone = len(found) + blank
    if gone:
        _without(engine, target, f"{_all_blank(layout.columns)} OR {ROW} IN ({_listed(found)})")
    rows = written.rows - gone
    return replace(written, rows=rows, blank=written.blank + blank, skipped=(*written.skipped, *found))


def _is_marked(table: duckdb.DuckDBPyRelation) -> bool:
    """Whether all that the first rows say begins with the mark that keeps spreadsheets from reading it."""
    first = [cell for row in table.limit(_FIRST).fetchall() for cell in row[1:] if cell]
    marked = sum(cell.startswith(_MARK) for cell in first)
    return bool(marked > _MOSTLY * len(first))  # sums below may have other headings, without it


def _unmarked(engine: duckdb.DuckDBPyConnection, target: Path, columns: Sequence[str]) -> None:
    """Write the file again without the mark before each cell: `2026-09-28, as 微信支付 writes its bills."""
    aside = target.with_suffix(".plain")
    plain = [f"nullif(regexp_replace({c}, '^{_MARK}', ''), '') AS {c}" for c in map(quoted, columns)]
    engine.read_parquet(str(target)).select(f"{ROW}, {', '.join(plain)}").write_parquet(str(aside))
    aside.replace(target)


def _blank(table: duckdb.DuckDBPyRelation, columns: Sequence[str]) -> int:
    """How many rows have nothing in them."""
    blank = table.filter(f"{quoted(columns[0])} IS NULL").filter(_all_blank(columns))
    [(count,)] = blank.aggregate("count(*)").fetchall()
    return int(count)


def _all_blank(columns: Sequence[str]) -> str:
    return f"coalesce({', '.join(map(quoted, columns))}) IS NULL"


def _listed(found: Sequence[Skipped]) -> str:
    return ", ".join(str(s.row) for s in found) or "NULL"


def _without(engine: duckdb.DuckDBPyConnection, target: Path, condition: str) -> None:
    """Write the file again without the rows of which something is true."""
    aside = target.with_suffix(".pruned")
    engine.read_parquet(str(target)).filter(f"({condition}) IS NOT TRUE").write_parquet(str(aside))
    aside.replace(target)


def _notes(written: Written) -> Iterator[Note]:
    totals = [s for s in written.skipped if s.kind is SkippedKind.TOTAL]
    titles = [s for s in written.skipped if s.kind is SkippedKind.TITLE]
    headings = [s for s in written.skipped if s.kind is SkippedKind.HEADING]
    footers = [s for s in written.skipped if s.kind is SkippedKind.FOOTER]
    for rows, message in (
        (totals, N_("{count} total row(s) left out: row {rows}.")),
        (headings, N_("The headings stand again in {count} row(s), left out: row {rows}.")),
        (titles, N_("{count} row(s) say the title again, left out: row {rows}.")),
        (footers, N_("{count} remark(s) below the table left out: row {rows}.")),
        (written.bad, N_("{count} row(s) could not be read: row {rows}.")),
    ):
        if rows:
            shown = ", ".join(str(r.row) for r in rows[:5]) + (", …" if len(rows) > 5 else "")
            yield Note(message, {"count": len(rows), "rows": shown})
    for count, message in (
        (written.blank, N_("{count} blank row(s) left out.")),
        (written.short, N_("{count} row(s) are shorter than the header: the missing cells are blank.")),
        (written.literal, N_("{count} row(s) have stray quotation marks: taken as they stand.")),
    ):
        if count:
            yield Note(message, {"count": count})


def open_engine(work: Path) -> duckdb.DuckDBPyConnection:
    """The engine, which keeps in the work folder what does not fit in memory."""
    return duckdb.connect(config={**AS_INSTALLED, "temp_directory": str(work)})
