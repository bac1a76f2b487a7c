"""Infer: what do the columns of a file mean that nobody has described yet?

First what kind of file it is, from all headers; then each header in its light; then the values, which may
overrule a header and decide how dates and numbers are read. What money, dates and identifiers leave open is
a `Ambiguity`: it is asked, never guessed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import ibis.expr.types as ir

from shuke.collect.infer import (
    evidence,
    flags,
    notation,
    order_outcomes,
    permissions,
    repeats,
    states,
    transaction_types,
)
from shuke.collect.infer.ambiguities import (
    Ambiguity,
    Answer,
    mark_unclear,
    misfit,
    order_unclear,
    rivalry,
    unlabelled_contacts,
)
from shuke.collect.infer.amount_levels import levelled, of_the_line, of_the_order, repeated
from shuke.collect.infer.birthdays import with_birthdays
from shuke.collect.infer.claims import ColumnClaim, claims, with_places
from shuke.collect.infer.evidence import Shapes
from shuke.collect.infer.file_kinds import (
    LINES,
    ORDERS,
    FileKind,
    decide,
    explained,
    fits,
    named,
    rivals,
    scored,
)
from shuke.collect.infer.headers import compact, generics
from shuke.collect.infer.money import denominated
from shuke.collect.infer.rates import rated
from shuke.collect.infer.unmapped import OpenColumns, misplaced, unplaced
from shuke.collect.mapping import EACH_FOR_ITSELF, FURTHER, Layout, Reading, targets
from shuke.languages import Text
from shuke.tables import Type

__all__ = ["Ambiguity", "Answer", "Explained", "InferredLayout", "explain", "infer"]

_NAMES_OF_A_PERSON = {"people.name", "people.given_name", "people.family_name"}
_NUMERIC = (Type.MONEY, Type.QUANTITY, Type.RATE, Type.NUMBER, Type.SHARE, Type.INTEGER)
_DATED = (Type.DATE, Type.TIME)


@dataclass(frozen=True)
class InferredLayout:
    """A layout for a file, the kind of file that it was taken for, and what is still open."""

    layout: Layout
    kind: Text
    ambiguities: tuple[Ambiguity, ...] = ()
    shapes: Mapping[str, Shapes] | None = None
    taken: Text | None = None  # what it was taken for, and why; None where a person said it
    maybe: tuple[FileKind, ...] = ()  # the kinds that it may be as much; none where one is clear


@dataclass(frozen=True)
class Explained:
    """What one column was taken for and why, for showing; holds no value of the file."""

    column: str
    to: tuple[str, ...]
    label: str
    why: str
    looks: str
    sure: bool


def infer(
    rows: ir.Table,
    *,
    name: str,
    country: str | None = None,
    currency: str | None = None,
    known: Iterable[Layout] = (),
    table: str | None = None,
    whole: Collection[str] = (),
) -> InferredLayout:
    """How the columns of `rows` (texts, beside `__row__`) are to be read.

    `known` are the source's earlier layouts: what was decided there for a header of the same name in a file
    of the same kind holds here too. `country` (ISO 3166) is shown as a hint where day and month are in
    doubt; `currency` (ISO 4217) is what is meant by a sign that it shares with others. `table` says what the
    rows are, where a person knows; `whole` names the columns that tell of an order and not of its lines.
    """
    headers = [column for column in rows.columns if column != "__row__"]
    seen = evidence.shapes(rows, headers)
    scores = () if table else scored(headers, seen, repeats.facts(rows, seen))
    kind = scores[0].kind if scores else named(str(table))
    decided = _decided(headers, kind, known)
    decided |= {h: replace(r, to=tuple(map(of_the_order, r.to))) for h, r in decided.items() if h in whole}
    alone = claims(headers, kind, seen)
    taken = {c.target for c in alone if not flags.says_so(c.header)}
    taken |= {to for reading in decided.values() for to in reading.to}
    flagged = flags.returned(rows, [h for h in headers if h not in decided], kind, taken)
    open_claims = [c for c in alone if c.header not in {*decided, *flagged}]
    claimed = _on_their_level(_without_order_totals(open_claims, kind), whole)
    won, disputed = _settled(claimed, decided, kind, seen)
    decided |= flagged  # beside another column that says what became of it
    readings = {h: decided.get(h) or won.get(h) or Reading() for h in headers}
    sale = _Sale(rows, seen, kind, [h for h in headers if h not in decided])
    readings, of_the_sale = _told_of_sales(sale, readings, whole)
    readings = permissions.placed(readings, seen, [h for h in headers if h not in decided])
    readings, shares = rated(rows, with_birthdays(rows, readings, decided), decided)
    readings, unclear = _with_manner(rows, readings, country)
    figures = [h for h, r in readings.items() if r.to == (FURTHER,) and seen[h].mostly("number")]
    readings, constants, unnamed = denominated(rows, readings, currency, aside=figures)
    open_ones = {h: reading for h, reading in readings.items() if h not in decided}
    ambiguities = [
        *disputed,
        *of_the_sale,
        *shares,
        *unclear,
        *unnamed,
        *unlabelled_contacts(open_ones, seen, kind),
        *flags.counted(open_ones, seen, kind, taken),
        *states.ambiguities(rows, readings),
        *permissions.ambiguities(rows, readings),
    ]
    asked = {ambiguity.column for ambiguity in ambiguities} | {
        c for d in ambiguities for one in d.choices for c in one.also
    }
    sheet = OpenColumns(readings, seen, [h for h in open_ones if h not in asked], constants, whole)
    ambiguities += unplaced(rows, sheet, kind, lambda read: _with_manner(rows, read, country))
    unsure = {ambiguity.column for ambiguity in ambiguities}
    columns = {h: replace(r, sure=h not in unsure) for h, r in readings.items()}
    layout = Layout(name, columns, constants)
    if not scores:
        return InferredLayout(layout, kind.title, tuple(ambiguities), seen)
    of_before = any(set(one.columns) <= set(headers) for one in known)  # with columns added: the same files
    maybe = () if of_before else rivals(scores) or misplaced(rows, layout, seen, kind)
    return InferredLayout(layout, kind.title, tuple(ambiguities), seen, explained(scores), maybe)


@dataclass(frozen=True)
class _Sale:
    """A sheet of sales, and those of its columns about which nobody has decided."""

    rows: ir.Table
    seen: Mapping[str, Shapes]
    kind: FileKind
    free: Collection[str]


def _told_of_sales(
    sale: _Sale, readings: dict[str, Reading], whole: Collection[str]
) -> tuple[dict[str, Reading], list[Ambiguity]]:
    """The readings, with amounts on the level of the order or the line, and with every column that says which
    rows are sales and what became of them."""
    rows, seen, kind, free = sale.rows, sale.seen, sale.kind, sale.free
    whose: list[Ambiguity] = []
    if kind is LINES:
        readings, whose = repeated(rows, levelled(rows, readings, whole), seen, free)
    readings |= transaction_types.transaction_types(rows, readings, seen, kind=kind, among=free)
    undone, unclear = order_outcomes.further(rows, readings, seen, kind=kind, among=free)
    return states.invoiced(rows, readings | undone), [*unclear, *whose]


def explain(found: InferredLayout) -> tuple[Explained, ...]:
    """What each column was taken for, in the reader's language."""
    return tuple(
        Explained(
            header,
            reading.to,
            " + ".join(str(targets()[t].title) for t in reading.to),
            "" if reading.why is None else str(reading.why),
            str(_looks((found.shapes or {}).get(header, Shapes()))),
            reading.sure,
        )
        for header, reading in found.layout.columns.items()
    )


