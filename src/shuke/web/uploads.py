"""Uploads: where do files wait that somebody has sent and not yet imported?"""

import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import UploadFile

from shuke.app import Project
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.store import disk

WAITS = 24 * 60 * 60  # seconds; then nobody will come back for it

_TOKEN = re.compile(r"[0-9a-f]{32}")
_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_LONGEST_NAME = 200  # bytes; file systems take 255, and a number may have to be added


#: Whoever settles an upload has it for themselves; two uploads seldom have one lock.
_LOCKS = tuple(threading.Lock() for _ in range(64))


@dataclass(frozen=True)
class Upload:
    """Files under a name that cannot be guessed."""

    token: str
    folder: Path

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir())

    def drop(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def keep(project: Project, sent: Iterable[UploadFile]) -> Upload:
    """Put files aside until they are imported; drops what has waited too long."""
    files = [file for file in sent if file.filename]
    if not files:
        raise WrongCall(N_("Choose a file first."))
    _sweep(project)
    upload = Upload(token := secrets.token_hex(16), _place(project) / token)
    disk.private(upload.folder)
    for file in files:
        with disk.new(_free(upload.folder / name_of(file.filename or ""))) as copy:
            shutil.copyfileobj(file.file, copy)
    return upload


@contextmanager
def waiting(project: Project, token: str) -> Iterator[Upload]:
    """The files of a token, which nobody else imports or drops meanwhile."""
    with _LOCKS[hash(token) % len(_LOCKS)]:
        folder = _place(project) / token
        if not _TOKEN.fullmatch(token) or not folder.is_dir():
            raise WrongCall(
                N_(
                    "These files are no longer waiting: they were imported or have expired. Check the "
                    "imports, or choose the files again."
                )
            )
        yield Upload(token, folder)


def name_of(sent: str) -> str:
    """The name that a browser gives, as it may stand in a folder.

    name_of("till 3月.csv")     "till 3月.csv"
    name_of("../../etc/passwd")  "passwd"
    """
    last = re.split(r"[/\\]", sent)[-1]
    plain = _NOT_IN_A_NAME.sub("_", last).lstrip(".").strip()
    # Its end says what kind of file it is.
    return plain.encode(errors="replace")[-_LONGEST_NAME:].decode(errors="ignore").lstrip(". ") or "file"


def _free(path: Path) -> Path:
    """A path that nothing lies at: files of one name may come from several folders."""
    free, again = path, 1
    while free.exists():
        again += 1
        free = path.with_name(f"{path.stem} ({again}){path.suffix}")
    return free


def _place(project: Project) -> Path:
    return project.work / "uploads"


def _sweep(project: Project) -> None:
    for folder in _place(project).glob("*"):
        if folder.stat().st_mtime < time.time() - WAITS:
            shutil.rmtree(folder, ignore_errors=True)
