"""Null columns: which columns hold nothing, whatever the rows are?

What is known to be null need neither be compared nor written.
"""

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from shuke.tables.derived import Checkpoint


def is_null_column(column: ir.Column) -> bool:
    """Whether a column is null in every row, as far as its expression tells."""
    return _is_null(column.op())


def materialised(rows: ir.Table, checkpoint: Checkpoint) -> ir.Table:
    """The rows, worked out now; every column that turns out to be null is known to be so."""
    made = checkpoint(rows.drop(*(name for name in rows.columns if is_null_column(rows[name]))))
    [held] = made.agg(**{name: made[name].count() for name in made.columns}).to_pyarrow().to_pylist()
    null = {name: ibis.null(rows[name].type()) for name in rows.columns if not held.get(name)}
    return made.mutate(**null).select(rows.columns)


def _is_null(value: ops.Value) -> bool:
    match value:
        case ops.Literal():
            return value.value is None
        case ops.Cast():
            return _is_null(value.arg)
        case ops.Field() if value.name in value.rel.values:
            return _is_null(value.rel.values[value.name])
    return False
