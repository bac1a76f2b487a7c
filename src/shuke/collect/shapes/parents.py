"""Parents: which columns tell of an order, and stand on the first of its lines alone?

Merged cells do it, and programs that print an order above its lines. Either all that tells of the order is
blank below its first line, its number too (Odoo), or the number stands on every line and the rest of the
order on the first (Shopify). Recognised by what is blank together; a header only says how sure that is.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import ibis
import ibis.expr.types as ir

from shuke.collect.shapes.sample import (
    SheetSample,
    is_amount,
    is_moment,
    is_of_a_line,
    is_order,
    is_somebody,
    meant,
)
from shuke.collect.shapes.shape import Carry
from shuke.collect.sheets import ROW

#: How many of the orders with several lines must say on the first what the others leave blank.
_MOST = 0.8

#: A single column must do so in as many orders; one blank cell may be just that.
_FEW = 3

_IDENTIFYING = ("orders", "stores", "staff")


def recognise(look: SheetSample) -> tuple[tuple[Carry, ...], bool]:
    """What is carried down in a sheet, the coarsest first, and whether that is sure."""
    if look.height < 2:
        return (), True
    return _numbered(look) or _unnumbered(look) or ((), True)


def of_the_order(look: SheetSample, carry: Carry) -> tuple[str, ...]:
    """The columns that tell of the order and not of a line: those carried, and its amounts."""
    told = [look.columns.index(name) for name in carry.columns]
    if carry.within is None:
        heads = [any(look.filled[c][row] for c in told) for row in range(look.height)]
    else:
        heads = _starts(look, look.columns.index(carry.within))
    return tuple(look.columns[c] for c in _within(look, heads))


def carried(rows: ir.Table, carry: Carry) -> ir.Table:
    """The rows, with what an order says on each of its lines."""
    if carry.within is None:
        head = ibis.or_(*(_said(rows[name]) for name in carry.columns))
        order = head.cast("int64").sum().over(ibis.cumulative_window(order_by=ROW))
    else:
        order = _plain(rows[carry.within])
    grouped = rows.mutate(__order__=order)
    said = {f"__{n}__": _plain(grouped[name]) for n, name in enumerate(carry.columns)}
    firsts = {n: cell.argmin(grouped[ROW], where=cell.notnull()) for n, cell in said.items()}
    orders = grouped.filter(grouped["__order__"].notnull()).group_by(__of__="__order__").agg(**firsts)
    beside = grouped.left_join(orders, grouped["__order__"] == orders["__of__"])
    filled = {
        name: ibis.coalesce(_plain(beside[name]), beside[f"__{n}__"]) for n, name in enumerate(carry.columns)
    }
    return beside.mutate(**filled).select(rows.columns)


def _plain(cell: ir.StringValue) -> ir.StringValue:
    return _said(cell).ifelse(cell, ibis.null(str))


def _said(cell: ir.StringValue) -> ir.BooleanValue:
    return cell.notnull() & (cell.strip() != "")


def _unnumbered(look: SheetSample) -> tuple[tuple[Carry, ...], bool] | None:
    """An order's number, date and customer that are blank together below its first line."""
    candidates = [c for c, filled in enumerate(look.filled) if filled[0] and not all(filled)]
    if not candidates:
        return None
    groups = {c: _within(look, look.filled[c]) for c in candidates}
    leader = max(candidates, key=lambda c: (len(groups[c]), -c))
    parents, heads = groups[leader], look.filled[leader]
    lines = [c for c in range(len(look.columns)) if c not in parents and any(look.filled[c])]
    if not _hangs_together(look, parents, lines, heads):
        return None
    sure = _is_sure(look, parents, lines)
    if not sure and not _is_likely(look, parents, lines, heads):
        return None
    kept = [c for c in parents if not _adds_up(look, c)]
    outer = [c for c in kept if c < leader and sum(look.filled[c]) < sum(heads)]
    inner = [c for c in kept if c not in outer]
    return tuple(
        Carry(tuple(look.columns[c] for c in one)) for one in (*([c] for c in outer), inner) if one
    ), sure


def _within(look: SheetSample, heads: Sequence[bool]) -> list[int]:
    """The columns that say something only where `heads` is true."""
    return [c for c, filled in enumerate(look.filled) if any(filled) and _only(filled, heads)]


def _only(filled: Sequence[bool], heads: Sequence[bool]) -> bool:
    return all(head or not said for said, head in zip(filled, heads, strict=True))


