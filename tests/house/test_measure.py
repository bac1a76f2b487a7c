"""Measure: is each module one noun, of a size that one can read?"""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.house.sources import MODULES, PACKAGE, name, parsed

LINES_OF_A_MODULE = 400
LINES_OF_A_FUNCTION = 60
VAGUE = {"base", "common", "core", "helper", "helpers", "manager", "misc", "shared", "util", "utils"}

TESTS = sorted((ROOT / "tests").rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_opens_with_the_question_that_it_answers(path: Path):
    tree = parsed(path)
    opening = (ast.get_docstring(tree) or "").partition("\n")[0]
    if path.name == "__init__.py":
        assert opening or not tree.body, "a package that holds code says what it is"
    elif "migrations" in path.parts:
        assert opening, "a migration says what it changes"
    else:
        assert opening.endswith("?"), f"the first line asks nothing: {opening!r}"


@pytest.mark.parametrize("path", MODULES + TESTS, ids=name)
def test_a_module_fits_in_a_reading(path: Path):
    assert len(path.read_text("utf-8").splitlines()) <= LINES_OF_A_MODULE


@pytest.mark.parametrize("path", MODULES + TESTS, ids=name)
def test_a_function_fits_on_a_screen(path: Path):
    long = {
        node.name: lines
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := _lines_of_body(node)) > LINES_OF_A_FUNCTION
    }
    assert long == {}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_named_for_what_it_holds(path: Path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    assert VAGUE.isdisjoint(part.strip("_") for part in parts)


def _lines_of_body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How long it is from its first statement; what it says of itself is free."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
