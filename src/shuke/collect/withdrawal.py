"""Withdrawal: how is a batch that should never have landed taken back, though nothing that landed is changed?

By a batch of its own that holds nothing and names the one it takes back. What that said is no longer said:
builds do not see its rows, earlier versions hold again, and the same file lands anew when it is imported
again. A withdrawal that is taken back lets its batch stand again.
"""

from datetime import datetime

from shuke.app import Project
from shuke.errors import WrongCall
from shuke.languages import N_, _
from shuke.store.landing import Receipt

#: Whose batches are decisions of people and ids that were issued; they are undone where they were made.
_OWN = "shuke"


def withdraw(project: Project, batch: str, *, now: datetime) -> Receipt:
    """Take back a batch, given by its name or its number; returns the receipt of the withdrawal."""
    taken = project.landing.receipt(batch)
    if taken.source == _OWN:
        raise WrongCall(
            N_("Batch {batch} holds what was decided in Shuke, not what a source said; undo it there."),
            batch=taken.batch,
        )
    with project.landing.delivery(taken.source, withdraws=taken.batch) as delivery:
        if taken.batch in project.landing.withdrawn():
            raise WrongCall(N_("Batch {batch} has been withdrawn already."), batch=taken.batch)
        receipt = Receipt(
            batch=delivery.name, source=taken.source, files=(), received_at=now, read=0, loaded=0,
            unchanged=0, rejected=0, tables={}, withdraws=taken.batch, notes=tuple(_notes(project, taken)),
        )  # fmt: skip
        delivery.batch  # noqa: B018 - makes the folder, which holds the receipt alone
        delivery.land(receipt)
    return receipt


def _notes(project: Project, taken: Receipt) -> list[str]:
    """Which later batches of the source left out what had landed with the one that is taken back."""
    later = [r for r in project.landing.standing() if r.source == taken.source and r.batch > taken.batch]
    leaning = [receipt.batch for receipt in later if receipt.unchanged]
    if taken.withdraws or not leaning:
        return []
    told = _(
        "Later batches held rows that were known already, some of them perhaps from this one: {batches}. "
        "Import their files again to be sure that they count."
    )
    return [told.format(batches=", ".join(leaning))]
