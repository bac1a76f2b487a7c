"""Secret: which key signs this project's cookies and keys its digests?"""

import hmac
import secrets
from pathlib import Path

from filelock import FileLock

from shuke.errors import Damaged
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
        raise Damaged(KEY_BROKEN)
    return key


def mark(key: bytes) -> str:
    """By which one sees whether two keys are the same, and nothing else of them."""
    return hmac.digest(key, b"shuke.mark", "sha256").hex()[:16]


KEY_GONE = N_(
    "The project's key, data/key, is missing. Restore it from a backup; `shuke doctor` has the details."
)
KEY_BROKEN = N_(
    "The project's key, data/key, is damaged. Restore it from a backup; `shuke doctor` has the details."
)


def _make(path: Path) -> None:
    disk.private(path.parent)  # or the lock makes it, for everybody
    with FileLock(path.with_name(f"{path.name}.lock"), mode=disk.FILE):
        if path.exists():  # another process was faster
            return
        disk.replace(path, secrets.token_bytes(KEY_BYTES))
