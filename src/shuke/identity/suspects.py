"""Suspects: which clusters may break a guard, and what do their records say?

Most clusters break none and never leave the engine; the few that may are read into memory.
"""

from collections.abc import Iterable
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.identity.cuts import PROBABLE
from shuke.identity.guards import GENERATION, SETTLED_BY, Profile
from shuke.identity.verdicts import Mark
from shuke.tables.derived import Checkpoint

#: Between the parts of a home; no normalised value holds a control character.
_BETWEEN = ibis.literal("\x1f")


def suspects(
    clustered: ir.Table,
    edges: ir.Table,
    comparables: ir.Table,
    identifiers: ir.Table,
    *,
    largest: int,
    checkpoint: Checkpoint,
) -> ir.Table:
    """The clusters that may break a guard: `cluster`. A few of them may turn out to break none.

    `clustered` has `record` and `cluster`, `edges` is what `identities` makes of them.
    """
    said = clustered.join(comparables, "record")
    in_all = said.group_by("cluster").agg(
        records=said.count(), kind=said.kind.min(), other_kind=said.kind.max(),
        first=said.birth_date.min(), last=said.birth_date.max(),
    )  # fmt: skip
    rough = checkpoint(in_all)
    large = rough.filter(rough.records > largest).semi_join(_probably_joined(clustered, edges), "cluster")
    of_two_kinds = rough.filter(rough.kind != rough.other_kind)
    of_two_days = checkpoint(said.semi_join(rough.filter(rough.first != rough.last), "cluster"))
    found = [
        large,
        of_two_kinds,
        _residents(clustered, identifiers),
        _births(of_two_days),
        _lives(of_two_days),
    ]
    return checkpoint(ibis.union(*(part.select("cluster") for part in found), distinct=True))


def _probably_joined(clustered: ir.Table, edges: ir.Table) -> ir.Table:
    probable = edges.filter(edges.rank == PROBABLE).select(record="record_l")
    return clustered.semi_join(probable, "record").select("cluster")


def _residents(clustered: ir.Table, identifiers: ir.Table) -> ir.Table:
    """The clusters with two residents' numbers."""
    said = clustered.join(_resident_ids(identifiers), "record")
    numbers = said.group_by("cluster").agg(first=said.value.min(), last=said.value.max())
    return numbers.filter(numbers.first != numbers.last)


def _births(said: ir.Table) -> ir.Table:
    """The clusters with two birth dates that several sources give."""
    days = said.group_by("cluster", "birth_date").agg(sources=said.source.nunique())
    settled = days.filter(days.birth_date.notnull() & (days.sources >= SETTLED_BY))
    return settled.group_by("cluster").agg(days=settled.count()).filter(lambda t: t.days > 1)


def _lives(said: ir.Table) -> ir.Table:
    """The clusters in which two given names of one family and address are a generation apart."""
    lived = said.join(homes(said), "record")
    homely = lived.group_by("cluster", "home", "family").agg(
        given=lived.given.min(),
        other=lived.given.max(),
        first=lived.birth_date.min(),
        last=lived.birth_date.max(),
    )
    days = homely.last.delta(homely.first, unit="day")
    return homely.filter((homely.given != homely.other) & (days >= GENERATION.days))


def homes(comparables: ir.Table) -> ir.Table:
    """Where a record lives, by street and house and by street and postcode: `record`, `home`."""
    street = comparables.street
    written = (
        ibis.literal("house") + _BETWEEN + street + _BETWEEN + comparables.house,
        ibis.literal("postcode") + _BETWEEN + street + _BETWEEN + comparables.postcode,
    )
    parts = [comparables.select("record", home=home) for home in written]
    return parts[0].union(parts[1]).filter(lambda t: t.home.notnull())


def profiles(
    records: ir.Table, comparables: ir.Table, identifiers: ir.Table, marks: Iterable[tuple[str, Mark]]
) -> dict[str, Profile]:
    """The profile of each of a few records."""
    found = {row["record"]: Profile() for row in rows(records.select("record"))}
    said = comparables.semi_join(records, "record")
    for row in rows(said.select("record", "source", "kind", "birth_date")):
        _describe(found[row["record"]], row)
    lived = said.join(homes(said), "record").select("record", "home", "family", "given", "birth_date")
    for row in rows(lived.filter(~ibis.or_(*(lived[name].isnull() for name in lived.columns)))):
        day = row["birth_date"]
        found[row["record"]].families[row["home"], row["family"]] = {row["given"]: (day, day)}
    for row in rows(_resident_ids(identifiers).semi_join(records, "record")):
        found[row["record"]].residents.add(row["value"])
    for record, mark in marks:
        if record in found:
            found[record].marks.add(mark)
    return found


def _describe(profile: Profile, row: dict[str, Any]) -> None:
    if row["kind"]:
        profile.kinds.add(row["kind"])
    if day := row["birth_date"]:
        profile.births[day] = {row["source"]}


def _resident_ids(identifiers: ir.Table) -> ir.Table:
    return identifiers.filter(identifiers.kind == "resident_id").select("record", "value")


def rows(table: ir.Table) -> list[dict[str, Any]]:
    """The rows of a small table."""
    found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return found
