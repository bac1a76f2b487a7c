"""Which tables does a build make for tests that look at who is who and at purchases?

A build plans sixty tables, and most tests look at four of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shuke.graph import catalogue
from shuke.tables import Derived

#: What a build reads itself when it lands its ids, and what people and purchases are.
FEW = ("customer_ids", "identity_history", "customers", "purchases")


@contextmanager
def only(*names: str) -> Iterator[None]:
    """Builds make these tables, what they are made from, and a company's own; nothing else."""
    every = catalogue.wanted

    def wanted(root: Path, analyses: tuple[str, ...] | None) -> dict[str, Derived]:
        tables = every(root, analyses)
        own = set(tables) - set(catalogue.derived())
        kept = catalogue.needed(tables, {*names, *own}, given=())
        return {name: step for name, step in tables.items() if name in kept}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "wanted", wanted)
        yield


@pytest.fixture(scope="module")
def few_tables() -> Iterator[None]:
    """For all tests of a file."""
    with only(*FEW):
        yield


@pytest.fixture
def few() -> Iterator[None]:
    """For one test among others that want more."""
    with only(*FEW):
        yield


@pytest.fixture
def few_and_lapsing() -> Iterator[None]:
    """For a test that wants a rule that warns, and no other."""
    with only(*FEW, "lapsing"):
        yield
