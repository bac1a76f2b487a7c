"""Withdrawal: how is a batch withdrawn although nothing that landed ever changes?

By a batch of its own that holds nothing and names the one it takes back. What that said is no longer said:
builds do not see its rows, earlier versions hold again, and the same file lands anew when it is imported
again. A withdrawal that is taken back lets its batch stand again.
"""

from datetime import datetime

from shuke.app import Project
from shuke.errors import UnknownBatch, WrongCall
from shuke.languages import N_, _
from shuke.store import wholeness
from shuke.store.landing import WITHDRAWS, Receipt, ReceiptDetails, unnoted

#: Whose batches are decisions of people and ids that were issued; they are undone where they were made.
_OWN = "shuke"

#: Whose a batch was of which nothing is left but its number.
_LOST = "lost"


def withdraw(project: Project, batch: str, *, now: datetime, noted: ReceiptDetails = unnoted) -> Receipt:
    """Take back a batch, given by its name or its number; returns the receipt of the withdrawal.

    One that is lost can be taken back as well, so that builds no longer miss it.
    """
    taken = _taken(project, batch)
    name = taken if isinstance(taken, str) else taken.batch
    source = name.partition("-")[2] or _LOST
    if source == _OWN and not _is_damaged(project, name):
        raise WrongCall(
            N_("Batch {batch} holds what was decided in Shuke, not what a source said; undo it there."),
            batch=name,
        )
    with project.landing.delivery(source.partition(WITHDRAWS)[0], withdraws=name) as delivery:
        if int(name.partition("-")[0]) in project.landing.taken_back():
            raise WrongCall(N_("Batch {batch} has been withdrawn already."), batch=name)
        receipt = Receipt(
            batch=delivery.name, source=source.partition(WITHDRAWS)[0], files=(), received_at=now, read=0,
            loaded=0, unchanged=0, rejected=0, tables={}, withdraws=name,
            notes=() if isinstance(taken, str) else tuple(_notes(project, taken)),
        )  # fmt: skip
        delivery.batch  # noqa: B018 - makes the folder, which holds the receipt alone
        noted(receipt)
        return delivery.land(receipt)


def _taken(project: Project, batch: str) -> Receipt | str:
    """The receipt of a batch; of one that is lost, its name or number."""
    try:
        return project.landing.receipt(batch)
    except UnknownBatch:
        for lost in wholeness.gone(project.landing, known=project.builds.batches()):
            if batch == lost or batch.lstrip("0") == lost.partition("-")[0].lstrip("0"):
                return lost
        raise


def _is_damaged(project: Project, name: str) -> bool:
    known = project.builds.batches()
    return any(fault.batch == name for fault in wholeness.faults(project.landing, known=known))


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
