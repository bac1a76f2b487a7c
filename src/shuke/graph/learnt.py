"""Learnt: does what was learnt from all that a company has still hold, where little has come since?

A table that says what holds in general (`learns` of its declaration) is worked out from every row there is,
and a hundredth more tells it nothing new. It stays as it is until the rows that it comes from have grown by
more than `GROWTH`, or a week has passed; then it is learnt anew, as in a first build. So it is where a batch
was taken back, and where code, answers, the model of identity or the engine are others.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256

from shuke.graph.catalogue import needed
from shuke.graph.inputs import Inputs
from shuke.graph.names import canonical
from shuke.store.builds import LearntFrom, TableRecord
from shuke.store.landing import Receipt
from shuke.tables import Derived
from shuke.tables.records import OWN

#: The share of rows by which what is learnt from may grow.
GROWTH = 0.02

#: For so many days it holds.
DAYS = 7


def learnt_from(step: Derived, tables: Mapping[str, Derived], inputs: Inputs, family: str) -> LearntFrom:
    """What a table is learnt from where it is learnt now."""
    receipts = inputs.landed.receipts
    return LearntFrom(
        as_of=inputs.landed.as_of, batches=len(receipts), digest=_digest(receipts, inputs, family),
        rows=_rows(receipts, _collected(step, tables)),
    )  # fmt: skip


def holds(
    stood: TableRecord, step: Derived, tables: Mapping[str, Derived], inputs: Inputs, family: str
) -> bool:
    """Whether what the build before says, by the same recipe, need not be learnt anew."""
    then, receipts = stood.learnt, inputs.landed.receipts
    if then is None or stood.failed or inputs.looks_back:
        return False
    seen, came = receipts[: then.batches], receipts[then.batches :]
    passed = inputs.landed.as_of - then.as_of
    return (
        timedelta(0) <= passed < timedelta(days=DAYS)
        and then.digest == _digest(seen, inputs, family)
        and _rows(came, _collected(step, tables)) <= GROWTH * then.rows
    )


def _digest(receipts: Sequence[Receipt], inputs: Inputs, family: str) -> str:
    """A digest of the batches that there were, of the model of identity, and of who computed."""
    known = ([receipt.batch for receipt in receipts], repr(inputs.model.to_json()), family)
    return sha256(repr(known).encode()).hexdigest()


def _collected(step: Derived, tables: Mapping[str, Derived]) -> set[str]:
    """The canonical tables from which a table comes to be."""
    found = needed(tables, [step.name], given=())
    reads = {read for name in found & {*tables} for read in tables[name].reads}
    return {declared.name for name in found | reads if (declared := canonical(name))}


def _rows(receipts: Sequence[Receipt], collected: set[str]) -> int:
    """How many rows of these tables others than Shuke itself have delivered or taken back."""
    theirs = [receipt for receipt in receipts if receipt.source != OWN]
    return sum(
        receipt.withdrawn + sum(receipt.tables.get(name, 0) for name in collected) for receipt in theirs
    )
