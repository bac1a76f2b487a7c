"""Parameterised: what would a table hold with other values of its parameters?"""

import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from shuke.app import Opened, Project
from shuke.engine import BEYOND
from shuke.errors import BuildFailed, ShukeError, WrongCall
from shuke.graph import catalogue
from shuke.graph.inputs import Inputs
from shuke.graph.run import Run
from shuke.languages import N_
from shuke.tables import Derived, renamed


def ask(project: Project, opened: Opened, name: str, parameters: Mapping[str, Any]) -> ir.Table:
    """A table of an opened build with other answers to some of its questions than the build's own.

    It is made from the tables that the build holds and, where its function asks for them, from the records
    that the build was made from. Raises `WrongCall` for a question that the table does not have.
    """
    opened.build.path(name)
    step = catalogue.derived(project.root).get(name)
    if step is None or not step.parameters:
        raise WrongCall(N_("Table {table} takes no parameters."), table=name)
    parameters = renamed.parameters(name, parameters)
    for unknown in sorted(set(parameters) - set(step.parameters)):
        raise WrongCall(
            N_("Table {table} has no parameter {parameter}. It takes: {parameters}."),
            table=name, parameter=unknown, parameters=", ".join(step.parameters),
        )  # fmt: skip
    key = sha256(repr((name, sorted(parameters.items()))).encode()).hexdigest()[:16]
    return opened.reader.cached(f"{name}_{key}", lambda: _answered(project, opened, step, parameters))


def _answered(project: Project, opened: Opened, step: Derived, parameters: Mapping[str, Any]) -> pa.Table:
    build, manifest = opened.build, opened.build.manifest
    for read in step.reads:
        if read in manifest.tables and manifest.tables[read].failed:
            raise BuildFailed(N_("It needs table {table}, which failed."), table=read)
    settings = replace(project.settings, currency=manifest.currency, zone=manifest.zone)
    receipts = [r for r in project.landing.receipts() if r.batch in manifest.batches]
    with tempfile.TemporaryDirectory() as folder:
        run = Run(
            inputs=Inputs.of(replace(project, settings=settings), receipts, manifest.as_of),
            tables=catalogue.derived(project.root), family="duckdb",
            opens=partial(project.engine, scratch=Path(folder), name="duckdb"), folder=Path(folder),
            given={name: build.path(name) for name in manifest.tables if name != step.name},
        )  # fmt: skip
        with closing(run):
            try:
                return run.asked(step, parameters).to_pyarrow()
            except ShukeError:
                raise
            except BEYOND as error:
                raise WrongCall(
                    N_("Table {table} cannot be computed with these parameters."), table=step.name
                ) from error
