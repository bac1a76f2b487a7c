"""Pipeline: what does a build take in and put out, and when does it come into force?

The order of the tables is not written anywhere: a table comes after those that its function names.
"""

import json
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from shuke.access.secret import mark
from shuke.alerts import findings as findings_of
from shuke.alerts import notices
from shuke.alerts.flips import AlertFinding, AlertSubject, customers, record
from shuke.app import Opened, Project
from shuke.builds import (
    annotation_landing,
    engagement,
    ledger,
    offer_landing,
    plan_landing,
    seen_coupons,
    segment_log,
    unchanged,
)
from shuke.builds.staleness import looked_from
from shuke.builds.stewardship import decisions
from shuke.engage import entries, occasions
from shuke.errors import BuildFailed, WrongCall, WrongSettings
from shuke.graph import catalogue
from shuke.graph.inputs import Inputs
from shuke.graph.landed import Landed
from shuke.graph.names import canonical, is_delta, is_of_landing
from shuke.graph.report import Report, unreported
from shuke.graph.run import Run, reason
from shuke.languages import N_
from shuke.periods import day_end, midnight
from shuke.segments import definitions, membership
from shuke.segments.definitions import Readable
from shuke.segments.segment import Segment
from shuke.segments.vocabulary import AREA, Vocabulary
from shuke.settings import FILE
from shuke.store.builds import Build, Manifest, TableRecord
from shuke.store.landing import Receipt
from shuke.tables import CANONICAL, Derived
from shuke.version import __version__

log = logging.getLogger(__name__)


def build(
    project: Project,
    *,
    now: datetime,
    as_of: date | None = None,
    engine: str | None = None,
    report: Report = unreported,
) -> Build:
    """Compute every table from the landing zone and put the current build.

    A table that was made before from the same is linked, not made. `now` is an aware time; it dates the build
    and is the default of `as_of` (see `default_as_of`). Raises `BuildFailed`, and then the current build is
    what it was.
    """
    _check_answers(project, catalogue.derived(project.root))
    notices.of(project.settings)
    if as_of:
        _check_day(as_of, project, now=now)
    with project.builds.making() as making:
        before = project.found_whole()
        decided = decisions(project.operations)
        defined = segment_log.in_force(project.operations)
        ledger.land_decisions(project, now=now)
        engagement.land(project, now=now)
        offer_landing.land_offers(project, now=now)
        plan_landing.land_plans(project, now=now)
        annotation_landing.land_annotations(project, now=now)
        receipts = project.landing.standing()
        name = engine or project.settings.engine
        # Before anything is read: what changes meanwhile is new to the next build.
        made_from = unchanged.made_from(
            project, decided, defined, receipts, now=now, as_of=as_of, engine=engine
        )
        today = default_as_of(project, receipts, scratch=making.scratch, now=now)
        segments, tables = with_segments(catalogue.wanted(project.root, project.settings.analyses), defined)
        inputs = Inputs.of(
            project, receipts, as_of or today, segments=segments, looks_back=(as_of or today) < today
        )
        run = Run(
            inputs=inputs, tables=tables, family=_family(name),
            opens=partial(project.engine, scratch=making.scratch, name=name),
            folder=making.scratch / "tables", previous=before, making=making,
        )  # fmt: skip
        with closing(run):
            made = run.make(report)
        manifest = Manifest(
            number=making.number, as_of=inputs.landed.as_of, looks_back=inputs.looks_back,
            built_at=now, engine=name, version=__version__, settings=inputs.settings.digest,
            batches=tuple(r.batch for r in receipts), currency=project.settings.currency,
            zone=project.settings.zone, analyses=catalogue.digests(project.root),
            tables={n: each for n, each in made.items() if n not in tables or not is_delta(tables[n])},
            models={"identity": run.inputs.model.version}, key=mark(project.key), made_from=made_from,
            looked_at=run.fingerprints.looked_at,
            late={batch: by.total_seconds() for batch, by in run.inputs.landed.late.items()},
        )  # fmt: skip
        if _tells_of_ids(manifest, before):
            of_ids = {name: run.path(name) for name in _OF_IDS}
            ledger.land_ids(project, of_ids, number=manifest.number, looks_back=manifest.looks_back, now=now)
        finished = making.finish(manifest)
        project.builds.point(finished.number)
        making.prune(read=before)
    if not finished.manifest.looks_back:
        flip_alerts(project, finished, now=now)
        seen_coupons.redeem_seen(project, finished)
        with project.operations.writing() as connection:
            occasions.plan_looks(connection, build=finished.number, now=now)
            entries.plan_looks(connection, build=finished.number, now=now)
        project.builds.note_flipped(finished.number)
    return finished


