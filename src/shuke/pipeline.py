"""Pipeline: what does a build take in and put out, and when does it come into force?

The order of the tables is not written anywhere: a table comes after those that its function names.
"""

import json
import logging
import re
import shutil
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from shuke import catalogue, ledger, modelling
from shuke.access.secret import mark
from shuke.alerts.flips import Finding, Subject, customers, record
from shuke.app import Opened, Project
from shuke.catalogue import EARLIER, FRESH, KEPT, LANDED, SAID
from shuke.engine import Engine
from shuke.engine.parquet import pieces
from shuke.errors import BuildFailed, ShukeError, Unavailable, WrongCall, WrongSettings
from shuke.identity.scoring import Scorer, Unscored
from shuke.identity.ways import way
from shuke.languages import N_
from shuke.settings import FILE
from shuke.store.builds import Build, Made, Making, Manifest
from shuke.store.in_force import day_end, delays, happened, in_force, in_order, said
from shuke.store.landing import Receipt
from shuke.tables import CANONICAL, Canonical, Derived
from shuke.version import __version__

log = logging.getLogger(__name__)

#: When the newest transaction is older than this, a build looks from the day after it.
STALE = timedelta(days=45)

#: A table of one of these areas that fails leaves its error on its page; any other fails the build.
MAY_FAIL = ("analyses", "alerts", "quality")

#: From the first quotation mark to the last: which of them belong together, an apostrophe makes unsure.
_QUOTED = re.compile(r"""['"].*['"]""")

Report = Callable[[str, int, int], None]
"""(table, how many are done, how many there are)"""


def build(
    project: Project,
    *,
    now: datetime,
    as_of: date | None = None,
    engine: str | None = None,
    report: Report = lambda name, done, all_: None,
) -> Build:
    """Compute every table from the landing zone and put the build in force.

    `now` is an aware time; it dates the build and is the default of `as_of` (see `default_as_of`).
    Raises `BuildFailed`, and then the build in force is what it was.
    """
    _check_answers(project, catalogue.derived(project.root))
    tables = catalogue.wanted(project.root, project.settings.analyses)
    if as_of:
        _check_day(as_of, project, now=now)
    with project.builds.making() as making:
        before = project.found_whole()
        ledger.land_decisions(project, now=now)
        receipts = project.landing.standing()
        computing = project.engine(scratch=making.scratch, name=engine)
        try:
            today = default_as_of(project, computing, now=now)
            scorer = modelling.scorer(project, computing)
            run = Run(project, computing, making, receipts, as_of or today, tables, before, scorer)
            made = run.everything(report)
            manifest = Manifest(
                number=making.number, as_of=run.as_of, looks_back=run.as_of < today, built_at=now,
                engine=computing.name, version=__version__, settings=project.settings.digest,
                batches=tuple(r.batch for r in receipts), currency=project.settings.currency,
                zone=project.settings.zone, tables=made, analyses=catalogue.digests(project.root),
                models={"identity": scorer.model.version}, way=run.way, key=mark(project.key),
                late={batch: by.total_seconds() for batch, by in run.late.items()},
            )  # fmt: skip
        finally:
            computing.close()
        ledger.land_ids(project, making, looks_back=manifest.looks_back, now=now)
        finished = making.finish(manifest)
        project.builds.point(finished.number)
        project.builds.prune(read=before)
    if not finished.manifest.looks_back:
        flip_alerts(project, finished, now=now)
    return finished


@contextmanager
def past(
    project: Project,
    *,
    as_of: date,
    wanted: Iterable[str],
    days_ahead: int | None = None,
    report: Report = lambda name, done, all_: None,
) -> Iterator["Past"]:
    """Some tables as a build of that day would have made them, for as long as the context lasts.

    What looks a number of days ahead, and asks how many by `days_ahead`, is told this one.

    Nothing comes into force and nothing is kept. Who is who is what the build in force knows. The landing
    zone is what the build in force took in, so that both tell of the same deliveries.
    """
    tables = catalogue.derived(project.root)
    current = project.builds.current()
    identity = {name for name, step in tables.items() if _is_identity(step)}
    known = frozenset(identity & set(current.manifest.tables))
    with project.builds.making() as making:
        receipts = [r for r in project.landing.receipts() if r.batch in current.manifest.batches]
        computing = project.engine(scratch=making.scratch)
        try:
            run = Run(
                project, computing, making, receipts, as_of, tables, None, Unscored(), current, known,
                days_ahead,
            )  # fmt: skip
            made = run.everything(report, only=catalogue.needed(tables, wanted, given=known))
            yield Past(run, made, current)
        finally:
            computing.close()


