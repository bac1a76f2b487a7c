"""Cells: what does every cell of a sheet say, and which of them cannot be read?"""

import json
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

import ibis
import ibis.expr.types as ir

from shuke.collect import denominations, values
from shuke.collect.denominations import CURRENCY, Words, denominated, words_in
from shuke.collect.mapping import EACH_FOR_ITSELF, FURTHER, IGNORE, TIME_OF_DAY, Layout, Reading, targets
from shuke.collect.null_words import NullLikeNames, null_like_names
from shuke.collect.sheets import ROW, Sheet
from shuke.collect.values import Home, currencies
from shuke.collect.values.directions import least
from shuke.dealings.statuses import gravest
from shuke.engine import Engine
from shuke.languages import N_
from shuke.tables import IDENTIFIERS, Type

#: What a bad cell of each type should have been; shown with the quarantine.
EXPECTED: dict[Type, str] = {
    Type.MONEY: N_("is not an amount; accepted, for example: 1299, 1,299.00, ¥1,299.00, 1.299,00 €"),
    Type.QUANTITY: N_("is not a number; accepted, for example: 3, 2.5, 1,200"),
    Type.RATE: N_("is not a number; accepted, for example: 3, 2.5, 1,200"),
    Type.SHARE: N_("is not a share of a price; accepted, for example: 15%, 0.15, 8.5折"),
    Type.CURRENCY: N_("is not a currency, or is ambiguous; accepted, for example: USD, US$, 美元"),
    Type.NUMBER: N_("is not a number; accepted, for example: 0.25, 25%"),
    Type.INTEGER: N_("is not a whole number; accepted, for example: 3, 1,200"),
    Type.FLAG: N_("is neither yes nor no; accepted: yes, no, true, false, 1, 0, 是, 否"),
    Type.DATE: N_("is not a date; accepted, for example: 2024-03-05, 2024年3月5日, 05/03/2024"),
    Type.TIME: N_("is not a time; accepted, for example: 2024-03-05 10:22, 2024年3月5日 10:22"),
    Type.TEXT: N_("cannot be used here"),
}
#: Of a day that nothing says how to read, where no mapping does.
EITHER = N_(
    'may begin with the day or the month: write beside the column, in the mapping file, order = "dmy" or '
    'order = "mdy" (ymd where the year stands first)'
)
SPOILT = N_("was shortened by Excel and its last digits are lost; export the column as text")
IMPLAUSIBLE = {
    "phone": N_("is not a phone number; accepted, for example: 138 0013 9000, +44 20 7946 0958"),
    "email": N_("is not an e-mail address; accepted, for example: name@example.com"),
    "resident_id": N_("is not a Chinese resident identity number; its check digit is wrong"),
    "national_id": N_("is not a Chinese resident identity number; its check digit is wrong"),
}


#: Between the parts of the names of what is made on the way to a typed column.
_PART = "\x1f"

#: What several columns may say together: an order is sent, paid, and brought back.
STATUSES = ("orders.status", "order_items.status", "payments.status")
#: What was done, and what its amount is: a sale, a refund, the commission on it.
DEEDS = ("orders.deed", "payments.deed")


@dataclass(frozen=True)
class Slot:
    """One column of the typed table: a target, and the file's columns that it is read from."""

    name: str
    target: str
    headers: tuple[str, ...]

    @property
    def type(self) -> Type:
        return targets()[self.target].type


@dataclass(frozen=True)
class ColumnPlan:
    """What the columns of a sheet hold."""

    slots: tuple[Slot, ...]
    constants: tuple[str, ...]

    def slots_of(self, target: str) -> list[str]:
        """The names of the typed columns that hold a target."""
        return [s.name for s in self.slots if s.target == target]

    def has(self, target: str) -> bool:
        return bool(self.slots_of(target)) or target in self.constants


@dataclass(frozen=True)
class CellContext:
    """How the cells of a sheet are read, the words for currencies that stand beside its amounts, and the
    words for nothing that are names in it."""

    layout: Layout
    home: Home
    words: Words
    null_like_names: NullLikeNames


