"""Mapping: which column of a source's files means what, and how are its values written?

A mapping file holds one block for each set of headers that the source has sent:

    [[layout]]
    name = "till.csv"
    constants = { "orders.currency" = "GBP" }

    [layout.columns]
    "InvoiceNo" = "orders.order_no"                              # known header
    "InvoiceDate" = { to = "orders.ordered_at", order = "mdy" }  # 31 values have a day beyond 12
    "Country" = ["people.country", "orders.country"]
    "Till drawer" = "further"

It belongs to the person: saving keeps their comments, their order and what they wrote.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import tomlkit
from babel.numbers import list_currencies
from tomlkit.exceptions import TOMLKitError

from shuke.errors import WrongSettings
from shuke.languages import N_, Text, _
from shuke.store import disk
from shuke.tables import CANONICAL, IDENTIFIERS, Column, Type
from shuke.tables.permissions import PERMISSIONS, PREFIX

Order = Literal["ymd", "dmy", "mdy"]
Mark = Literal[".", ","]
Scale = Literal["percent", "paid"]

#: What several columns may say, each for itself: a person has two phones, and refused in one of three.
EACH_FOR_ITSELF = ("identifiers.", PREFIX)

#: Addresses that mapping files of before still name.
_FORMER = {"people.accepts_marketing": f"{PREFIX}email"}

#: What stands in a mapping file, and in a layout.
_BLOCKS, _OF_A_LAYOUT = ("layout", "shape"), ("name", "constants", "columns")

#: What may be said of how a column is written, beside what it means.
_MANNER = ("order", "decimal", "currency", "scale", "words")

IGNORE, FURTHER = "ignore", "further"
COLLECTED_AT = "record.collected_at"
TIME_OF_DAY = "record.time"


@dataclass(frozen=True)
class Reading:
    """What one column of a file means, and how its values are written.

    order    which of day, month and year comes first where the values alone do not say
    decimal  the mark between the whole and its fraction
    scale    "percent" where rates are written without a sign in hundredths: 15 for 15 %; "paid" where a
             discount is written as what remains to be paid: 0.85 for 15 % off
    currency what its amounts are in where a cell names none, or by a sign that several countries share
    words    what words of the source's own mean, where a column holds a state: { "parked" = "pending" }
    sure     False while a person has yet to decide
    why      what the guess rests on; None where a person wrote it
    """

    to: tuple[str, ...] = (FURTHER,)
    order: Order | None = None
    decimal: Mark | None = None
    currency: str | None = None
    scale: Scale | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    sure: bool = True
    why: Text | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Layout:
    """How the files with exactly these columns are read."""

    name: str
    columns: Mapping[str, Reading]
    constants: Mapping[str, str] = field(default_factory=dict)

    def fits(self, headers: Iterable[str]) -> bool:
        return set(self.columns) == set(headers)


@cache
def targets() -> Mapping[str, Column]:
    """Everything that a column may be mapped to: its address and its declaration.

    A column that repeats another's value (`refers`) is no target: it is fed from where that value is.
    """
    owned = {
        f"{table.name}.{column.name}": column
        for table in CANONICAL.values()
        if table.name != "identifiers"
        for column in table
        if not column.refers and column.name != "nth"
    }
    kinds = {
        f"identifiers.{kind.name}": Column(kind.name, Type.TEXT, kind.title, pii="identifier")
        for kind in IDENTIFIERS.values()
    }
    permissions = {target: told.column for target, told in PERMISSIONS.items()}
    return owned | kinds | permissions | _OF_THE_RECORD


_OF_THE_RECORD: dict[str, Column] = {
    COLLECTED_AT: Column("collected_at", Type.TIME, Text("True at", "数据时间")),
    TIME_OF_DAY: Column("time", Type.TEXT, Text("Time of day, beside its date", "时刻（与日期分列）")),
    FURTHER: Column("further", Type.TEXT, Text("Further attribute", "其他属性"), pii="text"),
    IGNORE: Column("ignore", Type.TEXT, Text("Left out", "忽略")),
}


def find(layouts: Iterable[Layout], headers: Collection[str]) -> Layout | None:
    """The layout made for exactly these headers."""
    return next((layout for layout in layouts if layout.fits(headers)), None)


def load(path: Path) -> tuple[Layout, ...]:
    """Every layout of a mapping file, checked; none where there is no file yet."""
    return tuple(_read(block, path) for block in blocks(document(path), "layout", path))


def save(path: Path, layout: Layout) -> None:
    """Write `layout` into the mapping file, in place of the one for the same headers if there is one."""
    whole = document(path)
    written = next((b for b in blocks(whole, "layout", path) if layout.fits(_columns(b, path))), None)
    if written is None:
        if "layout" not in whole:
            whole["layout"] = tomlkit.aot()
        whole["layout"].append(_block(layout))
    else:
        _revise(written, layout, path)
    disk.replace(path, tomlkit.dumps(whole).encode())


def line(header: str, reading: Reading) -> str:
    """The line of a mapping file that says how `header` is read."""
    document = tomlkit.document()
    document.add(header, _value(reading))
    return tomlkit.dumps(document).strip()


def document(path: Path) -> tomlkit.TOMLDocument:
    """A mapping file as it is written; an empty one where there is none yet."""
    try:
        whole = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return tomlkit.document()
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise WrongSettings(
            N_("{file} is not written as TOML: {reason}"), file=path.name, reason=str(error)
        ) from None
    _check_words(whole, _BLOCKS, path)
    return whole


def blocks(document: tomlkit.TOMLDocument, name: str, path: Path) -> list[Any]:
    """The `[[layout]]`s or `[[shape]]`s of a mapping file."""
    found = document.get(name, [])
    if not (isinstance(found, list) and all(isinstance(each, Mapping) for each in found)):
        raise WrongSettings(
            N_("{file}: write {block}, in double brackets."), file=path.name, block=f"[[{name}]]"
        )
    return found


def _columns(block: Any, path: Path) -> Mapping[str, Any]:
    _check_words(block, _OF_A_LAYOUT, path)
    columns = block.get("columns")
    if not isinstance(columns, Mapping):
        raise WrongSettings(N_("{file}: a [[layout]] has no [layout.columns]."), file=path.name)
    return columns


def _pairs(said: Mapping[str, Any], key: str, example: str, path: Path) -> dict[str, str]:
    """What a key gives each of several words."""
    pairs = said.get(key, {})
    if not isinstance(pairs, Mapping):
        raise WrongSettings(
            N_("{file}: write {key} = {example}."), file=path.name, key=key, example=f"{{ {example} }}"
        )
    return {str(word): str(meaning) for word, meaning in pairs.items()}


def _check_words(said: Mapping[str, Any], known: Collection[str], path: Path) -> None:
    """Refuse a word that nobody reads: whoever wrote it meant another."""
    for word in said:
        if word not in known:
            near = get_close_matches(word, known, n=1, cutoff=0.5) or sorted(known)
            raise WrongSettings(
                N_("{file}: {wrong} is unknown. Hint: did you mean {near}?"),
                file=path.name, wrong=word, near=", ".join(near),
            )  # fmt: skip


def _read(block: Any, path: Path) -> Layout:
    columns = {
        str(header): _reading(str(header), value, path) for header, value in _columns(block, path).items()
    }
    constants = _pairs(block, "constants", '"orders.currency" = "GBP"', path)
    for target in constants:
        _known(target, "constants", path)
    return Layout(str(block.get("name", path.stem)), columns, constants)


def _reading(header: str, value: Any, path: Path) -> Reading:
    said = value if isinstance(value, Mapping) else {"to": value}
    for key in set(said) - {"to", *_MANNER}:
        _refuse(header, key, ["to", *_MANNER], path)
    to = said.get("to", FURTHER)
    written = [str(address) for address in to] if isinstance(to, list) else [str(to)]
    addresses = tuple(_FORMER.get(address, address) for address in written)
    for address in addresses:
        _known(address, header, path)
    return Reading(
        addresses or (FURTHER,),
        _one_of(said.get("order"), get_args(Order), header, path),
        _one_of(said.get("decimal"), get_args(Mark), header, path),
        _one_of(said.get("currency"), tuple(list_currencies()), header, path),
        _one_of(said.get("scale"), get_args(Scale), header, path),
        _pairs(said, "words", '"parked" = "pending"', path),
    )


def _known(target: str, header: str, path: Path) -> None:
    if target not in targets():
        _refuse(header, target, targets(), path)


def _one_of(value: Any, allowed: tuple[str, ...], header: str, path: Path) -> Any:
    if value is not None and value not in allowed:
        _refuse(header, str(value), allowed, path)
    return None if value is None else str(value)


def _refuse(header: str, wrong: str, allowed: Iterable[str], path: Path) -> None:
    near = get_close_matches(wrong, allowed, n=3, cutoff=0.5) or sorted(allowed)[:8]
    raise WrongSettings(
        N_("{file}, column {column}: {wrong} is unknown. Hint: did you mean {near}?"),
        file=path.name, column=header, wrong=repr(wrong), near=", ".join(near),
    )  # fmt: skip


def _block(layout: Layout) -> tomlkit.items.Table:
    block = tomlkit.table()
    block.add("name", layout.name)
    if layout.constants:
        block.add("constants", _inline(layout.constants))
    columns = tomlkit.table()
    for header, reading in layout.columns.items():
        columns.add(header, _item(reading))
    block.add("columns", columns)
    return block


def _revise(block: Any, layout: Layout, path: Path) -> None:
    """Write only what changed, so that a person's words beside the rest stay."""
    before, columns = _read(block, path), block["columns"]
    for header, reading in layout.columns.items():
        if before.columns[header] != reading:
            columns[header] = _item(reading)
    if dict(before.constants) != dict(layout.constants):
        block["constants"] = _inline(layout.constants)


def _item(reading: Reading) -> tomlkit.items.Item:
    item: tomlkit.items.Item = tomlkit.item(_value(reading))
    notes = [] if reading.sure else [_("please check")]
    notes += [] if reading.why is None else [" ".join(str(reading.why).split())]
    return item.comment("; ".join(notes)) if notes else item


def _value(reading: Reading) -> Any:
    to: Any = reading.to[0] if len(reading.to) == 1 else list(reading.to)
    manner = {key: getattr(reading, key) for key in _MANNER}
    said = {key: dict(value) if key == "words" else value for key, value in manner.items() if value}
    return _inline({"to": to, **said}) if said else to


def _inline(values: Mapping[str, Any]) -> tomlkit.items.InlineTable:
    table = tomlkit.inline_table()
    table.update(values)
    return table
