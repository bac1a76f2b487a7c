"""Inbox: which files were dropped for which source, and where do they go once they have been read?

inbox/till/november.csv            dropped, and taken once nobody writes to it any more
inbox/till/done/november.csv       imported
inbox/till/failed/november.csv     not imported: november.csv.txt beside it says why
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shuke.errors import Unavailable
from shuke.languages import N_

#: So long a file must have stayed as it is.
SETTLED = timedelta(seconds=10)

#: Endings of what other programs are still writing.
_UNFINISHED = {".part", ".partial", ".filepart", ".crdownload", ".tmp"}


@dataclass(frozen=True)
class DroppedFile:
    """A file that somebody put into the folder of a source."""

    source: str
    path: Path


@dataclass
class Inbox:
    """A folder with a folder for each source."""

    folder: Path
    stuck: set[Path] = field(default_factory=set)  # what cannot be moved is not read again and again

    def settled(self, now: datetime) -> list[DroppedFile]:
        """The files that nobody writes to any more, by source and name."""
        return [
            file for file in self.dropped() if file.path not in self.stuck and _age(file.path, now) >= SETTLED
        ]

    def dropped(self) -> Iterator[DroppedFile]:
        """Every file that waits; hidden ones, unfinished ones and links do not."""
        if not self.folder.is_dir():
            return
        for source in sorted(self.folder.iterdir()):
            if source.is_dir() and not source.name.startswith("."):
                yield from (
                    DroppedFile(source.name, path) for path in sorted(source.iterdir()) if _waits(path)
                )

    def put_away(self, file: DroppedFile, *, why: str = "") -> Path:
        """Move a file that was read to `done`, or to `failed` with a word of why."""
        folder = file.path.parent / ("failed" if why else "done")
        try:
            folder.mkdir(exist_ok=True)
            place = _free(folder, file.path.name)
            file.path.replace(place)
            if why:
                place.with_name(f"{place.name}.txt").write_text(why + "\n", "utf-8")
        except OSError as error:
            self.stuck.add(file.path)
            raise Unavailable(
                N_("Files in the folder of {source} cannot be moved: {reason}"),
                source=file.source, reason=error.strerror,
            ) from None  # fmt: skip
        return place


def _waits(path: Path) -> bool:
    is_unfinished = path.suffix.lower() in _UNFINISHED or path.name.startswith((".", "~$"))
    return path.is_file() and not path.is_symlink() and not is_unfinished


def _age(path: Path, now: datetime) -> timedelta:
    """How long nobody has written to a file, whatever date a copy has of its original."""
    try:
        told = path.stat()
    except FileNotFoundError:
        return timedelta(0)
    return now - datetime.fromtimestamp(max(told.st_mtime, told.st_ctime), UTC)


def _free(folder: Path, name: str) -> Path:
    """A name that no other file has: november.csv, november-2.csv."""
    wanted, number = folder / name, 1
    while wanted.exists():
        number += 1
        wanted = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return wanted
