"""Plan figures: what did people write down as the plan or the budget of a target and a month?"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from shuke.access.audit import Actor, AuditEvent, Detail, add
from shuke.alerts.targets import COMPANY, KINDS
from shuke.errors import WrongCall
from shuke.languages import N_, Text
from shuke.store.plan_rows import plan_figures

_MOST = Decimal(10) ** 12


class PlanKind(StrEnum):
    PLANS = "plans"
    BUDGETS = "budgets"

    @property
    def label(self) -> Text:
        return _LABELS[self]


_LABELS = {
    PlanKind.PLANS: Text("Sales plans", "销售计划"),
    PlanKind.BUDGETS: Text("Budgets", "预算"),
}

#: For what one may write a figure down, by what each is a plan of.
TARGET_KINDS: Mapping[PlanKind, tuple[str, ...]] = {
    PlanKind.PLANS: (COMPANY, "region", "store", "staff", "product", "customer"),
    PlanKind.BUDGETS: (COMPANY, "cost_centre", "campaign", "customer"),
}

#: The column of `plans` and `budgets` that names a target of each kind; the company's is named by none.
COLUMNS: Mapping[str, str] = {kind: column for column, kind in KINDS.items()}


@dataclass(frozen=True, kw_only=True)
class PlanTarget:
    """What something is planned for: `target` is its code in the sources, or the id of a customer."""

    kind: PlanKind
    target_kind: str
    target: str

    def __post_init__(self) -> None:
        if self.target_kind not in TARGET_KINDS[self.kind]:
            known = ", ".join(TARGET_KINDS[self.kind])
            raise WrongCall(N_("Plan for one of: {kinds}."), kinds=known)
        if not self.target.strip() or len(self.target) > 200:
            raise WrongCall(N_("Say for which of them the figures are."))

    @property
    def subject(self) -> str:
        """As tables name it: a customer's id, `region:Kent`, `company`."""
        alone = self.target_kind in (COMPANY, "customer")
        return self.target if alone else f"{self.target_kind}:{self.target}"


def target_of(kind: PlanKind, target_kind: str, target: str) -> PlanTarget:
    """A target as a door is told it; the company needs no name."""
    named = COMPANY if target_kind == COMPANY else target.strip()
    return PlanTarget(kind=kind, target_kind=target_kind, target=named)


@dataclass(frozen=True, kw_only=True)
class PlanFigure:
    """What was written down once; without an amount, that nothing is planned any more."""

    month: date
    amount: Decimal | None
    at: datetime
    who: str
    is_new: bool  # it is in no build yet


def year_of(amounts: Sequence[Decimal | None], year: int) -> dict[date, Decimal | None]:
    """A column of twelve amounts as the months of a year."""
    if len(amounts) != 12:
        raise WrongCall(N_("A year has 12 months, and {number} figures were given."), number=len(amounts))
    return {date(year, month, 1): amount for month, amount in enumerate(amounts, start=1)}


def write(
    connection: sa.Connection,
    target: PlanTarget,
    amounts: Mapping[date, Decimal | None],
    *,
    by: Actor,
    now: datetime,
) -> int:
    """Write amounts of months down; what stands already is not written again. Returns how many were."""
    for month, amount in amounts.items():
        if month.day != 1:
            raise WrongCall(N_("A month is written as its first day, such as 2026-12-01."))
        if amount is not None and not 0 <= amount < _MOST:
            raise WrongCall(N_("A plan is an amount of 0 or more."))
    stands = {figure.month: figure.amount for figure in reversed(history(connection, target))}
    news = [(month, amount) for month, amount in amounts.items() if stands.get(month) != amount]
    about = {"kind": target.kind.value, "target_kind": target.target_kind, "target": target.target}
    rows = [
        {**about, "month": month, "amount": amount, "at": now, "who": by.who, "landed": False}
        for month, amount in news
    ]
    if rows:
        connection.execute(sa.insert(plan_figures), rows)
        detail: Detail = {"table": target.kind.value, "rows": len(rows)}
        add(
            connection,
            by,
            AuditEvent(verb="plan.written", subject_kind=target.target_kind, detail=detail),
            now=now,
        )
    return len(rows)


def history(connection: sa.Connection, target: PlanTarget) -> list[PlanFigure]:
    """Everything that was written down for a target, the newest first."""
    of = plan_figures.c
    about = (
        of.kind == target.kind.value, of.target_kind == target.target_kind, of.target == target.target,
    )  # fmt: skip
    rows = connection.execute(sa.select(plan_figures).where(*about).order_by(of.id.desc()))
    return [_figure(row) for row in rows]


def in_force(
    connection: sa.Connection, kind: PlanKind, months: Iterable[date]
) -> dict[PlanTarget, dict[date, PlanFigure]]:
    """What stands of every target in some months; a figure without an amount was taken back."""
    of = plan_figures.c
    newest = (
        sa.select(sa.func.max(of.id).label("id"))
        .where(of.kind == kind.value, of.month.in_(list(months)))
        .group_by(of.target_kind, of.target, of.month)
        .subquery()
    )
    rows = connection.execute(sa.select(plan_figures).join(newest, newest.c.id == of.id).order_by(of.id))
    found: dict[PlanTarget, dict[date, PlanFigure]] = {}
    for row in rows:
        target = PlanTarget(kind=kind, target_kind=row.target_kind, target=row.target)
        found.setdefault(target, {})[row.month] = _figure(row)
    return found


def _figure(row: sa.Row[Any]) -> PlanFigure:
    return PlanFigure(month=row.month, amount=row.amount, at=row.at, who=row.who, is_new=not row.landed)


def amounts_of(written: str) -> list[Decimal | None]:
    """A column of amounts as it is copied from a sheet, or a row of one; a blank cell is none.

    "1,200\\n¥ 900.50\\n\\n"  1200, 900.50, none
    """
    cells = re.split(r"\r?\n|\t", written.strip("\r\n"))
    return [_amount(cell, place) for place, cell in enumerate(cells, start=1)]


def _amount(cell: str, place: int) -> Decimal | None:
    bare = re.sub(r"[\s¥￥$€£]|元$|,(?=\d{3}(?:\D|$))", "", cell)
    if not bare or bare in "-–—":
        return None
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise WrongCall(N_("Figure {place}, {text}, is not an amount."), place=place, text=cell.strip()[:40])
    return amount
