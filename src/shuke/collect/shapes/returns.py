"""Returns: is a sheet a list of what came back, with the numbers of the orders that it was sold in?

Order No | Return Date | Product | Refund Amount     A document of its own, on its own day, that brings money
1001     | 2024-03-05  | Tea     |          9.50     back: it names 1001 as the order that it returns.

Returned | Order ID                                  Nothing says how much: all of the order was returned.
Yes      | 1001
"""

import re
from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from shuke.collect.infer.headers import bare
from shuke.collect.shapes.sample import Cell, SheetSample, is_moment, is_of_a_line, is_order, meant
from shuke.collect.shapes.shape import Returns
from shuke.collect.sheets import Sheet

#: What the columns of a return are called, and what says that it is one.
NUMBER, ORIGINAL, DATE, AMOUNT, QUANTITY = (
    "order no",
    "original order",
    "order date",
    "line total",
    "quantity",
)
WAY, BACK, STATUS, RETURNED = "in or out", "back", "order status", "returned"

# Without accents, as headings are compared.
_WORD = (
    r"(?:customer )?returns?|returned|refunds?|refunded|rma|credit (?:note|memo)s?|retouren?|"
    r"r(?:u|ue)ckgaben?|r(?:u|ue)cksendung(?:en)?|gutschrift(?:en)?|erstattung(?:en)?|erstattet(?:er)?|retourniert|"
    r"retours?|remboursements?|rembourse[es]{0,2}|retourne[es]{0,2}|avoirs?|"
    r"devolucion(?:es)?|reembolsos?|devuelt[oa]s?|reembolsad[oa]s?|devolucao|devolucoes|devolvid[oa]s?|estornos?"
)
_HAN = r"退货|退貨|退款|退单|退單|销退|返品|返金"
_NAMED = re.compile(rf"(?<![a-z])(?:{_WORD})(?![a-z])|{_HAN}", re.IGNORECASE)
_NUMBERS = r"id|no\.?|nr\.?|number|#|ref|nummer|单号|單號|编号|番号|号"
_PIECES = r"qty|quantity|units|pieces|menge|quantite|cantidad|quantidade|数量|數量|件数|数"
_MONEY = r"amount|value|total|betrag|montant|importe|valor|金额|金額|额|額"
_DAYS = r"date|time|day|on|at|datum|日期|时间|時間|日時?"
_WHY = r"reason|type|grund|motif|motivo|原因|理由|类型"
_DE = r"(?: (?:de|du|da|of|for))?(?: (?:the|la|le))? ?"


def _sign(what: str) -> re.Pattern[str]:
    """A heading for what only a return has: Return Date, 退货日期, Date de retour."""
    word = rf"(?:{_WORD}|{_HAN})"
    return re.compile(rf"{word}s?[ _]?(?:{what})|(?:{what}){_DE}{word}", re.IGNORECASE)


_OF_NUMBERS, _OF_PIECES, _OF_MONEY, _OF_DAYS, _OF_REASONS = map(
    _sign, (_NUMBERS, _PIECES, _MONEY, _DAYS, _WHY)
)
_ALONE = re.compile(rf"(?:{_WORD}|{_HAN}|是否退[货款])", re.IGNORECASE)
_SIGNS = (_OF_NUMBERS, _OF_PIECES, _OF_MONEY, _OF_REASONS)
_NO = frozenset("- / 0 no n false 否 无 無 none n/a nein non nao não".split())
_STATES = {"orders.status", "order_items.status"}
_SUMS = {"order_items.amount", "orders.total", "orders.refunded", "payments.refunded"}


