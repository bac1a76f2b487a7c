"""SQL filter: which rows match a condition that a user wrote in SQL?"""

from collections.abc import Iterable, Iterator

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from shuke.engine.reader import Reader
from shuke.engine.sql_check import condition
from shuke.engine.workers import WORKERS, QueryLimits, SqlQuery, read

#: What the rows are called where they are worked out.
NAME = "chosen_rows"


class FilteredRows:
    """Rows of a table for which conditions hold; a worker works out what is asked of `table`."""

    def __init__(
        self, reader: Reader, table: ir.Table, conditions: Iterable[str], limits: QueryLimits
    ) -> None:
        with WORKERS.place():
            checked = [condition(text, reader.tables) for text in conditions]
        hold = " AND ".join(f"({each.sql})" for each in checked)
        self._reader, self._limits = reader, limits
        self._view = f"SELECT * FROM ({ibis.to_sql(table, dialect='duckdb')}) AS rows WHERE {hold}"
        self._tables = _tables(table).union(*(each.tables for each in checked))
        self.table: ir.Table = ops.DatabaseTable(NAME, schema=table.schema(), source=reader.backend).to_expr()

    def batches(self, expression: ir.Table) -> pa.RecordBatchReader:
        """The rows of an expression over `table`, as they come."""
        sql = str(ibis.to_sql(expression, dialect="duckdb"))
        tables = (self._tables | _tables(expression)) - {NAME}
        return read(_answered(self._reader.sql_query(sql, tables, {NAME: self._view}), self._limits))

    def rows(self, expression: ir.Table) -> pa.Table:
        """They all, in the types of the expression."""
        return expression.__pyarrow_result__(self.batches(expression).read_all())


def _answered(question: SqlQuery, limits: QueryLimits) -> Iterator[pa.Schema | pa.RecordBatch]:
    with WORKERS.place():
        yield from WORKERS.answer(question, limits)


def _tables(expression: ir.Table) -> frozenset[str]:
    return frozenset(found.name for found in expression.op().find(ops.DatabaseTable))
