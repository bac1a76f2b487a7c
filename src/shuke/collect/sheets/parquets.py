"""Parquet files: what do their columns say as text?"""

import duckdb

from shuke.collect.sheets import header
from shuke.collect.sheets.header import Layout
from shuke.collect.sheets.rows import Written, as_sheet, open_engine
from shuke.collect.sheets.sheet import ROW, Sheet, Source
from shuke.collect.sheets.sql import literal, quoted
from shuke.errors import Unreadable
from shuke.languages import N_


def read(source: Source) -> Sheet:
    """The one table of a Parquet file; nested values as JSON text."""
    target = source.aside(".parquet")
    try:
        with open_engine(source.work) as engine:
            table = engine.read_parquet(str(source.path), file_row_number=True)
            given = dict(zip(table.columns[:-1], map(str, table.types), strict=False))
            columns = header.names(list(given))
            cells = [
                f"{_cell(n, t)} AS {quoted(c)}" for (n, t), c in zip(given.items(), columns, strict=True)
            ]
            query = table.project(f"file_row_number + 1 AS {ROW}, {', '.join(cells)}").sql_query()
            [(rows,)] = engine.execute(
                f"COPY ({query}) TO {literal(str(target))} (FORMAT parquet)"
            ).fetchall()
    except duckdb.Error:
        raise Unreadable(N_("{file} is a damaged or encrypted Parquet file."), file=source.name) from None
    return as_sheet(source, Layout(0, 1, columns), Written(rows), target, sheet=None)


def _cell(name: str, type_: str) -> str:
    """SQL for a value as text: 17850 rather than 17850.0, and blank text as NULL."""
    if type_ in ("DOUBLE", "FLOAT"):
        return f"regexp_replace(CAST({quoted(name)} AS VARCHAR), '\\.0$', '')"
    nested = type_.startswith(("STRUCT", "MAP")) or type_.endswith("]")
    text = f"to_json({quoted(name)})" if nested else quoted(name)
    return f"nullif(CAST({text} AS VARCHAR), '')"
