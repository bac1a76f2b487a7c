"""Transaction types: which column says whether a row is a sale, a refund or neither?

Many programs call it no more than `Type`: Order, Refund, Service Fee; Vente, Avoir; 通常, 返品. Its words
tell.
"""

import re
from collections.abc import Iterable, Mapping

import ibis.expr.types as ir

from shuke.collect.infer.evidence import Shapes
from shuke.collect.infer.file_kinds import LINES, ORDERS, FileKind
from shuke.collect.infer.headers import compact
from shuke.collect.mapping import FURTHER, Reading
from shuke.collect.values.directions import direction
from shuke.collect.values.folding import blank
from shuke.languages import Text

#: What a column is called that says what was done, as `compact` writes it.
_CALLED = re.compile(
    r"^(?:type|typ|art|kind|nature|tipo|genre|category|event|deed|operation|action)$|"
    r"(?:transaction|sales?|order|document|doc|record|row|entry|event|reporting|payment|booking|balance|report|"
    r"line|ticket|receipt|operation|movement)(?:type|kind|category)$|"
    r"^(?:type|tipo|nature|art|natur)(?:d|de|des|du|der|do|da|del|dela)?(?:transaction|operacion|operacao|operation|"
    r"document|documento|venta|vente|venda|vorgangs?|piece|ticket|mo[u]vement|movimiento|movimento)$|"
    r"(?:vorgang|beleg|buchung|transaktion|umsatz|zahlung|bewegung|geschafts?)s?(?:art|typ)$|"
    r"(?:交易|单据|业务|订单|票据|销售|收发|账务|记录|操作|流水|动账|计费|结算单?|出入库|变动|明细|账单|取引|売上|伝票|処理|注文|販売)"
    r"(?:类型|类别|种类|性质|方式|场景|区分|種別|種類|分类)$|^(?:类型|类别|区分|種別|类别名称)$"
)
#: What a column is called that says beside it what the amount of a row is: the price, a commission, a fee.
_OF_AMOUNTS = re.compile(
    r"^(?:amount|charge|fee|price|cost|balance)(?:type|kind|category|description|name|code)$|"
    r"(?:betrags?|gebuhren|kosten|preis)(?:art|typ|beschreibung|bezeichnung)$|"
    r"^(?:type|nature|libelle)(?:de|du|des)?(?:montant|frais)s?$|"
    r"^(?:tipo|descripcion|descricao|concepto)(?:de|do|del)?(?:importe|monto|valor|tarifa|taxa|cargo)s?$|"
    r"^(?:费用|款项|金额|收费|费|账款|结算)(?:项目?|类型|类别|名称|说明|明细|科目)$|^(?:金額|料金|手数料)(?:種別|種類|区分|名|の説明|の種類)$"
)
#: Of so many different words some are no deeds.
_MOST = 30

_TARGETS: Mapping[str, str] = {
    LINES.name: "orders.deed",
    ORDERS.name: "orders.deed",
    "payments": "payments.deed",
}


def transaction_types(
    rows: ir.Table,
    readings: Mapping[str, Reading],
    seen: Mapping[str, Shapes],
    *,
    kind: FileKind,
    among: Iterable[str],
) -> dict[str, Reading]:
    """How the column is read that says it, where no other does; nothing where no word of it is of money that
    goes back, out, or neither way, or where most of them are of nothing known. A column that says what the
    amounts are is read beside it: what was kept of an order as a commission is no part of the sale."""
    target = _TARGETS.get(kind.name)
    if target is None:
        return {}
    is_told = any(target in reading.to for reading in readings.values())
    aside = [h for h in among if readings[h].to == (FURTHER,)]
    worded = [h for h in aside if seen[h].said and not seen[h].mostly("number")]
    rows_are = (h for h in worded if not is_told and _CALLED.search(compact(h)))
    first = next((header for header in rows_are if _parts(rows, header)), None)
    amounts_are = (h for h in worded if (first or is_told) and _OF_AMOUNTS.search(compact(h)) and h != first)
    found = [*([first] if first else []), *(header for header in amounts_are if _parts(rows, header))]
    why = Text("says which rows are sales and which go back", "说明哪些行是销售、哪些是退款")
    return {header: Reading((target,), why=why) for header in found}


def _parts(rows: ir.Table, header: str) -> bool:
    """Whether its words part sales from what is none."""
    said = rows.filter(~blank(rows[header])).select(word=rows[header].strip()).distinct().limit(_MOST + 1)
    ways = said.select(way=direction(said.word)).to_pyarrow()["way"].to_pylist()
    known = [way for way in ways if way]
    return len(ways) <= _MOST and 2 * len(known) >= len(ways) and bool({"back", "out", "none"} & set(known))
