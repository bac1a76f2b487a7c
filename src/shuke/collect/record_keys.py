"""Record keys: to which record does each row of a sheet belong?"""

from dataclasses import dataclass
from functools import reduce

import ibis
import ibis.expr.types as ir

from shuke.collect import placeholder_names
from shuke.collect.cash import is_anonymous, of_the_other_side, with_direction
from shuke.collect.cells import Cells
from shuke.collect.mapping import COLLECTED_AT
from shuke.collect.placeholder_names import unless_placeholder
from shuke.identity.identifiers import normalised
from shuke.tables import CANONICAL, Type
from shuke.tables.derived import Checkpoint
from shuke.tables.people import YEAR

#: When the row was true of the person it mentions, in this order of preference.
MOMENTS = (
    COLLECTED_AT,
    "orders.ordered_at",
    *(f"{table.name}.{table.event_time}" for table in CANONICAL.values() if table.dates_people),
)

#: By which identifier a record goes where the source gives it no number, best first: those of one person.
_STAND_INS = ("member_no", "user_id", "resident_id", "unionid", "openid")

#: Those that several people may share. In a list of people they stand for nobody; elsewhere for whoever
#: gives them under one name.
_SHARED_STAND_INS = ("email", "phone", "device_id")

#: Of people: what is soon another, and so cannot be what a row without a number is known by.
_PASSING = {"people.age", "people.remark"} | {
    f"people.{c.name}" for c in CANONICAL["people"] if c.ttl and c.ttl < 3 * YEAR
}

#: What is about no person: a phone number in a list of stores is the store's.
IMPERSONAL = tuple(name for name, table in CANONICAL.items() if table.grain and table.subject is None)


@dataclass(frozen=True)
class RecordContext:
    """What is needed to say to which record and which source a row belongs."""

    source: str
    country: str
    primary: str
    checkpoint: Checkpoint


def with_record(cells: Cells, reader: RecordContext) -> ir.Table:
    """The typed rows with `record_id`: whose each is, null where nobody can tell.

    A row of a list of people that gives no number is a record of its own, whatever company, phone or e-mail
    it shares with others: whether two of them are one person is for identity to say. In dealings whoever is
    known by name alone is known by it, but for those whom a till calls a guest.
    """
    table = of_the_other_side(cells, with_direction(cells))
    numbers = [
        unless_placeholder(table[s.name])
        if s.headers in _names(cells)
        else _unless_of_nobody(table[s.name], placeholder_numbers(cells, s.name, reader))
        for s in cells.slots
        if s.target == "people.record_id"
    ]
    numbers += [
        _stand_in(kind, table[s], reader.country)
        for kind in _STAND_INS
        for s in cells.slots_of(f"identifiers.{kind}")
    ]
    moments = [table[s].cast(Type.TIME.ibis) for m in MOMENTS for s in cells.slots_of(m)]
    moment = ibis.coalesce(*moments, ibis.null(Type.TIME.ibis))
    if reader.primary == "people":
        numbered = table.mutate(record_id=ibis.coalesce(*numbers, ibis.null(str)), moment=moment)
        return _each_its_own(numbered, cells)
    whose = ibis.coalesce(*numbers, *_named(cells, table, reader), ibis.null(str))
    return table.mutate(record_id=is_anonymous(table).ifelse(ibis.null(str), whose), moment=moment)


def placeholder_numbers(cells: Cells, slot: str, reader: RecordContext) -> list[str]:
    """The numbers in a column of customers' numbers that are nobody's: strangers are not one customer."""
    table, name = cells.table, folded_name(cells)
    emails = [table[s].lower() for s in cells.slots_of("identifiers.email")]
    nothing = ibis.null(str)
    told = table.select(
        number=table[slot],
        name=nothing if name is None else unless_placeholder(name),
        email=ibis.coalesce(*emails, nothing),
    )
    return placeholder_names.numbers(told, listed=reader.primary == "people")


def _unless_of_nobody(number: ir.StringValue, meant: list[str]) -> ir.StringValue:
    return number.isin(meant).ifelse(ibis.null(str), number) if meant else number


def _named(cells: Cells, table: ir.Table, reader: RecordContext) -> list[ir.StringValue]:
    """By what whoever has no number goes in dealings: by an address and the name beside it, else by name."""
    named = folded_name(cells)
    found = [
        _stand_in(kind, table[s], reader.country, named)
        for kind in _SHARED_STAND_INS
        for s in cells.slots_of(f"identifiers.{kind}")
    ]
    found += [digest_of("name", table[s].lower()) for s in cells.slots_of("people.organisation")]
    if reader.primary in IMPERSONAL:
        return found
    found += [digest_of("name", unless_placeholder(table[s]).lower()) for s in cells.slots_of("people.name")]
    return [*found, *([digest_of("name", unless_placeholder(named))] if named is not None else [])]


def _names(cells: Cells) -> list[tuple[str, ...]]:
    return [slot.headers for slot in cells.slots if slot.target == "people.name"]


def _each_its_own(numbered: ir.Table, cells: Cells) -> ir.Table:
    """The rows of a list of people; who has no number is known by all that is said of them and lasts, and
    by the how-manieth like it they are, so that the same list again adds nobody."""
    lasting = [
        numbered[s.name].cast(str)
        for s in cells.slots
        if s.target.split(".")[0] in ("people", "identifiers") and s.target not in _PASSING
    ]
    content = joined([said.fill_null("\x00") for said in lasting])
    says = ibis.coalesce(*lasting, ibis.null(str)).notnull()
    bare = numbered.filter(numbered.record_id.isnull() & says).select(
        "row", "further", alike=digest_of("row", content)
    )
    in_turn = ibis.window(group_by="alike", order_by=[bare.further, bare["row"]])
    counted = bare.mutate(above=ibis.row_number().over(in_turn))
    repeated = counted.alike + "." + counted.above.cast(str)
    known = counted.select(at="row", own=(counted.above == 0).ifelse(counted.alike, repeated))
    beside = numbered.left_join(known, numbered["row"] == known["at"])
    return beside.mutate(record_id=ibis.coalesce(beside.record_id, beside.own)).drop("own", "at")


def folded_name(cells: Cells) -> ir.StringValue | None:
    """By which name the person of a row goes, however its letters and spaces are set."""
    table = cells.table
    whole = [table[s] for s in cells.slots_of("people.name")]
    parts = [table[s] for t in ("people.family_name", "people.given_name") for s in cells.slots_of(t)]
    said = [*whole, *([joined([p.fill_null("") for p in parts])] if parts else [])]
    return ibis.coalesce(*said).lower().re_replace(r"[\s\x1F.,]+", "").nullif("") if said else None


def _stand_in(
    kind: str, value: ir.StringValue, country: str, named: ir.StringValue | None = None
) -> ir.StringValue:
    """What stands for a number; with the name under which it is given where others may give it too."""
    form = normalised(ibis.literal(kind), value, country=country)
    # E-mails and phones are no names to call a record by; card numbers and user names are.
    open_kinds = ("member_no", "user_id")
    under = form if named is None else form + (ibis.literal("\x1f") + named).fill_null("")
    return ibis.literal(f"{kind}:") + form if kind in open_kinds else digest_of(kind, under)


def digest_of(kind: str, text: ir.StringValue) -> ir.StringValue:
    return ibis.literal(f"{kind}~") + text.nullif("").hexdigest("md5").substr(0, 16)


def joined(parts: list[ir.StringValue]) -> ir.StringValue:
    # Twice as fast on DuckDB as joining a list.
    return reduce(lambda told, part: told + "\x1f" + part, parts)
