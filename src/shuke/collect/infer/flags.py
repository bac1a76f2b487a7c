"""Flags: which yes/no column says that a sale was returned or cancelled?"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import ibis.expr.types as ir

from shuke.collect.infer.ambiguities import Ambiguity, Answer
from shuke.collect.infer.evidence import Shapes
from shuke.collect.infer.file_kinds import LINES, ORDERS, FileKind
from shuke.collect.infer.headers import compact
from shuke.collect.mapping import FURTHER, Reading, line
from shuke.languages import Text

#: The states of a sale that came back, that never came about, and of one that stands.
_BACK, _UNDONE, _KEPT = "refunded", "cancelled", "completed"

#: How a column is called that says whether a sale came back or was undone, as `compact` writes it.
_CALLED = {
    _BACK: re.compile(
        r"(?:is|was|has)?(?:been)?(?:item|order|customer)?(?:returned|refunded|return|refund)(?:flag|yn|yesno)?|"
        r"(?:wurde)?(?:retourniert|erstattet|zuruckgegeben|ruckgabe|retoure)|"
        r"(?:estretourne|retourne|rembourse)e?|"
        r"(?:es)?(?:devuelt[oa]|reembolsad[oa]|devolvid[oa]|estornad[oa])|"
        r"是?否?(?:已|有)?(?:退货|退款|退单|全退)(?:标志|标识|与否)?|"
        r"返品(?:有無|フラグ|済)?|返金(?:有無|フラグ|済)?"
    ),
    _UNDONE: re.compile(
        r"(?:is|was|has)?(?:been)?(?:item|order|sale|line)?(?:cancel+ed|voided|void)(?:flag|yn|yesno)?|"
        r"(?:wurde)?(?:storniert|storno)|(?:est)?annulee?|(?:es|fue|foi)?(?:anulad[oa]|cancelad[oa])|"
        r"是?否?(?:已|有)?(?:取消|作废|撤销|撤单)(?:标志|标识|与否)?|(?:キャンセル|取消)(?:有無|フラグ|済)?"
    ),
}
_YES = frozenset(
    "yes y true t x ✓ ✔ returned refunded cancelled canceled void voided storniert ja j oui o si s sim "
    "是 有 已退 已退货 已退款 退货 退款 已取消 取消 作废 已作废 はい 有り".split()
)
_NO = frozenset(
    "no n false f - kept none nein non nao não not 否 无 無 未退 未退货 未退款 未取消 不是 没有 "
    "いいえ 無し".split()
)
#: What else says what became of a sale.
_STATES = {"orders.status", "order_items.status"}
#: Of so many different words some are no answers of yes and no.
_MOST = 12


def says_so(header: str) -> str | None:
    """What a yes means in a column that is called like one of yes and no; None for any other."""
    return next((state for state, called in _CALLED.items() if called.fullmatch(compact(header))), None)


def returned(
    rows: ir.Table, headers: Iterable[str], kind: FileKind, taken: Collection[str]
) -> dict[str, Reading]:
    """How columns of yes and no are read that say whether a sale came back or was undone.

    Beside another column that says what became of it, a no says nothing: the other one does.
    """
    if kind not in (LINES, ORDERS):
        return {}
    told = {h: found for h in headers if (state := says_so(h)) and (found := _words(rows, h, state))}
    alone = len(told) == 1 and not _STATES & set(taken)
    return {header: _reading(words, kind, alone=alone) for header, words in told.items()}


def _reading(words: Mapping[str, str], kind: FileKind, *, alone: bool) -> Reading:
    meant = words if alone else {w: "" if state == _KEPT else state for w, state in words.items()}
    target = "order_items.status" if kind is LINES else "orders.status"
    return Reading((target,), words=meant, why=Text("says what became of it", "是否退货或取消"))


def counted(
    readings: Mapping[str, Reading], seen: Mapping[str, Shapes], kind: FileKind, taken: Collection[str]
) -> list[Ambiguity]:
    """A question for a column of numbers that is called so: is 1 a yes, or one of several pieces?"""
    if kind not in (LINES, ORDERS):
        return []
    aside = [h for h, reading in readings.items() if reading.to == (FURTHER,) and says_so(h)]
    alone = len(aside) == 1 and not _STATES & set(taken)
    return [_ambiguity(header, kind, alone=alone) for header in aside if seen[header].mostly("number")]


def _ambiguity(header: str, kind: FileKind, *, alone: bool) -> Ambiguity:
    state = says_so(header) or _BACK
    whole = replace(_reading({"1": state, "0": _KEPT}, kind, alone=alone), why=None)
    question, yes = _ASKED[state]
    ways = (
        (yes, whole),
        (Text("something else: keep it as a further attribute", "其他：作为其他属性保留"), Reading()),
    )
    return Ambiguity(
        header, question, tuple(Answer(says, replace(r, sure=True), line(header, r)) for says, r in ways)
    )


_ASKED: Mapping[str, tuple[Text, Text]] = {
    _BACK: (
        Text(
            "Is 1 in this column a sale all of which came back? Where it counts pieces or money, give "
            "returns as rows of their own, or the amount refunded.",
            "这一列中的 1 是否表示整笔退货？如为件数或金额，请以单独的退货行或“退款金额”列提供。",
        ),
        Text("1 is a sale that came back, 0 one that did not", "1 表示已退货，0 表示未退货"),
    ),
    _UNDONE: (
        Text("Is 1 in this column a sale that was undone?", "这一列中的 1 是否表示已取消或作废？"),
        Text("1 is a sale that was undone, 0 one that stands", "1 表示已取消，0 表示有效"),
    ),
}


def _words(rows: ir.Table, header: str, state: str) -> Mapping[str, str]:
    """What each word of a column of yes and no means; nothing where it holds anything else."""
    said = rows.select(word=rows[header].strip()).distinct().limit(_MOST + 1).to_pyarrow()["word"].to_pylist()
    words = [word for word in said if word]
    meant = {word: state if word.lower() in _YES else _KEPT for word in sorted(words)}
    return meant if words and all(word.lower() in _YES | _NO for word in words) else {}
