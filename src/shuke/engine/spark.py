"""Spark: what computes the tables that one machine cannot hold?

Needs the extra `shuke[spark]`, and Java 17 or later.
"""

import atexit
import os
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis import Schema
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

from shuke.engine.keys import offending
from shuke.engine.linkage import TableNames
from shuke.engine.order import adds_floats, has_order, sorted_rows
from shuke.engine.parquet import LAID_OUT_ROWS, empty, pieces
from shuke.errors import BuildFailed, WrongCall
from shuke.languages import N_


@contextmanager
def _quiet() -> Iterator[None]:
    """PySpark is not at home with pandas 3 yet and says so at every call; what is used here of it holds."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The copy keyword is deprecated", DeprecationWarning)
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        yield


with _quiet():
    from ibis.backends.pyspark import Backend
    from ibis.backends.pyspark.datatypes import PySparkSchema
    from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkRuntimeError
    from pyspark.find_spark_home import _find_spark_home
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession
    from pyspark.sql.types import DataType, TimestampNTZType, TimestampType
    from splink.backends.spark import SparkAPI, similarity_jar_location

#: What the answers depend on; may be set while a session runs.
_SESSION = {
    "spark.sql.session.timeZone": "UTC",
    # What a database does with a bad cast or an overflow; DuckDB does so too.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.adaptive.enabled": "true",
}
_CONTEXT = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.driver.memory": "2g",
}
_HERE = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}

_MASTER = re.compile(r"local(\[[\d*,]+\])?|local-cluster\[\d+,\d+,\d+\]|yarn|(spark|k8s)://.+")


class Spark:
    """A Spark session on `master`; both sides must see the project's folder under the same path.

    Where Spark runs in this process already, as in a notebook on a cluster, it gets a session beside
    the others and is left running.
    """

    def __init__(self, *, master: str, scratch: Path) -> None:
        if not _MASTER.fullmatch(master):
            raise WrongCall(
                N_("{engine} is not an engine. Accepted, for example: duckdb, local[2], spark://host:7077."),
                engine=repr(master),
            )
        scratch.mkdir(parents=True, exist_ok=True)
        self.name = master
        self.scratch = scratch.resolve()
        running = SparkContext._active_spark_context
        self._own = running is None
        with _quiet():
            context = running or _start(master, self.scratch)
            if context.master != master:
                raise WrongCall(
                    N_("Spark runs on {running} in this process already and cannot use {master} as well."),
                    running=context.master, master=master,
                )  # fmt: skip
            self.session = SparkSession(context).newSession()
            for key, value in _SESSION.items():
                self.session.conf.set(key, value)
            _Backend.register_options()
            self.backend = _Backend()
            self.backend.do_connect(self.session)
        self._numbers = count(1)

    def read(self, paths: Sequence[Path], schema: Schema) -> ir.Table:
        files = [piece for path in paths for piece in pieces(path)] or [str(empty(self.scratch, schema))]
        frame = self.session.read.schema(PySparkSchema.from_ibis(schema)).parquet(
            *[f"file://{f}" for f in files]
        )
        name = f"read_{next(self._numbers)}"
        frame.createOrReplaceTempView(name)
        return self.backend.table(name)

    def write(self, table: ir.Table, folder: Path, *, by: str | None = None, key: Sequence[str] = ()) -> None:
        with _quiet():
            self.backend._run_pre_execute_hooks(table)  # tables of this process that it reads
        found = self.session.sql(self.backend.compile(table))
        # In the types that Ibis expects: where it sees no need for a cast, Spark may still have its own.
        frame = found.select(
            *(
                found[c.name].cast(_written(c.dataType))
                for c in PySparkSchema.from_ibis(table.schema()).fields
            )
        )
        order = [column for column in (by, *key) if column]
        writing = (frame.sortWithinPartitions(*order) if order else frame).write
        if by:
            writing = writing.option("parquet.block.row.count.limit", LAID_OUT_ROWS)
        try:
            writing.parquet(f"file://{folder}")
        except Py4JJavaError as error:
            # Its own first line only names the call.
            raise RuntimeError(str(error.java_exception.getMessage())) from error
        for trace in [*folder.glob(".*"), *folder.glob("_SUCCESS")]:
            trace.unlink()

    def is_keyed(self, folder: Path, key: Sequence[str]) -> bool:
        rows = f"keyed_{next(self._numbers)}"
        self.session.read.parquet(f"file://{folder}").createOrReplaceTempView(rows)
        counted = offending(rows, [f"`{name}`" for name in key])
        return bool(self.session.sql(counted).collect()[0][0] == 0)

    def checkpoint(self, rows: ir.Table | Iterable[ir.Table]) -> ir.Table:
        folders = []
        for part in [rows] if isinstance(rows, ir.Table) else rows:
            folders.append(self.scratch / f"checkpoint-{next(self._numbers)}")
            self.write(part, folders[-1])
            schema = part.schema()
        return self.read(folders, schema)

    @contextmanager
    def passing(self) -> Iterator[None]:
        before = set(self._checkpoints())
        try:
            yield
        finally:
            for folder in set(self._checkpoints()) - before:
                shutil.rmtree(folder)

    def _checkpoints(self) -> Iterator[Path]:
        return self.scratch.glob("checkpoint-*")

    @property
    def linkage(self) -> "SparkLinkage":
        return SparkLinkage(self.session, self.backend)

    def close(self) -> None:
        if self._own:
            self.session.stop()


@dataclass(frozen=True)
class SparkLinkage(TableNames):
    """What Splink needs to work on Spark: its own functions of similarity, which come as a Java archive."""

    session: SparkSession
    backend: Backend
    similarity = "jaro_winkler"

    def open(self) -> Any:
        with _quiet():
            return SparkAPI(  # type: ignore[no-untyped-call]
                spark_session=self.session, break_lineage_method="persist"
            )


def _written(kind: DataType) -> DataType:
    """Moments are stored without a zone, as everywhere; inside, Ibis has Spark take them for UTC."""
    return TimestampNTZType() if isinstance(kind, TimestampType) else kind


#: Spark's name of the list of what a group holds, in any order.
_LIST = "collect_list"


class _Compiler(PySparkCompiler):  # type: ignore[misc]  # Ibis has no types
    """Spark sorts no rows for an aggregate: what it adds up in an order is a list that is sorted."""

    def visit_node(self, op: ops.Node, **parts: Any) -> Any:
        if isinstance(op, ops.WindowFunction) and adds_floats(op.func):
            return self._along(op, **parts)
        made = super().visit_node(op, **parts)
        return self._in_order(op, made) if adds_floats(op) else made

    def _along(self, op: ops.WindowFunction, *, func: sge.Expression, **window: Any) -> sge.Expression:
        """Over a window; what stands in the window's own order is added in that."""
        (added,) = next(f for f in func.find_all(sge.Anonymous) if f.this == _LIST).expressions
        parts = dict(zip(op.func.argnames, op.func.args, strict=True)) | {"arg": added, "where": None}
        plain = super().visit_node(op.func, **parts)
        over = partial(super().visit_node, op, **window)
        return over(func=plain) if has_order(op) else self._in_order(op.func, plain, over=over)

    def _in_order(self, op: ops.Node, made: sge.Expression, *, over: Any = None) -> sge.Expression:
        numbers = self.f.anon[_LIST](made.this)
        listed = self.f.anon.array_sort(over(func=numbers) if over else numbers)
        total, count = self._total(listed), self.f.nullif(self.f.anon.size(listed), 0)
        if isinstance(op, ops.Sum):
            return total
        if isinstance(op, ops.Mean):
            return sge.paren(total / count)
        each = sge.to_identifier("each")
        apart = sge.Lambda(this=self.f.pow(each - sge.paren(total / count), 2), expressions=[each])
        squares = self._total(self.f.anon.transform(listed, apart))
        variance = squares / (count if op.how == "pop" else self.f.nullif(count - 1, 0))
        return self.f.sqrt(variance) if isinstance(op, ops.StandardDev) else sge.paren(variance)

    def _total(self, numbers: sge.Expression) -> sge.Expression:
        """The sum of a list from its first to its last, null where it is empty."""
        none, zero = (self.cast(value, dt.float64) for value in (sge.Null(), sge.convert(0)))
        so_far, each = map(sge.to_identifier, ("so_far", "each"))
        more = sge.Lambda(this=self.f.coalesce(so_far, zero) + each, expressions=[so_far, each])
        total: sge.Expression = self.f.anon.aggregate(numbers, none, more)
        return total


