"""Reader: how do people and programs look into a finished build?

Always DuckDB over the build's Parquet files, whichever engine computed them.
"""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from shuke.engine.parquet import pieces
from shuke.errors import WrongCall
from shuke.languages import N_

#: So many sets of rows are kept beside the build's own: an answer, its next page and its download.
KEPT = 8


class Reader:
    """Tables in `folders` as views of one in-memory database; every thread has its own cursor.

    Nothing can be written through it, and no other file can be read.
    """

    def __init__(self, folders: Mapping[str, Path], *, root: Path) -> None:
        self.tables = tuple(folders)
        self._connection = duckdb.connect(":memory:")
        for name, folder in folders.items():
            files = ", ".join(f"'{_quoted(piece)}'" for piece in pieces(folder))
            self._connection.execute(f'create view "{name}" as select * from read_parquet([{files}])')
        self._connection.execute(f"set allowed_directories = ['{_quoted(str(root))}/']")
        self._connection.execute("set enable_external_access = false")
        self._local = threading.local()
        self._kept: dict[str, None] = {}
        self._keeping = threading.Lock()

    @property
    def backend(self) -> Backend:
        """This thread's own way in."""
        if not hasattr(self._local, "backend"):
            self._local.backend = ibis.duckdb.from_connection(self._connection.cursor())
        backend: Backend = self._local.backend
        return backend

    def table(self, name: str) -> ir.Table:
        return self.backend.table(name)

    def kept(self, name: str, make: Callable[[], pa.Table]) -> ir.Table:
        """Rows that are not part of the build, made when they are first asked for; the last few are kept."""
        with self._keeping:
            known = name in self._kept
        rows = None if known else make()
        with self._keeping:
            if rows is not None and name not in self._kept:
                self._keep(name, rows)
            return self.backend.table(name)

    def _keep(self, name: str, rows: pa.Table) -> None:
        while len(self._kept) >= KEPT:
            oldest = next(iter(self._kept))
            self._connection.execute(f'drop table "{oldest}"')
            del self._kept[oldest]
        cursor = self._connection.cursor()
        cursor.register("rows_to_keep", rows)
        cursor.execute(f'create table "{name}" as select * from rows_to_keep')
        cursor.close()
        self._kept[name] = None

    def sql(self, query: str) -> pa.Table:
        """The rows of one SELECT statement; raises `WrongCall` for anything else."""
        cursor = self._connection.cursor()
        try:
            statements = duckdb.extract_statements(query)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise WrongCall(N_("Only one SELECT statement can be run here."))
            return cursor.sql(query).to_arrow_table()
        except duckdb.Error as error:
            raise WrongCall(N_("The database did not understand: {error}"), error=error) from None
        finally:
            cursor.close()

    def close(self) -> None:
        self._connection.close()


def _quoted(text: str) -> str:
    return text.replace("'", "''")