def _hangs_together(look: SheetSample, parents: list[int], lines: list[int], heads: Sequence[bool]) -> bool:
    """Whether rows without a parent go on what the parent's row began: they say the same kinds of things,
    and no parent stands twice on end, for then the second would have been left blank."""
    children = [row for row, head in enumerate(heads) if not head]
    if not any(_filled_on(look, c, children) >= 0.9 for c in lines):
        return False
    begins = [row for row, head in enumerate(heads) if head]
    said = [tuple(look.cells[c][row] for c in parents) for row in begins]
    return all(above != below for above, below in pairwise(said))


def _filled_on(look: SheetSample, column: int, rows: Sequence[int]) -> float:
    return sum(look.filled[column][row] for row in rows) / len(rows)


def _is_sure(look: SheetSample, parents: list[int], lines: list[int]) -> bool:
    """An order's number or customer with its day, beside what a line says and nothing of an order."""
    names, below = [look.columns[c] for c in parents], [look.columns[c] for c in lines]
    moments = [c for c in range(len(look.columns)) if _is_dated(look, c)]
    dated = any(c in parents for c in moments) or not moments
    whose = any(is_order(n) or (is_somebody(n) and not is_amount(n)) for n in names)
    goods = any(is_of_a_line(n) for n in below)
    apart = not any(_is_dated(look, c) for c in lines) and not any(is_order(n) for n in below)
    return len(parents) > 1 and dated and whose and goods and apart


def _is_dated(look: SheetSample, column: int) -> bool:
    return look.mostly(column, "date") or (
        is_moment(look.columns[column]) and not look.mostly(column, "text")
    )


def _is_likely(look: SheetSample, parents: list[int], lines: list[int], heads: Sequence[bool]) -> bool:
    """The first column of a sheet of goods or figures, blank in a third of its rows, and never the same
    again: a heading over groups. Of customers who stay anonymous now and then, some come again."""
    goods = any(is_of_a_line(look.columns[c]) or is_amount(look.columns[c]) for c in lines)
    said = [tuple(look.cells[c][row] for c in parents) for row, head in enumerate(heads) if head]
    return 0 in parents and 3 * heads.count(False) >= look.height and goods and len(set(said)) == len(said)


def _numbered(look: SheetSample) -> tuple[tuple[Carry, ...], bool] | None:
    """What stands on the first line of an order alone, where each line has the order's number."""
    for column in _order_numbers(look):
        starts = _starts(look, column)
        firsts = [r for r in range(look.height - 1) if starts[r] and not starts[r + 1]]
        told = [
            c for c in _within(look, starts) if c != column and firsts and _filled_on(look, c, firsts) > 0
        ]
        usual = [c for c in told if _filled_on(look, c, firsts) >= _MOST]
        lines = [c for c in range(len(look.columns)) if c not in (*told, column)]
        enough = len(usual) > 1 or (usual and len(firsts) >= _FEW)
        if enough and any(is_of_a_line(look.columns[c]) for c in lines):
            kept = tuple(look.columns[c] for c in told if _identifies(look, c))
            return ((Carry(kept, look.columns[column]),), True) if kept else None
    return None


def _order_numbers(look: SheetSample) -> Iterable[int]:
    """The columns that stand on every line and say the same on adjacent ones, the likeliest first."""
    names = [c for c, filled in enumerate(look.filled) if all(filled) and _is_numbering(look, c)]
    return sorted(names, key=lambda c: (not is_order(look.columns[c]), c))


def _is_numbering(look: SheetSample, column: int) -> bool:
    marked = all((cell or "").startswith("#") for cell in look.cells[column])
    starts = _starts(look, column)
    return (marked or is_order(look.columns[column])) and not all(starts)


def _starts(look: SheetSample, column: int) -> list[bool]:
    cells = look.cells[column]
    return [row == 0 or cells[row] != cells[row - 1] for row in range(look.height)]


def _identifies(look: SheetSample, column: int) -> bool:
    """Whether a column tells when, by whom, where or in which state an order was, and is no amount."""
    name = look.columns[column]
    known = any(target.split(".")[0] in _IDENTIFYING for target in meant(name))
    return (known or is_somebody(name) or is_moment(name)) and not _adds_up(look, column)


def _adds_up(look: SheetSample, column: int) -> bool:
    name = look.columns[column]
    broken = any("." in (cell or "") or "," in (cell or "") for cell in look.cells[column])
    known = is_order(name) or is_somebody(name)
    return look.mostly(column, "number") and not known and (is_amount(name) or broken)
