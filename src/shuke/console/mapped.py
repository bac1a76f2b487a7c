"""Mapped: what did a person make of the columns that were guessed?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from starlette.datastructures import FormData

from shuke.collect.guess import Doubt
from shuke.collect.layouts import Reshaped
from shuke.collect.mapping import FURTHER, IGNORE, Layout, Reading, targets
from shuke.collect.preview import Previewed
from shuke.console.visits import text
from shuke.languages import Text
from shuke.tables import CANONICAL, Type


@dataclass(frozen=True)
class Option:
    """One thing that a column may mean."""

    value: str
    title: str


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


def doubt_field(sheet: int, column: int) -> str:
    return f"doubt-{sheet}-{column}"


def settled(form: FormData, sheets: list[Previewed]) -> tuple[list[Layout], list[Doubt]]:
    """The layouts as the person wants them, and the doubts that they left open."""
    read = [_settle(form, number, sheet) for number, sheet in enumerate(sheets)]
    return [layout for layout, _ in read], [doubt for _, left in read for doubt in left]


def _settle(form: FormData, number: int, sheet: Previewed) -> tuple[Layout, list[Doubt]]:
    layout = sheet.found.layout
    doubts = {doubt.column: doubt for doubt in sheet.found.doubts}
    columns: dict[str, Reading] = {}
    left: list[Doubt] = []
    for place, (header, guessed) in enumerate(layout.columns.items()):
        chosen = _chosen(text(form, field(number, place)), guessed)
        answered = _answer(text(form, doubt_field(number, place)), doubts.get(header))
        columns[header] = answered or replace(chosen, sure=True)
        if header in doubts and answered is None and chosen.to == guessed.to:
            left.append(doubts[header])
    return replace(layout, columns=columns), left


def reshaped(form: FormData, sheets: list[Previewed]) -> list[Reshaped]:
    """What the person answered about the shapes of sheets."""
    found = []
    for number, sheet in enumerate(sheets):
        for place, header in enumerate(sheet.found.layout.columns):
            said = text(form, doubt_field(number, place))
            choices = next((doubt.choices for doubt in sheet.found.asked if doubt.column == header), ())
            if said.isdecimal() and int(said) < len(choices):
                found.append(choices[int(said)])
    return [choice for choice in found if isinstance(choice, Reshaped)]


def _chosen(to: str, guessed: Reading) -> Reading:
    """The guess where it was left as it is; a new meaning keeps how dates and numbers are written."""
    addresses = tuple(part for part in to.split("+") if part in targets())
    if not addresses or addresses == guessed.to:
        return guessed
    kinds = {targets()[address].type for address in addresses}
    dated = kinds & {Type.DATE, Type.TIME}
    numeric = kinds & {Type.MONEY, Type.QUANTITY, Type.RATE, Type.NUMBER}
    order, decimal = guessed.order if dated else None, guessed.decimal if numeric else None
    return Reading(addresses, order, decimal, guessed.words if addresses == guessed.to else {})


def _answer(said: str, doubt: Doubt | None) -> Reading | None:
    if doubt is None or not said.isdecimal() or int(said) >= len(doubt.choices):
        return None
    return replace(doubt.choices[int(said)].reading, sure=True)


def shown(sheet: Previewed) -> Iterator[tuple[int, str, Reading, Doubt | None]]:
    """The columns of a sheet as the form has them: place, header, reading, doubt."""
    doubts = {doubt.column: doubt for doubt in sheet.found.doubts}
    for place, (header, reading) in enumerate(sheet.found.layout.columns.items()):
        yield place, header, reading, doubts.get(header)


def _table(name: str) -> str:
    titles = {"record": Text("About the row", "关于该行")}
    return str(CANONICAL[name].title if name in CANONICAL else titles.get(name, name))
