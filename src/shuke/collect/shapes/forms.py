"""Forms: which columns of a sheet of orders are products, with how many of each somebody wants?

Order | Customer | Apples | Pears        Order | Customer | product name | quantity
1     | Ann      |      2 |              1     | Ann      | Apples       |        2
2     | Bob      |        |     3        2     | Bob      | Pears        |        3

That is asked, for a heading such as `Parcels` names no product.
"""

import re
from collections.abc import Sequence

from shuke.collect.infer.headers import generics
from shuke.collect.shapes import crosstab
from shuke.collect.shapes.sample import SheetSample, figure, is_amount, is_of_a_line, is_order, is_somebody
from shuke.collect.shapes.shape import Melt
from shuke.collect.shapes.wide import described_by
from shuke.collect.sheets import Sheet

#: Fewer columns are no form.
_FEWEST = 2
_PIECES = re.compile(r"\s*\d{1,4}(?:[.,]0+)?\s*")
#: How many of the cells of a form are left blank, or nought, where the sheet may be anything else.
_LEFT_OUT = 0.25
#: Words in the name or title of a sheet of orders.
_OF_ORDERS = re.compile(
    r"\borders?\b|order ?form|bestell|auftr[aä]g|commande|pedido|encomenda|注文|"
    r"订单|订购|订货|预订|团购|接龙|訂單|訂購|訂貨|團購",
    re.IGNORECASE,
)


def recognise(look: SheetSample, sheet: Sheet) -> Melt | None:
    """The products of a sheet of orders; None where it has none."""
    parts = crosstab.parts(look)
    rest = [name for column, name in enumerate(look.columns) if column not in parts]
    ordered = any(map(is_order, rest))
    named = any(map(is_somebody, rest)) and bool(_OF_ORDERS.search(described_by(sheet, ())))
    if len(parts) < _FEWEST or not (ordered or named) or any(map(_is_of_a_line, rest)):
        return None
    if not _are_pieces(look, parts):
        return None
    plain = ordered and not any(map(is_amount, rest))
    if not plain and not _are_chosen_from(look, parts):
        return None
    sums = tuple(n for n in rest if is_amount(n) and crosstab.adds_up(look, look.columns.index(n), parts))
    return Melt(tuple(look.columns[c] for c in parts), "product name", "quantity", None, sums)


def of_the_order(melt: Melt, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns of a form that tell of the order, and not of one of its products."""
    kept = tuple(name for name in columns if name not in melt.named)
    formed = melt.name == "product name" and melt.of == "order_items"
    return kept if formed and any(is_order(name) or is_somebody(name) for name in kept) else ()


def _is_of_a_line(name: str) -> bool:
    """Whether a heading is that of a line's product or pieces; `Nombre` is a name, too."""
    return is_of_a_line(name) and not is_somebody(name) and "name" not in generics(name)


def _are_pieces(look: SheetSample, parts: Sequence[int]) -> bool:
    """Whether the columns stand beside one another and hold numbers of pieces."""
    beside = list(parts) == list(range(parts[0], parts[0] + len(parts)))
    return beside and all(_PIECES.fullmatch(cell) for c in parts for cell in look.cells[c] if cell)


def _are_chosen_from(look: SheetSample, parts: Sequence[int]) -> bool:
    """Whether each row has some of the products and not all: an order of nothing is none."""
    wanted = [[figure(look.cells[c][row]) > 0 for c in parts] for row in range(look.height)]
    left_out = sum(not each for row in wanted for each in row)
    return all(map(any, wanted)) and left_out >= _LEFT_OUT * len(parts) * look.height
