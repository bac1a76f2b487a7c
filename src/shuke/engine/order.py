"""Order: what must not depend on which thread is done first?

Threads hand on rows in any order, and floats that are added in another one come to another sum in its last
digits. They are therefore added from the least to the greatest, those of means and deviations too. Whole
numbers and decimals add up exactly, and what is added along a window in an order of its own has one. For
what works on rows in Python, as fits do, rows are sorted by all that they hold.
"""

from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot.expressions as sge

#: They work in floats whatever they are given.
_SPREADS = (ops.Variance, ops.StandardDev)


def adds_floats(op: Any) -> bool:
    """Whether the last digits of an aggregate depend on the order of the rows."""
    return isinstance(op, _SPREADS) or (isinstance(op, ops.Sum | ops.Mean) and op.arg.dtype.is_floating())


def has_order(op: Any) -> bool:
    """Whether an expression adds floats along a window, in the window's order."""
    return isinstance(op, ops.WindowFunction) and bool(op.order_by) and adds_floats(op.func)


def in_order(aggregate: sge.Expression) -> sge.Expression:
    """`sum(x order by x)` of `sum(x)`, filtered or not."""
    function, arguments = _parts(aggregate)
    name, last = arguments[-1]
    function.set(name, sge.Order(this=last, expressions=[value.copy() for _, value in arguments]))
    return aggregate


def in_any_order(aggregate: sge.Expression) -> sge.Expression:
    """`sum(x)` of `sum(x order by x)`, which is left as it is: other windows may have it, too."""
    unlike = aggregate.copy()
    function, arguments = _parts(unlike)
    name, order = arguments[-1]
    function.set(name, order.this)
    return unlike


def _parts(aggregate: sge.Expression) -> tuple[sge.Expression, list[tuple[str, sge.Expression]]]:
    function = aggregate.this if isinstance(aggregate, sge.Filter) else aggregate
    named = function.args.items()
    return function, [(name, each) for name, each in named if isinstance(each, sge.Expression)]


def sorted_rows(expression: ir.Expr) -> ir.Expr:
    """A table in an order that leaves nothing open: after the one that it has, by all its columns."""
    op = expression.op()
    if isinstance(op, ops.Limit):
        return op.copy(parent=sorted_rows(op.parent.to_expr()).op()).to_expr()
    if not isinstance(expression, ir.Table):
        return expression
    rows, keys = (op.parent, op.keys) if isinstance(op, ops.Sort) else (op, ())
    return ops.Sort(rows, [*keys, *(ops.Field(rows, name) for name in rows.schema.names)]).to_expr()
