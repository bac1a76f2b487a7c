"""Catalogue: which tables can be made, and from which is each made?"""

import atexit
import hashlib
import importlib
import importlib.util
import pkgutil
import shutil
import tempfile
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

import ibis.expr.operations as ops

from shuke import alerts, analyses, dealings, identity, models, profiles, quality
from shuke.engine import Engine, open_engine
from shuke.errors import BuildFailed, NotEnoughData, UnknownTable, WrongSettings
from shuke.identity.pseudonyms import Pseudonym
from shuke.identity.scoring import Unscored
from shuke.languages import N_
from shuke.tables import CANONICAL, Canonical, Derived

_PACKAGES = (identity, profiles, dealings, quality, analyses, models, alerts)

#: How a function calls the landing zone's rows: those in force, all that was ever said, or what of it the
#: build in force has not seen.
LANDED, SAID, FRESH = "landed_", "said_", "fresh_"

#: How a function calls a table of the build in force: as it stands there, empty in the first build; or as far
#: as identity may go on from it, empty wherever all is `fresh_`.
EARLIER, KEPT = "earlier_", "kept_"

#: What is there before a build begins.
GIVEN = (SAID, FRESH, EARLIER, KEPT)


def derived(root: Path | None = None) -> dict[str, Derived]:
    """Every derived table by name: those of Shuke, and those in the `analyses` folder of a project."""
    modules = [module for package in _PACKAGES for module in _inside(package)]
    own = map(_load, _own(root)) if root else ()
    found = [table for module in [*modules, *own] for table in _declared(module)]
    return {table.name: table for table in found}


def wanted(root: Path, analyses: tuple[str, ...] | None) -> dict[str, Derived]:
    """The tables that a build of a project makes: of the analyses only the named ones, where any are named.

    The project's own analyses are always made, and so is what another table is made from. Raises
    `WrongSettings` for a name that no analysis has.
    """
    tables = derived(root)
    if analyses is None:
        return tables
    optional = {name for name, step in derived().items() if step.area == "analyses"}
    for name in analyses:
        if name not in optional:
            raise WrongSettings(
                N_("There is no analysis named {name}. There are: {analyses}."),
                name=name, analyses=", ".join(sorted(optional)),
            )  # fmt: skip
    kept = needed(tables, [n for n in tables if n not in optional or n in analyses], given=())
    return {name: step for name, step in tables.items() if name in kept}


