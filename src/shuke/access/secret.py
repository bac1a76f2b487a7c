"""Secret: which key makes the cookies and keyed digests of this project its own?"""

import secrets
from pathlib import Path

from filelock import FileLock

from shuke.errors import WrongSettings
from shuke.languages import N_
from shuke.store import disk

KEY_BYTES = 32


def project_key(path: Path) -> bytes:
    """The key in the file at `path`; the first to ask makes it, for the owner's eyes only.

    Whoever loses the key logs everybody out and can no longer recognise keyed digests: it belongs
    into every copy of the project that is made for safety.
    """
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise WrongSettings(N_("The key file {path} is damaged. Restore it from a copy."), path=path)
    return key


def _make(path: Path) -> None:
    with FileLock(path.with_name(f"{path.name}.lock"), mode=disk.FILE):
        if path.exists():  # another process was faster
            return
        disk.replace(path, secrets.token_bytes(KEY_BYTES))
