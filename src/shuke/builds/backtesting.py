"""Backtest: had we asked on an earlier day, how right would the answers have been?"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from inspect import Parameter, signature
from typing import Any

import sqlalchemy as sa

from shuke.app import Project
from shuke.builds import pipeline
from shuke.builds.pipeline import PastRun
from shuke.errors import Unavailable, UnknownTable, WrongCall
from shuke.graph import catalogue
from shuke.graph.report import Report, unreported
from shuke.graph.run import reason
from shuke.languages import N_, Text
from shuke.store.operations import grades
from shuke.tables import Derived, Grade, Measure

log = logging.getLogger(__name__)

#: How far a forecast is followed where nobody says.
HORIZON = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class BacktestResult:
    """How the forecasts that a table made on the day `as_of` came out by `until`; or why nobody can tell."""

    table: str
    as_of: date
    until: date
    grade: Grade | None
    failed: str | None = None


def gradable(project: Project) -> dict[str, Derived]:
    """The tables that foretell something."""
    return {name: step for name, step in catalogue.derived(project.root).items() if step.grader}


def backtest(
    project: Project,
    *,
    now: datetime,
    wanted: Sequence[str] = (),
    at: Sequence[date] = (),
    horizon: timedelta = HORIZON,
    report: Report = unreported,
) -> tuple[BacktestResult, ...]:
    """Make the wanted tables (default: all that foretell) as of earlier days, and see what then happened.

    The default day is the latest whose horizon has passed. Grades are kept; a table that could not be made
    then is told with its reason. Raises `UnknownTable`, or `WrongCall` where a horizon has not passed.
    """
    known = gradable(project)
    today = project.builds.current().manifest.as_of
    for name in wanted:
        if name not in known:
            raise UnknownTable(
                N_("Table {table} makes no forecast. These do: {tables}."),
                table=name, tables=", ".join(known) or "-",
            )  # fmt: skip
    days = tuple(at) or (today - horizon,)
    for day in days:
        if day + horizon > today:
            raise WrongCall(
                N_("The {days} days after {day} are not over yet: the build ends on {today}."),
                days=horizon.days, day=day, today=today,
            )  # fmt: skip
    steps = [known[name] for name in wanted or known]
    found = [g for day in days for g in _graded(project, steps, day, day + horizon, report)]
    _keep(project, found, now=now)
    return tuple(found)


def latest(project: Project) -> dict[str, BacktestResult]:
    """The newest grade of each table: of the latest day, and of that the last one given."""
    query = sa.select(grades).order_by(grades.c.as_of, grades.c.id)
    with project.operations.reading() as connection:
        return {row.table_name: _read(row) for row in connection.execute(query)}


def _graded(
    project: Project, steps: Sequence[Derived], at: date, until: date, report: Report
) -> Iterable[BacktestResult]:
    wanted, days = [step.name for step in steps], (until - at).days
    with pipeline.past(project, as_of=at, wanted=wanted, days_ahead=days, report=report) as past:
        for step in steps:
            try:
                grade = _grade(step, past, at=at, until=until)
            except Unavailable:
                raise  # no fault of the table
            # As in a build: a company may have written it, and a bad one must not stop the rest.
            except Exception as error:
                told = reason(error)
                log.warning("grading table %s failed: %s", step.name, told)
                log.debug("grading table %s", step.name, exc_info=error)
                yield BacktestResult(table=step.name, as_of=at, until=until, grade=None, failed=told)
            else:
                yield BacktestResult(table=step.name, as_of=at, until=until, grade=grade)


def _grade(step: Derived, past: PastRun, *, at: date, until: date) -> Grade:
    assert step.grader
    _then, *names = (p.name for p in signature(step.grader).parameters.values() if p.kind is _TABLE)
    return step.grader(past.table(step.name), *map(past.today, names), at=at, until=until)


_TABLE = Parameter.POSITIONAL_OR_KEYWORD


def _keep(project: Project, found: Iterable[BacktestResult], *, now: datetime) -> None:
    build = project.builds.current().number
    rows = [
        {
            "table_name": told.table, "as_of": told.as_of, "until": told.until, "build": build,
            "subjects": told.grade.subjects, "measures": [asdict(m) for m in told.grade.measures],
            "sentence": asdict(told.grade.sentence), "at": now,
        }
        for told in found
        if told.grade
    ]  # fmt: skip
    if rows:
        with project.operations.writing() as connection:
            connection.execute(sa.insert(grades), rows)


def _read(row: sa.Row[Any]) -> BacktestResult:
    measures = tuple(Measure(**{**told, "title": Text(**told["title"])}) for told in row.measures)
    grade = Grade(subjects=row.subjects, measures=measures, sentence=Text(**row.sentence))
    return BacktestResult(table=row.table_name, as_of=row.as_of, until=row.until, grade=grade)
