"""Relations: with whom is this customer tied, in which way, and in which direction?"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke.app import Opened
from shuke.languages import Text
from shuke.periods import day_end
from shuke.profiles.customers import customers
from shuke.views import tables
from shuke.views.dossier import WHOM, Dossier
from shuke.views.viewer import Viewer

#: What the other is to the customer: by the customer's own record, and by that of the other.
_TITLES: dict[str, tuple[Text, Text]] = {
    "employer": (Text("Works for", "任职于"), Text("Employs", "员工")),
    "referral": (Text("Referred by", "推荐人"), Text("Referred", "推荐了")),
    "household": (Text("Of one household", "同一家庭"), Text("Of one household", "同一家庭")),
    "parent": (Text("Belongs to", "隶属于"), Text("Branch", "下属单位")),
}

#: Where ties are told: the table, the kind where that is always the same, and the column of the other.
_TOLD = (
    ("landed_relations", None, "other_record_id"),
    ("landed_organisation_parents", "parent", "parent_record_id"),
)

#: What the ends of a tie are called from the other one.
_TURNED = {"record": "other", "other": "record"}


@dataclass(frozen=True, kw_only=True)
class Relation:
    """One tie, as the page of one of its two ends shows it."""

    kind: str
    title: Text
    customer_id: str | None  # the other; None where no record of theirs has come
    name: str | None  # of the other, as the viewer may see it
    record: str | None  # of the other, where no customer is known
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Relations:
    ties: tuple[Relation, ...]
    total: int


def of(dossier: Dossier, *, viewer: Viewer, until: date | None = None, limit: int = 50) -> Relations:
    """Whom this customer works for, belongs to, or was referred by, and who says such a thing of them.

    A tie between two records of the same customer is none.
    """
    told = {name: _touching(dossier, name, other) for name, _, other in _TOLD if dossier.has(name)}
    if not any(rows.num_rows for rows in told.values()):
        return Relations((), 0)
    rows, total = dossier.portion(
        ("relations", viewer.sees_personal, until),
        lambda: _tied(dossier.opened, until, viewer),
        limit=limit,
        beside=told | _others(dossier.opened, told),
    )
    return Relations(tuple(map(_relation, rows.to_pylist())), total)


def _touching(dossier: Dossier, name: str, other: str) -> pa.Table:
    """The rows that may tell of a tie of theirs, from either end."""
    read = dossier.opened.reader.rows
    forth = read(name, "record_id", dossier.record_ids)
    back = read(name, other, [*dossier.record_ids, *dossier.records])
    return pa.concat_tables([forth, back])


def _others(opened: Opened, told: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Who goes by the records at the ends of these ties."""
    ends: set[str] = set()
    for name, _, other in _TOLD:
        for row in told[name].to_pylist() if name in told else ():
            two = row["record_id"], row[other]
            ends.update(two, (f"{row['source']}:{end}" for end in two))
    known = opened.reader.rows("identities", "record", sorted(ends))
    whose = sorted(set(known["customer_id"].to_pylist()))
    return {"identities": known, "customers": opened.reader.rows("customers", "customer_id", whose)}


def _tied(opened: Opened, until: date | None, viewer: Viewer) -> tuple[ir.Table, list[ir.Value]]:
    """Each tie from the customer's end, and in which order."""
    said = _said(opened, until)
    known = opened.table("identities")
    own = known.filter(known.customer_id == WHOM).select("record")
    forth = said.semi_join(own, "record").mutate(towards=True)
    back = said.semi_join(own.select(other="record"), "other").mutate(towards=False)
    turned = back.select(**{name: back[_TURNED.get(name, name)] for name in back.columns})
    both = forth.union(turned)
    whose = both.left_join(known.select("customer_id", other="record"), "other").drop("other_right")
    others = whose.filter(whose.customer_id.isnull() | (whose.customer_id != WHOM))
    once = others.mutate(other=ibis.ifelse(others.customer_id.isnull(), others.other, None))
    told = once.group_by("kind", "towards", "customer_id", "other").agg(
        since=once.since.min(), until=once.until.max()
    )
    named = told.left_join(_names(opened, viewer), "customer_id").drop("customer_id_right")
    shown = named if viewer.sees_personal else named.mutate(other=tables.mask(named.other, "identifier"))
    return shown, [ibis.desc("towards"), "kind", "name", "customer_id", "other"]


def _said(opened: Opened, until: date | None) -> ir.Table:
    """Each tie as `record`, `kind`, `other`."""
    parts = [
        _ties(opened.table(name), kind=kind, other=other)
        for name, kind, other in _TOLD
        if name in opened.reader.tables
    ]
    every = ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
    if until:
        heard = every.heard.isnull() | (every.heard < day_end(until, opened.build.manifest.zone))
        every = every.filter(heard & (every.since.isnull() | (every.since <= until)))
    # Of the same source, unless the other record is named with its own.
    known = opened.table("identities").select(plain="record", named="record")
    sourced = every.left_join(known, "plain").drop("plain_right")
    return sourced.select(
        "record", "kind", "since", "until", other=ibis.coalesce(sourced.named, sourced.other)
    )


def _ties(rows: ir.Table, *, kind: str | None, other: str) -> ir.Table:
    dated = {name: rows[name] if name in rows.columns else ibis.null("date") for name in ("since", "until")}
    told = rows.kind.strip().lower() if kind is None else ibis.literal(kind)
    return rows.select(
        record=rows.source + ":" + rows.record_id, plain=rows[other], other=rows.source + ":" + rows[other],
        kind=told, heard=rows.collected_at, **dated,
    )  # fmt: skip


def _names(opened: Opened, viewer: Viewer) -> ir.Table:
    hidden = frozenset() if viewer.sees_personal else tables.personal(customers.columns)
    golden = tables.masked(opened.table("customers"), customers.columns, hidden)
    person = golden.kind.fill_null("person") != "organisation"
    name = ibis.ifelse(person, golden.name, golden.organisation)
    return golden.select("customer_id", name=ibis.coalesce(name, golden.organisation, golden.name))


def _relation(row: dict[str, Any]) -> Relation:
    kind = row["kind"]
    unknown = Text(kind, kind), Text(f"Is their “{kind}”", f"是对方的「{kind}」")
    forth, back = _TITLES.get(kind, unknown)
    return Relation(
        kind=kind, title=forth if row["towards"] else back, customer_id=row["customer_id"], name=row["name"],
        record=row["other"], since=row["since"], until=row["until"],
    )  # fmt: skip
