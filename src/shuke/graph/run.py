"""Run: how does each table come from those that it reads?

One runner serves whoever needs a table: a build, which keeps what it makes and links what stands; a look at
the past; a table asked otherwise; a model of identity that is tried.
"""

import logging
import re
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from shuke.engine import Engine
from shuke.errors import BuildFailed, ShukeError, Unavailable, WrongSettings
from shuke.graph import catalogue, grown
from shuke.graph.fingerprint import Fingerprints
from shuke.graph.inputs import Inputs, of_engine
from shuke.graph.landed import Landed
from shuke.graph.names import HISTORY, LANDED, LAST_BUILD, NEW, PREVIOUS, base_table, canonical, is_delta
from shuke.graph.report import Report, unreported
from shuke.languages import N_
from shuke.store.builds import Build, BuildWriter, TableRecord
from shuke.store.table_store import contents
from shuke.tables import CANONICAL, Canonical, Derived
from shuke.tables.declared import as_declared

log = logging.getLogger(__name__)

#: A table of one of these areas that fails leaves its error on its page; any other fails the build.
MAY_FAIL = ("analyses", "alerts", "quality", "segments")

#: From the first quotation mark to the last: which of them belong together, an apostrophe makes unsure.
_QUOTED = re.compile(r"""['"].*['"]""")


