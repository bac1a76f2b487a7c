"""A copy of the operations database: what did it hold at one moment, as a file that stands on its own?

SQLite writes it itself, without what was deleted; the rows of any other database are read in one transaction
and written into a new SQLite file. Nobody who writes waits for either.
"""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, insert, select

from shuke.errors import Unavailable
from shuke.languages import N_
from shuke.store import disk
from shuke.store.operations import Operations, metadata, open_operations

_ROWS_AT_ONCE = 1000


def copy(operations: Operations, target: Path) -> None:
    """Write a copy into a file that is not there yet."""
    if operations.engine.dialect.name == "sqlite":
        return _vacuumed(operations, target)
    copied = open_operations(target)
    try:
        with operations.snapshot() as source, copied.writing() as sink:
            _rows(source, sink)
    finally:
        copied.close()
    return None


def _vacuumed(operations: Operations, target: Path) -> None:
    disk.new(target).close()  # for its owner alone; SQLite takes a file in which nothing is
    raw = operations.engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (str(target),))
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname == "SQLITE_FULL":
            raise Unavailable(N_("The disk is full. Make room and try again.")) from error
        raise Unavailable(N_("The operations database cannot be used now.")) from error
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
