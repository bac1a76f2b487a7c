"""Alert replay: what would a rule have told whom, day by day, and how often would it have been right?

The past is built for each day, as `backtest` does, and what the rule found on one is what it remembers on
the next.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from inspect import Parameter, signature
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import ibis
import pyarrow.parquet as pq

from shuke.alerts.findings import AlertRule
from shuke.app import Project
from shuke.builds import pipeline
from shuke.builds.pipeline import PastRun
from shuke.errors import UnknownTable, WrongCall
from shuke.graph import catalogue
from shuke.graph.inputs import of_engine
from shuke.graph.names import LAST_BUILD
from shuke.graph.report import Report, unreported
from shuke.languages import N_
from shuke.tables.declared import as_declared

Parameters = Mapping[str, Any]
"""Other answers to some of a rule's questions."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One alert, from the day on which it would have been told."""

    subject_kind: str
    subject: str
    opened: date
    severity: str
    at_stake: Decimal | None
    closed: date | None = None  # the first look that found it over
    right: bool | None = None  # none: nobody can tell, or not yet


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What a rule would have told with some answers to its questions."""

    rule: str
    parameters: Parameters
    looks: int
    openings: tuple[Opening, ...]

    @property
    def right(self) -> int:
        return sum(opening.right is True for opening in self.openings)

    @property
    def wrong(self) -> int:
        return sum(opening.right is False for opening in self.openings)


@dataclass
class _Trial:
    """A rule with its answers, as the days go by."""

    rule: AlertRule
    parameters: Parameters
    folder: Path
    open_: dict[str, Opening] = field(default_factory=dict)
    over: list[Opening] = field(default_factory=list)
    looks: int = 0

    def look(self, past: PastRun, day: date) -> None:
        run, step = past.run, self.rule
        own = LAST_BUILD + step.name
        tables = [
            run.engine.read([self.found] if self.looks else [], step.schema) if n == own else run.table(n)
            for n in step.reads
        ]
        told = run.inputs.answers(step) | of_engine(step, run.inputs.model, lambda: run.engine)
        self.looks += 1
        findings = as_declared(step(*tables, **told | dict(self.parameters)), step)
        run.engine.write(findings, self.found, key=step.key)
        found = {row["subject"]: row for row in pq.read_table(self.found).to_pylist()}
        for gone in [who for who in self.open_ if who not in found]:
            self.over.append(replace(self.open_.pop(gone), closed=day))
        for who, row in found.items():
            if who not in self.open_:
                self.open_[who] = Opening(
                    subject_kind=row["subject_kind"], subject=who, opened=day, severity=row["severity"],
                    at_stake=row["at_stake"],
                )  # fmt: skip

    @property
    def found(self) -> Path:
        """Where the findings of the last look lie."""
        return self.folder / str(self.looks)

    @property
    def openings(self) -> list[Opening]:
        return sorted([*self.over, *self.open_.values()], key=lambda o: (o.opened, o.subject))


def replay(
    project: Project,
    rules: Sequence[str],
    *,
    since: date,
    until: date,
    step: timedelta = timedelta(days=1),
    tried: Sequence[Parameters] = (MappingProxyType({}),),
    report: Report = unreported,
) -> tuple[Replay, ...]:
    """Ask rules on every `step`-th day of a span, once with each of the `tried` answers to their questions.

    Nothing is opened and nobody is told. Raises `UnknownTable`, or `WrongCall` for a span that is not over.
    """
    known = {n: t for n, t in catalogue.derived(project.root).items() if isinstance(t, AlertRule)}
    for name in rules:
        if name not in known:
            raise UnknownTable(
                N_("There is no rule {rule}. There are: {rules}."), rule=name, rules=", ".join(known)
            )
    today = project.builds.current().manifest.as_of
    if not since <= until <= today:
        raise WrongCall(
            N_("A replay goes from a day to a later one, which is not after the build's: {day}."), day=today
        )
    with TemporaryDirectory(dir=project.work) as aside:
        trials = [
            _Trial(known[name], asked, Path(aside) / f"{name}.{place}")
            for name in rules
            for place, asked in enumerate(tried)
        ]
        days = list(_days(since, until, step))
        for done, day in enumerate(days):
            report(f"{day}", done, len(days))
            with pipeline.past(project, as_of=day, wanted=rules) as past:
                for trial in trials:
                    past.table(trial.rule.name)  # says why, where it could not be made
                    trial.look(past, day)
        graded = list(_graded(project, trials))
    return tuple(graded)


def _days(since: date, until: date, step: timedelta) -> Iterator[date]:
    day = since
    while day <= until:
        yield day
        day += step


def _graded(project: Project, trials: Sequence[_Trial]) -> Iterator[Replay]:
    """With how it came out, by what the current build knows; all of it is read from one past of its day."""
    today = project.builds.current().manifest.as_of
    rules = {trial.rule.name for trial in trials}
    with pipeline.past(project, as_of=today, wanted=sorted(rules)) as past:
        for trial in trials:
            openings = _with_outcome(trial, past, today)
            yield Replay(
                rule=trial.rule.name, parameters=trial.parameters, looks=trial.looks, openings=tuple(openings)
            )


def _with_outcome(trial: _Trial, past: PastRun, today: date) -> list[Opening]:
    outcome = trial.rule.outcome_of
    if outcome is None or not trial.openings:
        return trial.openings
    told = [{"subject": o.subject, "opened": o.opened} for o in trial.openings]
    openings = ibis.memtable(told, schema={"subject": "string", "opened": "date"})
    _openings, *names = (p.name for p in signature(outcome).parameters.values() if p.kind is _TABLE)
    found = outcome(openings, *map(past.today, names), until=today)
    folder = trial.folder / "outcome"
    past.run.engine.write(found, folder, key=("subject", "opened"))
    rows = pq.read_table(folder).to_pylist()
    right = {(row["subject"], row["opened"]): row["right"] for row in rows}
    return [replace(o, right=right.get((o.subject, o.opened))) for o in trial.openings]


_TABLE = Parameter.POSITIONAL_OR_KEYWORD
