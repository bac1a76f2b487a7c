"""Canonical rows: which rows of which tables does a sheet give?"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from shuke.collect.cash import GOING, came_in
from shuke.collect.cells import Cells, ColumnPlan
from shuke.collect.consent_rows import consent_rows, gives_consents
from shuke.collect.majority import majority
from shuke.collect.mapping import COLLECTED_AT, FURTHER, IGNORE, TIME_OF_DAY
from shuke.collect.record_keys import IMPERSONAL, RecordContext, digest_of, joined
from shuke.tables import CANONICAL, IDENTIFIERS, Canonical, Type
from shuke.tables.permissions import PERMISSIONS
from shuke.text import national_ids

#: From the finest grain to the coarsest: the first of them that a sheet feeds is what its rows are.
GRAIN = tuple(
    sorted((name for name, t in CANONICAL.items() if t.grain), key=lambda n: CANONICAL[n].grain or 0)
)

#: What changes in the course of a thing, and so cannot be what it is known by.
_COURSE = ("status", "outcome", "seconds", "opened_at", "clicked_at")

#: In what lines must agree to be counted as alike.
ALIKE = tuple(k for k in CANONICAL["order_items"].key if k != "nth")

#: By what a line with a number of its own is known.
_OWN = ("order_no", "line_id")

#: What a list says that is about people, whatever shops and employees it names beside them.
_SOMEBODY = {
    f"people.{name}"
    for name in ("record_id", "name", "given_name", "family_name", "organisation", "birth_date")
}

#: In these, `direction` says which way the money goes.
_OF_MONEY = ("orders", "order_items", "payments")


def fed(plan: ColumnPlan) -> list[str]:
    """The tables that a sheet with these columns feeds, its own grain first."""
    tables = [name for name in GRAIN if _is_fed(CANONICAL[name], plan)]
    if plan.has("invoices.due") and "invoices" in tables:  # a payment beside it may be yet to come
        tables.sort(key=lambda name: name == "payments")
    if gives_consents(plan) and not plan.has("consents.granted"):
        tables.sort(key=lambda name: name == "consents")  # a column beside a customer is no list of consents
    if any(slot.target in _SOMEBODY - {"people.record_id"} for slot in plan.slots) and "people" in tables:
        tables.sort(key=lambda name: name == "relations")  # who is listed comes before whom they work for
    finest = next((name for name in tables if name != "people"), None)
    if finest not in IMPERSONAL or any(slot.target in _SOMEBODY for slot in plan.slots):
        return tables
    return [name for name in tables if name in IMPERSONAL]


def places(tables: Sequence[str]) -> set[str]:
    """What a column may say so that one of these tables takes it."""
    taken = {c.refers or f"{name}.{c.name}" for name in tables for c in CANONICAL[name]}
    taken |= {f"identifiers.{kind}" for kind in IDENTIFIERS} if "people" in tables else set()
    taken |= set(PERMISSIONS) if "consents" in tables else set()
    taken |= {"orders.status", "orders.direction", "orders.deed"} if "order_items" in tables else set()
    return taken | {COLLECTED_AT, TIME_OF_DAY, FURTHER, IGNORE}


#: What money is one attribute of among others.
_THINGS = ("products", "stores", "staff", "campaigns", "people", "memberships")


def essential(table: str) -> set[str]:
    """The targets whose bad cell makes a row of `table` worthless: its key, needs, money and currency."""
    declared = CANONICAL[table]
    valued = () if table in _THINGS else (Type.MONEY, Type.CURRENCY, Type.SHARE)
    columns = [c for c in declared if c.name in (*declared.key, *declared.required) or c.type in valued]
    return {c.refers or f"{table}.{c.name}" for c in columns} - (
        {"people.record_id"} if table != "people" else set()
    )


def candidates(name: str, cells: Cells, typed: ir.Table, reader: RecordContext) -> ir.Table | None:
    """What a sheet gives for a table, whichever it is; None where it says nothing for it."""
    if name == "people":
        return people_rows(cells, typed, reader)
    if name == "identifiers":
        return identifier_rows(cells, typed, reader)
    if name == "consents" and gives_consents(cells):
        return beside_people(cells, typed, reader)
    return rows(name, cells, typed, reader)


def rows(name: str, cells: Cells, typed: ir.Table, reader: RecordContext) -> ir.Table:
    """The rows that a sheet gives for one table, in its declared columns with `row`, `key`, `said`,
    `collected_at` and `further`; `typed` is what `with_record` gave, without rejected rows."""
    declared = CANONICAL[name]
    shaped = typed.select(
        **{c.name: _value(name, c.name, cells, typed) for c in declared}, **_apart(name, cells, typed, reader)
    )
    complete = shaped.filter(
        shaped.row.notnull(), *(shaped[n].notnull() for n in declared.required if n not in _filled(name))
    )
    if name == "order_items":
        return numbered(complete.mutate(quantity=complete.quantity.fill_null(1)), reader)
    if name == reader.primary:
        return _keyed(declared, _made_up(declared, complete), reader)
    fed = [c.name for c in declared if c.name not in declared.key and _says(name, c.name, cells)]
    return _keyed(declared, majority(declared, complete, fed, checkpoint=reader.checkpoint), reader)


def identifier_rows(cells: Cells, typed: ir.Table, reader: RecordContext) -> ir.Table | None:
    """One row per record, identifier and quarter of the year in which a sheet mentions it (see `_since`)."""
    declared = CANONICAL["identifiers"]
    parts = []
    for slot in cells.slots:
        if slot.target.startswith("identifiers."):
            kind = slot.target.removeprefix("identifiers.")
            parts.append(
                typed.filter(typed[slot.name].notnull() & typed.record_id.notnull()).select(
                    "record_id",
                    "row",
                    kind=_kind(kind, typed[slot.name]),
                    scope=ibis.literal(national_ids.SCOPE if kind == "resident_id" else ""),
                    value=typed[slot.name],
                    collected_at=typed.moment,
                )
            )
    if not parts:
        return None
    every = ibis.union(*parts) if len(parts) > 1 else parts[0]
    dated = _since(every, cells)
    dated = dated.mutate(valid_from=ibis.null("date"), valid_until=ibis.null("date"), further=ibis.null(str))
    return _keyed(declared, dated, reader)


def beside_people(cells: Cells, typed: ir.Table, reader: RecordContext) -> ir.Table:
    """The consents that columns beside a customer give; `consent_rows` says which."""
    declared = CANONICAL["consents"]
    told = consent_rows(cells, typed, dealings=reader.primary != "people")
    stated = cells.slots_of(COLLECTED_AT)
    heard = typed.select("row", collected_at=typed[stated[0]] if stated else ibis.null(Type.TIME.ibis))
    dated = told.left_join(heard, "row").drop("row_right")
    return _keyed(declared, dated.mutate(wording=ibis.null(str), further=ibis.null(str)), reader)


def _kind(kind: str, value: ir.StringValue) -> ir.StringValue:
    return value.contains("@").ifelse("email", "phone") if kind == "contact" else ibis.literal(kind)


def people_rows(cells: Cells, typed: ir.Table, reader: RecordContext) -> ir.Table:
    """One row per record, what was said of it, and quarter of the year in which it was (see `_since`)."""
    declared = CANONICAL["people"]
    mentioned = typed.filter(typed.record_id.notnull())
    told = {c.name: _value("people", c.name, cells, mentioned) for c in declared if c.name != "record_id"}
    own = mentioned.further if reader.primary == "people" else ibis.null(str)
    shaped = mentioned.select("record_id", "row", **told, further=own, collected_at=mentioned.moment)
    return _keyed(declared, _since(shaped, cells), reader)


def _since(mentions: ir.Table, cells: Cells) -> ir.Table:
    """Each thing said, dated by the first mention in each quarter; by every one where the source dates it.

    What is landed of a mention must not depend on later ones, or the past could not be built again; and
    not every one of a customer's thousand receipts says anew who they are.
    """
    stated = bool(cells.slots_of(COLLECTED_AT))
    span = mentions.collected_at if stated else mentions.collected_at.truncate("Q")
    told = mentions.mutate(span=span)
    same = [c for c in told.columns if c not in ("row", "collected_at")]
    first = told.group_by(same).agg(collected_at=told.collected_at.min(), row=told.row.min())
    return first.drop("span")


def _is_fed(declared: Canonical, cells: ColumnPlan) -> bool:
    if declared.name == "people":
        return _names_somebody(cells)
    if declared.name == "consents" and gives_consents(cells):
        return _names_somebody(cells)
    owned = [c.name for c in declared if not c.refers and cells.has(f"{declared.name}.{c.name}")]
    if declared.name == "order_items":
        return _is_of_lines(cells, owned)
    given = ("record_id", *(declared.key if declared.made_up else ()))
    needed = [declared[n] for n in declared.required if n not in given]
    whose = "record_id" not in declared.required or _names_somebody(cells)
    return bool(owned) and whose and all(cells.has(c.refers or f"{declared.name}.{c.name}") for c in needed)


def _is_of_lines(cells: ColumnPlan, owned: Sequence[str]) -> bool:
    """Lines say how many of something or for how much, or at least what somebody bought and when.

    Without goods and the number of an order, whoever bought on which day is what they are known by, or where.
    """
    what = cells.has("products.product_id") or cells.has("products.name")
    dated = cells.has("orders.ordered_at")
    if {"quantity", "price", "amount"} & set(owned):
        where = cells.has("stores.store_id") or cells.has("staff.staff_id")
        by = dated and (_names_somebody(cells) or where)
        return what or cells.has("orders.order_no") or by
    return what and dated and _names_somebody(cells)


def _names_somebody(cells: ColumnPlan) -> bool:
    return any(slot.target.split(".")[0] in ("people", "identifiers") for slot in cells.slots)


def _value(table: str, name: str, cells: Cells, typed: ir.Table) -> ir.Value:
    """The typed value for a column of a table, from its own target or the one that it refers to."""
    column = CANONICAL[table][name]
    if name == "record_id":
        return typed.record_id
    if name == "direction" and table in _OF_MONEY:
        return typed[GOING]
    target = column.refers or f"{table}.{name}"
    found = [typed[s].cast(column.type.ibis) for s in cells.slots_of(target)]
    found += [typed[target].cast(column.type.ibis)] if target in cells.constants else []
    if target == "order_items.status" and not cells.has("orders.order_no"):
        found += [typed[s] for s in cells.slots_of("orders.status")]  # there is no order to say it of
    value = ibis.coalesce(*found) if found else ibis.null(column.type.ibis)
    return came_in(cells, typed, value) if target == "payments.amount" else value


def _says(table: str, name: str, cells: Cells) -> bool:
    """Whether some row of the sheet may say something for a column of a table (see `_value`)."""
    if name in ("record_id", "status") or (name == "direction" and table in _OF_MONEY):
        return True
    return cells.has(CANONICAL[table][name].refers or f"{table}.{name}")


def _apart(name: str, cells: Cells, typed: ir.Table, reader: RecordContext) -> dict[str, ir.Value]:
    """What a landed row has beside its declared columns."""
    stated = cells.slots_of(COLLECTED_AT)
    return {
        "row": typed.row,
        "further": typed.further if name == reader.primary else ibis.null(str),
        "collected_at": typed[stated[0]] if stated else ibis.null(Type.TIME.ibis),
    }


def _filled(name: str) -> set[str]:
    return (
        {"quantity"}
        if name == "order_items"
        else set(CANONICAL[name].key)
        if CANONICAL[name].made_up
        else set()
    )


def numbered(lines: ir.Table, reader: RecordContext, *, after: ir.IntegerValue | None = None) -> ir.Table:
    """Order lines with their key: a digest of what they are known by, and the how-manieth of it they are.

    A line with a number of its own is known by that and its order, any other by `ALIKE`. Lines that are
    alike stay apart: they are numbered in the order of the file, from `after` on.
    """
    start = ibis.literal(0) if after is None else after
    above = reader.checkpoint(_repeats(lines, reader))
    beside = lines.mutate(alike=_alike(lines, reader), start=start).left_join(above, "row")
    counted = beside.mutate(nth=beside.above.fill_null(0) + beside.start)
    key = ibis.ifelse(counted.nth == 0, counted.alike, counted.alike + "." + counted.nth.cast(str))
    return counted.mutate(key=key, said=ibis.null(str)).drop("alike", "start", "above", "row_right")


def _alike(lines: ir.Table, reader: RecordContext) -> ir.StringValue:
    own = [lines[n].cast(str).fill_null("\x00") for n in _OWN]
    looks = [lines[n].cast(str).fill_null("\x00") for n in ALIKE]
    known_by = ibis.ifelse(lines.line_id.notnull(), joined(own), joined(looks))
    return (ibis.literal(f"{reader.source}\x1f") + known_by).hexdigest("md5")


def _repeats(lines: ir.Table, reader: RecordContext) -> ir.Table:
    """The rows that are like another one, with how many of those come before; most rows are not, and a
    number of each, which is cheaper than its digest, tells that.

    What is said of them orders them, so that each has its number again when the file is sorted otherwise.
    """
    own, looks = (ibis.struct({n: lines[n] for n in known_by}).hash() for known_by in (_OWN, ALIKE))
    marked = lines.mutate(mark=ibis.ifelse(lines.line_id.notnull(), own, looks))
    twice = marked.group_by("mark").agg(times=marked.count()).filter(lambda t: t.times > 1)
    few = marked.semi_join(twice, "mark")
    alike = few.mutate(alike=_alike(few, reader))
    said = [alike[n].asc(nulls_first=False) for n in lines.columns if n not in (*ALIKE, "row")]
    order = ibis.window(group_by="alike", order_by=[*said, alike.row])
    return alike.select("row", above=ibis.row_number().over(order))


def _made_up(declared: Canonical, shaped: ir.Table) -> ir.Table:
    """Give the rows of a table whose key may be made up the one that the source does not give."""
    if not declared.made_up:
        return shaped
    [missing] = declared.key
    lasting = [c.name for c in declared if c.name not in _COURSE]
    told = shaped.mutate(content=joined([shaped[name].cast(str).fill_null("") for name in lasting]))
    alike = ibis.window(group_by="content", order_by="row")
    counted = told.mutate(repeat=ibis.row_number().over(alike))
    made = digest_of("made", counted.content + "|" + counted.repeat.cast(str))
    return counted.mutate(**{missing: ibis.coalesce(counted[missing], made)}).drop("content", "repeat")


def _keyed(declared: Canonical, shaped: ir.Table, reader: RecordContext) -> ir.Table:
    """Add the digests of the natural key (`key`) and, for what has a date, of all that is said (`said`)."""
    source = "" if declared.shared else reader.source
    parts = [ibis.literal(source), *(shaped[k].cast(str).fill_null("\x00") for k in declared.key)]
    content = [*(shaped[c.name].cast(str).fill_null("\x00") for c in declared), shaped.further.fill_null("")]
    said = ibis.ifelse(shaped.collected_at.notnull(), joined(content).hexdigest("md5"), ibis.null(str))
    return shaped.mutate(key=joined(parts).hexdigest("md5"), said=said)
