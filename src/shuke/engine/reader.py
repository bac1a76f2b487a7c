"""Reader: how do people and programs look into a finished build?

Always DuckDB over the build's Parquet files, whichever engine computed them.
"""

import threading
from collections.abc import Mapping
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from shuke.engine.parquet import pieces
from shuke.errors import WrongCall
from shuke.languages import N_


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

    @property
    def backend(self) -> Backend:
        """This thread's own way in."""
        if not hasattr(self._local, "backend"):
            self._local.backend = ibis.duckdb.from_connection(self._connection.cursor())
        backend: Backend = self._local.backend
        return backend

    def table(self, name: str) -> ir.Table:
        return self.backend.table(name)

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
