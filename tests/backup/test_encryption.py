"""Sealed files: read by whoever has the key, by nobody else, and not at all once a bit has changed."""

import errno
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrage import x25519

from shuke.backup.encryption import DecryptionKeys, EncryptionKeys, identity, recipient, sealing, unsealing
from shuke.errors import Denied, ShukeError, Unreadable, WrongCall

OWN = x25519.Identity.generate()
LOCKS = EncryptionKeys(recipients=(recipient(str(OWN.to_public())),))
TEXT = bytes(range(256)) * 700  # three of age's blocks


def no_passphrase() -> str:
    raise AssertionError("nobody is asked for a passphrase")


KEYS = DecryptionKeys(passphrase=no_passphrase, identities=(identity(f"# made today\n{OWN}\n".encode()),))


def sealed(text: bytes = TEXT, locks: EncryptionKeys = LOCKS) -> bytes:
    file = io.BytesIO()
    with sealing(file, locks) as stream:
        stream.write(text)
    return file.getvalue()


def opened(content: bytes, keys: DecryptionKeys = KEYS) -> bytes:
    with unsealing(io.BytesIO(content), keys) as stream:
        return stream.read()


@settings(max_examples=20)
@given(st.binary(max_size=300), st.sampled_from([0, 1, 2**16 - 1, 2**16, 2**16 + 1, 3 * 2**16]))
def test_what_was_sealed_comes_out_as_it_was(some: bytes, more: int):
    assert opened(sealed(some + b"x" * more)) == some + b"x" * more


def test_nothing_of_it_can_be_read_in_the_file():
    assert b"Ann Lee" * 10 not in sealed(b"Ann Lee" * 1000)
    assert sealed() != sealed()


@pytest.fixture(scope="module")
def whole() -> bytes:
    return sealed()


@settings(max_examples=60)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_bit_that_has_changed_is_noticed(whole: bytes, place: float, bit: int):
    changed = bytearray(whole)
    changed[int(place * len(whole))] ^= 1 << bit
    with pytest.raises(ShukeError):
        opened(bytes(changed))


@settings(max_examples=60)
@given(st.floats(0, 1, exclude_max=True))
def test_a_file_that_was_cut_off_is_noticed(whole: bytes, share: float):
    with pytest.raises(ShukeError):
        opened(whole[: int(share * len(whole))])


def test_that_its_end_is_missing_is_noticed_also_by_who_wanted_its_beginning_alone(whole: bytes):
    with pytest.raises(Unreadable, match="truncated"), unsealing(io.BytesIO(whole[:-10]), KEYS) as stream:
        stream.read(10)


def test_who_wants_its_beginning_alone_gets_it(whole: bytes):
    with unsealing(io.BytesIO(whole), KEYS) as stream:
        assert stream.read(10) == TEXT[:10]


def test_what_was_added_at_its_end_is_noticed(whole: bytes):
    with pytest.raises(Unreadable, match="damaged"):
        opened(whole + b"x")


def test_another_key_does_not_open_it(whole: bytes):
    with pytest.raises(Denied, match="None of these keys"):
        opened(whole, DecryptionKeys(passphrase=no_passphrase, identities=(x25519.Identity.generate(),)))
    with pytest.raises(WrongCall, match="--identity"):
        opened(whole, DecryptionKeys(passphrase=no_passphrase))


def test_a_passphrase_opens_it_and_so_does_a_key_that_it_was_also_sealed_for():
    both = sealed(locks=EncryptionKeys(passphrase="violet tractor nineteen", recipients=LOCKS.recipients))
    assert opened(both, DecryptionKeys(passphrase=lambda: "violet tractor nineteen")) == opened(both) == TEXT


@pytest.mark.parametrize("text", ["", "age1", "age1qqqq", "ssh-ed25519 AAAA"])
def test_what_is_no_public_key_is_refused(text: str):
    with pytest.raises(WrongCall, match="Accepted: age1"):
        recipient(text)


def test_a_private_key_that_was_given_for_a_public_one_is_not_repeated():
    with pytest.raises(WrongCall) as said:
        recipient(str(OWN))
    assert str(OWN) not in str(said.value)


def test_what_is_no_private_key_is_refused():
    with pytest.raises(WrongCall, match="no private key"):
        identity(b"hello \xff")


class Full(io.BytesIO):
    """A disk with room for so many bytes."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def test_a_full_disk_is_told_as_what_it_is():
    with pytest.raises(OSError, match="No space left") as said, sealing(Full(), LOCKS) as stream:
        stream.write(TEXT * 100)
    assert said.value.errno == errno.ENOSPC


def test_who_fails_while_reading_is_heard_and_nobody_waits():
    with pytest.raises(ZeroDivisionError), unsealing(io.BytesIO(sealed(TEXT * 20)), KEYS) as stream:
        stream.read(1 // 0)


def test_who_fails_while_writing_is_heard():
    with pytest.raises(ZeroDivisionError), sealing(io.BytesIO(), LOCKS) as stream:
        stream.write(TEXT * (1 // 0))


def test_it_takes_no_more_memory_however_much_there_is(tmp_path: Path):
    """A quarter of a gigabyte goes through both ways, in a process that may have a tenth of that for it."""
    script = """
import io, resource, sys
from pathlib import Path
from pyrage import x25519
from shuke.backup.encryption import DecryptionKeys, EncryptionKeys, sealing, unsealing
own, piece, place = x25519.Identity.generate(), bytes(1 << 20), Path(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with place.open("wb") as file, sealing(file, EncryptionKeys(recipients=(own.to_public(),))) as stream:
    for _ in range(256):
        stream.write(piece)
with place.open("rb") as file, unsealing(file, DecryptionKeys(passphrase=str, identities=(own,))) as stream:
    assert sum(len(some) for some in iter(lambda: stream.read(1 << 20), b"")) == 256 << 20
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""
    told = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "sealed"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert int(told.stdout) < 25
