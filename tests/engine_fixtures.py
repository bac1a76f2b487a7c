"""The two engines, and tables of rows that a test writes down.

Every derived table is tested on DuckDB and on Spark through the one fixture `engine`. There is one Spark
session for the whole run, started by the first test that asks for it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shuke.engine import DuckDB, Engine, open_engine
from shuke.graph import catalogue
from shuke.identity.pseudonyms import Pseudonym
from shuke.tables import CANONICAL, Derived
from shuke.tables.declared import as_declared

Row = dict[str, Any]

#: When everything was received that does not say otherwise.
#: Of a key that is the same in every run.
PSEUDONYM = Pseudonym.keyed(b"the key of a test")

RECEIVED = datetime.fromisoformat("2026-01-01")

_numbers = count(1)


@dataclass(frozen=True)
class Tables:
    """An engine, and the way to put rows into it and to take them out."""

    engine: Engine
    folder: Path

    def __post_init__(self) -> None:
        """Every test, and every example of a test, begins with the same names: what it plans is known."""
        if isinstance(self.engine, DuckDB):
            _put_away(self.engine)

    @property
    def checkpoint(self) -> Any:
        return self.engine.checkpoint

    def of(self, schema: ibis.Schema, rows: list[Row]) -> ir.Table:
        """A table of rows; absent columns are null."""
        path = self.folder / str(next(_numbers)) / "rows.parquet"
        path.parent.mkdir(parents=True)
        arrow = schema.to_pyarrow()
        full = [{name: _as(row.get(name), arrow.field(name).type) for name in schema} for row in rows]
        pq.write_table(pa.Table.from_pylist(full, schema=arrow), path)
        return self.engine.read([path], schema)

    def landed(self, name: str, rows: list[Row] | None = None) -> ir.Table:
        """Rows of a canonical table, from source `till` and with keys of their own unless they say so."""
        provenance = {"source": "till", "received_at": RECEIVED, "batch_id": "000001-till"}
        return self.of(
            CANONICAL[name].schema,
            [
                {**provenance, "key": f"{name}-{n}", "row": n, **row}
                for n, row in enumerate(rows or [], start=2)
            ],
        )

    def derived(self, step: Derived, rows: list[Row]) -> ir.Table:
        """Rows of a derived table, as a step that reads it finds them."""
        return self.of(step.schema, rows)

    def identities(self, **customers: str) -> ir.Table:
        """Which records are whose: identities(anna="A1 web:W2"); of the source `till` where none is named."""
        schema = ibis.schema(
            {
                "record": "string",
                "source": "string",
                "record_id": "string",
                "customer_id": "string",
                "records": "int64",
            }
        )
        records = [
            (record if ":" in record else f"till:{record}", customer)
            for customer, numbers in customers.items()
            for record in numbers.split()
        ]
        return self.of(
            schema,
            [
                {"record": record, "customer_id": customer, "records": len(customers[customer].split())}
                | dict(zip(("source", "record_id"), record.split(":"), strict=True))
                for record, customer in records
            ],
        )

    def rows(self, table: ir.Table, *columns: str) -> list[Row]:
        """The rows of a table, in an order of their own; only `columns` where some are named."""
        chosen = table.select(*columns) if columns else table
        if isinstance(self.engine, DuckDB):
            found = chosen.to_pyarrow().to_pylist()
        else:
            spark: Any = self.engine
            spark.backend._run_pre_execute_hooks(chosen)  # tables of this process that it reads
            found = [row.asDict() for row in spark.session.sql(spark.backend.compile(chosen)).collect()]
        return sorted(found, key=lambda row: tuple(str(value) for value in row.values()))

    def made(self, step: Derived, *tables: ir.Table, **parameters: Any) -> ir.Table:
        """A step's table in its declared columns and types, as a build writes it.

        Of tables that it reads beyond those given, what is learnt for it is learnt from these; others, such
        as what is kept of an earlier build, have no rows.
        """
        supplied = {"checkpoint": self.checkpoint, "pseudonym": PSEUDONYM}
        asked = {name: supplied[name] for name in step.keywords if name in supplied} | parameters
        given = dict(zip(step.reads, tables, strict=False))
        for name in step.reads[len(tables) :]:
            given[name] = self._further(name, step, given, parameters)
        return as_declared(step(*given.values(), **asked), step)

    def _further(self, name: str, step: Derived, given: dict[str, ir.Table], told: Row) -> ir.Table:
        declared = catalogue.declaration(catalogue.derived(), name)
        assert declared
        if isinstance(declared, Derived) and declared.learns_for == step.name:
            shared = {question: answer for question, answer in told.items() if question in declared.keywords}
            return self.made(declared, *(given[read] for read in declared.reads), **shared)
        return self.of(declared.schema, [])


@pytest.fixture(scope="session")
def duckdb_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine("duckdb", scratch=tmp_path_factory.mktemp("duckdb"))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def spark_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The one Spark session of the run."""
    engine: Any = open_engine("local[2]", scratch=tmp_path_factory.mktemp("spark"))
    engine.session.conf.set("spark.sql.shuffle.partitions", "2")
    engine.session.conf.set("spark.sql.adaptive.enabled", "false")
    # A few rows are read in less time than a program that reads them is compiled.
    engine.session.conf.set("spark.sql.codegen.wholeStage", "false")
    engine.session.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    yield engine
    engine.close()


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Tables:
    return Tables(request.getfixturevalue(f"{request.param}_engine"), tmp_path)


@pytest.fixture
def duckdb(duckdb_engine: Engine, tmp_path: Path) -> Tables:
    """DuckDB alone, for what is tried on many examples."""
    return Tables(duckdb_engine, tmp_path)


def _put_away(engine: DuckDB) -> None:
    """Drop what was named so far, and begin to count the names anew."""
    for what, times in engine._names.items():
        kind = "TABLE" if what == "checkpoint" else "VIEW"
        for number in range(1, times + 1):
            engine._run(f'DROP {kind} IF EXISTS "{what}_{number}"')
    engine._names.clear()


def at(moment: str) -> datetime:
    """A moment as it is stored: UTC, without saying so."""
    return datetime.fromisoformat(moment)


def close(found: float | None, expected: float) -> bool:
    """Whether two floats are one figure."""
    return found is not None and math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12)


def _as(value: Any, kind: pa.DataType) -> Any:
    """What one writes in a test, as what is stored: 3 for a decimal, "2026-01-05" for a day or a moment."""
    if value is None:
        return None
    if pa.types.is_decimal(kind):
        return Decimal(str(value))
    if pa.types.is_date(kind) and isinstance(value, str):
        return date.fromisoformat(value)
    if pa.types.is_timestamp(kind) and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value


__all__ = ["RECEIVED", "Row", "Tables", "at", "close"]
