"""Table store: which finished tables stand, whichever builds they belong to?

data/builds/tables/<table>.<fingerprint>/*.parquet

The folder of a table appears whole, by one rename, and never changes. Builds name their tables; a table that
no build names any more is garbage.
"""

import os
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from shuke.store import content, disk
from shuke.store.content import Content


@dataclass(frozen=True)
class TableStore:
    """The finished tables of a project."""

    folder: Path
    work: Path

    def path(self, table: str, fingerprint: str) -> Path:
        return self.folder / f"{table}.{fingerprint}"

    def keep(self, table: str, fingerprint: str, made: Path) -> dict[str, Content]:
        """Move the folder of a table into its place; returns what its files are."""
        place = self.path(table, fingerprint)
        if place.exists():  # damaged, or it would not have been made again
            self._drop(place)
        files = contents(made)
        disk.publish(made, place)
        return files

    def collect(self, named: Container[Path]) -> None:
        """Drop every table that is not named. Nobody may be making one meanwhile."""
        for place in list(self._places()):
            if place not in named:
                self._drop(place)

    def _places(self) -> Iterator[Path]:
        return self.folder.glob("*.*")

    def _drop(self, place: Path) -> None:
        # One rename first: a table that is half deleted must not be seen.
        with disk.aside(self.work / "dropped") as dropped:
            os.rename(place, dropped / "table")


def contents(folder: Path) -> dict[str, Content]:
    """What the files of a table are."""
    return {path.name: content.of(path) for path in sorted(folder.glob("*.parquet"))}
