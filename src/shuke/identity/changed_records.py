"""Changed records: for which records may this build's result differ from the previous build's?"""

import ibis
import ibis.expr.types as ir

from shuke.identity.identifiers import VALUE, record_of
from shuke.identity.incremental import anything
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: What of an identifier others depend on.
_MEANT = ("record", *VALUE, "identifies")


@table(
    key="record",
    title=Text("Changed records", "变动的记录"),
    area="identity",
    subject=None,
    columns=[Column("record", Type.TEXT, Text("Record", "记录"), pii="identifier")],
)
def changed_records(
    new_people: ir.Table,
    new_identifiers: ir.Table,
    identifiers: ir.Table,
    previous_identifiers: ir.Table,
    previous_normalised_records: ir.Table,
    *,
    checkpoint: Checkpoint,
) -> ir.Table:
    """The records that may stand otherwise than in the current build.

    One row per record: those of which something has landed since, those that share with one of them a value
    that identifies or did so then, and those of which an identifier has ceased to be theirs. All, where
    nothing of the current build may be gone on from.
    """
    landed = (rows.select(record=record_of(rows)) for rows in (new_people, new_identifiers))
    fresh = checkpoint(ibis.union(*landed, distinct=True))
    if not anything(previous_normalised_records):
        return fresh
    touched = checkpoint(values_of(fresh, identifiers, previous_identifiers))
    sharing = (
        t.filter(t.identifies).semi_join(touched, VALUE).select("record")
        for t in (identifiers, previous_identifiers)
    )
    return ibis.union(fresh, *sharing, _expired(identifiers, previous_identifiers), distinct=True)


def values_of(records: ir.Table, *identifiers: ir.Table) -> ir.Table:
    """The values that some of the records have, in any of these tables of identifiers."""
    held = (t.semi_join(records, "record").select(*VALUE) for t in identifiers)
    return ibis.union(*held, distinct=True)


def _expired(identifiers: ir.Table, kept: ir.Table) -> ir.Table:
    """The records of which an identifier with an end identifies no longer, or again."""
    now, then = (t.filter(t.valid_until.notnull()).select(*_MEANT) for t in (identifiers, kept))
    return now.anti_join(then, _MEANT).select("record")


def differences(now: ir.Table, then: ir.Table) -> ir.Table:
    """The rows that stand in one of the two only."""
    then = then.select(now.columns)
    return now.difference(then).union(then.difference(now))
