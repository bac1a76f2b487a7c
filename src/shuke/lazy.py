"""Lazy: which libraries does a process load only when it asks something of them?

from shuke.lazy import alt, pd        as `import altair as alt` and `import pandas as pd`, but for the waiting

Who builds or looks up a table draws no picture, and who finds that there is nothing to build plans no query.
A module that takes a library from here has `from __future__ import annotations`, for whoever evaluates
`pd.DataFrame` asks.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = ["alt", "dt", "ibis", "ir", "pa", "pc", "pd", "pq"]


class _Lazy:
    """A module that is not loaded before somebody wants something of it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


if TYPE_CHECKING:
    import altair as alt
    import ibis
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
else:
    alt, pd = _Lazy("altair"), _Lazy("pandas")
    ibis, dt, ir = _Lazy("ibis"), _Lazy("ibis.expr.datatypes"), _Lazy("ibis.expr.types")
    pa, pc, pq = _Lazy("pyarrow"), _Lazy("pyarrow.compute"), _Lazy("pyarrow.parquet")
