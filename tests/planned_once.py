"""Which SQL has this run worked out already?

Half of the time of a build of few rows goes into turning expressions into SQL, and the tests build the same
tables again and again. The SQL of an expression depends on nothing but the expression, so what is equal in
every part but the database that holds its tables is turned into SQL once.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest
from ibis.backends.sql import SQLBackend

#: So many are remembered; a build has two hundred.
KEPT = 1500


class _Remembered:
    """SQL by kind of database and expression; what was not asked for longest is forgotten first."""

    def __init__(self) -> None:
        self.known: OrderedDict[tuple[Any, ...], str] = OrderedDict()
        self.lock = threading.Lock()
        self.comparing = threading.local()
        self.same, self.compiled = ibis.BaseBackend.__eq__, SQLBackend.compile

    def compile(self, backend: Any, expression: ir.Expr, **options: Any) -> str:
        if options.get("params"):
            return str(self.compiled(backend, expression, **options))
        key = (type(backend), expression.op(), *sorted(options.items()))
        with self._alike() as known:
            found = known.pop(key, None)
        if found is None:
            found = self.compiled(backend, expression, **options)
        with self._alike() as known:
            known[key] = found
            if len(known) > KEPT:
                known.popitem(last=False)
        return found

    @contextmanager
    def _alike(self) -> Iterator[OrderedDict[tuple[Any, ...], str]]:
        """The known ones, while any two databases of a kind are held for one."""
        with self.lock:
            self.comparing.now = True
            try:
                yield self.known
            finally:
                self.comparing.now = False


@pytest.fixture(scope="session", autouse=True)
def planned_once() -> Iterator[None]:
    remembered = _Remembered()

    def equal(one: Any, other: Any) -> Any:
        alike = getattr(remembered.comparing, "now", False) and type(one) is type(other)
        return alike or remembered.same(one, other)

    def compiled(backend: Any, expression: ir.Expr, **options: Any) -> str:
        return remembered.compile(backend, expression, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ibis.BaseBackend, "__hash__", lambda backend: hash(type(backend)))
        patch.setattr(ibis.BaseBackend, "__eq__", equal)
        patch.setattr(SQLBackend, "compile", compiled)
        yield
