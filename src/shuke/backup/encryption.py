"""Encryption: how is a stream encrypted so that only holders of its passphrase or key can read it?

The format is age's (version 1). For keys the file is an age file. With a passphrase it begins with one more,
which the passphrase opens and which holds the key of the rest:

    -----BEGIN AGE ENCRYPTED FILE-----
    …                                       a key that was made for this file alone
    -----END AGE ENCRYPTED FILE-----
    age-encryption.org/v1 …                 everything else

For age itself hashes a passphrase slowly only once for a text that fits into memory, and this does not.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import BinaryIO, TypeAlias

import pyrage
from pyrage import passphrase as by_passphrase
from pyrage import ssh, x25519

from shuke.errors import Denied, Unreadable, WrongCall
from shuke.languages import N_

_BEGIN, _END = b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----END AGE ENCRYPTED FILE-----"
_MAGIC = b"age-encryption.org/"
_LONGEST_LOCK = 4096  # bytes; it holds a key of 74 characters

Recipient: TypeAlias = "x25519.Recipient | ssh.Recipient"
Identity: TypeAlias = "x25519.Identity | ssh.Identity"


@dataclass(frozen=True, kw_only=True)
class EncryptionKeys:
    """Who shall be able to read a file."""

    passphrase: str | None = field(default=None, repr=False)
    recipients: tuple[Recipient, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DecryptionKeys:
    """With what somebody comes to read one. They are asked for the passphrase where it takes one."""

    passphrase: Callable[[], str]
    identities: tuple[Identity, ...] = ()


def recipient(text: str) -> Recipient:
    """A public key: `age1…`, or one of SSH as it stands in a file `….pub`."""
    try:
        return ssh.Recipient.from_str(text) if text.startswith("ssh-") else x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        # It is not repeated: the slip that is worst is to give the private key.
        raise WrongCall(
            N_("This is not a public key. Accepted: age1…, ssh-ed25519 … and ssh-rsa ….")
        ) from None


def identity(content: bytes) -> Identity:
    """A private key, from the content of a file as `age-keygen` or `ssh-keygen` writes it."""
    lines = [line.strip() for line in content.decode("utf-8", "replace").splitlines()]
    secret = next((line for line in lines if line.startswith("AGE-SECRET-KEY-")), None)
    try:
        return x25519.Identity.from_str(secret) if secret else ssh.Identity.from_buffer(content)
    except (pyrage.IdentityError, ValueError):
        raise WrongCall(
            N_(
                "This file holds no private key as written by age-keygen, or by ssh-keygen without a "
                "passphrase."
            )
        ) from None


@contextmanager
def sealing(file: BinaryIO, locks: EncryptionKeys) -> Iterator[BinaryIO]:
    """What is written into it ends up in the file, encrypted; nothing is held but a few blocks."""
    recipients = list(locks.recipients)
    if locks.passphrase is not None:
        own = x25519.Identity.generate()
        recipients.append(own.to_public())
        file.write(by_passphrase.encrypt(str(own).encode(), locks.passphrase, armored=True))
    source, sink = os.pipe()
    target = _Watched(file)
    work = _Beside(os.fdopen(source, "rb"), lambda plain: pyrage.encrypt_io(plain, target, recipients))
    try:
        with os.fdopen(sink, "wb") as plain:
            yield plain
    except BrokenPipeError:
        if work.outcome() is None:
            raise
    if failed := work.outcome():
        raise target.failed or failed


@contextmanager
def unsealing(file: BinaryIO, keys: DecryptionKeys) -> Iterator[BinaryIO]:
    """Read what a file holds. Whether it is whole is known, and said, only at the end of the block."""
    identities = _identities(file, keys)
    source, sink = os.pipe()
    origin = _Watched(file)
    work = _Beside(os.fdopen(sink, "wb"), lambda plain: pyrage.decrypt_io(origin, plain, identities))
    try:
        with os.fdopen(source, "rb") as plain:
            yield plain
            while plain.read(1 << 20):  # the last block says that nothing was cut off
                pass
    except Exception:
        failed = work.outcome()
        if failed is None or isinstance(failed, BrokenPipeError):
            raise
    if failed := work.outcome():
        raise origin.failed or _unreadable(failed, keys) from None


def _identities(file: BinaryIO, keys: DecryptionKeys) -> list[Identity]:
    """What opens the file, which is read up to where the age file for these keys begins."""
    first = file.readline(len(_BEGIN) + 2)
    if not first.startswith((_BEGIN, _MAGIC)):
        raise Unreadable(N_("This is not a backup, or its header is damaged."))
    if first.startswith(_MAGIC) and not keys.identities:
        raise WrongCall(N_("This backup needs a private key: --identity FILE."))
    if first.startswith(_MAGIC):
        file.seek(0)
        return list(keys.identities)
    lock = first
    while len(lock) < _LONGEST_LOCK and not lock.rstrip().endswith(_END):
        lock += file.readline(_LONGEST_LOCK)
    if keys.identities:
        return list(keys.identities)
    try:
        return [identity(by_passphrase.decrypt(lock, keys.passphrase()))]
    except pyrage.DecryptError:
        raise Denied(N_("This passphrase does not open the backup, or its header is damaged.")) from None


def _unreadable(failed: Exception, keys: DecryptionKeys) -> Exception:
    if isinstance(failed, OSError):  # from pyrage: a block is not what was written
        return Unreadable(N_("The backup is damaged or truncated. Nothing was restored."))
    if isinstance(failed, pyrage.DecryptError) and keys.identities:
        return Denied(N_("None of these keys opens the backup, or its header is damaged."))
    if isinstance(failed, pyrage.DecryptError):
        return Unreadable(N_("The backup is damaged or truncated. Nothing was restored."))
    return failed


class _Watched:
    """A file that remembers why it failed: pyrage hands on words alone."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.failed: OSError | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return self.file.read(size)
        except OSError as error:
            self.failed = error
            raise

    def write(self, data: bytes) -> int:
        try:
            return self.file.write(data)
        except OSError as error:
            self.failed = error
            raise

    def flush(self) -> None:
        self.file.flush()


class _Beside:
    """Works at one end of a pipe while somebody else is at the other."""

    def __init__(self, end: BinaryIO, work: Callable[[BinaryIO], object]) -> None:
        self._failed: Exception | None = None
        self._thread = Thread(target=self._do, args=(end, work), daemon=True)
        self._thread.start()

    def outcome(self) -> Exception | None:
        """Waits for the end of the work; how it failed, if it did."""
        self._thread.join()
        return self._failed

    def _do(self, end: BinaryIO, work: Callable[[BinaryIO], object]) -> None:
        try:
            with end:
                work(end)
        except Exception as error:  # noqa: BLE001 - it is raised by whoever asks for the outcome
            self._failed = error
