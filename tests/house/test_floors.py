"""Floors: does every room import only what it may?"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

from shuke import lazy
from tests.conftest import ROOT
from tests.house.sources import MODULES, dotted, name, parsed

#: Who may import an engine. Everyone else writes Ibis expressions, which run on any of them.
ENGINES = {
    "duckdb": ("shuke.engine", "shuke.collect.sheets", "shuke.demo"),
    "pyspark": ("shuke.engine.spark",),
}

#: Who may import by a name: those that list what lies in the folders of tables and of file formats, and the
#: one that waits until a library is needed.
ENUMERATES = {
    "actions/work.py",
    "channels/opened.py",
    "collect/sheets/__init__.py",
    "engage/trigger.py",
    "graph/catalogue.py",
    "lazy.py",
    "tables/__init__.py",
}


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    """Who imports whom, imports inside functions and for the type checker included."""
    return grimp.build_graph("shuke", include_external_packages=True, cache_dir=None)


def test_every_room_imports_only_from_lower_floors():
    """In a process of its own, for the linter switches off the log of whoever calls it."""
    lint = "from importlinter.cli import lint_imports as lint; raise SystemExit(lint(no_cache=True))"
    said = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout


def test_the_floors_count_imports_wherever_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = tmp_path / "storeys"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "high.py").touch()
    (package / "lazy.py").write_text("def climb():\n    from storeys import high\n")
    (package / "typed.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from storeys import high\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    found = grimp.build_graph("storeys", cache_dir=None)
    assert found.find_modules_that_directly_import("storeys.high") == {"storeys.lazy", "storeys.typed"}


def test_every_folder_of_modules_is_a_package():
    """One without `__init__.py` would be no room at all to whoever counts the imports.

    Migrations are scripts, which Alembic runs from where they lie.
    """
    folders = {path.parent for path in MODULES if "migrations" not in path.parts}
    assert {folder for folder in folders if not (folder / "__init__.py").exists()} == set()


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_is_imported_only_where_it_is_at_home(engine: str, imports: grimp.ImportGraph):
    importers = imports.find_modules_that_directly_import(engine) if engine in imports.modules else set()
    assert {each for each in importers if not _within(each, ENGINES[engine])} == set()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_engine_is_reached_through_ibis(path: Path):
    if not _within(dotted(path), ENGINES["duckdb"]):
        assert [engine for engine in _engines_of_ibis(parsed(path)) if engine in ENGINES] == []


def test_only_the_command_line_knows_the_demo(imports: grimp.ImportGraph):
    rooms = imports.find_descendants("shuke.demo") | {"shuke.demo"}
    importers = {each for room in rooms for each in imports.find_modules_that_directly_import(room)}
    assert {each for each in importers - rooms if not _within(each, ("shuke.cli",))} == set()


def test_the_demo_knows_nothing_of_the_database_it_fills(imports: grimp.ImportGraph):
    ground = (
        "shuke.demo",
        "shuke.languages",
        "shuke.errors",
        "shuke.formats",
        "shuke.periods",
        "shuke.stats",
        "shuke.festivals",
    )
    imported = {
        each
        for room in imports.find_descendants("shuke.demo") | {"shuke.demo"}
        for each in imports.find_modules_directly_imported_by(room)
        if _within(each, ("shuke",))
    }
    assert {each for each in imported if not _within(each, ground)} == set()


@pytest.mark.parametrize("path", [each for each in MODULES if name(each) not in ENUMERATES], ids=name)
def test_no_import_hides_in_a_string(path: Path):
    called = {ast.unparse(node.func) for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)}
    assert called.isdisjoint({"__import__", "import_module", "importlib.import_module"})


def test_only_libraries_are_waited_for():
    waited = [getattr(lazy, each)._name for each in lazy.__all__]
    assert waited
    assert not [each for each in waited if _within(each, ("shuke",))]


def _within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def _engines_of_ibis(tree: ast.Module) -> Iterator[str]:
    """`duckdb` of `ibis.duckdb.connect()` and of `from ibis.backends.duckdb import Backend`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ibis":
            yield node.attr
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ibis.backends."):
            yield str(node.module).split(".")[2]
