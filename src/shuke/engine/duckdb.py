"""DuckDB: what computes on this machine, without any service?"""

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4
from zlib import crc32

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.backends.sql.datatypes import DuckDBType
from ibis.common.exceptions import IbisError

from shuke.engine.keys import offending
from shuke.engine.linkage import TableNames
from shuke.engine.order import adds_floats, has_order, in_any_order, in_order, sorted_rows
from shuke.engine.parquet import LAID_OUT_ROWS, damaged, empty, pieces
from shuke.engine.quoting import literal, quoted
from shuke.errors import Unwritable

#: Version 2 packs times and digests tighter, and takes a third less time to write.
FORM = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE"

#: How many rows a group of a file has.
ROWS = 122_880

#: A checkpoint of more rows than this is a file.
MOST_HELD = 1_000_000

#: No code comes over the network while Shuke runs: what is not in the package is not there.
AS_INSTALLED: dict[str, Any] = {"autoinstall_known_extensions": False, "allow_community_extensions": False}

#: What is raised where figures that somebody has chosen leave what types, days or intervals can hold, be it
#: while an expression is made of them or while it is worked out.
BEYOND = (duckdb.DataError, duckdb.ProgrammingError, IbisError, ArithmeticError, TypeError, ValueError)


class DuckDB:
    """DuckDB in this process; what does not fit into `memory` goes to `scratch`."""

    name = "duckdb"

    def __init__(self, *, scratch: Path, memory: str = "3GB", ordered: bool = False) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self.scratch = scratch
        self.backend: Backend = _Backend().connect(
            memory_limit=memory, temp_directory=str(scratch / "spill"), preserve_insertion_order=ordered,
            **AS_INSTALLED,
        )  # fmt: skip
        # Started without a file, as by -c, Python looks like a prompt to DuckDB, which then draws a bar.
        self._run("SET enable_progress_bar = false")
        self._run("SET parquet_metadata_cache = true")  # many read a table, and it never changes
        self._names: Counter[str] = Counter()

    def read(self, paths: Sequence[Path], schema: ibis.Schema) -> ir.Table:
        files = [piece for path in paths for piece in pieces(path)]
        name = self._name_of(paths[0].name.partition(".")[0] if files else f"empty_{_digest(schema)}")
        files = files or [str(empty(self.scratch, schema))]
        rows = f"read_parquet([{', '.join(map(literal, files))}], union_by_name = true)"
        try:
            told = self._run(f"DESCRIBE SELECT * FROM {rows}").fetchall()
        except duckdb.Error as error:
            raise (damaged(files) or error) from error
        there = {name for name, *_ in told}
        columns = (
            f"CAST({quoted(name) if name in there else 'NULL'} AS {_type(kind)}) AS {quoted(name)}"
            for name, kind in schema.items()
        )
        self._run(f"CREATE TEMP VIEW {quoted(name)} AS SELECT {', '.join(columns)} FROM {rows}")
        return self._named(name, schema)

    def write(self, table: ir.Table, folder: Path, *, by: str | None = None, key: Sequence[str] = ()) -> None:
        folder.mkdir(parents=True)
        path = literal(str(folder / "part-0.parquet"))
        columns = [quoted(column) for column in (by, *key) if column]
        order, rows = f" ORDER BY {', '.join(columns)}" * bool(columns), LAID_OUT_ROWS if by else ROWS
        with self.backend.handing_over():
            self._run(f"COPY ({self._select(table)}{order}) TO {path} ({FORM} {rows})")

    def is_keyed(self, folder: Path, key: Sequence[str]) -> bool:
        rows = f"read_parquet([{', '.join(map(literal, pieces(folder)))}])"
        return self._run(offending(rows, [*map(quoted, key)])).fetchall() == [(0,)]

    def checkpoint(self, rows: ir.Table | Iterable[ir.Table]) -> ir.Table:
        if not isinstance(rows, ir.Table):
            return self._files_of(rows)
        name = self._name_of("checkpoint")
        with self.backend.handing_over():
            self._run(f"CREATE TEMP TABLE {quoted(name)} AS {self._select(rows)}")
        held = self._named(name, ibis.schema({n: _stored(kind) for n, kind in rows.schema().items()}))
        ((many,),) = self._run(f"SELECT count(*) FROM {quoted(name)}").fetchall()
        if many <= MOST_HELD:
            return held
        # What tables hold in memory is not given back to whoever needs it, say to sort.
        written = self._files_of([held])
        self._run(f"DROP TABLE {quoted(name)}")
        return written

    def _files_of(self, parts: Iterable[ir.Table]) -> ir.Table:
        """Each in a file, read as one table; a part is worked out when the one before it has been written."""
        folders = []
        for part in parts:
            folders.append(self.scratch / f"part.{uuid4().hex}")
            self.write(part, folders[-1])
            schema = part.schema()
        return self.read(folders, schema)

    @contextmanager
    def passing(self) -> Iterator[None]:
        before, files = self._tables(), set(self._files())
        try:
            with self.backend.handing_over():
                yield
        finally:
            for name in self._tables() - before:
                self._run(f"DROP TABLE {quoted(name)}")
            for folder in set(self._files()) - files:
                shutil.rmtree(folder)

    def _files(self) -> Iterator[Path]:
        return self.scratch.glob("part.*")

    def _tables(self) -> set[str]:
        """Those that hold rows: checkpoints, and what Splink makes."""
        return {name for (name,) in self._run("SELECT table_name FROM duckdb_tables()").fetchall()}

    def _select(self, table: ir.Table) -> str:
        """In the types that Ibis expects: where it sees no need for a cast, DuckDB may still have its own."""
        self.backend._run_pre_execute_hooks(table)
        columns = (f"CAST({quoted(n)} AS {_type(kind)}) AS {quoted(n)}" for n, kind in table.schema().items())
        return f"SELECT {', '.join(columns)} FROM ({self.backend.compile(table)})"

    def _name_of(self, what: str) -> str:
        """A name of its own, and in every build that does the same the same one."""
        what = what.lower()  # DuckDB does not tell A from a
        self._names[what] += 1
        return f"{what}_{self._names[what]}"

    def _named(self, name: str, schema: ibis.Schema) -> ir.Table:
        """What Ibis would find out of a table by asking DuckDB, which takes longer than a small table."""
        table: ir.Table = ops.DatabaseTable(name, schema=schema, source=self.backend).to_expr()
        return table

    def _run(self, statement: str) -> duckdb.DuckDBPyConnection:
        connection: duckdb.DuckDBPyConnection = self.backend.con
        with disk_full_as_unwritable():
            return connection.execute(statement)

    @property
    def linkage(self) -> "DuckDBLinkage":
        return DuckDBLinkage(self.backend)

    def close(self) -> None:
        self.backend.disconnect()