def with_segments(
    tables: Mapping[str, Derived], defined: Iterable[Segment]
) -> tuple[tuple[Readable, ...], dict[str, Derived]]:
    """The segments that can be told by what these tables hold, and the tables with theirs; without any where
    there are no segments and no other table reads them."""
    found = definitions.read(defined, Vocabulary(tables))
    for name, error in found.failed.items():
        log.warning("segment %s cannot be told: %s", name, reason(error))
    others = {name: step for name, step in tables.items() if step.area != AREA}
    own = {step.name for step in membership.TABLES}
    asked = found.readable or any(own & {*step.reads} for step in others.values())
    made = membership.tables_of(found.readable) if asked else ()
    return found.readable, others | {step.name: step for step in made}


#: The tables by which a build tells which ids it issues, and which change their meaning.
_OF_IDS = ("customer_ids", "identity_history")


def _tells_of_ids(manifest: Manifest, before: Build | None) -> bool:
    """Whether anything of ids may be new: what stood already, the build that made it has landed."""
    anew = any(manifest.tables[name].build == manifest.number for name in _OF_IDS)
    return anew or before is None or before.manifest.looks_back


def _family(engine: str) -> str:
    """Engines of one family write the same rows alike."""
    return "duckdb" if engine == "duckdb" else "spark"


@contextmanager
def past(
    project: Project,
    *,
    as_of: date,
    wanted: Collection[str],
    days_ahead: int | None = None,
    remembered: Mapping[str, Path] = MappingProxyType({}),
    report: Report = unreported,
) -> Iterator["PastRun"]:
    """Some tables as a build of that day would have made them, for as long as the context lasts.

    What looks a number of days ahead, and asks how many by `days_ahead`, is told this one. `remembered` are
    tables as the build before would have had them.

    Nothing comes into force and nothing is kept. Who is who is what the current build knows. The landing
    zone is what the current build took in, so that both tell of the same deliveries.
    """
    tables = catalogue.derived(project.root)
    current = project.builds.current()
    known = {n: current.path(n) for n in current.manifest.tables if n in tables and tables[n].is_identity}
    receipts = [r for r in project.landing.receipts() if r.batch in current.manifest.batches]
    with project.builds.making() as making:
        run = Run(
            inputs=Inputs.of(project, receipts, as_of, days_ahead=days_ahead), tables=tables,
            family=_family(project.settings.engine), opens=partial(project.engine, scratch=making.scratch),
            folder=making.scratch / "tables", given=known, remembered=remembered,
        )  # fmt: skip
        with closing(run):
            yield PastRun(run, run.make(report, only=wanted), current)


def flip_alerts(project: Project, build: Build, *, now: datetime) -> int:
    """Open and close alerts by what a build found; returns how many changed. Safe to do again."""
    opened = project.open(build.number)
    rules = [name for name in _rules(project) if name in opened.reader.tables]
    findings = [
        AlertFinding(
            subject=AlertSubject(row["rule"], row["subject_kind"], row["subject"]), since=row["since"],
            severity=row["severity"], evidence=json.loads(row["evidence"]), at_stake=row.get("at_stake"),
        )
        for rule in rules
        for row in opened.table(rule).to_pyarrow().to_pylist()
    ]  # fmt: skip
    made = build.manifest.tables
    failed = {n: made[n].failed or "" for n in _rules(project) if n in made and made[n].failed}
    off = [notices.switched_off(n, why, today=build.manifest.as_of) for n, why in failed.items()]
    return record(
        project.operations, [*findings, *off], build=build.number, today=build.manifest.as_of, now=now,
        means=_meant(opened, customers(project.operations)), unknown=failed,
        then=partial(notices.plan, settings=project.settings, build=build.number, now=now),
    )  # fmt: skip


