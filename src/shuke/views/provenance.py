"""Provenance: what was said of this customer, by whom and how long ago, and why does it hold or not?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke import formats
from shuke.languages import Text
from shuke.profiles.survivorship import REASONS
from shuke.tables import CANONICAL, IDENTIFIERS, Type
from shuke.views import tables
from shuke.views.labels import coded

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that somebody said of a customer."""

    attribute: str
    title: Text
    value: str
    source: str
    record: str
    channel: str | None
    collected_at: datetime | None  # when it was last said to be true; None: the source does not say
    received_at: datetime | None
    said_on: date  # the day of `collected_at`, else of receipt: from here on it ages
    age_days: int  # from then to the day of the record
    believed_until: date | None  # None: it does not age
    believed: bool
    freshness: float  # from 1, just said, to 0, expired
    wins: bool  # it stands in the golden record
    reason: str  # a word of `survivorship.REASONS`
    why: Text
    batch_id: str | None
    row: int | None


#: By attribute, the winning one first.
ORDER = ("attribute", "-wins", "-believed", "-said_on", "record", "value")


def ordered() -> list[ir.Value]:
    """The same for an expression."""
    return [ibis.desc(by[1:]) if by.startswith("-") else ibis.asc(by) for by in ORDER]


def shown_facts(facts: pa.Table, *, as_of: date) -> tuple[Fact, ...]:
    """The facts in `ORDER`, masked where they must be."""
    return tuple(_fact(row, as_of) for row in facts.to_pylist())


def masked(facts: ir.Table) -> ir.Table:
    """The facts without what is personal in them."""
    value = mask_by(facts.value, facts.attribute, _ATTRIBUTES)
    return facts.mutate(value=value, record=tables.mask(facts.record, "identifier"))


def attribute_title(attribute: str) -> Text:
    """What a fact's attribute is called."""
    columns = {column.name: column.title for column in CANONICAL["people"]}
    kinds = {kind.name: kind.title for kind in IDENTIFIERS.values()}
    return columns.get(attribute) or kinds.get(attribute) or Text(attribute, attribute)


def worth(fact: Fact) -> str:
    """The value of a fact as a person reads it: days as days, words of closed sets as words."""
    column = next((c for c in CANONICAL["people"] if c.name == fact.attribute), None)
    if column is not None and column.type is Type.DATE and _DAY.fullmatch(fact.value):
        return formats.day(date.fromisoformat(fact.value))
    return coded(fact.attribute, fact.value)


def mask_by(value: ir.StringValue, word: ir.StringValue, kinds: Mapping[str, str | None]) -> ir.StringValue:
    """The value masked as its word asks: None shows it, a word that is not among `kinds` hides it."""
    cases = [
        (word == name, tables.mask(value, kind) if kind else value.cast("string"))
        for name, kind in kinds.items()
    ]
    return ibis.cases(*cases, else_=tables.mask(value, "text"))


_ATTRIBUTES: dict[str, str | None] = {
    **{column.name: column.pii for column in CANONICAL["people"]},
    "phone": "phone",
    "email": "email",
}


def _fact(row: dict[str, Any], as_of: date) -> Fact:
    kept = {name: row[name] for name in Fact.__dataclass_fields__ if name in row}
    return Fact(
        **kept,
        title=attribute_title(row["attribute"]),
        age_days=max((as_of - row["said_on"]).days, 0),
        why=REASONS[row["reason"]],
    )
