"""Reader: how do people and programs look into a finished build?

Always DuckDB over the build's Parquet files, whichever engine computed them. What we ask ourselves is worked
out in this process; what somebody has written as SQL is checked (`asked`) and goes to another (`workers`).
"""

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from shuke.engine.duckdb import AS_INSTALLED, ArrowBackend
from shuke.engine.laid_out import LaidOut
from shuke.engine.parquet import damaged, pieces
from shuke.engine.prepared import Prepared, prepare
from shuke.engine.sql_check import query
from shuke.engine.workers import WORKERS, QueryLimits, SqlQuery, read
from shuke.recent import Recent

#: So many questions stay planned.
QUESTIONS = 1000
#: So many sets of rows are kept beside the build's own: an answer, its next page and its download.
MAX_CACHED = 8
#: Seconds for which rows stay beyond that after they were asked for: somebody may just be reading them.
STAYS = 120.0
#: But never so many: whoever asks that fast waits for no answer.
MOST = 64


class Reader:
    """Tables in `folders` as views of one in-memory database.

    The rule for connections: one serves one thread at a time and says to any other that it is busy, so every
    thread has its own (`backend`), works out itself what it has made an expression of, and drops nothing that
    another may be reading. Whoever needs an engine for something else opens one, or waits for its lock.
    """

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self.tables = tuple(folders)
        self._folders = dict(folders)
        self._connection = duckdb.connect(":memory:", config=AS_INSTALLED)
        read = []
        for name, folder in folders.items():
            files = [f"'{_quoted(piece)}'" for piece in pieces(folder)]
            rows = f"select * from read_parquet([{', '.join(files)}])"
            try:
                self._connection.execute(f'create view "{name}" as {rows}')
            except duckdb.Error as error:
                raise (damaged(pieces(folder) or [str(folder)]) or error) from error
            read += files
        self._connection.execute("set parquet_metadata_cache = true")  # for files that never change
        self._connection.execute(f"set allowed_paths = [{', '.join(read)}]")
        self._connection.execute("set enable_external_access = false")
        self._connection.execute("set allowed_configs = ['TimeZone', 'python_enable_replacements']")
        self._connection.execute("set lock_configuration = true")
        self._room = _empty()
        self._schemas: dict[str, ibis.Schema] = {}
        self._local = threading.local()
        self._opening = threading.Lock()
        self._kept: dict[str, float] = {}  # name -> when it was last asked for; the one asked for last, last
        self._keeping = threading.Lock()
        self._questions = Recent(QUESTIONS)
        self._laid_out: dict[str, tuple[LaidOut, ...]] = {}

    @property
    def backend(self) -> Backend:
        """This thread's own way in."""
        if not hasattr(self._local, "backend"):
            with self._opening:
                cursor = self._connection.cursor()
            self._local.backend = ArrowBackend.from_connection(cursor)
        backend: Backend = self._local.backend
        return backend

    def table(self, name: str) -> ir.Table:
        """A table of the build, whose columns DuckDB is asked for once: a page looks at dozens of tables."""
        backend = self.backend
        if name not in self._folders:
            return backend.table(name)
        schema = self._schemas.get(name) or self._schemas.setdefault(name, backend.get_schema(name))
        found: ir.Table = ops.DatabaseTable(name, schema=schema, source=backend).to_expr()
        return found

    def rows(
        self, name: str, column: str, values: Sequence[str], columns: Sequence[str] | None = None
    ) -> pa.Table:
        """The rows of a table of the build that have one of some values in a column, without an engine."""
        files = self._laid_out.get(name)
        if files is None:
            files = self._laid_out[name] = tuple(map(LaidOut, pieces(self._folders[name])))
        try:
            return pa.concat_tables(file.rows(column, values, columns) for file in files)
        except (OSError, pa.ArrowException) as error:
            raise (damaged(pieces(self._folders[name])) or error) from error

    def prepared(self, key: Hashable, ask: Callable[[], ir.Table]) -> Prepared:
        """A question about tables of the build, planned when it is first asked under this key."""
        return self._questions.cached(key, lambda: prepare(self.backend, ask()))

    def answer(self, key: Hashable, ask: Callable[[], ir.Table], **given: Any) -> pa.Table:
        """The answer to such a question."""
        return self.prepared(key, ask).answer(self.backend.con, given)

    def among(
        self, key: Hashable, ask: Callable[[], ir.Table], rows: Callable[[str], pa.Table], **given: Any
    ) -> pa.Table:
        """The same, as if each table that the question reads held these of its rows alone."""
        question = self.prepared(key, ask)
        return question.among(self._desk, {name: rows(name) for name in question.reads}, given)

    @property
    def _desk(self) -> duckdb.DuckDBPyConnection:
        """This thread's own place for a few rows."""
        if not hasattr(self._local, "desk"):
            with self._opening:
                self._local.desk = self._room.cursor()
        desk: duckdb.DuckDBPyConnection = self._local.desk
        return desk

    def cached(self, name: str, make: Callable[[], pa.Table]) -> ir.Table:
        """Rows that are not part of the build, made when they are first asked for; the last few are kept."""
        rows = None if self._asked_again(name) else make()
        with self._keeping:
            if rows is not None and name not in self._kept:
                self._keep(name, rows)
            return self.backend.table(name)

    def _asked_again(self, name: str) -> bool:
        with self._keeping:
            if known := self._kept.pop(name, None) is not None:
                self._kept[name] = monotonic()
            return known

    def _keep(self, name: str, rows: pa.Table) -> None:
        cursor = self.backend.con.cursor()
        for oldest, asked in [*self._kept.items()][: max(0, len(self._kept) - MAX_CACHED + 1)]:
            if monotonic() - asked > STAYS or len(self._kept) >= MOST:
                cursor.execute(f'drop table "{oldest}"')
                del self._kept[oldest]
        cursor.register("rows_to_keep", rows)
        cursor.execute(f'create table "{name}" as select * from rows_to_keep')
        cursor.close()
        self._kept[name] = monotonic()

    def sql(self, text: str, limits: QueryLimits) -> pa.Table:
        """The rows of one SELECT that somebody has written; raises `WrongCall` for anything else."""
        with WORKERS.place():
            asked = query(text, self.tables)
            return read(WORKERS.answer(self.sql_query(asked.sql, asked.tables), limits)).read_all()

    def sql_query(self, sql: str, tables: Iterable[str], views: Mapping[str, str] | None = None) -> SqlQuery:
        """SQL for a worker over some of the build's tables, rows that are kept, and `views` on these."""
        named = sorted(set(tables) - set(views or {}))
        return SqlQuery(
            sql=sql,
            files={name: pieces(self._folders[name]) for name in named if name in self._folders},
            rows={name: self.table(name).to_pyarrow() for name in named if name not in self._folders},
            views=views or {},
        )

    def close(self) -> None:
        self._connection.close()
        self._room.close()


def _empty() -> duckdb.DuckDBPyConnection:
    """A database without a table or a way out; of a few rows one thread makes less ado than two."""
    connection = duckdb.connect(":memory:", config=AS_INSTALLED | {"threads": 1})
    for setting in ("TimeZone = 'UTC'", "enable_external_access = false", "lock_configuration = true"):
        connection.execute(f"set {setting}")
    return connection


def _quoted(text: str) -> str:
    return text.replace("'", "''")