@dataclass(frozen=True)
class Cells(ColumnPlan):
    """A sheet, typed.

    `table`: one row per row of the sheet: `row`, one column per slot, `further` (JSON), and for every
    slot `bad:<slot>`. `raw` has the text beside it.
    """

    table: ir.Table
    raw: ir.Table
    manner: CellContext


def planned(sheet: Sheet, layout: Layout) -> ColumnPlan:
    """What a layout makes of a sheet's columns."""
    return ColumnPlan(tuple(_slots(sheet, layout)), tuple(layout.constants))


def typed(sheet: Sheet, layout: Layout, engine: Engine, home: Home) -> Cells:
    """Read every mapped cell of a sheet; computed once, to disk."""
    text = ibis.schema({ROW: "int64", **dict.fromkeys(sheet.columns, "string")})
    raw = engine.read([sheet.parquet], text)
    slots = planned(sheet, layout).slots
    money = {s.name: s.headers for s in slots if s.type is Type.MONEY}
    words = words_in(raw, sorted({h for headers in money.values() for h in headers}))
    manner = CellContext(layout, home, words, null_like_names(raw, layout))
    rows, repeated = raw, _repeated(raw, sheet)
    columns: dict[str, ir.Value] = {"row": raw[ROW]}
    own = []
    for number, slot in enumerate(slots):
        if _is_told_once(slot, layout, repeated):
            told = engine.checkpoint(_dictionary(raw, slot, manner, number))
            texts = [(rows[h], told[f"{number}:{n}:text"]) for n, h in enumerate(slot.headers)]
            alike = [a.identical_to(b) if texts[1:] else a == b for a, b in texts]
            rows = rows.left_join(told, alike)
            columns |= {name: ibis._[f"{number}:{name}"] for name in _made(slot, manner)}
        else:
            own.append(slot)
            columns |= _read(raw, slot, manner)
    for target, said in layout.constants.items():
        if target != CURRENCY:
            columns[target] = _constant(raw, target, said, manner)
    columns["further"] = _further(raw, layout)
    beside = {slot: [w for h in headers for w in words.get(h, ())] for slot, headers in money.items()}
    parts = rows.select(**columns)
    judged = parts.mutate(**{n: v for slot in own for n, v in _judged(parts, slot, manner).items()})
    whole = judged.drop(*(name for name in columns if _PART in name))
    read = denominated(whole, beside, layout, home.currency)
    added = {CURRENCY} & (set(read.columns) - set(whole.columns) - set(layout.constants))
    return Cells(slots, (*layout.constants, *added), engine.checkpoint(read), raw, manner)


def _constant(raw: ir.Table, target: str, said: str, manner: CellContext) -> ir.Value:
    """What the mapping says of every row, read as a cell is."""
    each = raw[ROW].cast(str).left(0) + said
    return values.read(each, targets()[target].type, Reading((target,)), manner.home)


def bad_cells(cells: Cells) -> ir.Table | None:
    """Every cell that is not blank and cannot be read: `row`, `slot`, `column`, `value`, `reason`."""
    counted = cells.table.agg(**{s.name: cells.table[f"bad:{s.name}"].sum() for s in cells.slots})
    numbers = counted.to_pyarrow().to_pylist()[0] if cells.slots else {}
    parts = [
        _bad_in(cells, slot, header) for slot in cells.slots if numbers[slot.name] for header in slot.headers
    ]
    return reduce(lambda a, b: a.union(b), parts) if parts else None


def _repeated(raw: ir.Table, sheet: Sheet) -> set[str]:
    """The columns in which the same text stands several times over, so that it need be read but once."""
    if sheet.rows < 1000:
        return set()
    counted = raw.agg(**{f"{n}": raw[header].approx_nunique() for n, header in enumerate(sheet.columns)})
    numbers = counted.to_pyarrow().to_pylist()[0]
    return {header for n, header in enumerate(sheet.columns) if numbers[str(n)] * 4 < sheet.rows}


def _dictionary(raw: ir.Table, slot: Slot, manner: CellContext, number: int) -> ir.Table:
    """One row per text of a slot's columns: `<n>:<nth>:text`, and as `<n>:…` all that is made of it."""
    texts = raw.filter(ibis.or_(*(raw[h].notnull() for h in slot.headers))).select(*slot.headers).distinct()
    said = {f"{number}:{n}:text": texts[header] for n, header in enumerate(slot.headers)}
    parts = texts.select(**said, **_read(texts, slot, manner))
    made = {f"{number}:{name}": value for name, value in _judged(parts, slot, manner).items()}
    return parts.select(*said, **made)


