"""Builds: which customer database is in force, what was it made from, and what came before it?"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from shuke.errors import Damaged, UnknownTable, WrongCall
from shuke.languages import N_, translate
from shuke.store import disk, file_records
from shuke.store.file_records import FileRecord
from shuke.store.table_store import TableStore, contents, place


@dataclass(frozen=True, kw_only=True)
class LearntFrom:
    """What a table was learnt from that stays as it is while little comes; see `graph.learnt`."""

    as_of: date
    rows: int  # of the canonical tables that it comes from
    batches: int  # of all
    digest: str  # of which these were, and of what else was known of people

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "LearntFrom":
        return cls(**{**value, "as_of": date.fromisoformat(value["as_of"])})


@dataclass(frozen=True, kw_only=True)
class TableRecord:
    """One table of a build. `failed` holds the reason why it has no rows, where it failed.

    An older version built what has no `files` or no `fingerprint`. What failed by chance has neither.
    """

    rows: int
    seconds: float  # that it took when it was made
    failed: str | None = None
    files: dict[str, FileRecord] = field(default_factory=dict)
    fingerprint: str = ""  # of all that its rows are a function of
    recipe: str = ""  # of the code, the libraries and the answers alone
    build: int = 0  # in which it was made
    learnt: LearntFrom | None = None

    @classmethod
    def of(cls, files: dict[str, FileRecord], **further: Any) -> "TableRecord":
        """A table of which these are the files."""
        return cls(rows=sum(file.rows for file in files.values()), files=files, **further)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "TableRecord":
        learnt = value.get("learnt")
        read = {
            "files": file_records.from_json(value.get("files", {})),
            "learnt": LearntFrom.from_json(learnt) if learnt else None,
        }
        return cls(**{**value, **read})


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
    tables: dict[str, TableRecord] = field(default_factory=dict)
    analyses: dict[str, str] = field(default_factory=dict)  # the company's own: file name -> digest
    models: dict[str, int] = field(default_factory=dict)  # what was fitted: name -> version
    late: dict[str, float] = field(default_factory=dict)  # see `in_force.delays`, in seconds
    key: str = ""  # which key of the project its ids were made with, as `access.secret.mark` tells
    made_from: str = ""  # a digest of all that it is a function of, but for the build before
    looked_at: dict[str, str] = field(default_factory=dict)  # tables of that one -> their fingerprints

    def day_of(self, table: str) -> date:
        """The day that a table looks from: an earlier one where it was learnt in a build before."""
        made = self.tables.get(table)
        return made.learnt.as_of if made and made.learnt else self.as_of

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Manifest":
        read = {
            "as_of": date.fromisoformat(value["as_of"]),
            "built_at": datetime.fromisoformat(value["built_at"]),
            "batches": tuple(value["batches"]),
            "tables": {name: TableRecord.from_json(made) for name, made in value["tables"].items()},
        }
        known = {name: told for name, told in value.items() if name in cls.__dataclass_fields__}
        return cls(**{**known, **read})


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
        made = self.manifest.tables[table]
        if not made.fingerprint:
            return self.folder / table
        return place(self.folder.parent, table, made.fingerprint)

    def is_alike(self, other: "Build", table: str) -> bool:
        """Whether both wrote the very same files of a table; files that are unlike may say the same."""
        mine, theirs = (
            sorted(file.sha256 for file in build.manifest.tables[table].files.values())
            for build in (self, other)
        )
        return bool(mine) and mine == theirs

    def faults(self, *, thorough: bool = False) -> Iterator[Damaged]:
        """What of its tables is gone, or is not what was written; see `content.fault`."""
        return (error for _, error in self.damaged(thorough=thorough))

    def damaged(self, *, thorough: bool = False) -> Iterator[tuple[str, Damaged]]:
        """Its tables that have faults, each with every one of them."""
        for table, made in self.manifest.tables.items():
            folder = self.path(table)
            there = {path.name for path in folder.glob("*.parquet")}
            if not (made.failed or there):
                yield table, self._damaged(table, N_("it is gone"))
            for name in sorted(there | set(made.files)) if made.files else ():
                if wrong := file_records.fault(folder / name, made.files.get(name), thorough=thorough):
                    yield table, self._damaged(f"{table}/{name}", wrong)

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

    @property
    def tables(self) -> TableStore:
        return TableStore(self.folder, self.work)

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
                raise Damaged(N_("There are builds, but none is current. Run: shuke doctor --repair"))
            raise WrongCall(N_("Nothing has been built yet. Import something, then run: shuke build"))
        number = disk.number(pointer)
        if number not in self.numbers():
            folder = self.folder / f"{number:06d}"
            raise Damaged.at(folder / "manifest.json" if folder.exists() else pointer)
        return self.open(number)

    @property
    def flipped(self) -> int:
        """The newest build by whose findings alerts were opened and closed; 0 where that is not known."""
        with suppress(OSError, ValueError):
            return int((self.folder / "flipped").read_text("ascii"))
        return 0

    def note_flipped(self, number: int) -> None:
        disk.replace(self.folder / "flipped", str(number).encode())

    def batches(self) -> set[str]:
        """All that any of the builds that are kept was made from, as far as their manifests can be read."""
        found: set[str] = set()
        for number in self.numbers():
            with suppress(Damaged, WrongCall):
                found.update(self.open(number).manifest.batches)
        return found

    def point(self, number: int) -> Build:
        """Put a current build: the next reader opens it."""
        with self.pointing():
            build = self.open(number)
            disk.replace(self.folder / "current", str(number).encode())
            return build

    @contextmanager
    def making(self) -> Iterator["BuildWriter"]:
        """Make a build; nothing of it is seen until `BuildWriter.finish`."""
        lock = disk.only_one(self.work / "builds.lock", doing=N_("building"))
        with lock, disk.aside(self.work / "build") as folder:
            taken = [int(path.name) for path in self.folder.glob("[0-9]*")]
            yield BuildWriter(self, folder, max(taken, default=0) + 1)

    def pointing(self) -> AbstractContextManager[None]:
        """Nobody puts a current build while another drops it."""
        return disk.only_one(self.work / "current.lock", doing=N_("changing the current build of"))


@dataclass(frozen=True)
class BuildWriter:
    """A build in the making."""

    builds: Builds
    folder: Path
    number: int

    @property
    def scratch(self) -> Path:
        return self.folder / "scratch"

    def standing(self, table: str, fingerprint: str) -> TableRecord | None:
        """A table that need not be made again: of a build that is kept, or of one that came to no end."""
        folder = self.builds.tables.path(table, fingerprint)
        known = self._known.get((table, fingerprint))
        if known and (
            known.failed or not any(file_records.fault(folder / n, w) for n, w in known.files.items())
        ):
            return known
        if known or not folder.exists():
            return None
        return TableRecord.of(contents(folder), seconds=0.0, fingerprint=fingerprint, build=self.number)

    def keep(self, table: str, folder: Path, *, fingerprint: str, **further: Any) -> TableRecord:
        """Make a finished table durable, by which it stands for the next build even if this one fails."""
        files = self.builds.tables.keep(table, fingerprint, folder)
        return TableRecord.of(files, fingerprint=fingerprint, build=self.number, **further)

    @cached_property
    def _known(self) -> dict[tuple[str, str], TableRecord]:
        found: dict[tuple[str, str], TableRecord] = {}
        for number in self.builds.numbers():
            with suppress(Damaged):
                tables = self.builds.open(number).manifest.tables
                found |= {(name, made.fingerprint): made for name, made in tables.items() if made.fingerprint}
        return found

    def prune(self, *, read: Build | None = None) -> None:
        """Drop the oldest builds beyond those kept, and the tables of no build; never the current build.

        Nor the one that was `read` until now, so that whoever has begun with it comes to the end. Only who
        makes a build may drop tables, for those in the making belong to no build yet.
        """
        builds = self.builds
        with builds.pointing():
            stay = {builds.current().number, *([read.number] if read else [])}
            for number in builds.numbers()[: -builds.kept]:
                if number not in stay:
                    with disk.aside(builds.work / "dropped") as dropped:
                        # One rename first: a build that is half deleted must not be seen.
                        os.rename(builds.folder / f"{number:06d}", dropped / "build")
            with suppress(Damaged):  # what a build names that cannot be read, nobody knows
                builds.tables.collect(self._named())

    def _named(self) -> set[Path]:
        """The folders of all tables of all builds."""
        every = map(self.builds.open, self.builds.numbers())
        return {build.path(table) for build in every for table in build.manifest.tables}

    def finish(self, manifest: Manifest) -> Build:
        """Make the build durable under its number; it is not yet in force."""
        aside = disk.private(self.folder / "build")
        disk.write_json(aside / "manifest.json", asdict(manifest))
        disk.publish(aside, self.builds.folder / f"{self.number:06d}")
        return self.builds.open(self.number)
