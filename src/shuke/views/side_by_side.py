"""Side by side: what do two records say, and where do they agree?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product
from typing import Any, Literal

import ibis.expr.types as ir

from shuke.app import Opened
from shuke.languages import Text
from shuke.tables import CANONICAL, IDENTIFIERS
from shuke.views.identity import stands
from shuke.views.tables import mask, masked, personal
from shuke.views.viewer import Viewer

Agreement = Literal["same", "alike", "different", "unknown"]

#: Texts that have so much in common are alike.
_ALIKE = 0.8

#: What of a record is shown: its columns as the source writes them, and those by which it is compared.
_SHOWN: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "name": (("name", "family_name", "given_name"), ("sound",)),
    "organisation": (("organisation",), ("organisation",)),
    "kind": (("kind",), ("kind",)),
    "gender": (("gender",), ("gender",)),
    "birth_date": (("birth_date",), ("birth_date",)),
    "country": (("country",), ("country",)),
    "region": (("region",), ("region",)),
    "city": (("city",), ("city",)),
    "address": (("address",), ("street", "house")),
    "postcode": (("postcode",), ("postcode",)),
}


@dataclass(frozen=True)
class Line:
    """What the two say of one thing."""

    name: str
    title: Text
    left: str | None
    right: str | None
    agreement: Agreement


def side_by_side(opened: Opened, left: str, right: str, *, viewer: Viewer) -> tuple[Line, ...]:
    """What two records say of the same things, as far as the viewer may see it; silence is left out."""
    told = _told(opened, (left, right), viewer)
    compared = _compared(opened, (left, right))
    lines = [
        Line(
            name,
            CANONICAL["people"][name].title,
            _first(told[left], columns),
            _first(told[right], columns),
            _agree(_keys(compared[left], by), _keys(compared[right], by)),
        )
        for name, (columns, by) in _SHOWN.items()
    ]
    lines += _identifiers(opened, left, right, viewer)
    return tuple(line for line in lines if line.left or line.right)


def _told(opened: Opened, records: Iterable[str], viewer: Viewer) -> dict[str, dict[str, Any]]:
    """What a record's source says of it."""
    people, declared = opened.table("landed_people"), CANONICAL["people"].columns
    hidden = frozenset() if viewer.sees_personal else personal(declared)
    named = people.mutate(record=people.source + ":" + people.record_id)
    rows = masked(named.filter(named.record.isin(list(records))), declared, hidden)
    return defaultdict(dict, {row["record"]: row for row in rows.to_pyarrow().to_pylist()})


def _compared(opened: Opened, records: Iterable[str]) -> dict[str, dict[str, Any]]:
    """A record as it is compared with others."""
    rows = stands(opened, "normalised_records", "record")
    if rows is None:
        return defaultdict(dict)
    own = rows.filter(rows.record.isin(list(records))).to_pyarrow().to_pylist()
    return defaultdict(dict, {row["record"]: row for row in own})


def _identifiers(opened: Opened, left: str, right: str, viewer: Viewer) -> list[Line]:
    held = opened.table("identifiers")
    own = held.filter(held.record.isin([left, right]))
    shown = own if viewer.sees_personal else own.mutate(shown=_hidden(own))
    rows = shown.order_by(["kind", "scope", "value"]).to_pyarrow().to_pylist()
    return [
        Line(
            kind,
            IDENTIFIERS[kind].title if kind in IDENTIFIERS else Text(kind, kind),
            _listed(rows, left, kind),
            _listed(rows, right, kind),
            _share(_held(rows, left, kind), _held(rows, right, kind)),
        )
        for kind in dict.fromkeys(row["kind"] for row in rows)
    ]


def _held(rows: Iterable[Mapping[str, Any]], record: str, kind: str) -> set[tuple[str, str]]:
    return {(r["scope"], r["value"]) for r in rows if r["record"] == record and r["kind"] == kind}


def _hidden(held: ir.Table) -> ir.StringValue:
    by_kind = {"email": mask(held.value, "email"), "phone": mask(held.value, "phone")}
    return held.kind.cases(*by_kind.items(), else_=mask(held.value, "identifier"))


def _listed(rows: Iterable[Mapping[str, Any]], record: str, kind: str) -> str | None:
    own = [r.get("shown", r["value"]) for r in rows if r["record"] == record and r["kind"] == kind]
    return ", ".join(dict.fromkeys(own)) or None


def _first(row: Mapping[str, Any], columns: tuple[str, ...]) -> str | None:
    """The value of the first column, or of all the others together where that is not told."""
    first, *others = (str(row[name]) if row.get(name) is not None else "" for name in columns)
    given = list(filter(None, others))
    if first or len(given) < 2:
        return first or next(iter(given), None)
    together = "".join(given)
    # Chinese names are written family name first and without a blank, as the columns stand.
    return " ".join(reversed(given)) if together.isascii() else together


def _keys(row: Mapping[str, Any], by: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(row.get(key) for key in by)


def _agree(left: tuple[Any, ...], right: tuple[Any, ...]) -> Agreement:
    if left[0] is None or right[0] is None:
        return "unknown"
    return "same" if left == right else _unequal({" ".join(map(str, left))}, {" ".join(map(str, right))})


def _share(left: set[tuple[str, str]], right: set[tuple[str, str]]) -> Agreement:
    if not left or not right:
        return "unknown"
    return "same" if left & right else _unequal({v for _, v in left}, {v for _, v in right})


def _unequal(left: set[str], right: set[str]) -> Agreement:
    """How two are apart: by a slip of the pen, or altogether."""
    near = any(SequenceMatcher(None, *two).ratio() >= _ALIKE for two in product(left, right))
    return "alike" if near else "different"
