"""Majority: where the rows of a sheet speak of one thing, what do most of them say of it?"""

from collections.abc import Sequence
from functools import reduce

import ibis
import ibis.expr.types as ir

from shuke.tables import Canonical
from shuke.tables.derived import Checkpoint


def majority(
    declared: Canonical, mentions: ir.Table, fields: Sequence[str], *, checkpoint: Checkpoint
) -> ir.Table:
    """One row per thing: field by field what most of the rows say that say something, the later one among
    equals. `mentions` has one per row of the sheet; only of `fields` does any of them say anything."""
    known_by = list(declared.key)
    unsaid = {c.name: ibis.null(c.type.ibis) for c in declared if c.name not in (*known_by, *fields)}
    whole = {"row": mentions["row"].max(), "collected_at": mentions.collected_at.max()}
    ends = {f"{n}_least": mentions[n].min() for n in fields} | {n: mentions[n].max() for n in fields}
    told = checkpoint(mentions.group_by(known_by).agg(**whole, **ends))
    differs = reduce(lambda a, b: a | b, (told[n] != told[f"{n}_least"] for n in fields), ibis.literal(False))
    several = told.filter(differs.fill_null(False)).select(known_by)
    plain = told.anti_join(several, [told[k].identical_to(several[k]) for k in known_by])
    columns = [*known_by, *fields, *whole]
    torn = mentions.semi_join(several, [mentions[k].identical_to(several[k]) for k in known_by])
    settled = plain.select(columns).union(_outvoted(torn, known_by, fields).select(columns))
    return settled.mutate(further=ibis.null(str), **unsaid)


def _outvoted(mentions: ir.Table, known_by: list[str], fields: Sequence[str]) -> ir.Table:
    """The same where rows contradict one another, which few do: there each value is counted."""
    votes = {
        f"{n}_votes": mentions.count().over(group_by=[*known_by, n]) * 2**32 + mentions["row"] for n in fields
    }
    counted = mentions.mutate(**votes)
    chosen = {n: counted[n].argmax(counted[f"{n}_votes"], where=counted[n].notnull()) for n in fields}
    return counted.group_by(known_by).agg(
        row=counted["row"].max(), collected_at=counted.collected_at.max(), **chosen
    )
