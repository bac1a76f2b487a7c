"""Melting: how does one row with several columns of a kind become several rows with one?"""

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from shuke.collect.sheets import ROW

#: Which of the columns a row came from, counted from 0, and what stands in it.
NUMBER, CELL = "__number__", "__cell__"


def melted(rows: ir.Table, columns: Sequence[str], kept: Mapping[str, ir.Value]) -> ir.Table:
    """One row per cell of `columns` that says something, with what is `kept` beside it.

    A row that says nothing in any of them stays one, with a blank cell, so that none is lost. The rows of
    one row of the file are numbered on from `row * len(columns)`.
    """
    said = [rows[name].strip().nullif("") for name in columns]
    pairs = ibis.array([ibis.struct({"number": n, "cell": cell}) for n, cell in enumerate(said)])
    nothing = ibis.and_(*(cell.isnull() for cell in said))
    long = rows.select(ROW, **kept, __none__=nothing, __pair__=pairs.unnest())
    flat = long.mutate(**{NUMBER: long["__pair__"].number.cast("int64"), CELL: long["__pair__"].cell})
    told = flat.filter(flat[CELL].notnull() | (flat["__none__"] & (flat[NUMBER] == 0)))
    told = told.mutate(**{ROW: told[ROW] * len(columns) + told[NUMBER]})
    return told.drop("__none__", "__pair__")