def _rules(project: Project) -> list[str]:
    return [t.name for t in catalogue.derived(project.root).values() if t.area == findings_of.AREA]


def _meant(opened: Opened, customer_ids: list[str]) -> dict[str, str]:
    """Those of the ids that mean another customer by now, with whom they mean."""
    ids = opened.table("customer_ids")
    others = ids.filter(ids.customer_id != ids.issued_id).inner_join(
        ibis.memtable({"issued_id": customer_ids}, schema={"issued_id": "string"}), "issued_id"
    )
    found = others.select("issued_id", "customer_id").to_pyarrow().to_pylist()
    return {row["issued_id"]: row["customer_id"] for row in found}


def default_as_of(project: Project, receipts: Sequence[Receipt], *, scratch: Path, now: datetime) -> date:
    """Today in the project's zone; the day after the newest transaction when that is long past."""
    zone = project.settings.zone
    today = now.astimezone(ZoneInfo(zone)).date()
    landed = Landed(project.landing, receipts, today, zone)
    newest = max(
        filter(None, (_newest(project, landed, name, scratch) for name in ("order_items", "orders"))),
        default=None,
    )
    if newest is None:
        return today
    day: date = newest.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()
    return looked_from(today, day)


@dataclass(frozen=True)
class PastRun:
    """Tables of an earlier day, beside those of the current build, on one engine."""

    run: Run
    made: Mapping[str, TableRecord]
    current: Build

    def table(self, name: str) -> ir.Table:
        """As it would have been made then; raises `BuildFailed` where it could not."""
        if why := self.made[name].failed:
            raise BuildFailed(N_("Table {table} could not be made: {reason}"), table=name, reason=why)
        return self.run.table(name)

    def held(self, name: str) -> ir.Table:
        """The same; one of those that land holds nothing where nothing of it has landed."""
        declared = canonical(name)
        if declared and not is_of_landing(name) and name not in self.made:
            return ibis.memtable(declared.schema.to_pyarrow().empty_table())
        return self.run.table(name)

    def today(self, name: str) -> ir.Table:
        """As it is in the current build."""
        declared = canonical(name)
        schema = declared.schema if declared else self.run.tables[name].schema
        return self.run.engine.read([self.current.path(name)], schema)


def _check_answers(project: Project, tables: Mapping[str, Derived]) -> None:
    """Refuse answers in shuke.toml to questions that nobody asks; raises `WrongSettings`."""
    for name, decided in project.settings.tables.items():
        step = tables.get(name)
        asked = step.parameters if step and not step.learns_for else {}
        for parameter in decided:
            if parameter not in asked:
                raise WrongSettings(
                    N_("{file}: [tables.{table}] has no parameter {parameter}. It takes: {parameters}."),
                    file=FILE, table=name, parameter=parameter, parameters=", ".join(asked) or "-",
                )  # fmt: skip


def _check_day(as_of: date, project: Project, *, now: datetime) -> None:
    if as_of > now.astimezone(ZoneInfo(project.settings.zone)).date():
        raise WrongCall(N_("{day} is in the future."), day=as_of)


def _newest(project: Project, landed: Landed, name: str, scratch: Path) -> datetime | None:
    """When a table's newest transaction by the end of today was; the files tell, unless one lies beyond."""
    declared = CANONICAL[name]
    try:
        newest: datetime | None = landed.newest(declared, "ordered_at")
        if newest is None or newest < midnight(landed.as_of, landed.zone):
            return newest
    except LookupError:
        log.debug("the files of %s do not tell their newest row", name)
    with closing(project.engine(scratch=scratch, name="duckdb")) as engine:
        at = engine.read(landed.files(declared), declared.schema).ordered_at
        told: datetime | None = at.max(where=at < day_end(landed.as_of, landed.zone)).to_pyarrow().as_py()
    return told
