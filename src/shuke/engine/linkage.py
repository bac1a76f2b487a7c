"""Linkage: how does Splink name what an engine holds, and how does an engine write what Splink asks?"""

import ibis
import ibis.expr.types as ir
from ibis.util import gen_name
from sqlglot import exp


class TableNames:
    """What every engine's way to Splink has in common: tables by their names, and conditions in SQL."""

    backend: ibis.BaseBackend

    def name(self, table: ir.Table) -> str:
        name: str = self.backend.create_view(gen_name("compared"), table).op().name
        return name

    def table(self, name: str) -> ir.Table:
        return self.backend.table(name)

    def clause(self, condition: ir.BooleanValue) -> str:
        """In SQL, for a query that somebody else writes: the columns are named without their table."""
        query = self.backend.compiler.to_sqlglot(condition.name("met"))
        asked: exp.Expression = query.selects[0].unalias()
        for column in asked.find_all(exp.Column):
            column.set("table", None)
        return asked.sql(dialect=self.backend.dialect)
