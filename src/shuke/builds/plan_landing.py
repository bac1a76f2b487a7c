"""Plan landing: what was written down as plans and budgets since the last build, so that tables read it?

The newest figure of each target and month lands as source `shuke`, and revises what had landed of it; one
that was taken back is withdrawn.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from shuke.alerts.plan_figures import COLUMNS, PlanKind
from shuke.app import Project
from shuke.builds.own_rows import founding, known, land
from shuke.store.plan_rows import NEW_FIGURES, plan_figures


def land_plans(project: Project, *, now: datetime) -> int:
    """Land what is new of plans and budgets; returns how many figures."""
    with project.operations.reading() as connection:
        found = connection.execute(
            sa.select(plan_figures).where(NEW_FIGURES).order_by(plan_figures.c.id)
        ).all()
    if not found:
        return 0
    newest = {(row.kind, row.target_kind, row.target, row.month): row for row in found}
    records = founding(project, {row.target for row in newest.values() if row.target_kind == "customer"})
    land(project, {kind: list(_rows(kind, newest.values(), records)) for kind in PlanKind}, now=now)
    with project.operations.writing() as connection:
        landed = sa.update(plan_figures).where(NEW_FIGURES, plan_figures.c.id <= found[-1].id)
        connection.execute(landed.values(landed=True))
    return len(newest)


def _rows(kind: PlanKind, found: Iterable[sa.Row[Any]], records: dict[str, str]) -> Iterator[dict[str, Any]]:
    for row in found:
        if row.kind != kind:
            continue
        number = f"{row.kind}:{row.target_kind}:{row.target}:{row.month:%Y-%m}"
        yield known(number, state=str(row.id), at=row.at, revises=True) | {
            "period": row.month, "amount": row.amount or 0, "withdrawn": row.amount is None,
            **_named(row.target_kind, row.target, records),
        }  # fmt: skip


def _named(target_kind: str, target: str, records: dict[str, str]) -> dict[str, Any]:
    if target_kind == "customer":
        return {"record_id": records.get(target, target)}
    return {COLUMNS[target_kind]: target} if target_kind in COLUMNS else {}