@dataclass(frozen=True)
class DuckDBLinkage(TableNames):
    """What Splink needs to work on DuckDB."""

    backend: Backend
    similarity = "jaro_winkler_similarity"

    def open(self) -> Any:
        from splink import DuckDBAPI  # a quarter of a second, and only builds need it

        return DuckDBAPI(self.backend.con)


class _Compiler(DuckDBCompiler):  # type: ignore[misc]  # Ibis has no types
    def visit_node(self, op: ops.Node, **parts: Any) -> Any:
        if has_order(op):
            parts["func"] = in_any_order(parts["func"])
        made = super().visit_node(op, **parts)
        return in_order(made) if adds_floats(op) else made


class ArrowBackend(Backend):  # type: ignore[misc]
    """That of Ibis, but that it hands over Arrow tables without loading pandas first."""

    def to_pyarrow(self, expr: ir.Expr, /, **options: Any) -> Any:
        if any(kind.is_null() for kind in expr.as_table().schema().types):
            return super().to_pyarrow(expr, **options)  # only there is it known what DuckDB makes of such
        return expr.__pyarrow_result__(self._to_duckdb_relation(expr, **options).to_arrow_table())


class _Backend(ArrowBackend):
    """That which also lets go of rows of this process once they have been read, as Ibis does not."""

    compiler = _Compiler()

    @contextmanager
    def handing_over(self) -> Iterator[None]:
        """What DuckDB is shown of this process's tables within this context it keeps no longer."""
        before = set(self._shown)
        try:
            yield
        finally:
            for name in set(self._shown) - before:
                self.con.unregister(name)
                self._memtables.discard(self._shown.pop(name))

    @cached_property
    def _shown(self) -> dict[str, ops.InMemoryTable]:
        return {}

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        super()._register_in_memory_table(op)
        self._shown[op.name] = op

    def execute(self, expression: ir.Expr, /, **options: Any) -> Any:
        return super().execute(sorted_rows(expression), **options)

    def to_pyarrow(self, expression: ir.Expr, /, **options: Any) -> Any:
        return super().to_pyarrow(sorted_rows(expression), **options)


@contextmanager
def disk_full_as_unwritable() -> Iterator[None]:
    """Say that the disk takes nothing more as everything else says it: `Unwritable`."""
    try:
        yield
    except duckdb.IOException as error:
        # DuckDB hands on the system's words, not its number.
        refused = next((code for code in Unwritable.CODES if os.strerror(code) in str(error)), None)
        if refused is None:
            raise
        raise Unwritable(refused) from error


@cache
def _type(kind: dt.DataType) -> str:
    name: str = DuckDBType.to_string(kind)
    return name


@cache
def _stored(kind: dt.DataType) -> dt.DataType:
    """A type as it comes back from a table of DuckDB's."""
    return DuckDBType.from_string(_type(kind), nullable=kind.nullable)


def _digest(schema: ibis.Schema) -> str:
    return f"{crc32(repr(schema).encode()):08x}"
