"""Modelling: which model of identity is in use, and what would one learnt from the records change?"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis.expr.types as ir

from shuke import catalogue
from shuke.app import Opened, Project
from shuke.engine import Engine
from shuke.errors import WrongCall
from shuke.identity.match_weights import PRIOR
from shuke.identity.models import SHIPPED, Model
from shuke.identity.scoring import Scorer
from shuke.languages import N_
from shuke.store import disk

#: Fewer records of a kind than this, or fewer pairs that are one customer's, and nothing is learnt.
RECORDS, MATCHES = 2_000, 300


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a version would make of the build in force."""

    version: int
    records: int
    customers: int  # now
    merged: int  # of them, those who would become part of another one
    split: int  # customers who would come out of one of today's


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """What came of learning. The version is kept, and not in use until somebody says so."""

    version: int
    kinds: tuple[str, ...]  # of whom there was enough to learn from; the others keep what is shipped
    change: Change


def model(project: Project, version: int | None = None) -> Model:
    """A version of the model; the one in use where none is named."""
    number = project.models.current if version is None else version
    if number == SHIPPED:
        return Model()
    path = project.models.at(number) / "model.json"
    with disk.intact(path):
        return Model.from_json(disk.read_json(path))


def scorer(project: Project, engine: Engine, version: int | None = None) -> Scorer:
    """What weighs pairs on an engine by a version of the model."""
    return Scorer(model(project, version), engine.linkage)


def train(project: Project) -> Learnt:
    """Keep what the build in force has learnt of its records; `WrongCall` where they are too few.

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
    return Learnt(version=making.number, kinds=kinds, change=change(project, making.number))


def change(project: Project, version: int) -> Change:
    """Resolve the build in force anew by a version, and count what becomes of its customers."""
    opened = project.open()
    with (
        TemporaryDirectory(dir=disk.private(project.work)) as aside,
        closing(project.engine(scratch=Path(aside), name="duckdb")) as engine,
    ):
        weighed = _resolved(project, opened, engine, scorer(project, engine, version))
        then = weighed.select("customer_id").distinct()
        today = _read(opened, engine, "identities")
        now = engine.checkpoint(today.select("customer_id").distinct())
        return Change(
            version=version,
            records=_count(today),
            customers=_count(now),
            merged=_count(now.anti_join(then, "customer_id")),
            split=_count(then.anti_join(now, "customer_id")),
        )


def _learnt(model: Model, opened: Opened, engine: Engine) -> tuple[Model, tuple[str, ...]]:
    told = _read(opened, engine, "match_weights").to_pyarrow().to_pylist()
    counted = _read(opened, engine, "comparables")
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
                "There is too little to learn from: it takes {records} records of people, or of "
                "organisations, and {matches} pairs of them that are one. What is shipped stays in use."
            ),
            records=RECORDS, matches=MATCHES,
        )  # fmt: skip
    return model, tuple(kinds)


def _resolved(project: Project, opened: Opened, engine: Engine, scorer: Scorer) -> ir.Table:
    """`identities` of a build as they would be if its pairs were weighed otherwise."""
    tables = catalogue.derived()
    made: dict[str, ir.Table] = {}
    supplied: Mapping[str, Any] = {
        "checkpoint": engine.checkpoint, "scorer": scorer, "pseudonym": project.pseudonym,
    }  # fmt: skip
    for name in catalogue.order(tables):
        step = tables.get(name)
        if step and (name == "match_weights" or set(step.reads) & set(made)):
            read = (
                made.get(needed) if needed in made else _read(opened, engine, needed) for needed in step.reads
            )
            asked = {question: supplied[question] for question in step.asks if question in supplied}
            made[name] = engine.checkpoint(step(*read, **asked, **project.settings.answers(name)))
        if "identities" in made:
            break
    return made["identities"]


def _read(opened: Opened, engine: Engine, name: str) -> ir.Table:
    """A table of the build on an engine; of the build before, nothing."""
    declared = catalogue.declaration(catalogue.derived(), name)
    assert declared is not None
    folders = [opened.build.path(name)] if name in opened.build.manifest.tables else []
    return engine.read(folders, declared.schema)


def _count(table: ir.Table) -> int:
    return int(table.count().execute())
