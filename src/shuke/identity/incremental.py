"""Incremental: does the previous build hold anything that this one can continue from?"""

import ibis.expr.types as ir


def anything(previous: ir.Table) -> bool:
    """Whether a table of the current build has rows; else all is worked out from the beginning."""
    return bool(previous.limit(1).count().execute())