class _Backend(Backend):  # type: ignore[misc]
    compiler = _Compiler()

    def execute(self, expression: ir.Expr, /, **options: Any) -> Any:
        with _quiet():
            return super().execute(sorted_rows(expression), **options)


def _start(master: str, scratch: Path) -> SparkContext:
    places = {
        "spark.jars": similarity_jar_location(),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.local.dir": str(scratch),
    }
    config = _CONTEXT | _SESSION | places | (_HERE if master.startswith("local") else {})
    conf = SparkConf().setMaster(master).setAppName("shuke").setAll(list(config.items()))
    # A gateway outlives its contexts: the next one in this process runs in the same Java.
    return SparkContext(conf=conf, gateway=SparkContext._gateway or _launch(conf))


def _launch(conf: SparkConf) -> Any:
    """Start Java; what it has to say goes to a file, for it speaks to engineers."""
    # Executors must run the Python that drives them.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    home = _home()
    if "SPARK_HOME" not in os.environ:
        os.environ["SPARK_HOME"] = str(home)
    log = home / "spark.log"
    try:
        with log.open("wb") as said:
            return launch_gateway(conf, {"stdout": said, "stderr": said})  # type: ignore[no-untyped-call]
    except PySparkRuntimeError as error:
        told = log.read_text("utf-8", "replace").strip().splitlines()
        raise BuildFailed(
            N_("Spark did not start. It needs Java 17 or later. It said: {reason}"),
            reason=told[-1] if told else str(error),
        ) from error


def _home() -> Path:
    """A home for Spark: executors here write beside what they run, and that must not be the package."""
    folder = Path(tempfile.mkdtemp(prefix="shuke-spark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for part in ("bin", "jars"):
        (folder / part).symlink_to(Path(_find_spark_home()) / part)
    return folder