def flip_alerts(project: Project, build: Build, *, now: datetime) -> int:
    """Open and close alerts by what a build found; returns how many changed. Safe to do again."""
    opened = project.open(build.number)
    rules = [
        t.name
        for t in catalogue.derived(project.root).values()
        if t.area == "alerts" and t.name in opened.reader.tables
    ]
    findings = [
        Finding(
            subject=Subject(row["rule"], row["subject_kind"], row["subject"]),
            since=row["since"], severity=row["severity"], evidence=json.loads(row["evidence"]),
        )
        for rule in rules
        for row in opened.table(rule).to_pyarrow().to_pylist()
    ]  # fmt: skip
    return record(
        project.operations, findings, build=build.number, today=build.manifest.as_of, now=now,
        means=_meant(opened, customers(project.operations)),
    )  # fmt: skip


def _meant(opened: Opened, customer_ids: list[str]) -> dict[str, str]:
    """Those of the ids that mean another customer by now, with whom they mean."""
    ids = opened.table("customer_ids")
    others = ids.filter(ids.customer_id != ids.issued_id).inner_join(
        ibis.memtable({"issued_id": customer_ids}, schema={"issued_id": "string"}), "issued_id"
    )
    found = others.select("issued_id", "customer_id").to_pyarrow().to_pylist()
    return {row["issued_id"]: row["customer_id"] for row in found}


def default_as_of(project: Project, engine: Engine, *, now: datetime) -> date:
    """Today in the project's zone; the day after the newest transaction when that is long past."""
    zone = project.settings.zone
    today = now.astimezone(ZoneInfo(zone)).date()
    newest = max(
        filter(None, (_newest(project, engine, name, today) for name in ("order_items", "orders"))),
        default=None,
    )
    if newest is None:
        return today
    day: date = newest.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()
    return today if today - day <= STALE else day + timedelta(days=1)


