"""Plans: what is planned for each target and month of a year, and what was it a year before?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from shuke.access.roles import Capability
from shuke.alerts import plan_figures
from shuke.alerts.plan_figures import TARGET_KINDS, PlanFigure, PlanKind, PlanTarget
from shuke.alerts.targets import COMPANY
from shuke.app import Opened, Project
from shuke.views.viewer import Viewer

#: So many targets are on a page.
SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class PlannedMonth:
    month: date
    planned: Decimal | None = None
    actual: Decimal | None = None
    last_year: Decimal | None = None
    is_new: bool = False  # written down, and in no build yet


@dataclass(frozen=True, kw_only=True)
class PlannedYear:
    """The twelve months of a target."""

    target: PlanTarget
    months: tuple[PlannedMonth, ...]

    @property
    def planned(self) -> Decimal:
        return sum((each.planned or Decimal(0) for each in self.months), Decimal(0))

    @property
    def last_year(self) -> Decimal:
        return sum((each.last_year or Decimal(0) for each in self.months), Decimal(0))

    @property
    def is_planned(self) -> bool:
        return any(each.planned is not None for each in self.months)


def year(project: Project, kind: PlanKind, number: int, *, viewer: Viewer) -> tuple[PlannedYear, ...]:
    """The targets for which a year has a plan, then the largest of last year without one."""
    viewer.require(Capability.SEE)
    months = [date(number, month, 1) for month in range(1, 13)]
    with project.operations.reading() as connection:
        written = plan_figures.in_force(connection, kind, months)
    built = _built(project, kind, months)
    found = [
        _year(target, months, built.get(target, {}), written.get(target, {}))
        for target in {**built, **written}
    ]
    order = {name: place for place, name in enumerate(TARGET_KINDS[kind])}
    planned = [each for each in found if each.is_planned]
    others = sorted(
        (each for each in found if not each.is_planned),
        key=lambda each: (-each.last_year, each.target.target),
    )
    shown = [*planned, *others[: max(SHOWN - len(planned), 0)]]
    return tuple(
        sorted(
            shown, key=lambda each: (not each.is_planned, order[each.target.target_kind], each.target.target)
        )
    )


def one(
    project: Project, target: PlanTarget, number: int, *, viewer: Viewer
) -> tuple[PlannedYear, tuple[PlanFigure, ...]]:
    """A target's year, and everything that was written down for it, the newest first."""
    viewer.require(Capability.SEE)
    months = [date(number, month, 1) for month in range(1, 13)]
    with project.operations.reading() as connection:
        said = plan_figures.in_force(connection, target.kind, months).get(target, {})
        history = plan_figures.history(connection, target)
    built = _built(project, target.kind, months, target).get(target, {})
    return _year(target, months, built, said), tuple(history)


def _year(
    target: PlanTarget,
    months: list[date],
    built: Mapping[date, PlannedMonth],
    written: Mapping[date, PlanFigure],
) -> PlannedYear:
    def month(day: date) -> PlannedMonth:
        known = built.get(day) or PlannedMonth(month=day)
        if day not in written or (written[day].amount is None and not written[day].is_new):
            return known  # what was taken back long ago may be imported since
        return replace(known, planned=written[day].amount, is_new=written[day].is_new)

    return PlannedYear(target=target, months=tuple(month(day) for day in months))


def _built(
    project: Project, kind: PlanKind, months: list[date], only: PlanTarget | None = None
) -> dict[PlanTarget, dict[date, PlannedMonth]]:
    """What the current build tells of some months."""
    opened = _opened(project)
    made = opened.build.manifest.tables.get("planned_months") if opened else None
    if opened is None or made is None or made.failed:
        return {}
    rows = opened.table("planned_months")
    wanted = rows.filter(
        rows.kind == kind.value, rows.month.isin(months), rows.subject_kind.isin(TARGET_KINDS[kind])
    )
    if only is not None:
        wanted = wanted.filter(wanted.subject == only.subject)
    found: dict[PlanTarget, dict[date, PlannedMonth]] = {}
    for row in wanted.to_pyarrow().to_pylist():
        told = PlannedMonth(
            month=row["month"], planned=row["planned"], actual=row["actual"], last_year=row["last_year"]
        )
        found.setdefault(_target(kind, row["subject_kind"], row["subject"]), {})[told.month] = told
    return found


def _target(kind: PlanKind, target_kind: str, subject: str) -> PlanTarget:
    alone = target_kind in (COMPANY, "customer")
    return PlanTarget(
        kind=kind, target_kind=target_kind, target=subject if alone else subject.partition(":")[2]
    )


def _opened(project: Project) -> Opened | None:
    return project.open() if project.builds.numbers() else None
