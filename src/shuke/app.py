"""App: what does an open project consist of?

It opens the resources; the verbs are functions elsewhere that take a `Project`.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

import ibis.expr.types as ir
import pandas as pd

from shuke import settings as settings_file
from shuke.access.secret import project_key
from shuke.engine import Engine, open_engine
from shuke.engine.reader import Reader
from shuke.errors import UnknownProject, WrongCall
from shuke.identity.pseudonyms import Pseudonym
from shuke.languages import N_
from shuke.settings import FILE, Settings
from shuke.store import disk
from shuke.store.builds import Build, Builds
from shuke.store.landing import Landing
from shuke.store.operations import Operations, open_operations
from shuke.store.versions import Versions


@dataclass(frozen=True)
class Opened:
    """A build that a reader holds on to."""

    build: Build
    reader: Reader

    def table(self, name: str) -> ir.Table:
        self.build.path(name)  # says so when there is none of that name
        if reason := self.build.manifest.tables[name].failed:
            raise WrongCall(N_("Table {table} could not be made: {reason}"), table=name, reason=reason)
        return self.reader.table(name)


@dataclass(frozen=True)
class Project:
    """A company's folder and what stands in it."""

    root: Path
    settings: Settings

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def mappings(self) -> Path:
        return self.root / "mappings"

    @property
    def work(self) -> Path:
        return self.data / "aside"

    @cached_property
    def landing(self) -> Landing:
        return Landing(self.data / "landing", self.work)

    @cached_property
    def builds(self) -> Builds:
        return Builds(self.data / "builds", self.work, self.settings.builds_kept)

    @property
    def models(self) -> Versions:
        """The versions of the model of identity."""
        return Versions(self.data / "models" / "identity", self.work)

    @cached_property
    def operations(self) -> Operations:
        disk.private(self.data)
        return open_operations(self.settings.database or self.data / "operations.db")

    @cached_property
    def key(self) -> bytes:
        """What makes the cookies and keyed digests of this project its own."""
        return project_key(self.data / "key")

    @cached_property
    def pseudonym(self) -> Pseudonym:
        return Pseudonym.keyed(self.key)

    def engine(self, *, scratch: Path, name: str | None = None) -> Engine:
        return open_engine(name or self.settings.engine, scratch=scratch, memory=self.settings.memory)

    def open(self, number: int | None = None) -> Opened:
        """The build in force, or that of a number; the last few opened are kept for the next who asks."""
        build = self.builds.current() if number is None else self.builds.open(number)
        with _OPENING:
            opened = self._opened.get(build.number)
            if opened is None:
                opened = Opened(build, _reader(build))
                if len(self._opened) > 3:  # whoever still reads the oldest holds on to it
                    self._opened.pop(next(iter(self._opened)))
                self._opened[build.number] = opened
        return opened

    def table(self, name: str) -> pd.DataFrame:
        """A table of the build in force, for a notebook."""
        frame: pd.DataFrame = self.open().table(name).to_pandas()
        return frame

    @cached_property
    def _opened(self) -> dict[int, Opened]:
        return {}


#: Whoever comes while a build is being opened waits for that rather than open it as well.
_OPENING = Lock()


def _reader(build: Build) -> Reader:
    made = build.manifest.tables
    return Reader({name: build.path(name) for name in made if not made[name].failed})


def open_project(root: Path | str = ".") -> Project:
    """Open the project that `root` stands in: that folder or the nearest one above it."""
    start = Path(root).resolve()
    for folder in (start, *start.parents):
        if (folder / FILE).exists():
            return Project(folder, settings_file.load(folder))
    raise UnknownProject(
        N_("There is no {file} in {folder} or above it. Make a project with: shuke init"),
        file=FILE,
        folder=start,
    )


def init(root: Path | str, settings: Settings) -> Project:
    """Make a project in a new or empty folder."""
    folder = Path(root).resolve()
    if (folder / FILE).exists():
        raise WrongCall(N_("{folder} is a project already."), folder=folder)
    # It may name a database and how one gets in.
    disk.replace(folder / FILE, settings_file.written(settings).encode())
    project = open_project(folder)
    # Whoever copies the project, even before anything is in it, copies the key.
    project_key(project.data / "key")
    return project
