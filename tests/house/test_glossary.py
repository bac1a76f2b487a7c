"""Glossary: do code and `docs/glossary.md` use the same words?"""

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.house.sources import MODULES, dotted, name, parsed

PAGE = (ROOT / "docs" / "glossary.md").read_text("utf-8")
TERMS, RETIRED_ROWS = PAGE.split("## Retired words")

#: term -> the code that it names
IN_CODE = {
    row.split(" | ")[0].strip("| "): re.findall(r"`(shuke[\w.]+)`", row.rsplit(" | ", 1)[1])
    for row in TERMS.splitlines()
    if row.startswith("| ") and "`shuke." in row
}
_WRITTEN = [
    word
    for row in RETIRED_ROWS.splitlines()
    if row.startswith("| `")
    for word in re.findall(r"`([\w…]+)`", row.split(" | ")[0])
]
RETIRED = {word for word in _WRITTEN if not word.endswith("…")}
RETIRED_PREFIXES = tuple(word.strip("…") for word in _WRITTEN if word.endswith("…"))

#: Public names that use a retired word for now, by module. The list only becomes shorter.
STILL: dict[str, set[str]] = {
    "collect/infer/evidence.py": {"said"},
    "collect/layouts.py": {"said"},
    "collect/preview.py": {"said"},
    "collect/shapes/items.py": {"said"},
    "collect/shapes/ledgers.py": {"said"},
    "collect/shapes/returns.py": {"said"},
    "collect/shapes/settlements.py": {"said"},
    "collect/shapes/wide.py": {"told"},
    "collect/sheets/isolated.py": {"said"},
    "collect/values/directions.py": {"deed"},
    "demo/goods.py": {"shelf"},
    "identity/cluster_conflicts.py": {"said"},
    "identity/estimates.py": {"crowd"},
    "identity/evaluation.py": {"said"},
    "models/inactivity.py": {"told"},
    "models/interests.py": {"crowd", "told"},
    "models/ranked_lists.py": {"crowd"},
    "store/accounts.py": {"said"},
    "views/explanation.py": {"told"},
    "views/labels.py": {"told"},
    "views/provenance.py": {"said_on"},
}

#: Classes of one name, and why.
SHARED_NAMES = {
    "_Backend": "each engine's own kind of Ibis's backend",
    "_Compiler": "each engine's own kind of Ibis's compiler",
}


def _words(identifier: str) -> set[str]:
    """The words of an identifier: RequestContext -> request, context."""
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier).lower().split("_"))


def _of_function(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    if not function.name.startswith("_"):
        yield function.name
        of = function.args
        yield from (each.arg for each in (*of.posonlyargs, *of.args, *of.kwonlyargs))


def _public(body: list[ast.stmt]) -> Iterator[str]:
    """What a module or a class offers by name: classes, functions and their parameters, fields, constants."""
    for each in body:
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _of_function(each)
        elif isinstance(each, ast.ClassDef) and not each.name.startswith("_"):
            yield each.name
            yield from _public(each.body)
        elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            yield each.target.id
        elif isinstance(each, ast.Assign):
            yield from (target.id for target in each.targets if isinstance(target, ast.Name))


def _retired(path: Path) -> set[str]:
    offered = {path.stem, *_public(parsed(path).body)}
    return {
        each
        for each in offered
        if not each.startswith("_") and (_words(each) & RETIRED or each.startswith(RETIRED_PREFIXES))
    }


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_public_name_uses_a_retired_word(path: Path):
    assert _retired(path) == STILL.get(name(path), set())


def test_the_glossary_names_terms_and_words():
    assert len(IN_CODE) > 50 and {"comparables", "whose", "doubt"} <= RETIRED and "kept_" in RETIRED_PREFIXES
    assert list(IN_CODE) == sorted(IN_CODE, key=str.lower)


@pytest.mark.parametrize("term", IN_CODE)
def test_a_term_that_names_code_is_found_there(term: str):
    for path in IN_CODE[term]:
        assert _exists(path), path


def _exists(path: str) -> bool:
    parts = path.split(".")
    for n in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:n]))
        except ModuleNotFoundError:
            continue
        for part in parts[n:]:
            if isinstance(found, type) and is_dataclass(found) and part in {f.name for f in fields(found)}:
                return True
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def test_a_name_that_is_nowhere_is_not_found():
    assert not _exists("shuke.graph.fingerprint.Thumbprint") and not _exists("shuke.nowhere.at_all")


def test_no_two_classes_share_a_name():
    places = defaultdict(list)
    for path in MODULES:
        for each in parsed(path).body:
            if isinstance(each, ast.ClassDef):
                places[each.name].append(dotted(path))
    assert {each for each, where in places.items() if len(where) > 1} == set(SHARED_NAMES), places
