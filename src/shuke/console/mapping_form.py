"""Mapping form: how did a person correct the inferred columns?"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, get_args

import pyarrow as pa
from starlette.datastructures import FormData

from shuke.collect.infer import Ambiguity, Answer
from shuke.collect.infer.file_kinds import KINDS
from shuke.collect.layouts import Reshaped
from shuke.collect.mapping import FURTHER, IGNORE, Layout, Mark, Order, Reading, targets
from shuke.collect.preview import ImportPreview
from shuke.console.request_context import text
from shuke.console.table_requests import whole
from shuke.languages import Text
from shuke.tables import CANONICAL, Column, Type

#: How many rows of each table are shown as they would land.
LANDING = 10


@dataclass(frozen=True)
class Option:
    """One thing that a column may mean."""

    value: str
    title: str


#: Reads files whose rows are said to be of a table, and whose columns to mean something.
Look = Callable[[str | None, Mapping[str, Reading]], list[ImportPreview]]


def options() -> list[tuple[str, list[Option]]]:
    """Everything that a column may mean, table by table, in the reader's language."""
    apart = (FURTHER, IGNORE)
    first = [Option(name, str(targets()[name].title)) for name in apart]
    rest = [(name, column) for name, column in targets().items() if name not in apart]
    by_table = groupby(rest, lambda target: target[0].partition(".")[0])
    groups = [(_table(name), [Option(to, str(c.title)) for to, c in group]) for name, group in by_table]
    return [(str(Text("Not needed for the customer database", "其他")), first), *groups]


def field(sheet: int, column: int) -> str:
    """The name of the form's field for a column."""
    return f"to-{sheet}-{column}"


def ambiguity_field(sheet: int, column: int) -> str:
    return f"doubt-{sheet}-{column}"


def mark_field(sheet: int, column: int) -> str:
    """The field that says which question a doubt's field answers: another may stand there by now."""
    return f"of-{sheet}-{column}"


def mark(ambiguity: Ambiguity) -> str:
    return f"{zlib.crc32(repr([choice.line for choice in ambiguity.choices]).encode()):08x}"


def answer_of(form: FormData, sheet: int, column: int, ambiguity: Ambiguity) -> int | None:
    """Which of the answers to a doubt a form gives."""
    said = whole(text(form, ambiguity_field(sheet, column)))
    if text(form, mark_field(sheet, column)) != mark(ambiguity) or said is None:
        return None
    return said if said < len(ambiguity.choices) else None


def order_field(sheet: int, column: int) -> str:
    return f"order-{sheet}-{column}"


def decimal_field(sheet: int, column: int) -> str:
    return f"decimal-{sheet}-{column}"


def kind_field(sheet: int) -> str:
    """The field that says what a sheet's rows are."""
    return f"kind-{sheet}"


def shown_field(sheet: int) -> str:
    """The field that says for which of them the form was made."""
    return f"shown-{sheet}"


def kinds() -> list[Option]:
    """Everything that the rows of a file may be, in the reader's language."""
    return [Option(kind.name, str(CANONICAL[kind.name].title)) for kind in KINDS]


def previewed(form: FormData, look: Look) -> list[ImportPreview]:
    """The sheets, the rows and columns of each being what the person says; `look` reads all of them."""
    sheets = look(None, {})
    kinds = [_kind(form, number, sheet) for number, sheet in enumerate(sheets)]
    anew = {kind: look(kind, {}) for kind in {*kinds} if kind}
    sheets = [
        anew[kind][number] if kind else sheet
        for number, (kind, sheet) in enumerate(zip(kinds, sheets, strict=True))
    ]
    if renamed(form, sheets) is not None:  # what is said of columns was said of other rows
        return sheets
    said = [_said(form, number, sheet) for number, sheet in enumerate(sheets)]
    return [
        look(kind, columns)[number] if columns else sheet
        for number, (kind, sheet, columns) in enumerate(zip(kinds, sheets, said, strict=True))
    ]


def _said(form: FormData, number: int, sheet: ImportPreview) -> dict[str, Reading]:
    """What the person says of columns by their own choice, and not as an answer: the rest is read anew."""
    ambiguities = {ambiguity.column: ambiguity for ambiguity in sheet.found.ambiguities}
    said: dict[str, Reading] = {}
    answered: set[str] = set()
    for place, (header, guessed) in enumerate(sheet.found.layout.columns.items()):
        answer = _answer(form, number, place, ambiguities.get(header))
        chosen = _chosen(form, number, place, guessed)
        if answer is not None:
            answered |= {header, *answer.also}
        elif chosen != guessed:
            said[header] = replace(chosen, sure=True)
    return {header: reading for header, reading in said.items() if header not in answered}


def _kind(form: FormData, number: int, sheet: ImportPreview) -> str | None:
    """What the person says that the rows of a sheet are, where it is not what they were taken for."""
    said = text(form, kind_field(number))
    return said if said in {kind.name for kind in KINDS} and said not in sheet.tables[:1] else None