def _is_told_once(slot: Slot, layout: Layout, repeated: Container[str]) -> bool:
    """Whether the texts of a slot are read once each, and not row by row."""
    alone = len(slot.headers) == 1 or slot.target in (*STATUSES, *DEEDS)
    return alone and not _clocks(layout, slot) and all(header in repeated for header in slot.headers)


def _made(slot: Slot, manner: CellContext) -> list[str]:
    """The names of the typed columns that a slot gives."""
    worded = any(header in manner.words for header in slot.headers) and slot.type is Type.MONEY
    return [slot.name, f"bad:{slot.name}", *([f"word:{slot.name}"] if worded else [])]


def _clocks(layout: Layout, slot: Slot) -> list[str]:
    """The columns with the time of day that belongs to a slot's date."""
    if slot.type is not Type.TIME:
        return []
    return [header for header, reading in layout.columns.items() if TIME_OF_DAY in reading.to]


def _slots(sheet: Sheet, layout: Layout) -> Iterator[Slot]:
    headers: dict[str, list[str]] = {}
    for header in sheet.columns:
        for target in layout.columns[header].to:
            headers.setdefault(target, []).append(header)
    for target, found in headers.items():
        if target in (FURTHER, IGNORE, TIME_OF_DAY):
            continue
        if target.startswith(EACH_FOR_ITSELF):
            yield from (Slot(f"{target}#{nth}", target, (header,)) for nth, header in enumerate(found))
        else:
            # What says something of some rows alone is asked first, or another would always speak for it.
            yield Slot(target, target, tuple(sorted(found, key=lambda h: not _is_of_some(layout, h))))


def _is_of_some(layout: Layout, header: str) -> bool:
    """Whether a word of a column is to say nothing: `Returned?` of what was kept."""
    return "" in layout.columns[header].words.values()


def _read(raw: ir.Table, slot: Slot, manner: CellContext) -> dict[str, ir.Value]:
    """What each of the slot's columns says, under names of its own, and the word for a currency beside it.

    What becomes of it is said with these names (`_judged`): an expression that holds another one three times
    is written and planned three times.
    """
    parts: dict[str, ir.Value] = {}
    for n, header in enumerate(slot.headers):
        parts |= {_part(slot, n, what): value for what, value in _cell(raw, header, slot, manner).items()}
    worded = [currencies.word_in(raw[header]) for header in slot.headers if header in manner.words]
    return parts | dict(zip(_made(slot, manner)[2:], [ibis.coalesce(*worded)] if worded else [], strict=True))


def _judged(parts: ir.Table, slot: Slot, manner: CellContext) -> dict[str, ir.Value]:
    """The slot's value, from the first of its columns that has one, or of several states the gravest; whether
    any of them is bad; and the word for a currency beside it."""
    found, wrong = [], []
    for n in range(len(slot.headers)):
        value, said, unfit = (_part(slot, n, what) for what in ("value", "said", "unfit"))
        if unfit in parts.columns:
            bad = parts[said] & (parts[unfit] | parts[value].isnull()).fill_null(True)
            found.append(bad.ifelse(ibis.null(parts[value].type()), parts[value]))
        else:  # what cannot be read is null already
            bad = parts[said] & parts[value].isnull()
            found.append(parts[value])
        wrong.append(bad)
    value = _together(slot.target, found) if found[1:] else found[0]
    worded = [parts[name] for name in _made(slot, manner)[2:]]
    return dict(zip(_made(slot, manner), [value, reduce(lambda a, b: a | b, wrong), *worded], strict=True))


def _part(slot: Slot, nth: int, what: str) -> str:
    return f"{what}{_PART}{nth}{_PART}{slot.name}"


def _together(target: str, said: list[ir.Value]) -> ir.Value:
    """What several columns say of one thing."""
    if target in STATUSES:
        return gravest(said)
    return least(said) if target in DEEDS else ibis.coalesce(*said)


