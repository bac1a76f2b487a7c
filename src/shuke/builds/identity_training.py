"""Identity training: which match model is in use, and what would a newly trained one change?"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis.expr.types as ir

from shuke.app import Opened, Project
from shuke.engine import Engine
from shuke.errors import WrongCall
from shuke.graph import catalogue
from shuke.graph.inputs import Inputs
from shuke.graph.run import Run
from shuke.identity.match_weights import PRIOR
from shuke.identity.models import Model
from shuke.languages import N_
from shuke.store import disk
from shuke.store.builds import Build
from shuke.tables import Derived

#: Fewer records of a kind than this, or fewer pairs that are one customer's, and nothing is learnt.
RECORDS, MATCHES = 2_000, 300


@dataclass(frozen=True, kw_only=True)
class ModelChange:
    """What a version would make of the current build."""

    version: int
    records: int
    customers: int  # now
    merged: int  # of them, those who would become part of another one
    split: int  # customers who would come out of one of today's


@dataclass(frozen=True, kw_only=True)
class TrainedModel:
    """What came of learning. The version is kept, and not in use until somebody says so."""

    version: int
    kinds: tuple[str, ...]  # of whom there was enough to learn from; the others keep what is shipped
    change: ModelChange


def train(project: Project) -> TrainedModel:
    """Keep what the current build has learnt of its records; `WrongCall` where they are too few.

    A build learns m beside what it starts from; a version makes that the start of later builds, which so
    learn on. u is measured in every build and no part of a version.
    """
    opened = project.open()
    with project.models.making() as making:
        with closing(project.engine(scratch=making.scratch, name="duckdb")) as engine:
            learnt, kinds = _learnt(replace(Model(), version=making.number), opened, engine)
        making.version.mkdir(parents=True, exist_ok=True)
        disk.write_json(making.version / "model.json", learnt.to_json())
        making.keep()
    return TrainedModel(version=making.number, kinds=kinds, change=change(project, making.number))


def change(project: Project, version: int) -> ModelChange:
    """Resolve the current build anew by a version, and count what becomes of its customers."""
    build = project.open().build
    receipts = [r for r in project.landing.receipts() if r.batch in build.manifest.batches]
    tables = catalogue.derived()
    with TemporaryDirectory(dir=disk.private(project.work)) as aside:
        run = Run(
            inputs=Inputs.of(project, receipts, build.manifest.as_of, version=version), tables=tables,
            family="duckdb", opens=partial(project.engine, scratch=Path(aside) / "scratch", name="duckdb"),
            folder=Path(aside), given=_unmoved(tables, build),
        )  # fmt: skip
        with closing(run):
            run.make(only=["identities"])
            then = run.table("identities").select("customer_id").distinct()
            today = run.engine.read([build.path("identities")], tables["identities"].schema)
            now = run.engine.checkpoint(today.select("customer_id").distinct())
            return ModelChange(
                version=version,
                records=_count(today),
                customers=_count(now),
                merged=_count(now.anti_join(then, "customer_id")),
                split=_count(then.anti_join(now, "customer_id")),
            )


def _unmoved(tables: Mapping[str, Derived], build: Build) -> dict[str, Path]:
    """The tables of a build that tell who is who and do not depend on what levels of agreement weigh."""
    moved = {"match_weights"}
    for name in catalogue.order(tables):
        if name in tables and moved & set(tables[name].reads):
            moved.add(name)
    left = (name for name in build.manifest.tables if name in tables and name not in moved)
    return {name: build.path(name) for name in left if tables[name].is_identity}


def _learnt(model: Model, opened: Opened, engine: Engine) -> tuple[Model, tuple[str, ...]]:
    told = _read(opened, engine, "match_weights").to_pyarrow().to_pylist()
    counted = _read(opened, engine, "normalised_records")
    kinds = []
    for kind, comparisons in model.comparisons.items():
        own = [row for row in told if row["kind"] == kind]
        matches = sum(row["matches"] or 0.0 for row in own if row["comparison"] == PRIOR)
        if matches < MATCHES or _count(counted.filter(counted.kind == kind)) < RECORDS:
            continue
        names = {c.name: {level.name: level.u for level in c.levels} for c in comparisons}
        figures: dict[str, dict[str, tuple[float, float]]] = {}
        for row in own:
            if row["level"] in names.get(row["comparison"], {}):
                usual = names[row["comparison"]][row["level"]]
                figures.setdefault(row["comparison"], {})[row["level"]] = (row["m"], usual)
        model = model.learnt(kind, figures)
        kinds.append(kind)
    if not kinds:
        raise WrongCall(
            N_(
                "There is too little data to train on: {records} records of people or of organisations "
                "and {matches} matching pairs are needed. The default model stays in use."
            ),
            records=RECORDS, matches=MATCHES,
        )  # fmt: skip
    return model, tuple(kinds)


def _read(opened: Opened, engine: Engine, name: str) -> ir.Table:
    """A table of the build on an engine."""
    return engine.read([opened.build.path(name)], catalogue.derived()[name].schema)


def _count(table: ir.Table) -> int:
    return int(table.count().execute())
