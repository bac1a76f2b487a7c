"""Published: how does a build become one DuckDB file that the tools of others read?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from shuke.engine.quoting import literal, quoted

#: Where the views stand that say of whom a row is.
NAMED = "named"


@dataclass(frozen=True)
class PublishedTable:
    """A table on its way into the file, with what it and its columns mean."""

    name: str
    rows: pa.RecordBatchReader
    comment: str
    columns: Mapping[str, str] = field(default_factory=dict)
    customer: str | None = None  # the column of customers' ids, where the rows tell no name


def publish(file: Path, tables: Iterable[PublishedTable], *, names: pa.Table) -> None:
    """Write tables and their documentation into a new file; with a view that adds names where rows have none.

    `names` has the columns `customer_id` and `name`. The file appears when it is whole.
    """
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with duckdb.connect(str(unfinished)) as connection:
            unfinished.chmod(0o600)  # people stand in it
            connection.execute(f"CREATE SCHEMA {NAMED}")
            connection.register("called", names)
            connection.execute(f"CREATE TABLE {NAMED}.customer_names AS SELECT * FROM called")
            for table in tables:
                _add(connection, table)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _add(connection: duckdb.DuckDBPyConnection, table: PublishedTable) -> None:
    name = quoted(table.name)
    connection.register("arriving", table.rows)
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arriving")
    connection.unregister("arriving")
    connection.execute(f"COMMENT ON TABLE {name} IS {literal(table.comment)}")
    for column, comment in table.columns.items():
        connection.execute(f"COMMENT ON COLUMN {name}.{quoted(column)} IS {literal(comment)}")
    if table.customer:
        connection.execute(
            f"CREATE VIEW {NAMED}.{name} AS SELECT called.name AS customer_name, told.* "
            f"FROM main.{name} AS told LEFT JOIN {NAMED}.customer_names AS called "
            f"ON called.customer_id = told.{quoted(table.customer)}"
        )
