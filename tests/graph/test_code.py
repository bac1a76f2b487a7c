"""The digest of code changes with every line that a module depends on, and with no other."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import shuke
from shuke.graph import code

PACKAGE = Path(shuke.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """As Python itself reads a file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, f"{path} imports relatively"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.partition(".")[0] == "shuke"}


def test_every_import_of_every_module_is_seen():
    for path in MODULES:
        assert imported(path) <= code.imported_names(path.read_text("utf-8")), path


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the package that a test may write into."""
    copy = shutil.copytree(PACKAGE, tmp_path / "shuke", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code, "_ROOT", copy)
    code._files.cache_clear()
    yield copy
    code._files.cache_clear()


@pytest.mark.parametrize(
    ("changed", "what", "differs"),
    [
        ("analyses/rfm.py", "analyses/rfm.py", True),
        ("stats.py", "analyses/survival.py", True),
        ("tables/people.py", "identity/identifiers.py", True),
        ("tables/contacts.py", "analyses/rfm.py", True),  # which `tables` itself finds by its name
        ("store/in_force.py", "graph/landed.py", True),
        ("engine/order.py", "graph/landed.py", True),
        ("views/overview.py", "analyses/rfm.py", False),
        ("analyses/baskets.py", "analyses/rfm.py", False),
    ],
)
def test_a_digest_follows_what_a_module_imports(copied, changed, what, differs):
    before = code.digest(copied / what)
    with (copied / changed).open("a", encoding="utf-8") as file:
        file.write("\n# another line\n")
    assert (code.digest(copied / what) != before) == differs


def test_what_lies_beside_a_module_and_is_no_code_counts_as_well(copied):
    before = code.digest(copied / "collect" / "infer" / "column_profiles.py")
    (copied / "collect" / "infer" / "column_profiles.toml").write_text("", "utf-8")
    assert code.digest(copied / "collect" / "infer" / "column_profiles.py") != before


def test_an_analysis_of_the_companys_own_is_read_where_it_lies(tmp_path):
    own = tmp_path / "cities.py"
    own.write_text("from shuke.tables import table\n", "utf-8")
    before = code.digest(own)
    own.write_text("from shuke.tables import table  # as ever\n", "utf-8")
    assert code.digest(own) != before