def _decided(headers: Iterable[str], kind: FileKind, known: Iterable[Layout]) -> dict[str, Reading]:
    """What a person or an earlier guess decided for headers of these names, where it is about the same."""
    here = set(headers)
    alike = [
        one
        for one in known
        if set(one.columns) <= here or decide(one.columns).name in (kind.name, decide(here).name)
    ]
    return {h: reading for one in alike for h, reading in one.columns.items() if h in here and reading.sure}


def _settled(
    claimed: list[ColumnClaim], decided: Mapping[str, Reading], kind: FileKind, seen: Mapping[str, Shapes]
) -> tuple[dict[str, Reading], list[Ambiguity]]:
    """One column for each target, and where two claim it alike, a doubt."""
    taken = {target for reading in decided.values() for target in reading.to}
    won: dict[str, Reading] = {}
    ambiguities: list[Ambiguity] = []
    by_target: dict[str, list[ColumnClaim]] = {}
    for claim in claimed:
        by_target.setdefault(claim.target, []).append(claim)
    for target, claiming in by_target.items():
        fitting = [c for c in claiming if fits(target, seen[c.header]) and not _is_no_key(c, seen)]
        if target.startswith(EACH_FOR_ITSELF):
            won |= {c.header: Reading((target,), why=c.why) for c in fitting}
        elif target not in taken and fitting:
            best, *others = sorted(fitting, key=lambda c: (not seen[c.header].said, c.standing))
            won[best.header] = Reading(with_places(target, taken | set(by_target), kind), why=best.why)
            ambiguities += rivalry(target, best, others, seen)
        if not fitting and target not in taken and targets()[target].type in (Type.MONEY, *_DATED):
            ambiguities += [misfit(claim) for claim in claiming]
    return _with_thing(_with_someone(_with_whole_name(won), decided, kind), decided, kind), ambiguities