@dataclass(frozen=True, kw_only=True)
class Run:
    """One pass over some tables, on an engine that is opened where something must be made."""

    inputs: Inputs
    tables: Mapping[str, Derived]
    opens: Callable[[], Engine]
    family: str
    folder: Path  # where tables are made
    previous: Build | None = None  # in force until this run's build is
    given: Mapping[str, Path] = field(default_factory=dict)  # tables that are taken as they lie there
    remembered: Mapping[str, Path] = field(default_factory=dict)  # a table as the build before would have it
    making: BuildWriter | None = None  # the build that these tables are for; it links what stands

    def make(
        self, report: Report = unreported, *, only: Collection[str] | None = None
    ) -> dict[str, TableRecord]:
        """Every table, or `only` these and what they are made from, each after those that it reads.

        Raises `BuildFailed` where one fails that a build cannot do without.
        """
        names = self._names(only)
        stands = self._standing(names)
        asked = set(only or ()) | {r for name in names if name not in stands for r in self._reads(name)}
        made: dict[str, TableRecord] = {}
        for done, name in enumerate(names):
            report(name, done, len(names))
            if name in stands:
                made[name] = stands[name]
            elif name in asked or not self._is_delta(name):
                made[name] = self._make(name, made)
            if name in made and made[name].failed:
                self._failed.add(name)
        report("", len(names), len(names))
        return made

    def table(self, name: str, *, whole: bool = False) -> ir.Table:
        """A table that was made, was given, or landed; `whole`: whatever day the run looks from."""
        if (name, whole) not in self._opened:
            self._opened[name, whole] = self._open(name, whole=whole)
        return self._opened[name, whole]

    def path(self, name: str) -> Path:
        """The folder of a table that was made or given."""
        if name in self.given:
            return self.given[name]
        if self.making and not self._is_delta(name):
            return self.making.builds.tables.path(name, self.fingerprints.of(name))
        return self.folder / name

    def asked(self, step: Derived, parameters: Mapping[str, Any]) -> ir.Table:
        """One table with other answers to some of its questions than a build's own."""
        self.make(only=[read for read in step.reads if read not in self.given and self._is_delta(read)])
        learners = [self.tables[read] for read in step.reads if read in self.tables]
        if any(each.learns_by(parameters, step.name) for each in learners):
            # One of them may be made from another.
            for each in (each for each in learners if each.learns_for == step.name):
                shared = {q: a for q, a in parameters.items() if q in each.keywords}
                self._opened[each.name, False] = self._derived(each, shared)
        return self._derived(step, parameters)

    def close(self) -> None:
        if "engine" in self.__dict__:
            self.engine.close()

    @cached_property
    def engine(self) -> Engine:
        return self.opens()

    @cached_property
    def fingerprints(self) -> Fingerprints:
        before = self.previous.manifest if self.previous else None
        return Fingerprints(tables=self.tables, inputs=self.inputs, family=self.family, previous=before)

    @cached_property
    def kept(self) -> Build | None:
        """The build from which tables go on: the previous one, if its recipes hold and nothing is gone."""
        if self.previous is None:
            return None
        before, landed = self.previous.manifest, {r.batch for r in self.inputs.landed.receipts}
        remembered = {
            base_table(read)
            for step in self.tables.values()
            for read in step.reads
            if read.startswith(PREVIOUS)
        }
        recipes = {name: told.recipe for name, told in before.tables.items()}
        hold = all(recipes.get(name) == self.fingerprints.recipe(name) for name in remembered)
        return self.previous if hold and landed.issuperset(before.batches) else None

    @cached_property
    def _opened(self) -> dict[tuple[str, bool], ir.Table]:
        return {}  # looking at a file takes long

    @cached_property
    def _failed(self) -> set[str]:
        return set()

    def _names(self, only: Iterable[str] | None) -> list[str]:
        steps = catalogue.order(self.tables)
        collected = [LANDED + name for name in CANONICAL if self.inputs.landed.files(CANONICAL[name])]
        every = [name for name in collected if name not in steps] + steps
        if only is None:
            return every
        needed = catalogue.needed(self.tables, only, given=self.given)
        return [name for name in every if name in needed]

    def _reads(self, name: str) -> tuple[str, ...]:
        return self.tables[name].reads if name in self.tables else ()

    def _is_delta(self, name: str) -> bool:
        return name in self.tables and is_delta(self.tables[name])

    def _standing(self, names: Iterable[str]) -> dict[str, TableRecord]:
        """The tables that need not be made: somebody has made them from the same."""
        found = ((name, self._stands(name)) for name in names if self.making and not self._is_delta(name))
        return {name: made for name, made in found if made}

    def _stands(self, name: str) -> TableRecord | None:
        assert self.making
        found = self.making.standing(name, self.fingerprints.of(name))
        if found is None:
            return None
        return replace(found, recipe=self._recipe(name), learnt=self.fingerprints.learnt_from(name))

    def _make(self, name: str, made: Mapping[str, TableRecord]) -> TableRecord:
        started = time.perf_counter()
        declared = self.tables.get(name) or CANONICAL[name.removeprefix(LANDED)]
        try:
            self._need(declared, made)
            folder = self.folder / name
            key = declared.key if isinstance(declared, Derived) else ("key",)
            stands = self._stands_of(declared)
            with self.engine.passing():
                rows = self._joining(declared) if stands else self._expression(declared)
                self.engine.write(rows, folder, by=declared.laid_out_by, key=key)
            grown.join(stands, folder)
            self._check(folder, key)
            return self._written(name, folder, time.perf_counter() - started)
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
            shutil.rmtree(self.folder / name, ignore_errors=True)
            # What Shuke itself says of a table it will say of the same rows again; anything else may pass.
            again = self.fingerprints.of(name) if self.making and isinstance(error, ShukeError) else ""
            seconds = time.perf_counter() - started
            return TableRecord(rows=0, seconds=seconds, failed=reason(error), fingerprint=again)

    def _written(self, name: str, folder: Path, seconds: float) -> TableRecord:
        if self.making is None or self._is_delta(name):
            return TableRecord.of(contents(folder), seconds=seconds)
        return self.making.keep(
            name, folder, seconds=seconds, fingerprint=self.fingerprints.of(name), recipe=self._recipe(name),
            learnt=self.fingerprints.learnt_from(name),
        )  # fmt: skip

    def _recipe(self, name: str) -> str:
        return self.fingerprints.recipe(name) if name in self.tables else ""

    def _stands_of(self, declared: Derived | Canonical) -> list[Path]:
        """The files of the previous build that a table still consists of."""
        if isinstance(declared, Derived) or self.making is None:
            return []
        return grown.files_that_stand(declared, self._landed, self.fingerprints, self.previous)

    def _joining(self, declared: Derived | Canonical) -> ir.Table:
        """The rows of a landed table that the previous build has not seen."""
        assert self.previous
        assert isinstance(declared, Canonical)
        return self._records(declared, unseen_by=self.previous.manifest.batches)

    def _expression(self, declared: Derived | Canonical) -> ir.Table:
        return self._derived(declared, {}) if isinstance(declared, Derived) else self._records(declared)

    def _records(self, declared: Canonical, *, unseen_by: Collection[str] = ()) -> ir.Table:
        records = self._landed.records(declared, self.engine, whole=False, unseen_by=unseen_by)
        return as_declared(records, declared)

    def _derived(self, step: Derived, parameters: Mapping[str, Any]) -> ir.Table:
        inputs = (self.table(read, whole=step.is_identity) for read in step.reads)
        answers = self.inputs.answers(step) | of_engine(step, self.inputs.model, lambda: self.engine)
        return as_declared(step(*inputs, **answers | dict(parameters)), step)

    @property
    def _landed(self) -> Landed:
        return self.inputs.landed

    def _open(self, name: str, *, whole: bool) -> ir.Table:
        declared = canonical(name)
        if declared and name.startswith(NEW):
            seen = self.kept.manifest.batches if self.kept else ()
            return self._landed.versions(declared, self.engine, whole=True, unseen_by=seen)
        if declared and name.startswith(HISTORY):
            return self._landed.versions(declared, self.engine, whole=whole)
        if declared and whole:
            return self._landed.records(declared, self.engine, whole=True)
        if name.startswith(LAST_BUILD) and base_table(name) in self.remembered:
            return self.engine.read([self.remembered[base_table(name)]], self.tables[base_table(name)].schema)
        if name.startswith((LAST_BUILD, PREVIOUS)):
            stood = self.previous if name.startswith(LAST_BUILD) else self.kept
            return self._stood(self.tables[base_table(name)], stood)
        schema = declared.schema if declared else self.tables[name].schema
        return self.engine.read([] if name in self._failed else [self.path(name)], schema)

    def _stood(self, step: Derived, build: Build | None) -> ir.Table:
        """A table as it stands in a build; without rows where it does not."""
        stood = build.manifest.tables.get(step.name) if build else None
        folders = [build.path(step.name)] if build and stood and not stood.failed else []
        return self.engine.read(folders, step.schema)

    def _need(self, declared: Derived | Canonical, made: Mapping[str, TableRecord]) -> None:
        for read in declared.reads if isinstance(declared, Derived) and not declared.takes_failed else ():
            if read in made and made[read].failed and self.tables[read].learns_for == declared.name:
                raise BuildFailed(
                    N_("Table {table} could not be made: {reason}"), table=read, reason=made[read].failed
                )
            if read in made and made[read].failed:
                raise BuildFailed(N_("It needs table {table}, which failed."), table=read)

    def _check(self, folder: Path, key: Sequence[str]) -> None:
        if not self.engine.is_keyed(folder, key):
            raise BuildFailed(N_("Its key {key} is not unique, or is null in some row."), key=", ".join(key))


def reason(error: Exception) -> str:
    """What went wrong, in one line; quoted values, which may be somebody's, are left out."""
    line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if isinstance(error, ShukeError):
        return line
    return f"{type(error).__name__}: {_QUOTED.sub('…', line)}"
