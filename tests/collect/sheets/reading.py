"""How the tests look at a sheet."""

from collections.abc import Callable

import pyarrow.parquet as pq

from shuke.collect.sheets import Sheet

Reader = Callable[..., Sheet]


def rows(sheet: Sheet) -> list[tuple[object, ...]]:
    """The rows as they were written down, the row number first."""
    table = pq.read_table(sheet.parquet)
    assert table.num_rows == sheet.rows
    assert table.column_names[1:] == list(sheet.columns)
    return [tuple(row.values()) for row in table.to_pylist()]


def said(sheet: Sheet) -> str:
    return " ".join(map(str, sheet.notes))
