"""States: which words of a status or direction are unknown?"""

from collections.abc import Mapping
from dataclasses import replace

import ibis.expr.types as ir

from shuke.collect import mapping
from shuke.collect.infer.ambiguities import Ambiguity, Answer
from shuke.collect.infer.headers import generics, meanings
from shuke.collect.mapping import Reading
from shuke.collect.values.directions import CODES, direction
from shuke.collect.values.folding import blank
from shuke.dealings.statuses import STATES, state
from shuke.languages import Text

STATUSES = ("orders.status", "order_items.status", "payments.status")
DIRECTIONS = ("orders.direction", "payments.direction")

#: So many are named in a question.
_NAMED = 5
#: Of a column with more unknown words than these none is named, and after so many the counting ends.
_FEW, _MANY = 20, 200

_MEANINGS: Mapping[str, Text] = {
    "completed": Text("they are sales", "是有效销售"),
    "cancelled": Text("nothing came of them: no sales", "未成立，不算销售"),
    "refunded": Text("they were paid back as a whole", "已全部退款"),
    "in": Text("the money came in", "收入"),
    "out": Text("the money went out", "支出"),
    "back": Text("the money went back to the customer", "退还客户"),
    "none": Text("neither: they are left out of sales", "两者都不是，不算销售"),
}


def unknown(rows: ir.Table, header: str, reading: Reading) -> list[str]:
    """The words of a column of states that mean nothing here, in order; they are no personal values."""
    if not set(reading.to) & {*STATUSES, *DIRECTIONS}:
        return []
    said = rows.filter(~blank(rows[header], reading)).select(word=rows[header].strip()).distinct()
    read = state(said.word) if set(reading.to) & set(STATUSES) else direction(said.word)
    strange = said.filter(read.isnull() & ~said.word.isin([*STATES, *CODES, *reading.words]))
    return sorted(strange.limit(_MANY + 1).to_pyarrow()["word"].to_pylist())


def named(words: list[str]) -> str:
    """Some of the words, as a sentence names them; of very many none, for they may be anything."""
    shown = ", ".join(f"“{word}”" for word in words[:_NAMED]) if len(words) <= _FEW else ""
    return shown + (" …" if len(words) > _NAMED else "")


def ambiguities(rows: ir.Table, readings: Mapping[str, Reading]) -> list[Ambiguity]:
    """What to ask of each column whose words nobody knows."""
    found = {header: unknown(rows, header, reading) for header, reading in readings.items()}
    return [_ambiguity(header, readings[header], words) for header, words in found.items() if words]


def invoiced(rows: ir.Table, readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """The readings of a list of invoices, where what waits for its money has been sold all the same."""
    if not any(_is_due(header) for header in readings):
        return dict(readings)
    return {h: _sold(rows, h, r) if set(r.to) & set(STATUSES) else r for h, r in readings.items()}


def _is_due(header: str) -> bool:
    return "due" in generics(header) or any(
        m.target == "invoices.due" and not m.rank for m in meanings(header)
    )


def _sold(rows: ir.Table, header: str, reading: Reading) -> Reading:
    said = rows.filter(~blank(rows[header], reading)).select(word=rows[header].strip()).distinct()
    waits = said.filter((state(said.word) == "pending") & ~said.word.isin([*STATES, *reading.words]))
    words = sorted(waits.limit(_MANY).to_pyarrow()["word"].to_pylist())
    return (
        replace(reading, words={**dict.fromkeys(words, "completed"), **reading.words}) if words else reading
    )


def _ambiguity(header: str, reading: Reading, words: list[str]) -> Ambiguity:
    question = Text(
        f"What does {named(words)} say of a row? Each word can be given its own meaning in the mapping file.",
        f"{named(words)} 表示什么？可在映射文件中逐一指定含义。",
    )
    codes = ("completed", "cancelled", "refunded") if set(reading.to) & set(STATUSES) else CODES
    answers = [
        (code, replace(reading, words={**reading.words, **dict.fromkeys(words, code)})) for code in codes
    ]
    further = Reading()
    return Ambiguity(
        header,
        question,
        (
            *(Answer(_MEANINGS[code], replace(r, sure=True), mapping.line(header, r)) for code, r in answers),
            Answer(
                Text("it is no such thing: keep it as a further attribute", "与此无关：作为其他属性保留"),
                further,
                mapping.line(header, further),
            ),
        ),
    )
