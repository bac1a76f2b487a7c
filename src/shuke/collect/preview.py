"""Preview: what would an import make of these files?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
import pyarrow as pa

from shuke.app import Project
from shuke.collect import layouts, sheets
from shuke.collect.canonical_rows import fed
from shuke.collect.cells import planned
from shuke.collect.guess import Explained, Guess, explain
from shuke.collect.layouts import Found
from shuke.collect.sheets import ROW, Sheet
from shuke.engine import DuckDB
from shuke.languages import Text

#: How many rows of a file are shown.
SHOWN = 20


@dataclass(frozen=True)
class Previewed:
    """One table of text, how its columns would be read, and its first rows."""

    sheet: Sheet  # its Parquet file is gone
    found: Found
    columns: tuple[Explained, ...]
    tables: tuple[str, ...]  # that it would feed, its own grain first; none: nothing says what its rows are
    rows: pa.Table  # `__row__` and the texts


def preview(
    project: Project,
    source: str,
    paths: Sequence[Path],
    *,
    mapping: Path | None = None,
    table: str | None = None,
) -> list[Previewed]:
    """Look at files without importing them, their rows being `table`'s if it is said; nothing is kept."""
    project.work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="preview-", dir=project.work) as scratch:
        engine = DuckDB(scratch=Path(scratch), memory=project.settings.memory)
        try:
            return [
                _previewed(layouts.find(project, source, sheet, engine, given=mapping, table=table), engine)
                for path in paths
                for sheet in sheets.read(path, work=Path(scratch) / "sheets")
            ]
        finally:
            engine.close()


def _previewed(found: Found, engine: DuckDB) -> Previewed:
    sheet = found.sheet
    text = ibis.schema({ROW: "int64", **dict.fromkeys(sheet.columns, "string")})
    rows = engine.read([sheet.parquet], text).order_by(ROW).limit(SHOWN).to_pyarrow()
    columns = explain(found.guess or Guess(found.layout, Text("", "")))
    if found.known:  # nobody looked at the values again
        columns = tuple(replace(column, looks="") for column in columns)
    return Previewed(sheet, found, columns, tuple(fed(planned(sheet, found.layout))), rows)
