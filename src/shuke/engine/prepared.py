"""Prepared: how is what every page asks planned once, and answered again and again?

A question is an Ibis expression over the tables of a build. To make one and to write it as SQL takes longer
than to answer it, so a reader keeps what it came to. What differs from page to page stands in it as a value
of its own (`given`) and is handed over with each answer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_hex
from typing import Any

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend
from sqlglot.expressions import Literal

#: What stands around the name of a value. No text that somebody looks for can hold it.
_TOKEN = token_hex(16)
_MARKED = re.compile(rf"'{_TOKEN}(\w+){_TOKEN}'", re.ASCII)


@dataclass(frozen=True)
class Prepared:
    """A question as SQL, the tables that it reads, and the types of its answer."""

    sql: str
    reads: tuple[str, ...]
    schema: pa.Schema
    givens: tuple[str, ...]

    def among(
        self, connection: duckdb.DuckDBPyConnection, rows: Mapping[str, pa.Table], given: Mapping[str, Any]
    ) -> pa.Table:
        """The answer in an empty database, as if each of the tables held these rows."""
        for name in self.reads:
            connection.register(name, rows[name])
        try:
            return self.answer(connection, given)
        finally:
            for name in self.reads:
                connection.unregister(name)

    def answer(self, connection: duckdb.DuckDBPyConnection, given: Mapping[str, Any]) -> pa.Table:
        if not self.reads:
            return self._planned(connection, given)
        params = {name: given[name] for name in self.givens}
        found = connection.sql(self.sql, params=params) if params else connection.sql(self.sql)
        return found.to_arrow_table().cast(self.schema)

    def _planned(self, connection: duckdb.DuckDBPyConnection, given: Mapping[str, Any]) -> pa.Table:
        """The answer of what reads no table: DuckDB keeps its plan, where of Parquet it makes one anew."""
        name = f"question_{sha256(self.sql.encode()).hexdigest()}"
        said = ", ".join(f"{one} := {Literal.string(given[one]).sql('duckdb')}" for one in self.givens)
        try:
            found = connection.sql(f"EXECUTE {name}({said})")
        except duckdb.Error:  # not yet by this thread
            connection.execute(f"PREPARE {name} AS {self.sql}").fetchall()
            found = connection.sql(f"EXECUTE {name}({said})")
        return found.to_arrow_table().cast(self.schema)


def given(name: str) -> ir.StringScalar:
    """A text that each answer is given anew."""
    return ibis.literal(f"{_TOKEN}{name}{_TOKEN}")


def prepare(backend: Backend, question: ir.Table) -> Prepared:
    marked = str(backend.compile(question))
    sql, givens = _MARKED.sub(r"$\1", marked), _MARKED.findall(marked)
    reads = tuple(sorted({table.name for table in question.op().find((ops.DatabaseTable, ops.UnboundTable))}))
    return Prepared(sql, reads, question.schema().to_pyarrow(), tuple(dict.fromkeys(givens)))
