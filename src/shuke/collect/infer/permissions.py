"""Permissions: which columns say whether one may write to somebody, and what do their words mean?"""

from collections.abc import Collection, Mapping
from dataclasses import replace

import ibis.expr.types as ir

from shuke.collect import mapping
from shuke.collect.infer.ambiguities import Ambiguity, Answer
from shuke.collect.infer.evidence import Shapes
from shuke.collect.infer.headers import words
from shuke.collect.infer.permission_headers import is_bare, is_confirmation
from shuke.collect.infer.states import named
from shuke.collect.mapping import Reading
from shuke.collect.values import blank
from shuke.collect.values.permissions import is_of_consent, permitted, statements
from shuke.languages import Text
from shuke.tables.permissions import PERMISSIONS, Permission, Statement

#: Of a column with more unknown words than this none is named.
_MANY = 200


def placed(
    readings: Mapping[str, Reading], seen: Mapping[str, Shapes], undecided: Collection[str]
) -> dict[str, Reading]:
    """The readings, with each permission as its values show it: a column of days says when.

    A subscription counts from when it was confirmed, where a column says that; and a bare `opt-in` beside a
    column that names its channel is to something else, such as the offers of partners.
    """
    told = {h: _dated(PERMISSIONS[r.to[0]], seen[h]) for h, r in readings.items() if r.to[0] in PERMISSIONS}
    free = [header for header in told if header in undecided]
    named_ones = [h for h, one in told.items() if one.statement is Statement.ANSWER and not is_bare(words(h))]
    confirmed = [h for h in told if is_confirmation(words(h))]
    aside = {Statement.ANSWER: named_ones, Statement.SINCE: confirmed}
    gone = [h for h in free if is_bare(words(h)) and h not in confirmed and aside.get(told[h].statement)]
    return {
        **readings,
        **{h: replace(readings[h], to=(told[h].target,)) for h in free},
        **dict.fromkeys(gone, Reading()),
    }


def ambiguities(rows: ir.Table, readings: Mapping[str, Reading]) -> list[Ambiguity]:
    """What to ask of each column of consents whose words nobody knows."""
    found = {h: unknown(rows, h, reading) for h, reading in readings.items() if _is_answer(reading)}
    return [_asked(header, readings[header], strange) for header, strange in found.items() if strange]


def unknown(rows: ir.Table, header: str, reading: Reading) -> list[str]:
    """The words of a column of consents that mean nothing here, in order; they are no personal values."""
    said = rows.filter(~blank(rows[header], reading)).select(word=rows[header].strip()).distinct()
    strange = said.filter(permitted(said.word, reading).isnull() & ~said.word.isin([*reading.words]))
    return sorted(strange.limit(_MANY + 1).to_pyarrow()["word"].to_pylist())


def _dated(one: Permission, shapes: Shapes) -> Permission:
    timed = {Statement.ANSWER: Statement.SINCE, Statement.REFUSAL: Statement.UNTIL}
    return replace(one, statement=timed.get(one.statement, one.statement)) if shapes.date else one


def _is_answer(reading: Reading) -> bool:
    return is_of_consent(reading) and not {Statement.SINCE, Statement.UNTIL} & statements(reading)


_NO, _NOTHING, _YES, _OTHER = (
    Text("no, one may not write to them", "不可以联系"),
    Text("it says neither", "两者都不是"),
    Text("yes, they have agreed", "同意联系"),
    Text("it is no such thing: keep it as a further attribute", "与此无关：作为其他属性保留"),
)


def _asked(header: str, reading: Reading, strange: list[str]) -> Ambiguity:
    question = Text(
        f"May one write to somebody of whom {named(strange)} is said? "
        "Each word can be given its own meaning in the mapping file.",
        f"标为{named(strange)}的客户可以联系吗？可在映射文件中逐一指定含义。",
    )
    refusal = Statement.REFUSAL in statements(reading)
    meanings = {"yes": _NO, "": _NOTHING} if refusal else {"no": _NO, "": _NOTHING, "yes": _YES}
    answers = [
        (says, replace(reading, words={**reading.words, **dict.fromkeys(strange, word)}))
        for word, says in meanings.items()
    ]
    answers.append((_OTHER, Reading()))
    choices = (Answer(says, replace(read, sure=True), mapping.line(header, read)) for says, read in answers)
    return Ambiguity(header, question, tuple(choices))