def recognise(look: SheetSample, sheet: Sheet) -> tuple[Returns, bool] | None:
    """What the columns of a list of returns are, and whether it is sure that it is one."""
    order = _order(look)
    signs = [p for p, n in enumerate(look.columns) if _is(n, (*_SIGNS, _OF_DAYS, _ALONE))]
    full = [place for place in signs if all(map(_says, look.cells[place]))]
    named = bool(_NAMED.search(bare(f"{sheet.file} {sheet.sheet or ''}").replace("_", " ")))
    told = any(meant(name) & _STATES for name in look.columns)  # each order says itself what became of it
    if order is None or not (full or (named and not signs and not told)):
        return None
    renamed = _renamed(look, order)
    goods = any(is_of_a_line(n) for n in look.columns)
    if not goods and not {AMOUNT, QUANTITY} & set(renamed.values()):
        flagged = any(_is(look.columns[place], (_ALONE,)) for place in full)
        return Returns(look.columns[order], whole=True), flagged
    return Returns(look.columns[order], tuple(renamed.items())), any(
        _is(look.columns[place], (*_SIGNS, _ALONE)) for place in full
    )


def returned(rows: ir.Table, said: Returns) -> ir.Table:
    """The rows as documents of their own that name the order which they return; or with the state of an
    order that was returned as a whole."""
    if said.whole:
        state = rows[said.order].notnull().ifelse(RETURNED, ibis.null(str))
        return rows.rename({NUMBER: said.order} if said.order != NUMBER else {}).mutate(**{STATUS: state})
    renamed = dict(said.rename)
    table = rows.rename({new: old for old, new in renamed.items()} | {ORIGINAL: said.order})
    told: dict[str, ir.Value] = {WAY: table[ORIGINAL].fill_null("").left(0) + BACK}
    if NUMBER in table.columns:  # orders are numbered from 1, too
        number = table[NUMBER]
        told[NUMBER] = number.re_search(r"^\s*\d+\s*$").ifelse(ibis.literal(f"{RETURNED} ") + number, number)
    else:
        parts = [table[name].fill_null("") for name in (ORIGINAL, DATE) if name in table.columns]
        number = ibis.literal(f"{RETURNED} ") + ibis.literal(" ").join(parts)
        told[NUMBER] = table[ORIGINAL].notnull().ifelse(number, ibis.null(str))
    if QUANTITY not in table.columns and not any(is_of_a_line(name) for name in rows.columns):
        told[QUANTITY] = table[ORIGINAL].fill_null("").left(0) + "0"
    return table.mutate(**told)


def _order(look: SheetSample) -> int | None:
    """The column with the number of the order that was returned: not the number of the return."""
    columns = list(enumerate(look.columns))
    original = [p for p, n in columns if "orders.returns_order_no" in meant(n)]
    sold = [p for p, n in columns if is_order(n) and not _is(n, (_OF_NUMBERS,))]
    return next(iter((*original, *sold)), None)


def _renamed(look: SheetSample, order: int) -> dict[str, str]:
    """What the columns of a return become; what tells of the sale steps aside."""
    names = {p: n for p, n in enumerate(look.columns) if p != order}
    dated = [p for p in names if is_moment(names[p]) or _is(names[p], (_OF_DAYS,))]
    figures = [p for p in names if look.mostly(p, "number")]
    kinds = (
        (NUMBER, [p for p in names if _is(names[p], (_OF_NUMBERS,)) or is_order(names[p])], _OF_NUMBERS),
        (DATE, dated, _OF_DAYS),
        (
            AMOUNT,
            [p for p in figures if meant(names[p]) & _SUMS or _is(names[p], (_OF_MONEY, _ALONE))],
            _OF_MONEY,
        ),
        (
            QUANTITY,
            [p for p in figures if "order_items.quantity" in meant(names[p]) or _is(names[p], (_OF_PIECES,))],
            _OF_PIECES,
        ),
    )
    told: dict[str, str] = {}
    for new, places, own in kinds:
        best = sorted(places, key=lambda p: not _is(names[p], (own, _ALONE)))
        told |= {names[p]: f"{names[p]} of the sale" for p in best[1:]}
        told |= {names[p]: new for p in best[:1]}
    return told


def _is(header: str, patterns: Iterable[re.Pattern[str]]) -> bool:
    plain = re.sub(r"[(（\[【].*?[)）\]】]|[?？*:：]", "", bare(header)).replace("_", " ").strip()
    return any(pattern.fullmatch(plain) for pattern in patterns)


def _says(cell: Cell) -> bool:
    return cell is not None and cell.strip().lower() not in _NO and not re.fullmatch(r"[^\d]?0*[.,]?0*", cell)
