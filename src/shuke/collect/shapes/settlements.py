"""Settlements: which columns of a list of invoices say that, when and how far each was paid?

Invoice No | Due Date | Amount | Paid Date | Balance      an invoice, and beside it
I3         | 5 Feb    | 300    | 1 Feb     | 120          a payment of 180 on 1 February
"""

import re
from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from shuke.collect.infer.headers import generics
from shuke.collect.mapping import Mark
from shuke.collect.shapes.sample import SheetSample, meant
from shuke.collect.shapes.shape import Settlement
from shuke.collect.values import numbers

#: What the columns of the payment are called.
NUMBER, DATE, AMOUNT = "payment no", "payment date", "payment amount"

_INVOICE = re.compile(r"invoice|bill|rechnung|facture|factura|fatura|发票|账单|单据|单号|请求", re.IGNORECASE)
_DUE = re.compile(
    r"\bdue (?:date|on|by)\b|\bdue$|duedate|fällig|échéance|vencimi?ento|到期|应付日期|支払期限",
    re.IGNORECASE,
)
_PAID_ON = re.compile(
    r"\bpaid (?:on|date|at)\b|\bpaidon\b|date paid|payment date|settled (?:on|date)|zahlungsdatum|bezahlt am|"
    r"payée? le|réglée? le|fecha de (?:pago|cobro)|data d[eo] pagamento|"
    r"付款日期|付款时间|收款日期|到账日期|回款日期|结清日期|入金日",
    re.IGNORECASE,
)
_PAID = re.compile(
    r"amount paid|paid amount|^paid$|payments? received|amount received|^received$|bezahlter? betrag|"
    r"montant (?:payé|réglé|encaissé)|^(?:payé|réglé|encaissé)$|(?:importe|monto) (?:pagado|cobrado)|"
    r"^(?:pagado|cobrado)$|valor (?:pago|recebido)|^(?:pago|recebido)$|^(?:bezahlt|gezahlt)$|"
    r"gezahlter betrag|已付|已收|实收|回款金额|收款金额|到账金额|(?<!未)入金額|入金済",
    re.IGNORECASE,
)
_LEFT = re.compile(
    r"\bbalance\b|outstanding|open amount|amount due|unpaid|remaining|restbetrag|offener betrag|^offen$|"
    r"saldo|solde|reste (?:dû|à payer)|pendiente|por cobrar|restante|em aberto|"
    r"未付|未收|欠款|余额|未结|应收余额|残高|未入金|未収",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"^(?:invoice )?(?:total|amount)(?: \(.*\))?$|invoice (?:total|amount)|gross|betrag|montant|importe|"
    r"total (?:de la |da )?(?:factura|facture|fatura|ttc)|valor (?:total|da fatura)|"
    r"金额|总额|价税合计|合计|金額|請求額",
    re.IGNORECASE,
)
#: Of several, what was to be paid and not what was taxed.
_FULL = re.compile(r"total|gross|brutto|gesamt|ttc|价税|合计|总|税込|invoice", re.IGNORECASE)


def recognise(look: SheetSample) -> tuple[Settlement, bool] | None:
    """How a list of invoices says what was paid, and whether its figures can be read; None where it does not
    say it, or is none."""
    due = _first(look, _DUE, "date")
    number = next((n for n in look.columns if _INVOICE.search(n) and _numbers(n)), None)
    number = number or next((n for n in look.columns if "key" in generics(n)), None)
    apart = [_PAID_ON, _PAID, _LEFT, _DUE]
    sums = [n for n in _figures(look) if _WHOLE.search(n) and not any(p.search(n) for p in apart)]
    whole = next(iter(sorted(sums, key=lambda n: not _FULL.search(n))), None)
    if due is None or number is None or whole is None:
        return None
    on, paid, left = (
        _first(look, _PAID_ON, "date"),
        _first(look, _PAID, "number"),
        _first(look, _LEFT, "number"),
    )
    if not (on or paid or left):
        return None
    said = Settlement(number, whole, on, paid, left)
    return said, bool(paid or not left) or _is_decided(look, [n for n in (whole, left) if n])


def settled(rows: ir.Table, said: Settlement, look: SheetSample) -> ir.Table:
    """The rows with the payment of each beside it, in place of the columns that say so."""
    known: Mark | None = "," if said.decimal == "," else "." if said.decimal else None
    mark = known or _mark(look, [name for name in (said.whole, said.paid, said.left) if name])
    whole = rows[said.whole]
    if said.paid:
        amount = rows[said.paid]
    elif said.left:
        amount = (_money(whole, mark) - _money(rows[said.left], mark)).cast(str)
    else:
        amount = _said(rows[str(said.on)]).ifelse(whole, ibis.null(str))
    is_paid = (_money(amount, mark if said.paid or not said.left else ".") != 0).fill_null(False)
    told = {
        NUMBER: is_paid.ifelse(rows[said.number] + ibis.literal(" paid"), ibis.null(str)),
        DATE: is_paid.ifelse(rows[said.on], ibis.null(str)) if said.on else ibis.null(str),
        AMOUNT: is_paid.ifelse(amount, ibis.null(str)),
    }
    gone = [name for name in (said.on, said.paid, said.left) if name]
    return rows.mutate(**told).drop(*gone)


def _money(cell: ir.StringValue, mark: Mark) -> ir.Value:
    return numbers.exact(cell, mark)


def _is_decided(look: SheetSample, columns: list[str]) -> bool:
    """Whether a figure shows what the mark is, or none needs it: 1,200 may be more than a thousand or not."""
    cells = [cell for name in columns for cell in look.cells[look.columns.index(name)] if cell]
    bare = [re.sub(r"[^\d.,]", "", cell) for cell in cells]
    either = any(re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", cell) for cell in bare)
    shown = any(
        re.search(r"[.,]\d{1,2}$|[.,]\d{4,}$|[.].*,|,.*[.]|\d[.,]\d{3}[.,]\d{3}|^0[.,]\d", cell)
        for cell in bare
    )
    return shown or not either


def _mark(look: SheetSample, columns: list[str]) -> Mark:
    """The decimal mark of the figures: a comma where one of them can only be read with it."""
    cells = (cell for name in columns for cell in look.cells[look.columns.index(name)] if cell)
    return "," if any(re.search(r",\d{1,2}\D*$|^\D*0,\d", cell) for cell in cells) else "."


def _said(cell: ir.StringValue) -> ir.BooleanValue:
    return (cell.strip() != "").fill_null(False)


def _numbers(name: str) -> bool:
    return bool(meant(name) & {"invoices.invoice_no", "orders.order_no"})


def _figures(look: SheetSample) -> Iterable[str]:
    return (n for place, n in enumerate(look.columns) if look.mostly(place, "number"))


def _first(look: SheetSample, pattern: re.Pattern[str], kind: str) -> str | None:
    """The first column of that name that holds values of a kind."""
    found = (n for place, n in enumerate(look.columns) if pattern.search(n) and look.mostly(place, kind))
    return next(found, None)
