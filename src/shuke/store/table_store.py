"""Table store: which finished tables stand, whichever builds they belong to?

data/builds/tables/<table>.<fingerprint>/*.parquet

The folder of a table appears whole, by one rename, and never changes. Builds name their tables; a table that
no build names any more is garbage.
"""

import os
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from shuke.store import disk, file_records
from shuke.store.file_records import FileRecord

#: Where the tables of all builds lie, beside the builds.
TABLES = "tables"


def place(builds: Path, table: str, fingerprint: str) -> Path:
    """The folder of a table, where the builds of a project lie in `builds`."""
    return builds / TABLES / f"{table}.{fingerprint}"


@dataclass(frozen=True)
class TableStore:
    """The finished tables of a project, whose builds lie in `builds`."""

    builds: Path
    work: Path

    @property
    def folder(self) -> Path:
        return self.builds / TABLES

    def path(self, table: str, fingerprint: str) -> Path:
        return place(self.builds, table, fingerprint)

    def keep(self, table: str, fingerprint: str, made: Path) -> dict[str, FileRecord]:
        """Move the folder of a table into its place; returns what its files are."""
        target = self.path(table, fingerprint)
        if target.exists():  # damaged, or it would not have been made again
            self._drop(target)
        files = contents(made)
        disk.publish(made, target)
        return files

    def collect(self, named: Container[Path]) -> None:
        """Drop every table that is not named. Nobody may be making one meanwhile."""
        for folder in list(self.folder.glob("*.*")):
            if folder not in named:
                self._drop(folder)

    def _drop(self, folder: Path) -> None:
        # One rename first: a table that is half deleted must not be seen.
        with disk.aside(self.work / "dropped") as dropped:
            os.rename(folder, dropped / "table")


def contents(folder: Path) -> dict[str, FileRecord]:
    """What the files of a table are."""
    return {path.name: file_records.of(path) for path in sorted(folder.glob("*.parquet"))}