@dataclass(frozen=True)
class Run:
    """One pass over all tables."""

    project: Project
    engine: Engine
    making: Making
    receipts: list[Receipt]
    as_of: date
    tables: dict[str, Derived]
    before: Build | None  # in force until this one is
    scorer: Scorer | Unscored
    known: Build | None = None  # what holds the tables that are not made anew
    given: frozenset[str] = frozenset()  # which these are
    days_ahead: int | None = None  # how many days ahead to look, where that is asked
    opened: dict[tuple[str, bool], ir.Table] = field(default_factory=dict)  # looking at a file takes long

    def everything(self, report: Report, *, only: set[str] | None = None) -> dict[str, Made]:
        made: dict[str, Made] = {}
        steps = catalogue.order(self.tables)
        collected = [LANDED + name for name in CANONICAL if self.project.landing.files(name)]
        every = [name for name in collected if name not in steps] + steps
        names = [name for name in every if only is None or name in only]
        for done, name in enumerate(names):
            report(name, done, len(names))
            made[name] = self._make(name, made)
        report("", len(names), len(names))
        return made

    def _make(self, name: str, made: Mapping[str, Made]) -> Made:
        started = time.perf_counter()
        declared = self.tables.get(name) or CANONICAL[name.removeprefix(LANDED)]
        try:
            self._need(declared, made)
            self.engine.write(as_declared(self._expression(declared), declared), self.making.tables / name)
            self._check(name, declared)
        except (Unavailable, WrongSettings):
            raise  # no fault of the table
        # The outermost loop over functions that companies may have written: a bad one must not stop the rest.
        except Exception as error:
            if getattr(declared, "area", None) not in MAY_FAIL:
                raise BuildFailed(
                    N_("Table {table} could not be made: {reason}"), table=name, reason=reason(error)
                ) from error
            log.warning("table %s failed: %s", name, reason(error))
            log.debug("table %s", name, exc_info=error)
            shutil.rmtree(self.making.tables / name, ignore_errors=True)
            return Made(rows=0, seconds=time.perf_counter() - started, failed=reason(error))
        return Made(rows=_rows(self.making, name), seconds=time.perf_counter() - started)

    def _expression(self, declared: Derived | Canonical) -> ir.Table:
        if isinstance(declared, Derived):
            whole = _is_identity(declared)  # who is who is known today, also of the past
            inputs = (self._table(read, whole=whole) for read in declared.reads)
            return declared(*inputs, **self._answers(declared))
        records = in_force(self._said(declared), revised=self._revised(declared))
        return happened(records, declared, as_of=self.as_of, zone=self.project.settings.zone)

    def _revised(self, declared: Canonical) -> bool:
        return any(r.revisions.get(declared.name) or r.withdrawn for r in self.receipts)

    def _table(self, name: str, *, whole: bool = False) -> ir.Table:
        """A table that was made or landed; `whole`: whatever day the build looks from."""
        if (name, whole) not in self.opened:
            self.opened[name, whole] = self._open(name, whole=whole)
        return self.opened[name, whole]

    def _open(self, name: str, *, whole: bool) -> ir.Table:
        declared = catalogue.canonical(name)
        if declared and name.startswith(FRESH):
            return self._landed(declared, seen=self.kept.manifest.batches if self.kept else ())
        if declared and name.startswith(SAID):
            return self._landed(declared) if whole else self._said(declared)
        if declared and whole:
            return in_force(self._landed(declared), revised=self._revised(declared))
        if name.startswith((EARLIER, KEPT)):
            stood = self.before if name.startswith(EARLIER) else self.kept
            return self._stood(self.tables[catalogue.standing(name)], stood)
        schema = declared.schema if declared else self.tables[name].schema
        folder = self.known.path(name) if self.known and name in self.given else self.making.tables / name
        return self.engine.read([folder], schema)

    @property
    def way(self) -> str:
        return way(self.project.settings.digest)

    @cached_property
    def kept(self) -> Build | None:
        """The build that identity may go on from: the one in force, if only records have been added since."""
        if not self.before or self.before.manifest.way != self.way:
            return None
        taken_away = set(self.before.manifest.batches) - {r.batch for r in self.receipts}
        return None if taken_away else self.before

    def _stood(self, step: Derived, build: Build | None) -> ir.Table:
        """A table as it stands in a build; without rows where it does not."""
        stood = build.manifest.tables.get(step.name) if build else None
        folders = [build.path(step.name)] if build and stood and not stood.failed else []
        return self.engine.read(folders, step.schema)

    def _said(self, declared: Canonical) -> ir.Table:
        return said(self._landed(declared), as_of=self.as_of, zone=self.project.settings.zone)

    def _landed(self, declared: Canonical, *, seen: Container[str] = ()) -> ir.Table:
        fresh = {r.batch for r in self.receipts if r.batch not in seen}
        files = self.project.landing.files(declared.name, batches=fresh)
        return in_order(self.engine.read(files, declared.schema), self.late)

    @cached_property
    def late(self) -> dict[str, timedelta]:
        return delays([(r.batch, r.received_at) for r in self.receipts])

    def asked(self, step: Derived, questions: Mapping[str, Any]) -> ir.Table:
        """One table with other answers to some of its questions than a build's own."""
        self._need(step, self.known.manifest.tables if self.known else {})
        inputs = (self._table(read, whole=_is_identity(step)) for read in step.reads)
        return as_declared(step(*inputs, **self._answers(step) | dict(questions)), step)

    def _answers(self, step: Derived) -> dict[str, Any]:
        """What a build answers to a step's questions: what it supplies, and what shuke.toml decides."""
        settings = self.project.settings
        supplied = {
            "as_of": self.as_of, "currency": settings.currency, "zone": settings.zone,
            "country": settings.country, "checkpoint": self.engine.checkpoint, "scorer": self.scorer,
            "pseudonym": self.project.pseudonym,
        }  # fmt: skip
        ahead = {"days_ahead": self.days_ahead} if self.days_ahead and "days_ahead" in step.asks else {}
        return {q: supplied[q] for q in step.asks if q in supplied} | settings.answers(step.name) | ahead

    def _need(self, declared: Derived | Canonical, made: Mapping[str, Made]) -> None:
        for read in declared.reads if isinstance(declared, Derived) else ():
            if read in made and made[read].failed:
                raise BuildFailed(N_("It needs table {table}, which failed."), table=read)

    def _check(self, name: str, declared: Derived | Canonical) -> None:
        key = declared.key if isinstance(declared, Derived) else ("key",)
        rows = self._table(name)
        times = rows.group_by(list(key)).agg(times=rows.count())
        wrong = times.filter((times.times > 1) | ibis.or_(*(times[k].isnull() for k in key)))
        if wrong.count().execute():
            raise BuildFailed(N_("Its key {key} is not unique, or empty in a row."), key=", ".join(key))


