"""What has this run planned already?

Most of the time of a build of few rows goes into expressions: making them, and turning them into SQL. The
tests make the same tables again and again. The SQL of an expression depends on nothing but the expression, so
what is equal in every part but the database that holds its tables is turned into SQL once. And what a table's
function makes depends on nothing but what it is given, so long as it looks at no row, so it is called once.
What it has had worked out on its way is worked out every time.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import pytest
from ibis.backends.sql import SQLBackend

from shuke import app
from shuke.access.secret import KEY_BYTES, project_key
from shuke.engine import DuckDB
from shuke.graph.run import Run
from shuke.store import disk
from shuke.tables import Canonical, Derived

#: So many of each are remembered; a build has two hundred.
KEPT = 1500


class _Here(threading.local):
    """What goes on in one thread."""

    alike = False  # databases of a kind are held for one while keys are compared
    building = False  # a build writes what its functions make, whatever database it was made for
    compiled = 0  # how many expressions were turned into SQL, or would have been


class _Plan(NamedTuple):
    """What a table's function makes, and what it asks to be worked out before."""

    checkpoints: list[ir.Table]
    table: ir.Table


class _Known:
    """Values by key; what was not asked for longest is forgotten first."""

    def __init__(self, here: _Here) -> None:
        self.values: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self.lock = threading.Lock()
        self.here = here

    def get(self, key: tuple[Any, ...], *, alike: bool) -> Any:
        with self._compared(alike=alike):
            found = self.values.pop(key, None)
            if found is not None:
                self.values[key] = found
        return found

    def keep(self, key: tuple[Any, ...], value: Any, *, alike: bool) -> None:
        with self._compared(alike=alike):
            self.values[key] = value
            if len(self.values) > KEPT:
                self.values.popitem(last=False)

    @contextmanager
    def _compared(self, *, alike: bool) -> Iterator[None]:
        with self.lock:
            self.here.alike = alike
            try:
                yield
            finally:
                self.here.alike = False


class _Remembered:
    """SQL by expression, and expressions by what a table's function was given."""

    def __init__(self) -> None:
        self.here = _Here()
        self.texts, self.plans = _Known(self.here), _Known(self.here)
        self.same, self.compiled = ibis.BaseBackend.__eq__, SQLBackend.compile
        self.called, self.expressed = Derived.__call__, Run._expression

    def equal(self, one: Any, other: Any) -> Any:
        return (self.here.alike and type(one) is type(other)) or self.same(one, other)

    def compile(self, backend: Any, expression: ir.Expr, **options: Any) -> str:
        self.here.compiled += 1
        if options.get("params"):
            return str(self.compiled(backend, expression, **options))
        key = (type(backend), expression.op(), *sorted(options.items()))
        found: str | None = self.texts.get(key, alike=True)
        if found is None:
            found = self.compiled(backend, expression, **options)
            self.texts.keep(key, found, alike=True)
        return found

    def call(self, step: Derived, *tables: ir.Table, **questions: Any) -> ir.Table:
        key = _given(step, tables, questions)
        if key and not self.here.building:
            # Ibis holds all connections to a database for one, of which each thread has its own.
            key = (*key, threading.get_ident())
        checkpoint: Any = questions.get("checkpoint")
        plan: _Plan | None = self.plans.get(key, alike=self.here.building) if key else None
        if plan is None:
            return self._planned(key, step, tables, questions)
        for table in plan.checkpoints:
            checkpoint(table)  # under the name that the first one had
        return plan.table

    def _planned(
        self, key: tuple[Any, ...] | None, step: Derived, tables: tuple[ir.Table, ...], questions: Any
    ) -> ir.Table:
        noted: list[ir.Table] = []
        checkpoint: Any = questions.get("checkpoint")
        before = self.here.compiled

        def noting(rows: Any) -> ir.Table:
            if isinstance(rows, ir.Table):  # what comes in parts is worked out as it is asked for
                noted.append(rows)
            made: ir.Table = checkpoint(rows)
            return made

        asked = {"checkpoint": noting} if key and checkpoint else {}
        table = self.called(step, *tables, **questions | asked)
        if key and self.here.compiled - before == len(noted):  # else it has looked at rows
            self.plans.keep(key, _Plan(noted, table), alike=self.here.building)
        return table

    def express(self, run: Run, declared: Derived | Canonical) -> ir.Table:
        self.here.building = True
        try:
            return self.expressed(run, declared)
        finally:
            self.here.building = False


def _given(step: Derived, tables: tuple[ir.Table, ...], questions: dict[str, Any]) -> tuple[Any, ...] | None:
    """What a function's table depends on; nothing where that cannot be said."""
    answers = dict(questions)
    if "checkpoint" in answers:
        engine = getattr(answers.pop("checkpoint"), "__self__", None)
        if not isinstance(engine, DuckDB):
            return None
        answers["checkpoint"] = engine._names["checkpoint"]  # its tables have names by their number
    told = tuple((name, type(answer), answer) for name, answer in sorted(answers.items()))
    key = (step.function, tuple(table.op() for table in tables), told)
    try:
        hash(key)
    except TypeError:
        return None
    return key if "scorer" not in answers else None  # Splink asks the database beside Ibis


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that a class hands its object to."""

    def method(*given: Any, **options: Any) -> Any:
        return function(*given, **options)

    return method


def _of_every_project(path: Path) -> bytes:
    """One key, for ids of another would be another plan."""
    if not path.exists():
        disk.replace(path, bytes(KEY_BYTES))
    return project_key(path)


@pytest.fixture(scope="session", autouse=True)
def planned_once() -> Iterator[None]:
    remembered = _Remembered()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ibis.BaseBackend, "__hash__", lambda backend: hash(type(backend)))
        patch.setattr(ibis.BaseBackend, "__eq__", _method(remembered.equal))
        patch.setattr(SQLBackend, "compile", _method(remembered.compile))
        patch.setattr(Derived, "__call__", _method(remembered.call))
        patch.setattr(Run, "_expression", _method(remembered.express))
        patch.setattr(app, "project_key", _of_every_project)
        yield
