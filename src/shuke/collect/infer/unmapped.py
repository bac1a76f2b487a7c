"""Unmapped: which columns look like required ones but are not read as such?

A column that looks like a day is a question where nothing else says when, and a note in the account of the
import where something does: most exports have several dates, and one of them is meant.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import ibis.expr.types as ir

from shuke.collect.infer.ambiguities import Ambiguity, none_of, one_of
from shuke.collect.infer.amount_levels import of_the_order
from shuke.collect.infer.column_profiles import ColumnProfile, looks, sense
from shuke.collect.infer.evidence import Shapes
from shuke.collect.infer.file_kinds import LINES, MEMBERS, ORDERS, FileKind, are_silent
from shuke.collect.mapping import FURTHER, Layout, Reading, targets
from shuke.languages import Text
from shuke.tables import CANONICAL
from shuke.tables.semantic_types import SemanticType, senses
from shuke.tables.semantic_types import targets as places

#: What a person is asked of each sense: which column says it.
_QUESTIONS: Mapping[SemanticType, Text] = {
    SemanticType.DAY: Text(
        "Nothing says when this happened. Is it {names}?", "没有任何列说明发生日期。是{names}吗？"
    ),
    SemanticType.ORDER: Text(
        "Nothing says to which order a row belongs. Is it {names}?", "没有任何列说明所属订单。是{names}吗？"
    ),
    SemanticType.CUSTOMER: Text(
        "Nothing says who the customer is. Is it {names}?", "没有任何列说明客户是谁。是{names}吗？"
    ),
    SemanticType.QUANTITY: Text("Nothing says how many. Is it {names}?", "没有任何列说明数量。是{names}吗？"),
    SemanticType.AMOUNT: Text(
        "Nothing says how much it comes to. Is it {names}?", "没有任何列说明金额。是{names}吗？"
    ),
    SemanticType.CURRENCY: Text(
        "Nothing says in which currency. Is it {names}?", "没有任何列说明币种。是{names}吗？"
    ),
    SemanticType.STATUS: Text(
        "Nothing says what became of it. Is it {names}?", "没有任何列说明状态。是{names}吗？"
    ),
    SemanticType.DIRECTION: Text(
        "Nothing says which rows are money in and which money out. Is it {names}?",
        "没有任何列区分收入与支出。是{names}吗？",
    ),
}

#: What is said of dealings beside their amount.
_OF_DEALINGS = frozenset(
    {SemanticType.CURRENCY, SemanticType.STATUS, SemanticType.DAY, SemanticType.ORDER, SemanticType.DIRECTION}
)

#: How many columns one question names.
_AT_ONCE = 5

#: Who somebody is, in the order in which it is asked for.
_SOMEBODY = ("people.record_id", "people.name", "people.organisation")


DateAndNumberStyle = Callable[[dict[str, Reading]], tuple[dict[str, Reading], list[Ambiguity]]]


@dataclass(frozen=True)
class OpenColumns:
    """The columns of a sheet as they are read so far, and those about which nobody has decided."""

    readings: Mapping[str, Reading]
    seen: Mapping[str, Shapes]
    undecided: Collection[str]
    constants: Collection[str] = ()
    whole: Collection[str] = ()  # that tell of an order and not of its lines


def unplaced(
    rows: ir.Table, sheet: OpenColumns, kind: FileKind, manner: DateAndNumberStyle
) -> list[Ambiguity]:
    """One question for each sense that rows of this kind should have, and only a column kept aside may be.

    `manner` says how the values of a column that is read so are written.
    """
    missing = [one for one in senses(CANONICAL[kind.name]) if not _is_filled(one, sheet, kind)]
    aside = [h for h in sheet.undecided if sheet.readings[h].to == (FURTHER,) and sheet.seen[h].said]
    if not missing or not aside:
        return []
    seen = looks(rows, aside)
    alike: dict[SemanticType, dict[str, ColumnProfile]] = {}
    for header in aside:
        found = sense(header, seen[header])
        if found in missing:
            alike.setdefault(found, {})[header] = seen[header]
    return [_asked(one, columns, kind, manner, whole=sheet.whole) for one, columns in alike.items()]


_CURRENCY = "orders.currency"


def misplaced(
    rows: ir.Table, layout: Layout, seen: Mapping[str, Shapes], kind: FileKind
) -> tuple[FileKind, ...]:
    """What the rows of a list of people may be instead, of whom so much is kept aside that only dealings say:
    an amount, with its currency, what became of it, or when. Sums of what customers spent stand alone."""
    if kind is not MEMBERS:
        return ()
    fed = {to for reading in layout.columns.values() for to in reading.to}
    limited = any(to.startswith("credit_limits.") for to in fed)
    # A currency is that of a credit limit only where there is one.
    kept = {(FURTHER,)} if limited else {(FURTHER,), (_CURRENCY,)}
    aside = [h for h, r in layout.columns.items() if r.to in kept and seen[h].said]
    found = {sense(header, look) for header, look in looks(rows, aside).items()} if aside else set()
    enough = 1 if are_silent(layout.columns) else 2
    is_dealt = SemanticType.AMOUNT in found and len(found & _OF_DEALINGS) >= enough
    return (MEMBERS, LINES, ORDERS) if is_dealt else ()


def _is_filled(one: SemanticType, sheet: OpenColumns, kind: FileKind) -> bool:
    """Whether a column that says anything, or a constant, gives the rows this sense."""
    wanted = {*places(CANONICAL[kind.name], one), *(_SOMEBODY if one is SemanticType.CUSTOMER else ())}
    told = {to for header, r in sheet.readings.items() if sheet.seen[header].said for to in r.to}
    if one is SemanticType.CUSTOMER and any(to.startswith("identifiers.") for to in told):
        return True
    if one is SemanticType.AMOUNT and kind is ORDERS:  # of a sale without an order's number
        wanted.add("order_items.amount")
    if (
        one is SemanticType.AMOUNT and kind is LINES and sheet.whole
    ):  # of whose products no cell says it alone
        wanted.add("orders.total")
    return bool(wanted & (told | set(sheet.constants)))


def _asked(
    one: SemanticType,
    columns: Mapping[str, ColumnProfile],
    kind: FileKind,
    manner: DateAndNumberStyle,
    *,
    whole: Collection[str],
) -> Ambiguity:
    first = list(columns)[:_AT_ONCE]
    named = (", ".join(f"“{h}”" for h in first), "、".join(f"“{h}”" for h in first))
    asked = _QUESTIONS[one]
    question = Text(asked.en.format(names=named[0]), asked.zh.format(names=named[1]))
    choices = [
        one_of(first[0], header, reading, says, first)
        for header in first
        for reading, says in _readings(
            header,
            _on_its_level(header, _possible(one, columns[header], kind), whole)[: 1 if first[1:] else 3],
            manner,
        )
    ]
    return Ambiguity(first[0], question, (*choices, none_of(first[0], first)))


def _readings(
    header: str, possible: Collection[str], manner: DateAndNumberStyle
) -> Iterator[tuple[Reading, Text]]:
    """What a column may be and how its values are then written, with the words for it."""
    for target in possible:
        title = targets()[target].title
        says = Text(f"“{header}” is: {title.en}", f"“{header}”是：{title.zh}")
        read, ambiguities = manner({header: Reading((target,))})
        yield from (
            (choice.reading, Text(f"{says.en}; {choice.says.en}", f"{says.zh}；{choice.says.zh}"))
            for ambiguity in ambiguities
            for choice in ambiguity.choices
        )
        if not ambiguities:
            yield replace(read[header], why=None), says


def _on_its_level(header: str, possible: tuple[str, ...], whole: Collection[str]) -> tuple[str, ...]:
    """What a column may be that tells of an order: what the order comes to, and not a line of it."""
    if header not in whole:
        return possible
    return tuple(dict.fromkeys(to for to in map(of_the_order, possible) if to != FURTHER))


def _possible(one: SemanticType, seen: ColumnProfile, kind: FileKind) -> tuple[str, ...]:
    """What a column that has a sense may feed, the likeliest first."""
    if one is not SemanticType.CUSTOMER:
        found = tuple(to for to in places(CANONICAL[kind.name], one) if to in targets())
        return found if one is SemanticType.AMOUNT else found[:1]
    for shape, target in (("email", "identifiers.email"), ("mobile", "identifiers.phone")):
        if seen.shapes.mostly(shape):
            return (target,)
    return _SOMEBODY if seen.mostly(seen.shapes.code) else _SOMEBODY[1:]
