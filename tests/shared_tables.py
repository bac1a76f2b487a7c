"""Tables that one test has made stand for every other that asks for the same.

A fingerprint vouches for the rows, in tests as for companies: most tests build a few people and lines that
others have built before them, and look at four of sixty tables. The workers of a run share one folder, in
which a table appears whole. A test that changes what a table's function does, of which no fingerprint knows,
or that holds two ways of making a table against each other, asks for `alone`.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from shuke.store.builds import BuildWriter, TableRecord
from shuke.store.table_store import contents


class SharedTables:
    """The tables of a run of tests, by name and fingerprint."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used = True
        self.kept, self.standing = BuildWriter.keep, BuildWriter.standing

    @contextmanager
    def unused(self) -> Iterator[None]:
        """Nothing that others have made stands, and nothing that is made here stands for them."""
        self.used = False
        try:
            yield
        finally:
            self.used = True

    def keep(self, making: BuildWriter, table: str, folder: Path, **told: object) -> TableRecord:
        place = self.folder / f"{table}.{told['fingerprint']}"
        if self.used and not place.exists():
            aside = self.folder / f".{uuid4().hex}"
            shutil.copytree(folder, aside)
            try:
                aside.rename(place)
            except OSError:  # another worker was faster
                shutil.rmtree(aside)
        return self.kept(making, table, folder, **told)  # type: ignore[arg-type]

    def stands(self, making: BuildWriter, table: str, fingerprint: str) -> TableRecord | None:
        found = self.standing(making, table, fingerprint)
        place = self.folder / f"{table}.{fingerprint}"
        if found or not self.used or not place.exists():
            return found
        folder = making.folder / "shared" / table
        shutil.copytree(place, folder)
        files = contents(folder)
        return self.kept(making, table, folder, fingerprint=fingerprint, seconds=0.0) if files else None


@pytest.fixture(scope="session", autouse=True)
def shared_tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedTables]:
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared-tables"
    folder.mkdir(exist_ok=True)
    shared = SharedTables(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BuildWriter, "keep", _method(shared.keep))
        patch.setattr(BuildWriter, "standing", _method(shared.stands))
        yield shared


@pytest.fixture
def alone(shared_tables: SharedTables) -> Iterator[None]:
    """For one test."""
    with shared_tables.unused():
        yield


def _method(function: Callable[..., TableRecord | None]) -> Callable[..., TableRecord | None]:
    """A function that a class hands its object to."""

    def method(*given: object, **told: object) -> TableRecord | None:
        return function(*given, **told)

    return method
