"""Order outcomes: which columns beside the status say, too, that a sale came to nothing or was returned?

An order has been sent, says one column; that it was paid back, says another (`售后状态`, `Refund status`,
`Zahlungsstatus`). They are read together, and what undoes the most holds.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import ibis.expr.types as ir

from shuke.collect import mapping
from shuke.collect.cells import STATUSES
from shuke.collect.infer.ambiguities import Ambiguity, Answer
from shuke.collect.infer.column_profiles import speaks
from shuke.collect.infer.evidence import Shapes
from shuke.collect.infer.file_kinds import LINES, ORDERS, FileKind
from shuke.collect.infer.headers import compact, meanings
from shuke.collect.mapping import FURTHER, Reading
from shuke.collect.values.folding import blank
from shuke.dealings.statuses import UNDONE, state
from shuke.languages import Text
from shuke.tables.semantic_types import SemanticType

#: What a column is called that tells of sales that come back, or of their money, as `compact` writes it.
_OF_SALES = re.compile(
    r"refund|return|payment|financial|paid|order|sale|after|cancel|dispute|chargeback|"
    r"erstatt|ruck|retour|storno|zahlung|bestell|auftrag|rembours|annul|paiement|commande|"
    r"devol|reembols|cancela|anula|pago|pagamento|pedido|estorno|"
    r"退|售后|取消|关闭|支付|付款|收款|订单|交易|返品|返金|キャンセル|入金|決済|注文|取引"
)
_SORT = re.compile(r"区分|種別|标志|标识|flag$|kennzeichen$")
#: Why something came back is not whether it did.
_REASON = re.compile(r"reason|note|comment|grund|motif|motivo|raison|notiz|原因|理由|备注|说明|メモ|備考")
#: Nor is how it did: by post or as money alone (`售后方式`). It tells no more than that somebody spoke of it,
#: and is asked about only where nothing else says what came back.
_HOW = re.compile(
    r"方式|途径|途徑|渠道|方法|场景|method|manner|mode|channel|type$|kind$|via$|^forma|tipo|weg$|typ$|(?<!d)art$|category"
)
_BACK = re.compile(
    r"refund|return|after|erstatt|ruck|retour|rembours|devol|reembols|estorno|退|售后|返品|返金"
)
#: Where no column is called a status.
_USUAL: Mapping[str, str] = {
    LINES.name: "orders.status", ORDERS.name: "orders.status", "payments": "payments.status",
}  # fmt: skip
#: Of so many different words some are no states.
_MOST = 40


def further(
    rows: ir.Table,
    readings: Mapping[str, Reading],
    seen: Mapping[str, Shapes],
    *,
    kind: FileKind,
    among: Iterable[str],
) -> tuple[dict[str, Reading], list[Ambiguity]]:
    """The columns that are read as a status or a second one, and a question for those of which it is not
    clear whose state they tell."""
    taken = (to for reading in readings.values() for to in reading.to if to in STATUSES)
    target = next(taken, _USUAL.get(kind.name))
    if target is None:
        return {}, []
    aside = [h for h in among if readings[h].to == (FURTHER,) and _may_be_state(h, seen[h])]
    undoing = [header for header in aside if _undoes(rows, header)]
    why = Text("says what came back, beside the status", "与状态并列，说明退款或取消")
    found = {h: Reading((target,), why=why) for h in undoing if _is_of_sales(h) and not _is_how(h)}
    states = [*found, *(h for h, reading in readings.items() if set(reading.to) & set(STATUSES))]
    is_said = any(_BACK.search(compact(header)) for header in states)
    open_ones = (h for h in undoing if h not in found and not (is_said and _is_how(h)))
    return found, [_ambiguity(header, target) for header in open_ones]


def _may_be_state(header: str, shapes: Shapes) -> bool:
    known = {meaning.target for meaning in meanings(header)} & set(STATUSES)
    numeric = any(shapes.mostly(shape) for shape in ("number", "date", "email", "clock"))
    called = speaks(header, SemanticType.STATUS) or known or _OF_SALES.search(compact(header))
    return bool(called) and not _REASON.search(compact(header)) and shapes.said > 0 and not numeric


def _is_how(header: str) -> bool:
    return bool(_HOW.search(compact(header)) and not _SORT.search(compact(header)))


def _is_of_sales(header: str) -> bool:
    said = speaks(header, SemanticType.STATUS) or _SORT.search(compact(header))
    return bool(said and _OF_SALES.search(compact(header)))


def _undoes(rows: ir.Table, header: str) -> bool:
    """Whether a few words fill a column, most of them states, and one of them undoes a sale."""
    said = rows.filter(~blank(rows[header])).select(word=rows[header].strip()).distinct().limit(_MOST + 1)
    told = said.select(state=state(said.word)).to_pyarrow()["state"].to_pylist()
    known = [one for one in told if one]
    return len(told) <= _MOST and 2 * len(known) > len(told) and bool(set(known) & set(UNDONE))


def _ambiguity(header: str, target: str) -> Ambiguity:
    question = Text(
        "Some words in this column say that a sale came back or was cancelled, as the status may not. "
        "Does it count?",
        "这一列中有的值表示退款或取消，而状态列未必体现。是否以此为准？",
    )
    ways = (
        (
            Text("yes: what came back or was cancelled is no sale", "是：退款或取消的不算销售"),
            Reading((target,)),
        ),
        (Text("no: keep it as a further attribute", "否：作为其他属性保留"), Reading()),
    )
    return Ambiguity(
        header,
        question,
        tuple(Answer(says, replace(r, sure=True), mapping.line(header, r)) for says, r in ways),
    )