def digests(root: Path) -> dict[str, str]:
    """The digests of a project's own analyses, by file name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in _own(root)}


def order(tables: Mapping[str, Derived]) -> list[str]:
    """The steps of a build, landed tables among them, each after those that it reads."""
    reads = {name: {n for n in table.reads if not n.startswith(GIVEN)} for name, table in tables.items()}
    for name, table in tables.items():
        for missing in sorted(n for n in table.reads if declaration(tables, n) is None):
            raise BuildFailed(
                N_("Table {table} reads {missing}, which does not exist."), table=name, missing=missing
            )
    try:
        return list(TopologicalSorter(reads).static_order())
    except CycleError as error:
        raise BuildFailed(
            N_("These tables are made from one another: {tables}."), tables=", ".join(error.args[1])
        ) from None


def needed(tables: Mapping[str, Derived], wanted: Iterable[str], *, given: Container[str]) -> set[str]:
    """The steps without which the wanted tables cannot be made, where the given ones are there already."""
    found: set[str] = set()
    todo = list(wanted)
    while todo:
        name = standing(todo.pop())
        if name not in found and name not in given and not name.startswith((SAID, FRESH)):
            found.add(name)
            todo += tables[name].reads if name in tables else ()
    return found


def declaration(tables: Mapping[str, Derived], name: str) -> Derived | Canonical | None:
    """What a name that a function reads stands for."""
    return canonical(name) or tables.get(standing(name))


def standing(name: str) -> str:
    """The table behind an `earlier_…` or `kept_…` name; any other name as it is."""
    return name.removeprefix(EARLIER).removeprefix(KEPT)


def canonical(name: str) -> Canonical | None:
    """The canonical table behind a `landed_…`, `said_…` or `fresh_…` name."""
    for prefix in (LANDED, SAID, FRESH):
        if name.startswith(prefix):
            return CANONICAL.get(name.removeprefix(prefix))
    return None


def lineage(tables: Mapping[str, Derived], what: str) -> list[tuple[int, str]]:
    """What a table or a column is made from, and that in turn: (depth, name), down to the landing zone.

    lineage(tables, "orders")         (0, "orders") (1, "purchases") (2, "landed_order_items") …
    lineage(tables, "orders.amount")  (0, "orders.amount") (1, "purchases.amount") (1, "purchases.order_id") …

    What stands above already is named again, but not taken apart again.
    """
    table, _, column = what.partition(".")
    declared = tables.get(table) or canonical(table)
    if declared is None:
        raise UnknownTable(
            N_("No table is named {table}. There are: {tables}."), table=table, tables=", ".join(tables)
        )
    if column:
        declared[column]  # says so when there is none of that name
    seen: set[str] = set()
    read = cache(lambda name: columns_read(tables[name], tables))

    def below(what: str, depth: int) -> Iterator[tuple[int, str]]:
        yield depth, what
        name, _, column = what.partition(".")
        if name in tables and what not in seen:
            seen.add(what)
            for source in read(name).get(column, ()) if column else tables[name].reads:
                yield from below(source, depth + 1)

    return list(below(what, 0))


def columns_read(step: Derived, tables: Mapping[str, Derived]) -> dict[str, tuple[str, ...]]:
    """From which columns of the tables that it reads each column of a step is worked out.

    Read off the step's own expression over tables without rows. What only decides which rows there are,
    as a filter or a join does, is not counted.
    """
    with _ALONE:
        return _columns_read(step, tables, _nothing())


#: The engine of tables without rows answers one thread at a time, as every connection does.
_ALONE = Lock()


def _columns_read(
    step: Derived, tables: Mapping[str, Derived], nothing: Engine
) -> dict[str, tuple[str, ...]]:
    names, read = {}, []
    for name in step.reads:
        rows = nothing.read([], (canonical(name) or tables[standing(name)]).schema)
        names.update({leaf.name: name for leaf in rows.op().find(ops.PhysicalTable)})
        read.append(rows)
    fitted = {f"{name}.*" for name in step.reads}
    try:
        made = step(*read, **{q: _ANSWERS[q] for q in step.asks if q in _ANSWERS}).op()
    except NotEnoughData:  # a model that cannot be fitted on nothing
        return dict.fromkeys(step.schema, tuple(sorted(fitted)))
    leaves = {column: _leaves(made, column, names) for column in step.schema}
    learnt = any(made.find(ops.InMemoryTable))
    return {column: tuple(sorted(found or (fitted if learnt else ()))) for column, found in leaves.items()}


@cache
def _nothing() -> Engine:
    """An engine of tables without rows, for as long as the process lives."""
    scratch = tempfile.mkdtemp(prefix="shuke-lineage-")
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    return open_engine("duckdb", scratch=Path(scratch))


#: Any answers will do to see what a step does with its tables.
_ANSWERS: dict[str, Any] = {
    "as_of": date(2000, 1, 1), "currency": "CNY", "zone": "UTC", "country": "CN",
    "checkpoint": lambda table: table.view(), "scorer": Unscored(), "pseudonym": Pseudonym("", ""),
}  # fmt: skip


def _leaves(relation: ops.Relation, column: str, names: Mapping[str, str]) -> set[str]:
    """The `table.column`s that a column of a relation comes from; where rows are counted, `table.*`."""
    found: set[str] = set()
    seen = set()
    todo = [(relation, column)]
    while todo:
        here, name = todo.pop()
        if (here, name) in seen:
            continue
        seen.add((here, name))
        if isinstance(here, ops.InMemoryTable):
            continue  # what Python worked out of distinct values
        if isinstance(here, ops.PhysicalTable):
            found.add(f"{names[here.name]}.{name}")
        elif isinstance(here, ops.Reference):
            todo.append((here.parent, name))
        elif isinstance(here, ops.Set):
            todo += [(here.left, name), (here.right, name)]
        else:
            value = here.values[name]
            todo += [(field.rel, field.name) for field in value.find(ops.Field, filter=ops.Value)]
            for counted in value.find(ops.CountStar, filter=ops.Value):
                found |= {f"{names[leaf.name]}.*" for leaf in counted.arg.find(ops.PhysicalTable)}
    return found


def _own(root: Path) -> list[Path]:
    return sorted(path for path in (root / "analyses").glob("*.py") if not path.name.startswith("_"))


def _inside(package: ModuleType) -> list[ModuleType]:
    return [
        importlib.import_module(f"{package.__name__}.{found.name}")
        for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name)
    ]


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"shuke_project_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _declared(module: ModuleType) -> list[Derived]:
    # An imported table belongs to the module that it comes from.
    return [
        value
        for value in vars(module).values()
        if isinstance(value, Derived) and value.function.__module__ == module.__name__
    ]
