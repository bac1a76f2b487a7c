"""Scarcity: by how many others is that borne which two records have in common?

Counted in the records themselves. Beside them stand `PEOPLE` more, among whom the commonest names are borne
as the population bears them (see `population`); how rare anything else is where the records are few is
told by how often two of them have the like in common by chance (see `estimates`).
"""

import ibis
import ibis.expr.types as ir

from shuke.identity import population
from shuke.identity.comparisons import COMPARISONS

#: How many people of the population stand beside the records.
PEOPLE = 200.0

#: Of these it counts how many names go with them: a household's or a switchboard's identifies less.
CONTACTS = ("email", "phone")

#: Between the parts of a value; no normalised value holds a control character.
_BETWEEN = ibis.literal("\x1f")


def features() -> tuple[str, ...]:
    """What the levels of comparisons count the rarity of."""
    levels = (level for kind in COMPARISONS.values() for c in kind for level in c.levels)
    return tuple(sorted({level.rare for level in levels if level.rare}))


def values(comparables: ir.Table) -> dict[str, ir.StringValue]:
    """What each feature is of a record."""
    place = ibis.coalesce(comparables.house, ibis.literal(""))
    made = {
        "home": comparables.street + _BETWEEN + place,
        "birth_date": comparables.birth_date.strftime("%Y-%m-%d"),
    }
    return {name: made[name] if name in made else comparables[name] for name in features()}


def commons(comparables: ir.Table) -> ir.Table:
    """The values that more than one record has: `feature`, `value`, `records`, `names`, `bearers`."""
    counted = []
    for feature, value in values(comparables).items():
        contact = feature in CONTACTS
        called = ibis.coalesce(comparables.given, comparables.family, comparables.sound).substr(0, 2)
        held = comparables.select(sound=called, value=value).filter(lambda t: t.value.notnull())
        times = held.group_by("value").agg(
            records=held.count(), names=held.sound.nunique() if contact else ibis.literal(0, "int64")
        )
        several = times.filter(times.records > 1)
        borne = population.share(feature, several.value) * PEOPLE
        bearers = several.names.cast("float64") if contact else several.records + borne
        counted.append(several.mutate(feature=ibis.literal(feature), bearers=bearers.round(1)))
    return ibis.union(*counted).select("feature", "value", "records", "names", "bearers")


def bearers(comparables: ir.Table, common: ir.Table) -> ir.Table:
    """Per record how many bear what it shares with another: `record`, and a column for each feature."""
    told = comparables.select("record", **values(comparables))
    for feature in features():
        own = common.filter(common.feature == feature).select(
            **{f"{feature}_value": common.value, f"{feature}_bearers": common.bearers}
        )
        told = told.left_join(own, told[feature] == own[f"{feature}_value"]).drop(f"{feature}_value")
    return told.select("record", **{f: told[f"{f}_bearers"].fill_null(1.0) for f in features()})
