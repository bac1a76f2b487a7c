"""Ledgers: which two columns of a statement say what came in and what went out?

Date  | Who  | Money in | Money out        Date  | Who  | payment amount | payment direction
5 Jan | Ann  |    20.00 |                  5 Jan | Ann  |          20.00 | in
6 Jan | Rent |          |    900.00        6 Jan | Rent |         900.00 | out

A bank writes as a credit what came in; books may write it as a debit. The balance beside them tells.
"""

import re
from itertools import pairwise
from typing import TypeGuard

import ibis
import ibis.expr.types as ir

from shuke.collect.infer.headers import compact
from shuke.collect.shapes.sample import Cell, SheetSample, figure
from shuke.collect.shapes.shape import Ledger
from shuke.collect.sheets.header import kind_of
from shuke.collect.values import currency_words

#: What the columns of the payment are called.
AMOUNT, WAY = "payment amount", "payment direction"

#: Words for the figure itself say nothing of its side.
_FIGURE = re.compile(
    r"(?:^|(?<=\W))(?:amounts?|amt|value|total|betrag|montant|importe|monto|valor)(?=\W|$)|发生|發生|金额|金額|[额額]$",
    re.IGNORECASE,
)
_IN = frozenset(map(compact, (
    "in moneyin paidin cashin inflow inflows income incoming credited deposit deposits deposited "
    "receipt receipts received credit credits cr eingang eingänge einnahme einnahmen einzahlung "
    "einzahlungen gutschrift haben crédit recette recettes encaissement encaissements abono abonos "
    "haber ingreso ingresos crédito créditos entrada entradas receita receitas 收入 收款 收 贷方 贷 "
    "貸方 存入 转入 轉入 进账 入账 进 入金 入 預入 お預入 お預入れ お預り 収入"
).split()))  # fmt: skip
_OUT = frozenset(map(compact, (
    "out moneyout paidout cashout outflow outflows expense expenses expenditure outgoing spent debited "
    "withdrawal withdrawals withdrawn withdraw payment payments paid debit debits dr ausgang ausgänge "
    "ausgabe ausgaben auszahlung auszahlungen belastung lastschrift soll débit dépense dépenses "
    "décaissement décaissements cargo cargos debe gasto gastos egreso egresos retiro retiros débito "
    "débitos saída saídas despesa despesas 支出 付款 支 付 借方 借 支取 取出 转出 轉出 出账 出 出金 "
    "引出 お引出 お引出し お引き出し 支払 お支払"
).split()))  # fmt: skip
_NOTHING = re.compile(r"[-–—+\s]*(?:[^\d\s]{1,3}\s*)?0*(?:[.,]0*)?\s*[-–—]?")
_BALANCE = re.compile(r"\bbalance\b|saldo|solde|余额|餘額|结余|結餘|残高", re.IGNORECASE)


def recognise(look: SheetSample) -> tuple[Ledger, bool] | None:
    """The two sides of a statement, and whether it is sure which of them came in; None where it has none."""
    into, out = (_side(look, said) for said in (_IN, _OUT))
    if into is None or out is None or not _is_dated(look) or not _take_turns(look, into, out):
        return None
    told = Ledger(look.columns[into], look.columns[out])
    return told, not _is_the_other_way(look, into, out)


def signed(rows: ir.Table, said: Ledger) -> ir.Table:
    """The rows with one amount and its direction in place of the two sides.

    Where both say something, as sums over a page do, neither is the amount: the row goes to quarantine.
    """
    came, went = (_figure(rows[name]) for name in (said.into, said.out))
    both = came.notnull() & went.notnull()
    told = {
        AMOUNT: both.ifelse(ibis.null(str), ibis.coalesce(came, went)),
        WAY: ibis.cases((both, ibis.null(str)), (came.notnull(), "in"), (went.notnull(), "out")),
    }
    return rows.mutate(**told).drop(said.into, said.out)


def _side(look: SheetSample, said: frozenset[str]) -> int | None:
    """The one column that is called so and holds figures, if it holds anything."""
    named = [place for place, name in enumerate(look.columns) if _bare(name) in said]
    figures = [p for p in named if all(kind_of(cell) == "number" for cell in look.cells[p] if _says(cell))]
    return figures[0] if len(figures) == 1 else None


def _bare(header: str) -> str:
    """A heading without currency, brackets and the word for a figure: `Credit Amount (£)` is credit."""
    plain = re.sub(r"[(（\[【].*?[)）\]】]", " ", currency_words.without(header))
    return compact(_FIGURE.sub(" ", plain))


def _is_dated(look: SheetSample) -> bool:
    return any(look.mostly(place, "date") for place in range(len(look.columns)))


def _take_turns(look: SheetSample, into: int, out: int) -> bool:
    """Whether in nearly every row one side says something, and not both as in a sum over a page."""
    sides = [(_says(a), _says(b)) for a, b in zip(look.cells[into], look.cells[out], strict=True)]
    one = sum(a != b for a, b in sides)
    return one > 0 and 2 * sum(a and b for a, b in sides) <= one


def _says(cell: Cell) -> TypeGuard[str]:
    return cell is not None and not _NOTHING.fullmatch(cell)


def _figure(cell: ir.StringValue) -> ir.StringValue:
    nothing = cell.re_search(f"^(?:{_NOTHING.pattern})$").fill_null(True)
    return nothing.ifelse(ibis.null(str), cell)


def _is_the_other_way(look: SheetSample, into: int, out: int) -> bool:
    """Whether the balance falls by what is called in and rises by what is called out."""
    place = next(
        (c for c, n in enumerate(look.columns) if _BALANCE.search(n) and look.mostly(c, "number")), None
    )
    if place is None:
        return False
    said = [
        tuple(figure(look.cells[column][row]) for column in (into, out, place)) for row in range(look.height)
    ]
    rises = [
        (after[2] - before[2], row[0] - abs(row[1]))  # some write what went out as less than nothing
        for above, below in pairwise(said)
        for before, after, row in ((above, below, below), (below, above, above))
    ]
    as_said = sum(change and abs(change - moved) < 0.005 for change, moved in rises)
    other = sum(change and abs(change + moved) < 0.005 for change, moved in rises)
    return other > as_said