@dataclass(frozen=True)
class Past:
    """Tables of an earlier day, beside those of the build in force, on one engine."""

    run: Run
    made: Mapping[str, Made]
    current: Build

    def table(self, name: str) -> ir.Table:
        """As it would have been made then; raises `BuildFailed` where it could not."""
        if reason := self.made[name].failed:
            raise BuildFailed(N_("Table {table} could not be made: {reason}"), table=name, reason=reason)
        return self.run._table(name)

    def today(self, name: str) -> ir.Table:
        """As it is in the build in force."""
        declared = catalogue.canonical(name)
        schema = declared.schema if declared else self.run.tables[name].schema
        return self.run.engine.read([self.current.path(name)], schema)


def _is_identity(step: Derived) -> bool:
    return step.area == "identity"


def _check_answers(project: Project, tables: Mapping[str, Derived]) -> None:
    """Refuse answers in shuke.toml to questions that nobody asks; raises `WrongSettings`."""
    for name, decided in project.settings.tables.items():
        asked = tables[name].questions if name in tables else {}
        for question in decided:
            if question not in asked:
                raise WrongSettings(
                    N_("{file}: [tables.{table}] has no question {question}. It has: {questions}."),
                    file=FILE, table=name, question=question, questions=", ".join(asked) or "-",
                )  # fmt: skip


def _check_day(as_of: date, project: Project, *, now: datetime) -> None:
    if as_of > now.astimezone(ZoneInfo(project.settings.zone)).date():
        raise WrongCall(N_("{day} has not come yet; nobody knows what holds then."), day=as_of)


def as_declared(table: ir.Table, declared: Derived | Canonical) -> ir.Table:
    """The table with its declared columns in their declared types, and nothing else."""
    absent = [name for name in declared.schema.names if name not in table.columns]
    if absent:
        raise BuildFailed(N_("It does not have its columns {columns}."), columns=", ".join(absent))
    return table.select(**{name: table[name].cast(kind) for name, kind in declared.schema.items()})


def _newest(project: Project, engine: Engine, name: str, today: date) -> datetime | None:
    rows = engine.read(project.landing.files(name), CANONICAL[name].schema)
    at = rows.ordered_at
    newest = rows.filter(at < day_end(today, project.settings.zone)).agg(at=at.max()).to_pyarrow()
    value: datetime | None = newest["at"][0].as_py()
    return value


def _rows(making: Making, name: str) -> int:
    return sum(pq.read_metadata(piece).num_rows for piece in pieces(making.tables / name))


def reason(error: Exception) -> str:
    """What went wrong, in one line; quoted values, which may be somebody's, are left out."""
    line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if isinstance(error, ShukeError):
        return line
    return f"{type(error).__name__}: {_QUOTED.sub('…', line)}"