def renamed(form: FormData, sheets: list[ImportPreview]) -> FormData | None:
    """What of a form still holds once the rows of a sheet are called something else; None where none is."""
    numbers = range(len(sheets))
    if all(text(form, kind_field(n)) in ("", text(form, shown_field(n))) for n in numbers):
        return None
    return FormData([*((kind_field(n), text(form, kind_field(n))) for n in numbers), ("look", "1")])


def is_reshaped(sheet: ImportPreview) -> bool:
    """Whether the rows that land are laid out otherwise than those of the file: one should see them."""
    return not sheet.found.described.shape.as_it_stands


def settled(form: FormData, sheets: list[ImportPreview]) -> list[tuple[Layout, list[Ambiguity]]]:
    """The layout of each sheet as the person wants it, and the doubts that they left open."""
    return [_settle(form, number, sheet) for number, sheet in enumerate(sheets)]


def _settle(form: FormData, number: int, sheet: ImportPreview) -> tuple[Layout, list[Ambiguity]]:
    layout = sheet.found.layout
    ambiguities = {ambiguity.column: ambiguity for ambiguity in sheet.found.ambiguities}
    columns: dict[str, Reading] = {}
    answers: list[Answer] = []
    left: list[Ambiguity] = []
    for place, (header, guessed) in enumerate(layout.columns.items()):
        chosen = _chosen(form, number, place, guessed)
        columns[header] = replace(chosen, sure=True)
        if header in ambiguities:
            answer = _answer(form, number, place, ambiguities[header])
            answers += [answer] if answer else []
            columns[header] = answer.reading if answer else columns[header]
            left += [ambiguities[header]] if answer is None and chosen == guessed else []
    for answer in answers:  # what was settled by hand stays
        also = answer.also.items()
        columns |= {h: reading for h, reading in also if columns[h] == replace(layout.columns[h], sure=True)}
    return replace(layout, columns=columns), left


def reshaped(form: FormData, sheets: list[ImportPreview]) -> list[Reshaped]:
    """What the person answered about the shapes of sheets."""
    found = []
    for number, sheet in enumerate(sheets):
        for place, header in enumerate(sheet.found.layout.columns):
            ambiguity = next(
                (ambiguity for ambiguity in sheet.found.asked if ambiguity.column == header), None
            )
            answer = None if ambiguity is None else answer_of(form, number, place, ambiguity)
            if ambiguity is not None and answer is not None:
                found.append(ambiguity.choices[answer])
    return [choice for choice in found if isinstance(choice, Reshaped)]


def _chosen(form: FormData, number: int, place: int, guessed: Reading) -> Reading:
    """The guess where it was left as it is; a new meaning keeps how dates and numbers are written."""
    addresses = tuple(part for part in text(form, field(number, place)).split("+") if part in targets())
    meant = guessed if not addresses or addresses == guessed.to else Reading(addresses)
    order, decimal = text(form, order_field(number, place)), text(form, decimal_field(number, place))
    return replace(
        meant,
        order=_one_of(order, get_args(Order), guessed.order) if is_dated(meant) else None,
        decimal=_one_of(decimal, get_args(Mark), guessed.decimal) if is_numeric(meant) else None,
    )


def is_dated(reading: Reading) -> bool:
    return bool({targets()[to].type for to in reading.to} & {Type.DATE, Type.TIME})


def is_numeric(reading: Reading) -> bool:
    kinds = {Type.MONEY, Type.QUANTITY, Type.RATE, Type.NUMBER}
    return bool({targets()[to].type for to in reading.to} & kinds)


def _one_of(said: str, allowed: tuple[Any, ...], guessed: Any) -> Any:
    """What a field says; what was guessed where the form has no such field."""
    return said if said in allowed else guessed


def _answer(form: FormData, number: int, place: int, ambiguity: Ambiguity | None) -> Answer | None:
    answer = None if ambiguity is None else answer_of(form, number, place, ambiguity)
    if ambiguity is None or answer is None:
        return None
    choice = ambiguity.choices[answer]
    return replace(choice, reading=replace(choice.reading, sure=True))


def shown(sheet: ImportPreview) -> Iterator[tuple[int, str, Reading, Ambiguity | None]]:
    """The columns of a sheet as the form has them: place, header, reading, doubt."""
    ambiguities = {ambiguity.column: ambiguity for ambiguity in sheet.found.ambiguities}
    for place, (header, reading) in enumerate(sheet.found.layout.columns.items()):
        yield place, header, reading, ambiguities.get(header)


def _table(name: str) -> str:
    titles = {"record": Text("About the row", "关于该行")}
    return str(CANONICAL[name].title if name in CANONICAL else titles.get(name, name))


def spoken(table: str, rows: pa.Table) -> list[Column]:
    """The columns of a table in which any of the rows says something."""
    return [c for c in CANONICAL[table] if c.name != "nth" and rows[c.name].null_count < rows.num_rows]
