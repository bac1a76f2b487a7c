"""Flags: which column of yes and no says of a sale that all of it came back?"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import ibis.expr.types as ir

from shuke.collect.guess.doubts import Choice, Doubt
from shuke.collect.guess.evidence import Shapes
from shuke.collect.guess.headers import compact
from shuke.collect.guess.kinds import LINES, ORDERS, Kind
from shuke.collect.mapping import FURTHER, Reading, line
from shuke.languages import Text

#: The state of a sale that came back, and of one that did not.
_BACK, _KEPT = "refunded", "completed"

#: How a column is called that says whether a sale came back, as `compact` writes it.
_CALLED = re.compile(
    r"(?:is|was|has)?(?:been)?(?:item|order|customer)?(?:returned|refunded|return|refund)(?:flag|yn|yesno)?|"
    r"(?:wurde)?(?:retourniert|erstattet|zuruckgegeben|ruckgabe|retoure)|(?:estretourne|retourne|rembourse)e?|"
    r"(?:es)?(?:devuelt[oa]|reembolsad[oa]|devolvid[oa]|estornad[oa])|"
    r"是?否?(?:已|有)?(?:退货|退款|退单|全退)(?:标志|标识|与否)?|返品(?:有無|フラグ|済)?|返金(?:有無|フラグ|済)?"
)
_YES = frozenset(
    "yes y true t x ✓ ✔ returned refunded ja j oui o si s sim "
    "是 有 已退 已退货 已退款 退货 退款 はい 有り".split()
)
_NO = frozenset(
    "no n false f - kept none nein non nao não not 否 无 無 未退 未退货 未退款 不是 没有 いいえ 無し".split()
)
#: Of so many different words some are no answers of yes and no.
_MOST = 12


def returned(rows: ir.Table, headers: Iterable[str], kind: Kind, taken: Iterable[str]) -> dict[str, Reading]:
    """How a column of yes and no is read that says whether a sale came back, where nothing else says it."""
    if kind not in (LINES, ORDERS):
        return {}
    target = "order_items.status" if kind is LINES else "orders.status"
    called = [h for h in headers if _CALLED.fullmatch(compact(h))] if target not in taken else []
    told = {header: words for header in called[:1] if (words := _words(rows, header))}
    why = Text("says whether it came back", "是否退货")
    return {header: Reading((target,), words=words, why=why) for header, words in told.items()}


def counted(readings: Mapping[str, Reading], seen: Mapping[str, Shapes], kind: Kind) -> list[Doubt]:
    """A question for a column of numbers that is called so: is 1 a yes, or one of several pieces?"""
    if kind not in (LINES, ORDERS):
        return []
    called = [h for h in readings if _CALLED.fullmatch(compact(h))]
    aside = [h for h in called if readings[h].to == (FURTHER,)]
    return [_doubt(header, kind) for header in aside if seen[header].mostly("number")][:1]


def _doubt(header: str, kind: Kind) -> Doubt:
    target = "order_items.status" if kind is LINES else "orders.status"
    whole = Reading((target,), words={"1": _BACK, "0": _KEPT})
    question = Text(
        "Is 1 in this column a sale all of which came back? Where it counts pieces or money, give returns as "
        "rows of their own, or the amount refunded.",
        "这一列中的 1 是否表示整笔退货？如为件数或金额，请以单独的退货行或“退款金额”列提供。",
    )
    ways = (
        (Text("1 is a sale that came back, 0 one that did not", "1 表示已退货，0 表示未退货"), whole),
        (Text("something else: keep it as a further attribute", "其他：作为其他属性保留"), Reading()),
    )
    return Doubt(
        header, question, tuple(Choice(says, replace(r, sure=True), line(header, r)) for says, r in ways)
    )


def _words(rows: ir.Table, header: str) -> Mapping[str, str]:
    """What each word of a column of yes and no means; nothing where it holds anything else."""
    said = rows.select(word=rows[header].strip()).distinct().limit(_MOST + 1).to_pyarrow()["word"].to_pylist()
    words = [word for word in said if word]
    meant = {word: _BACK if word.lower() in _YES else _KEPT for word in sorted(words)}
    return meant if words and all(word.lower() in _YES | _NO for word in words) else {}