def _is_no_key(claim: ColumnClaim, seen: Mapping[str, Shapes]) -> bool:
    """Whether a column that would say which order, customer or product it is says nothing in any row."""
    nothing = not seen[claim.header].said and any(shapes.said for shapes in seen.values())
    return nothing and claim.target in ("orders.order_no", "people.record_id", "products.product_id")


def _on_their_level(claimed: list[ColumnClaim], whole: Collection[str]) -> list[ColumnClaim]:
    """The claims, of columns that tell of an order to what an order has."""
    explained = (replace(c, target=of_the_order(c.target)) if c.header in whole else c for c in claimed)
    return [claim for claim in explained if claim.target != FURTHER]


def _without_order_totals(claimed: list[ColumnClaim], kind: FileKind) -> list[ColumnClaim]:
    """In lines, a lone total is the line's; beside shipping or taxes, it and the subtotal are the order's.

    Where nothing says which order a row is, there is none whose total it could be.
    """
    if kind is ORDERS and not {c.target for c in claimed} & {"orders.order_no", "order_items.amount"}:
        return [c if c.target == (to := of_the_line(c.target)) else _of_a_line(c, to) for c in claimed]
    if kind is not LINES:
        return claimed
    there = {claim.target for claim in claimed}
    plain = [c for c in claimed if c.target == "orders.total" and "total" in generics(c.header)]
    if "orders.shipping" in there and plain:
        return [
            c for c in claimed if not (c.target == "order_items.amount" and c.header.lower() == "subtotal")
        ]
    if plain and "order_items.amount" not in there:
        return [replace(c, target="order_items.amount") if c in plain else c for c in claimed]
    return claimed


def _of_a_line(claim: ColumnClaim, to: str) -> ColumnClaim:
    title = targets()[to].title
    return replace(
        claim, target=to, why=Text(f"without an order's number: {title.en}", f"没有订单号：{title.zh}")
    )


def _with_someone(
    won: dict[str, Reading], decided: Mapping[str, Reading], kind: FileKind
) -> dict[str, Reading]:
    """Where an organisation's or customer's name is all that says who it is, it is also their number.

    Not where people are listed: namesakes are two, and so are colleagues.
    """
    explained = {target for reading in (*won.values(), *decided.values()) for target in reading.to}
    if "people.record_id" in explained or any(target.startswith("identifiers.") for target in explained):
        return won
    if kind.name == "people" and explained & _NAMES_OF_A_PERSON:
        return won
    for header, reading in won.items():
        if "people.organisation" in reading.to or (reading.to == ("people.name",) and _is_account(header)):
            return won | {header: replace(reading, to=("people.record_id", *reading.to))}
    return won


