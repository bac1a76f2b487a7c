"""Clauses: how does an engine write a condition?"""

import ibis
import ibis.expr.types as ir
from sqlglot import exp


def clause(condition: ir.BooleanValue, backend: ibis.BaseBackend) -> str:
    """A condition over the columns of one table, in the engine's SQL, for a query that somebody else writes.

    The columns are named without their table.
    """
    query = backend.compiler.to_sqlglot(condition.name("met"))
    asked: exp.Expression = query.selects[0].unalias()
    for column in asked.find_all(exp.Column):
        column.set("table", None)
    return asked.sql(dialect=backend.dialect)
