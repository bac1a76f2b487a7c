"""Catalogue: which tables can be made, and from which is each made?"""

import hashlib
import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

from shuke import alerts, analyses, dealings, identity, profiles, quality
from shuke.errors import BuildFailed, UnknownTable
from shuke.languages import N_
from shuke.tables import CANONICAL, Canonical, Derived

_PACKAGES = (identity, profiles, dealings, quality, analyses, alerts)

#: How a function calls the landing zone's rows: those in force, or all that was ever said.
LANDED, SAID = "landed_", "said_"


def derived(root: Path | None = None) -> dict[str, Derived]:
    """Every derived table by name: those of Shuke, and those in the `analyses` folder of a project."""
    modules = [module for package in _PACKAGES for module in _inside(package)]
    own = map(_load, _own(root)) if root else ()
    found = [table for module in [*modules, *own] for table in _declared(module)]
    return {table.name: table for table in found}


def digests(root: Path) -> dict[str, str]:
    """The digests of a project's own analyses, by file name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in _own(root)}


def order(tables: Mapping[str, Derived]) -> list[str]:
    """The steps of a build, landed tables among them, each after those that it reads."""
    reads = {name: {n for n in table.reads if not n.startswith(SAID)} for name, table in tables.items()}
    for name, needed in reads.items():
        for missing in sorted(n for n in needed if n not in tables and canonical(n) is None):
            raise BuildFailed(
                N_("Table {table} reads {missing}, which does not exist."), table=name, missing=missing
            )
    try:
        return list(TopologicalSorter(reads).static_order())
    except CycleError as error:
        raise BuildFailed(
            N_("These tables are made from one another: {tables}."), tables=", ".join(error.args[1])
        ) from None


def canonical(name: str) -> Canonical | None:
    """The canonical table behind a `landed_…` or `said_…` name."""
    for prefix in (LANDED, SAID):
        if name.startswith(prefix):
            return CANONICAL.get(name.removeprefix(prefix))
    return None


def lineage(tables: Mapping[str, Derived], name: str) -> list[tuple[int, str]]:
    """What a table is made from, and that in turn: (depth, table), down to the landing zone."""
    if name not in tables and canonical(name) is None:
        raise UnknownTable(
            N_("No table is named {table}. There are: {tables}."), table=name, tables=", ".join(tables)
        )

    def below(name: str, depth: int) -> Iterator[tuple[int, str]]:
        yield depth, name
        for source in tables[name].reads if name in tables else ():
            yield from below(source, depth + 1)

    return list(below(name, 0))


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
