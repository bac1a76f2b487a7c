"""Builds: which customer database is in force, what was it made from, and what came before it?"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from shuke.errors import Damaged, UnknownTable, WrongCall
from shuke.languages import N_, translate
from shuke.store import disk, fingerprints
from shuke.store.fingerprints import Fingerprint


@dataclass(frozen=True, kw_only=True)
class Made:
    """One table of a build. `failed` holds the reason why it has no rows, where it failed."""

    rows: int
    seconds: float
    failed: str | None = None
    files: dict[str, Fingerprint] = field(default_factory=dict)  # nothing where an older version built it

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Made":
        return cls(**{**value, "files": fingerprints.from_json(value.get("files", {}))})


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Everything that a build is a function of, and what it holds."""

    number: int
    as_of: date
    looks_back: bool  # asked for a day other than the newest: it sends nothing and flips nothing
    built_at: datetime
    engine: str
    version: str
    settings: str  # digest
    batches: tuple[str, ...]
    currency: str
    zone: str
    tables: dict[str, Made] = field(default_factory=dict)
    analyses: dict[str, str] = field(default_factory=dict)  # the company's own: file name -> digest
    models: dict[str, int] = field(default_factory=dict)  # what was fitted: name -> version
    way: str = ""  # digest of how who is who was found out
    late: dict[str, float] = field(default_factory=dict)  # see `in_force.delays`, in seconds
    key: str = ""  # which key of the project its ids were made with, as `access.secret.mark` tells

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Manifest":
        read = {
            "as_of": date.fromisoformat(value["as_of"]),
            "built_at": datetime.fromisoformat(value["built_at"]),
            "batches": tuple(value["batches"]),
            "tables": {name: Made.from_json(made) for name, made in value["tables"].items()},
        }
        return cls(**{**value, **read})


@dataclass(frozen=True)
class Build:
    """A finished build; its files never change."""

    folder: Path
    manifest: Manifest

    @property
    def number(self) -> int:
        return self.manifest.number

    def path(self, table: str) -> Path:
        """The folder of a table's Parquet files."""
        if table not in self.manifest.tables:
            if near := get_close_matches(table, self.manifest.tables, n=3):
                raise UnknownTable(
                    N_("No table is named {table} in build {number}. Is it: {near}?"),
                    table=table, number=self.number, near=", ".join(near),
                )  # fmt: skip
            raise UnknownTable(
                N_("No table is named {table} in build {number}. There are: {tables}."),
                table=table, number=self.number, tables=", ".join(sorted(self.manifest.tables)),
            )  # fmt: skip
        return self.folder / table

    def is_alike(self, other: "Build", table: str) -> bool:
        """Whether both wrote the very same files of a table; files that are unlike may say the same."""
        mine, theirs = (
            sorted(file.sha256 for file in build.manifest.tables[table].files.values())
            for build in (self, other)
        )
        return bool(mine) and mine == theirs

    def faults(self, *, thorough: bool = False) -> Iterator[Damaged]:
        """What of its tables is gone, or is not what was written; see `fingerprints.fault`."""
        for table, made in self.manifest.tables.items():
            folder = self.folder / table
            there = {path.name for path in folder.glob("*.parquet")}
            if not (made.failed or there):
                yield self._damaged(table, N_("it is gone"))
            for name in sorted(there | set(made.files)) if made.files else ():
                if wrong := fingerprints.fault(folder / name, made.files.get(name), thorough=thorough):
                    yield self._damaged(f"{table}/{name}", wrong)

    def _damaged(self, what: str, wrong: str) -> Damaged:
        return Damaged(
            N_(
                "Build {number} is damaged ({what}: {wrong}). Put an older one in force with "
                "`shuke doctor --repair`, or build anew after that."
            ),
            number=self.number, what=what, wrong=translate(wrong),
        )  # fmt: skip


@dataclass(frozen=True)
class Builds:
    """The builds of a project and the pointer to the one in force."""

    folder: Path
    work: Path
    kept: int = 7

    def numbers(self) -> list[int]:
        """The builds that are whole, oldest first."""
        return sorted(int(path.parent.name) for path in self.folder.glob("[0-9]*/manifest.json"))

    def open(self, number: int) -> Build:
        folder = self.folder / f"{number:06d}"
        path = folder / "manifest.json"
        if not path.exists():
            raise WrongCall(N_("There is no build {number}."), number=number)
        with disk.intact(path):
            return Build(folder, Manifest.from_json(disk.read_json(path)))

    @property
    def pointed(self) -> bool:
        """Whether any build is in force."""
        return (self.folder / "current").exists()

    def current(self) -> Build:
        """The build that readers should open now."""
        pointer = self.folder / "current"
        if not self.pointed:
            if self.numbers():
                raise Damaged(N_("Builds are kept, but none is in force. Run: shuke doctor --repair"))
            raise WrongCall(N_("Nothing has been built yet. Import something, then run: shuke build"))
        number = disk.number(pointer)
        if number not in self.numbers():
            folder = self.folder / f"{number:06d}"
            raise Damaged.at(folder / "manifest.json" if folder.exists() else pointer)
        return self.open(number)

    def batches(self) -> set[str]:
        """All that any of the builds that are kept was made from, as far as their manifests can be read."""
        found: set[str] = set()
        for number in self.numbers():
            with suppress(Damaged, WrongCall):
                found.update(self.open(number).manifest.batches)
        return found

    def point(self, number: int) -> Build:
        """Put a build in force: the next reader opens it."""
        with self._pointing():
            build = self.open(number)
            disk.replace(self.folder / "current", str(number).encode())
            return build

    @contextmanager
    def making(self) -> Iterator["Making"]:
        """Make a build; nothing of it is seen until `Making.finish`."""
        lock = disk.only_one(self.work / "builds.lock", doing=N_("building"))
        with lock, disk.aside(self.work / "build") as folder:
            taken = [int(path.name) for path in self.folder.glob("[0-9]*")]
            yield Making(self, folder, max(taken, default=0) + 1)

    def prune(self, *, read: Build | None = None) -> None:
        """Drop the oldest builds beyond those kept; never the one in force.

        Nor the one that was `read` until now, so that whoever has begun with it comes to the end.
        """
        with self._pointing():
            stay = {self.current().number, *([read.number] if read else [])}
            for number in self.numbers()[: -self.kept]:
                if number not in stay:
                    with disk.aside(self.work / "dropped") as dropped:
                        # One rename first: a build that is half deleted must not be seen.
                        os.rename(self.folder / f"{number:06d}", dropped / "build")

    def _pointing(self) -> AbstractContextManager[None]:
        """Nobody puts a build in force while another drops it."""
        return disk.only_one(self.work / "current.lock", doing=N_("changing the build in force of"))


@dataclass(frozen=True)
class Making:
    """A build in the making."""

    builds: Builds
    folder: Path
    number: int

    @property
    def tables(self) -> Path:
        place = self.folder / "tables"
        place.mkdir(exist_ok=True)
        return place

    @property
    def scratch(self) -> Path:
        return self.folder / "scratch"

    def finish(self, manifest: Manifest) -> Build:
        """Make the build durable under its number; it is not yet in force."""
        made = {name: replace(each, files=self._written(name)) for name, each in manifest.tables.items()}
        disk.write_json(self.tables / "manifest.json", asdict(replace(manifest, tables=made)))
        disk.publish(self.tables, self.builds.folder / f"{self.number:06d}")
        return self.builds.open(self.number)

    def _written(self, table: str) -> dict[str, Fingerprint]:
        pieces = sorted((self.tables / table).glob("*.parquet"))
        return {path.name: fingerprints.of(path) for path in pieces}
