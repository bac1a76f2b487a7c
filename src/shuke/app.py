"""App: what does an open project consist of?

It opens the resources; the verbs are functions elsewhere that take a `Project`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from shuke import settings as settings_file
from shuke.access.secret import KEY_GONE, mark, project_key
from shuke.errors import Damaged, UnknownProject, WrongCall
from shuke.identity.models import SHIPPED, Model
from shuke.identity.pseudonyms import Pseudonym
from shuke.languages import N_
from shuke.lazy import ir, pd
from shuke.recent import Recent
from shuke.settings import FILE, Settings
from shuke.store import disk, wholeness
from shuke.store.builds import Build, Builds
from shuke.store.landing import Landing
from shuke.store.operations import Operations, open_operations
from shuke.store.versions import Versions

if TYPE_CHECKING:
    from shuke.engine import Engine
    from shuke.engine.reader import Reader

T = TypeVar("T")

#: So much is kept of a build.
MAX_CACHED = 1000


@dataclass(frozen=True)
class Opened:
    """A build that a reader holds on to."""

    build: Build
    reader: Reader
    _recent: Recent = field(default_factory=lambda: Recent(MAX_CACHED), repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What does not change while the build stands, such as a count; made when it is first asked for."""
        return self._recent.cached(key, make)

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

    def model(self, version: int | None = None) -> Model:
        """A version of the model of identity; the one in use where none is named."""
        number = self.models.current if version is None else version
        if number == SHIPPED:
            return Model()
        path = self.models.at(number) / "model.json"
        with disk.intact(path):
            return Model.from_json(disk.read_json(path))

    @cached_property
    def operations(self) -> Operations:
        disk.private(self.data)
        return open_operations(self.database, anew=not self.has_history)

    @property
    def database(self) -> str | Path:
        """Where the operations database is: a URL, or a file."""
        return self.settings.database or self.data / "operations.db"

    @property
    def has_history(self) -> bool:
        """Whether anything has landed or was built: then there was an operations database."""
        return any(next(self.data.glob(f"{kind}/[0-9]*"), None) for kind in ("landing", "builds"))

    def found_whole(self) -> Build | None:
        """The current build, once it, the key and all that landed are found as they were left."""
        build = self.builds.current() if self.builds.pointed else None
        wholeness.check(self.landing, known=build.manifest.batches if build else ())
        for fault in build.faults() if build else ():
            raise fault
        if build and build.manifest.key not in ("", mark(self.key)):
            raise Damaged(
                N_(
                    "data/key is not the key that build {number} was made with. Restore the right one "
                    "from a backup."
                ),
                number=build.number,
            )
        return build

    @cached_property
    def key(self) -> bytes:
        """What makes the cookies and keyed digests of this project its own."""
        path = self.data / "key"
        if not path.exists() and self._is_keyed:
            raise Damaged(KEY_GONE)
        return project_key(path)

    @property
    def _is_keyed(self) -> bool:
        """Whether what has landed was landed by a version that had the key made before."""
        receipts = (folder / "receipt.json" for folder in self.landing.batches())
        return any(b'"sha256"' in path.read_bytes() for path in receipts if path.exists())

    @cached_property
    def pseudonym(self) -> Pseudonym:
        return Pseudonym.keyed(self.key)

    def engine(self, *, scratch: Path, name: str | None = None) -> Engine:
        from shuke.engine import open_engine  # DuckDB and Ibis, for who computes something

        return open_engine(name or self.settings.engine, scratch=scratch, memory=self.settings.memory)

    def open(self, number: int | None = None) -> Opened:
        """The current build, or that of a number; the last few opened are kept for the next who asks."""
        build = self.builds.current() if number is None else self.builds.open(number)
        with _OPENING:
            opened = self._opened.get(build.number)
            if opened is None:
                for fault in build.faults():
                    raise fault
                opened = Opened(build, _reader(build))
                if len(self._opened) > 3:  # whoever still reads the oldest holds on to it
                    self._opened.pop(next(iter(self._opened)))
                self._opened[build.number] = opened
        return opened

    def table(self, name: str) -> pd.DataFrame:
        """A table of the current build, for a notebook."""
        frame: pd.DataFrame = self.open().table(name).to_pandas()
        return frame

    @cached_property
    def _opened(self) -> dict[int, Opened]:
        return {}


#: Whoever comes while a build is being opened waits for that rather than open it as well.
_OPENING = Lock()


def _reader(build: Build) -> Reader:
    from shuke.engine.reader import Reader  # as above, for who looks at rows

    made = build.manifest.tables
    return Reader({name: build.path(name) for name in made if not made[name].failed})


def open_project(root: Path | str = ".") -> Project:
    """Open the project that `root` stands in: that folder or the nearest one above it."""
    start = Path(root).resolve()
    for folder in (start, *start.parents):
        if (folder / FILE).exists():
            return Project(folder, settings_file.load(folder))
    raise UnknownProject(
        N_("There is no {file} in {folder} or above it. Create a project with: shuke init"),
        file=FILE,
        folder=start,
    )


def init(root: Path | str, settings: Settings) -> Project:
    """Make a project in a new or empty folder."""
    folder = Path(root).resolve()
    if (folder / FILE).exists():
        raise WrongCall(N_("{folder} is already a project."), folder=folder)
    # It may name a database and how one gets in.
    disk.replace(folder / FILE, settings_file.written(settings).encode())
    project = open_project(folder)
    # Whoever copies the project, even before anything is in it, copies the key; and where later there is no
    # operations database, it is lost, not yet to be made.
    project_key(project.data / "key")
    project.operations.close()
    return project
