"""Incremental: is there anything of the build in force that this one may go on from?"""

import ibis.expr.types as ir


def anything(kept: ir.Table) -> bool:
    """Whether a table of the build in force has rows; else all is worked out from the beginning."""
    return bool(kept.limit(1).count().execute())
