"""Catalogue: which tables can be made, and from which is each made?"""

import hashlib
import importlib
import importlib.util
import pkgutil
from collections.abc import Container, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

from shuke import alerts, analyses, dealings, identity, models, profiles, quality, segments
from shuke.alerts import own_rules, rule_versions
from shuke.errors import BuildFailed, WrongSettings
from shuke.graph import code
from shuke.graph.names import base_table, canonical, is_given, is_of_landing
from shuke.languages import N_
from shuke.tables import Canonical, Derived

_PACKAGES = (identity, profiles, dealings, quality, analyses, models, alerts, segments)


def derived(root: Path | None = None) -> dict[str, Derived]:
    """Every derived table by name: those of Shuke, and those in the `analyses` folder of a project, the
    company's own rules among them."""
    modules = [module for package in _PACKAGES for module in _inside(package)]
    own = map(_load, _own(root)) if root else ()
    found = [table for module in [*modules, *own] for table in _declared(module)]
    tables = {table.name: table for table in found}
    rules = rule_versions.in_force(root) if root else ()
    return tables | {(step := own_rules.made(rule, tables)).name: step for rule in rules}


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
    reads = {name: [n for n in table.reads if not is_given(n)] for name, table in tables.items()}
    for name, table in tables.items():
        for missing in sorted(n for n in table.reads if declaration(tables, n) is None):
            raise BuildFailed(
                N_("Table {table} reads {missing}, which does not exist."), table=name, missing=missing
            )
    try:
        return list(TopologicalSorter(reads).static_order())
    except CycleError as error:
        raise BuildFailed(
            N_("These tables depend on one another in a cycle: {tables}."), tables=", ".join(error.args[1])
        ) from None


def needed(tables: Mapping[str, Derived], wanted: Iterable[str], *, given: Container[str]) -> set[str]:
    """The steps without which the wanted tables cannot be made, where the given ones are there already."""
    found: set[str] = set()
    todo = list(wanted)
    while todo:
        name = base_table(todo.pop())
        if name not in found and name not in given and not is_of_landing(name):
            found.add(name)
            todo += tables[name].reads if name in tables else ()
    return found


def declaration(tables: Mapping[str, Derived], name: str) -> Derived | Canonical | None:
    """What a name that a function reads stands for."""
    return canonical(name) or tables.get(base_table(name))


def _own(root: Path) -> list[Path]:
    return sorted(path for path in (root / code.OWN).glob("*.py") if not path.name.startswith("_"))


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
