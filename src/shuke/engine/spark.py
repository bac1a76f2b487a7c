"""Spark: the engine for what one machine cannot hold. Needs the extra `shuke[spark]` and Java 17 or later."""

import os
import shutil
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends.pyspark import Backend
from ibis.backends.pyspark.datatypes import PySparkSchema
from pyspark.sql import SparkSession

from shuke.engine.parquet import empty, pieces

_CONFIG = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    # What a database does with a bad cast or an overflow; DuckDB does so too.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.adaptive.enabled": "true",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.log.level": "ERROR",
}


class Spark:
    """A Spark session on `master`; both sides must see the project's folder under the same path."""

    def __init__(self, *, master: str, scratch: Path) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self.name = master
        self.scratch = scratch
        # Executors must run the Python that drives them.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        local = master.startswith("local")
        config = {
            **_CONFIG,
            "spark.sql.warehouse.dir": str(scratch / "warehouse"),
            "spark.local.dir": str(scratch),
        }
        if not local:
            del config["spark.driver.bindAddress"], config["spark.driver.host"]
        builder = SparkSession.builder.master(master).appName("shuke")
        for key, value in config.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        self.backend: Backend = ibis.pyspark.connect(self.session)
        self._numbers = count(1)

    def read(self, paths: Sequence[Path], schema: ibis.Schema) -> ir.Table:
        files = [piece for path in paths for piece in pieces(path)] or [str(empty(self.scratch, schema))]
        frame = self.session.read.schema(PySparkSchema.from_ibis(schema)).parquet(
            *[f"file://{f}" for f in files]
        )
        name = f"read_{next(self._numbers)}"
        frame.createOrReplaceTempView(name)
        return self.backend.table(name)

    def write(self, table: ir.Table, folder: Path) -> None:
        frame = self.session.sql(str(ibis.to_sql(table, dialect="pyspark")))
        frame.write.parquet(f"file://{folder}")
        for trace in [*folder.glob(".*"), *folder.glob("_SUCCESS")]:
            trace.unlink()

    def checkpoint(self, table: ir.Table) -> ir.Table:
        folder = self.scratch / f"checkpoint-{next(self._numbers)}"
        self.write(table, folder)
        return self.read([folder], table.schema())

    def close(self) -> None:
        self.session.stop()
        shutil.rmtree(self.scratch / "warehouse", ignore_errors=True)
