"""Portion: some rows of an answer, in an order, and how many are there in all?"""

from collections.abc import Callable, Hashable, Sequence

import ibis.expr.types as ir
import pyarrow as pa

Answer = Callable[[Hashable, Callable[[], ir.Table]], pa.Table]
"""(key, what makes the question) -> its rows; the question is planned once under its key."""

_IN_ALL = "rows_in_all"


def portion(
    answer: Answer,
    key: tuple[Hashable, ...],
    ask: Callable[[], tuple[ir.Table, Sequence[ir.Value]]],
    *,
    limit: int,
    offset: int = 0,
) -> tuple[pa.Table, int]:
    """Some of the rows that `ask` makes, in the order that it names, and how many there are in all, for one
    reading of what they are made of."""

    def counted() -> ir.Table:
        table, order = ask()
        return table.mutate(**{_IN_ALL: table.count().over()}).order_by(order).limit(limit, offset=offset)

    found = answer((*key, limit, offset), counted)
    rows = found.drop_columns([_IN_ALL])
    if found.num_rows or not offset:
        return rows, max(found[_IN_ALL].to_pylist(), default=0)
    every = answer((*key, "count"), lambda: ask()[0].aggregate(rows=lambda t: t.count()))
    return rows, every["rows"][0].as_py()
