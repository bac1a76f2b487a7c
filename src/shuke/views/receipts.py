"""Receipts: what may somebody see of what was imported?

Files, sheets and columns bear the names that people have given them, and these are of people often enough:
"李雷 13899990000.csv". Whoever may not see personal values learns what kind of file it was and how many rows.
"""

from dataclasses import replace
from pathlib import PurePath

from shuke.access.masking import HIDDEN
from shuke.app import Project
from shuke.collect import sheets
from shuke.store.accounts import Account, RejectionCount
from shuke.store.landing import Receipt
from shuke.views.viewer import Viewer

#: Endings of names that say no more than what kind of file it is, beside those of what can be read.
_UNREADABLE = {".xml", ".html", ".pdf"}


def batches(project: Project, *, viewer: Viewer) -> tuple[Receipt, ...]:
    """What was delivered, the newest first."""
    return tuple(shown(receipt, viewer) for receipt in reversed(project.landing.receipts()))


def shown(receipt: Receipt, viewer: Viewer) -> Receipt:
    """A receipt as a viewer may see it."""
    receipt = replace(receipt, landed={})  # what our own files are is nobody's question but `shuke doctor`'s
    if viewer.sees_personal:
        return receipt
    return replace(
        receipt,
        files=tuple(map(masked, receipt.files)),
        # They are sentences that name files, columns and what stands in them.
        notes=tuple(HIDDEN for _ in receipt.notes),
        accounts=tuple(map(_account, receipt.accounts)),
        refused=tuple(map(_refused, receipt.refused)),
    )


def masked(name: str) -> str:
    """What the name of a file tells of its kind.

    masked("李雷 13899990000.csv")      "***.csv"
    masked("report.13899990000")        "***"
    """
    ending = PurePath(name).suffix.lower()
    return HIDDEN + (ending if ending in _UNREADABLE | sheets.suffixes() else "")


def _account(account: Account) -> Account:
    """What its columns feed, without what they are called."""
    return replace(
        account,
        file=masked(account.file),
        sheet=account.sheet and HIDDEN,
        feeds={str(number): to for number, to in enumerate(account.feeds.values(), 1)},
        constants=dict.fromkeys(account.constants, HIDDEN),
        aside=tuple(replace(each, column=HIDDEN) for each in account.aside),
    )


def _refused(refused: RejectionCount) -> RejectionCount:
    return replace(
        refused,
        file=masked(refused.file),
        sheet=refused.sheet and HIDDEN,
        column=refused.column and HIDDEN,
        detail=None,
    )
