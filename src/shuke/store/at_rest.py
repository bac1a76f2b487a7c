"""At rest: does a folder lie on an encrypted file system, as far as the operating system says?

Linux says it of what its device mapper encrypts (LUKS, dm-crypt), of folders that their file system encrypts
(fscrypt), and of some file systems that do nothing else. Of what other machines share and of ZFS it says
nothing, and macOS and Windows tell only their own tools: then the answer is that nobody knows. A disk that
encrypts itself, or that a host of virtual machines encrypts, looks plain.
"""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

if sys.platform == "linux":
    import fcntl


class AtRest(StrEnum):
    ENCRYPTED = "encrypted"
    PLAIN = "plain"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class _Mount:
    """What lies at a place in the tree of folders."""

    place: str
    device: str  # major:minor
    kind: str
    source: str


#: Where Linux tells of mounts and of devices.
_MOUNTS, _DEVICES = Path("/proc/self/mountinfo"), Path("/sys/dev/block")

#: File systems that encrypt whatever lies in them.
_ENCRYPTING = {"ecryptfs", "fuse.cryfs", "fuse.encfs", "fuse.gocryptfs", "fuse.securefs"}

#: Block devices of which the device mapper says so: `CRYPT-LUKS2-…`. Two kinds check and do not encrypt.
_CRYPT = re.compile(r"CRYPT-(?!VERITY|INTEGRITY)")

_GET_FLAGS, _ENCRYPTED_FLAG = 0x80086601, 0x800  # FS_IOC_GETFLAGS, FS_ENCRYPT_FL


def at_rest(folder: Path, *, mounts: Path = _MOUNTS, devices: Path = _DEVICES) -> AtRest:
    """Whether what lies in the folder is encrypted when the machine is off."""
    place = folder.resolve()
    if not mounts.exists():
        return AtRest.UNKNOWN
    if _has_encrypted_flag(place):
        return AtRest.ENCRYPTED
    mount = _mount(place, mounts)
    if mount is None:
        return AtRest.UNKNOWN
    if mount.kind in _ENCRYPTING:
        return AtRest.ENCRYPTED
    device = _device(mount, devices)
    if device is None:
        return AtRest.UNKNOWN
    return AtRest.ENCRYPTED if _is_encrypted(device) else AtRest.PLAIN


def _mount(place: Path, mounts: Path) -> _Mount | None:
    """What the folder lies on: the mount nearest above it, and of several in one place the last."""
    above = {str(each) for each in (place, *place.parents)}
    found = [mount for mount in _mounts(mounts) if mount.place in above]
    return max(enumerate(found), key=lambda told: (len(told[1].place), told[0]), default=(0, None))[1]


def _mounts(mounts: Path) -> Iterator[_Mount]:
    """See proc_pid_mountinfo(5): `36 35 98:0 /root /place options … - ext4 /dev/sda1 options`."""
    for line in mounts.read_text("utf-8", "surrogateescape").splitlines():
        before, _, after = line.partition(" - ")
        words, told = before.split(" "), after.split(" ")
        if len(words) > 4 and len(told) > 1:
            yield _Mount(_plain(words[4]), words[2], told[0], _plain(told[1]))


def _plain(text: str) -> str:
    """Blanks and the like are written as octal numbers: `/my\\040disk`."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def _device(mount: _Mount, devices: Path) -> Path | None:
    """Where the system tells of the block device below; none where there is no such thing."""
    told = devices / mount.device
    if told.exists():
        return told
    if not mount.source.startswith("/dev/"):  # Btrfs has a device number of its own, but names its disk
        return None
    try:
        number = Path(mount.source).stat().st_rdev
    except OSError:
        return None
    told = devices / f"{os.major(number)}:{os.minor(number)}"
    return told if told.exists() else None


def _is_encrypted(device: Path) -> bool:
    """Whether a device encrypts, or all that it is made of does, as a volume of LVM within LUKS."""
    uuid = device / "dm" / "uuid"
    if uuid.exists() and _CRYPT.match(uuid.read_text("ascii", "replace")):
        return True
    below = list((device / "slaves").iterdir()) if (device / "slaves").is_dir() else []
    return bool(below) and all(map(_is_encrypted, below))


def _has_encrypted_flag(folder: Path) -> bool:
    """Whether the file system encrypts this folder (ext4, F2FS and others, by fscrypt)."""
    if sys.platform != "linux":
        return False
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        flags = fcntl.ioctl(handle, _GET_FLAGS, bytes(8))
    except OSError:
        return False
    finally:
        os.close(handle)
    return bool(int.from_bytes(flags[:4], sys.byteorder) & _ENCRYPTED_FLAG)
