"""Secret: which key makes the cookies and keyed digests of this project its own?"""

import os
import secrets
from pathlib import Path

from filelock import FileLock

from shuke.errors import WrongSettings
from shuke.languages import N_

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
    with FileLock(path.with_name(f"{path.name}.lock")):
        if path.exists():  # another process was faster
            return
        aside = path.with_name(f"{path.name}.new")
        aside.unlink(missing_ok=True)  # what a killed process left
        with open(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
