"""Versions: which versions of a fitted model does the project keep, and which is in use?

data/models/<name>/000001/…      a version: a folder that never changes
data/models/<name>/current       the number in use; 0, and no file, is what is shipped
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.store import disk


@dataclass(frozen=True)
class Versions:
    """The versions of one model."""

    folder: Path
    work: Path

    def numbers(self) -> list[int]:
        """Those that the project has learnt, oldest first."""
        return sorted(int(path.name) for path in self.folder.glob("[0-9]*"))

    @property
    def current(self) -> int:
        pointer = self.folder / "current"
        return disk.number(pointer) if pointer.exists() else 0

    def at(self, number: int) -> Path:
        """The folder of a version; raises `WrongCall` when there is none."""
        if number not in self.numbers():
            known = ", ".join(map(str, [0, *self.numbers()]))
            raise WrongCall(
                N_("There is no version {number}. There are: {known}."), number=number, known=known
            )
        return self.folder / f"{number:06d}"

    def use(self, number: int) -> None:
        """Have the next build use a version; 0 is the shipped one."""
        if number:
            self.at(number)
        disk.replace(self.folder / "current", str(number).encode())

    @contextmanager
    def making(self) -> Iterator["VersionWriter"]:
        """Make a version; nothing of it is seen until `VersionWriter.keep`."""
        lock = disk.only_one(self.work / "models.lock", doing=N_("learning from"))
        with lock, disk.aside(self.work / "model") as folder:
            yield VersionWriter(self, folder, max(self.numbers(), default=0) + 1)


@dataclass(frozen=True)
class VersionWriter:
    """A version in the making: write into `version`, then `keep` it."""

    versions: Versions
    folder: Path
    number: int

    @property
    def version(self) -> Path:
        place = self.folder / "version"
        place.mkdir(exist_ok=True)
        return place

    @property
    def scratch(self) -> Path:
        return self.folder / "scratch"

    def keep(self) -> None:
        disk.publish(self.version, self.versions.folder / f"{self.number:06d}")