def _with_whole_name(won: dict[str, Reading]) -> dict[str, Reading]:
    """Beside a given name alone, `Name` is the family name, and beside a family name alone the given one."""
    explained = {target: header for header, reading in won.items() for target in reading.to}
    parts = {"people.given_name", "people.family_name"}
    there = parts & set(explained)
    if len(there) != 1 or "people.name" not in explained or "name" not in generics(explained["people.name"]):
        return won
    header, (other,) = explained["people.name"], parts - there
    return won | {header: replace(won[header], to=(other,))}


def _with_thing(
    won: dict[str, Reading], decided: Mapping[str, Reading], kind: FileKind
) -> dict[str, Reading]:
    """Where nothing gives their codes, a campaign's name is also its code, and so is a product's in a list of
    products, deals or plans; and a membership's number is that of its contract."""
    explained = {target for reading in (*won.values(), *decided.values()) for target in reading.to}
    named = {"campaigns.name": "campaigns.campaign_id"}
    named |= {} if kind in (LINES, ORDERS) else {"products.name": "products.product_id"}
    named |= {"identifiers.member_no": "contracts.contract_no"} if kind.name == "contracts" else {}
    return {
        header: replace(reading, to=(named[reading.to[0]], *reading.to))
        if reading.to[0] in named and len(reading.to) == 1 and named[reading.to[0]] not in explained
        else reading
        for header, reading in won.items()
    }


def _is_account(header: str) -> bool:
    return compact(header) in (
        "customer",
        "client",
        "account",
        "客户",
        "客户名称",
        "往来单位",
        "customername",
    )


def _with_manner(
    rows: ir.Table, readings: dict[str, Reading], country: str | None
) -> tuple[dict[str, Reading], list[Ambiguity]]:
    """How each column of dates and numbers is written, counted over every row.

    What the values show goes before what was decided for another file; where they show nothing, that holds.
    """
    types = {h: {targets()[t].type for t in r.to} for h, r in readings.items()}
    dated = evidence.orders(rows, [h for h, kinds in types.items() if kinds & set(_DATED)])
    numeric = evidence.marks(rows, [h for h, kinds in types.items() if kinds & set(_NUMERIC)])
    ambiguities: list[Ambiguity] = []
    for header, seen in dated.items():
        order, why, possible = notation.order(seen)
        before = readings[header].order
        readings[header] = replace(
            readings[header], order=order or before, why=_joined(readings[header].why, why)
        )
        ambiguities += [] if before else order_unclear(header, readings[header], possible, country)
    for header, marks in numeric.items():
        decimal, why, sure = notation.mark(marks, (m for h, m in numeric.items() if h != header))
        before_mark = readings[header].decimal
        readings[header] = replace(
            readings[header], decimal=decimal or before_mark, why=_joined(readings[header].why, why)
        )
        ambiguities += [] if sure or before_mark else [mark_unclear(header, readings[header])]
    return readings, ambiguities


def _joined(first: Text | None, second: Text | None) -> Text | None:
    if first is None or second is None:
        return first or second
    return Text(f"{first.en}; {second.en}", f"{first.zh}；{second.zh}")


def _looks(shapes: Shapes) -> Text:
    kinds = {
        "email": Text("e-mail addresses", "电子邮箱"),
        "mobile": Text("mobile numbers", "手机号"),
        "date": Text("dates", "日期"),
        "clock": Text("times of day", "时刻"),
        "number": Text("numbers", "数字"),
        "code": Text("codes", "编码"),
        "spaced": Text("words", "文字"),
    }
    if not shapes.said:
        return Text("empty", "空")
    return next((text for shape, text in kinds.items() if shapes.mostly(shape)), Text("mixed", "混合"))