def _cell(raw: ir.Table, header: str, slot: Slot, manner: CellContext) -> dict[str, ir.Value]:
    """The `value` of a cell, whether anything is `said` in it, and where it may be read and still not be what
    it is for, whether it is `unfit`."""
    reading, said = manner.layout.columns[header], raw[header]
    if reading.words:
        said = said.strip().substitute(dict(reading.words))
    if {targets()[target].type for target in reading.to} >= {Type.MONEY, Type.SHARE}:  # cell by cell
        theirs = said.re_search(r"[%％折]\s*$")
        said = (theirs if slot.type is Type.SHARE else ~theirs).ifelse(said, ibis.null(str))
    if set(reading.to) >= {"people.birth_date", "people.birth_month_day"}:
        yearless = values.month_day(said, reading.order).notnull()
        said = (yearless if slot.type is Type.TEXT else ~yearless).ifelse(said, ibis.null(str))
    blank = values.blank(said, reading)
    for clock in _clocks(manner.layout, slot)[:1]:
        said = values.with_clock(said, raw[clock])
    value = values.read(said, slot.type, reading, manner.home)
    if names := manner.null_like_names.get(header):
        value = said.strip().isin(names).ifelse(said.strip(), value)
    kind = slot.target.removeprefix("identifiers.")
    unfit = [values.spoilt_by_excel(said)] if values.is_code(slot.target) else []
    unfit += [~values.plausible(kind, said)] if kind in IDENTIFIERS and slot.target != kind else []
    told: dict[str, ir.Value] = {"value": value, "said": ~blank}
    return told | ({"unfit": reduce(lambda a, b: a | b, unfit)} if unfit else {})


def _bad_in(cells: Cells, slot: Slot, header: str) -> ir.Table:
    wrong = cells.table.filter(cells.table[f"bad:{slot.name}"]).select(at="row")
    cell = cells.raw.inner_join(wrong, cells.raw[ROW] == wrong["at"])
    kind = slot.target.removeprefix("identifiers.")
    reason = ibis.literal(IMPLAUSIBLE.get(kind, EXPECTED.get(slot.type, EXPECTED[Type.TEXT])))
    if slot.type is Type.MONEY:
        reason = ibis.coalesce(
            _reason(cell[header], cells.manner.layout.columns[header], cells.manner.home), reason
        )
    if slot.type in (Type.DATE, Type.TIME) and not cells.manner.layout.columns[header].order:
        reason = values.needs_order(cell[header]).ifelse(EITHER, reason)
    if values.is_code(slot.target):
        reason = values.spoilt_by_excel(cell[header]).ifelse(SPOILT, reason)
    return cell.select(
        row=cell[ROW],
        slot=ibis.literal(slot.target),
        column=ibis.literal(header),
        value=cell[header],
        reason=reason,
    ).filter(lambda t: t.value.notnull())


def _reason(said: ir.StringValue, reading: Reading, home: Home) -> ir.StringValue:
    readable = values.read(said, Type.MONEY, reading, home).notnull()
    return denominations.reason(said, readable, reading.currency or home.currency)


def _further(raw: ir.Table, layout: Layout) -> ir.StringValue:
    """What no target holds, as a JSON object of the cells that say something; null where none does."""
    kept = [h for h, reading in layout.columns.items() if FURTHER in reading.to]
    if not kept:
        return ibis.null(str)
    said = as_json({h: values.blank(raw[h]).ifelse(ibis.null(str), raw[h]) for h in kept})
    return said.nullif("{}")


def as_json(texts: Mapping[str, ir.StringValue]) -> ir.StringValue:
    """One JSON object a row of the texts that are not null."""
    pairs = [
        ibis.literal(f"{json.dumps(name, ensure_ascii=False)}: ") + _to_json(t) for name, t in texts.items()
    ]
    return ibis.literal("{") + ibis.array(pairs).filter(lambda pair: pair.notnull()).join(", ") + "}"


@ibis.udf.scalar.builtin(name="to_json")  # type: ignore[untyped-decorator]
def _to_json(text: str) -> str:  # type: ignore[empty-body]
    """DuckDB's own; the import always runs there."""
