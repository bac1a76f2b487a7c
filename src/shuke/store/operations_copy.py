"""A copy of the operations database: what did it hold at one moment, as a file that stands on its own?

SQLite writes it itself, without what was deleted; the rows of any other database are read in one transaction
and written into a new SQLite file. Nobody who writes waits for either.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.store import disk, refusals
from shuke.store.operations import Operations, open_operations
from shuke.store.schema import metadata

_ROWS_AT_ONCE = 1000


def copy(operations: Operations, target: Path) -> None:
    """Write a copy into a file that is not there yet."""
    if operations.engine.dialect.name == "sqlite":
        return _vacuumed(operations, target)
    copied = open_operations(target)
    try:
        with operations.reading() as source, copied.writing() as sink:
            _rows(source, sink)
    finally:
        copied.close()
    return None


@contextmanager
def loading(file: Path, target: Operations) -> Iterator[None]:
    """Write the rows of such a file into an empty database; they are kept when the block succeeds."""
    copied = open_operations(file)
    try:
        with copied.reading() as source, target.writing() as sink:
            if any(sink.execute(select(table).limit(1)).first() for table in metadata.sorted_tables):
                raise WrongCall(N_("This database is not empty. A backup is restored into an empty one."))
            _rows(source, sink)
            _go_on_counting(sink)
            yield
    finally:
        copied.close()


def _vacuumed(operations: Operations, target: Path) -> None:
    disk.new(target).close()  # for its owner alone; SQLite takes a file in which nothing is
    raw = operations.engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (str(target),))
    except sqlite3.DatabaseError as error:
        raise refusals.explanation(error) from error
    finally:
        raw.close()
    made = sqlite3.connect(target)
    made.execute("PRAGMA journal_mode = WAL")  # as the original: readers and a writer at once
    made.close()


def _rows(source: Connection, sink: Connection) -> None:
    for table in metadata.sorted_tables:
        found = source.execute(
            select(table).order_by(*table.primary_key), execution_options={"yield_per": _ROWS_AT_ONCE}
        )
        for some in found.mappings().partitions():
            sink.execute(insert(table), [dict(row) for row in some])


def _go_on_counting(connection: Connection) -> None:
    """Have PostgreSQL number new rows after those that came with their numbers; SQLite does by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        if (column := table.autoincrement_column) is not None:
            last = select(func.max(column)).scalar_subquery()
            name = func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(select(func.setval(name, func.coalesce(last, 1), last.is_not(None))))
