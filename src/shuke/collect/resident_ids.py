"""Resident ids: how are identity numbers imported without being stored?

A number of a Chinese resident tells birth date, sex and province, which land as what the row says of its
person where it says nothing else; what lands of the number is a digest under the project's key. One that
fails its check digit is a bad cell. What is put aside of such columns is struck out.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import reduce

import ibis
import ibis.expr.types as ir

from shuke.collect.cells import Cells, Slot
from shuke.tables.derived import Checkpoint
from shuke.text import national_ids
from shuke.text.characters import mapped

_RESIDENT, _OTHER = "identifiers.resident_id", "identifiers.national_id"
_FACTS = ("birth_date", "gender", "region")


def keyed(cells: Cells, key: Callable[[], bytes], *, checkpoint: Checkpoint) -> Cells:
    """The cells with digests for resident identity numbers, and with what these tell.

    A column of other identity numbers may hold some too: what is one becomes one. `key` is asked for the
    project's key if there is need of it.
    """
    slots = [slot for slot in cells.slots if slot.target in (_RESIDENT, _OTHER)]
    if not slots:
        return cells
    secret = key()
    functions = {"digest": lambda said: _digest(said, secret), "wrong": _wrong} | {
        fact: _teller(fact) for fact in _FACTS
    }
    names = [slot.name for slot in slots]
    table = mapped(cells.table, names, functions, checkpoint=checkpoint)
    struck = {header: _struck_out(cells.raw[header]) for slot in slots for header in slot.headers}
    found = replace(cells, table=table, raw=cells.raw.mutate(**struck))
    told = _told(reduce(_settled, slots, found), slots)
    spare = [f"{name}_{step}" for name in names for step in functions]
    return replace(told, table=checkpoint(told.table.drop(*spare)))


def _settled(cells: Cells, slot: Slot) -> Cells:
    """One column: resident numbers as digests, those that are wrong as bad cells, others as they are."""
    table, bad = cells.table, f"bad:{slot.name}"
    digest, said = table[f"{slot.name}_digest"], table[slot.name]
    built_so = table[f"{slot.name}_wrong"].notnull()
    if slot.target == _RESIDENT:
        wrong = said.notnull() & digest.isnull()
        return replace(cells, table=table.mutate(**{slot.name: digest, bad: table[bad] | wrong}))
    own = Slot(f"{_RESIDENT}#{slot.name}", _RESIDENT, slot.headers)
    kept = (digest.notnull() | built_so).ifelse(ibis.null(str), said)
    columns = {slot.name: kept, bad: table[bad] | built_so, own.name: digest, f"bad:{own.name}": False}
    return replace(cells, slots=(*cells.slots, own), table=table.mutate(**columns))


def _told(cells: Cells, slots: list[Slot]) -> Cells:
    """What the numbers tell, where the row says nothing else."""
    for fact in _FACTS:
        target = f"people.{fact}"
        named = [slot for slot in cells.slots if slot.target == target]
        own = named[0] if named else Slot(target, target, slots[0].headers)
        kind = own.type.ibis
        said = [cells.table[own.name]] if named else []
        told = [cells.table[f"{slot.name}_{fact}"].cast(kind) for slot in slots]
        columns: dict[str, ir.Value] = {own.name: ibis.coalesce(*said, *told)}
        if not named:
            columns[f"bad:{own.name}"] = ibis.literal(False)
            cells = replace(cells, slots=(*cells.slots, own))
        cells = replace(cells, table=cells.table.mutate(**columns))
    return cells


def _digest(said: str, key: bytes) -> str | None:
    number = national_ids.resident(said)
    return national_ids.keyed(number, key) if number else None


def _wrong(said: str) -> str | None:
    """Says something of what is built like a resident's number and is none."""
    return "wrong" if national_ids.is_meant(said) and not national_ids.resident(said) else None


def _teller(fact: str) -> Callable[[str], str | None]:
    def tell(said: str) -> str | None:
        number = national_ids.resident(said)
        value = getattr(national_ids.decoded(number), fact) if number else None
        return str(value) if value else None

    return tell


def _struck_out(text: ir.StringValue) -> ir.StringValue:
    return text.left(2) + "****"
