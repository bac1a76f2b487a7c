"""Asking: what would a table be if one of its questions were answered otherwise?"""

import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from shuke import catalogue, modelling, pipeline
from shuke.app import Opened, Project
from shuke.engine import BEYOND
from shuke.errors import ShukeError, WrongCall
from shuke.languages import N_
from shuke.store.builds import Making
from shuke.tables import Derived


def ask(project: Project, opened: Opened, name: str, questions: Mapping[str, Any]) -> ir.Table:
    """A table of an opened build with other answers to some of its questions than the build's own.

    It is made from the tables that the build holds and, where its function asks for them, from the records
    that the build was made from. Raises `WrongCall` for a question that the table does not have.
    """
    opened.build.path(name)
    step = catalogue.derived(project.root).get(name)
    if step is None or not step.questions:
        raise WrongCall(N_("Table {table} takes no parameters."), table=name)
    for unknown in sorted(set(questions) - set(step.questions)):
        raise WrongCall(
            N_("Table {table} has no question {question}. It has: {questions}."),
            table=name, question=unknown, questions=", ".join(step.questions),
        )  # fmt: skip
    key = sha256(repr((name, sorted(questions.items()))).encode()).hexdigest()[:16]
    return opened.reader.kept(f"{name}_{key}", lambda: _answered(project, opened, step, questions))


def _answered(project: Project, opened: Opened, step: Derived, questions: Mapping[str, Any]) -> pa.Table:
    build = opened.build
    tables = catalogue.derived(project.root)
    settings = replace(project.settings, currency=build.manifest.currency, zone=build.manifest.zone)
    then = replace(project, settings=settings)
    receipts = [r for r in project.landing.receipts() if r.batch in build.manifest.batches]
    with tempfile.TemporaryDirectory() as folder:
        making = Making(project.builds, Path(folder), build.number)
        with closing(project.engine(scratch=making.scratch, name="duckdb")) as engine:
            run = pipeline.Run(
                then, engine, making, receipts, build.manifest.as_of, tables, before=None,
                scorer=modelling.scorer(project, engine), known=build,
                given=frozenset(build.manifest.tables) - {step.name},
            )  # fmt: skip
            try:
                return run.asked(step, questions).to_pyarrow()
            except ShukeError:
                raise
            except BEYOND as error:
                raise WrongCall(
                    N_("With such answers table {table} cannot be worked out."), table=step.name
                ) from error
