"""Confined: how does a process drop its rights before it works on untrusted files?

Known to what begins within a hundredth of a second, so it imports nothing.
"""

import ctypes
import os
import struct
import sys

if sys.platform != "win32":  # which has no such limits
    import resource

_LANDLOCK_CREATE, _LANDLOCK_RESTRICT, _NO_NEW_PRIVILEGES = 444, 446, 38
#: Every right over files but to run (1), read (4) and list (8) them, by the version of the interface.
_CHANGES = {1: 0x1FF2, 2: 0x3FF2, 3: 0x7FF2, 5: 0xFFF2}

#: What such a process is told of its surroundings: how to find Python and the time, and no secret.
KNOWS = {
    "PATH", "PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TZ", "LANG",
}  # fmt: skip

#: Whether the system holds a process to what it may take.
LIMITED = sys.platform == "linux"


def give_up_rights() -> None:
    """From now on this process can write no file, make none and delete none, as far as the system helps."""
    sys.dont_write_bytecode = True
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would hold personal values
        os.nice(5)  # whoever logs in comes first
    if sys.platform == "linux":
        _landlock()


def _landlock() -> None:
    """The kernel's own lock on the file system, of which Linux 5.13 and later have one."""
    call = ctypes.CDLL(None, use_errno=True).syscall
    version = call(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return
    rights = _CHANGES[max(known for known in _CHANGES if known <= version)]
    attributes = struct.pack("@Q", rights)
    rules = call(_LANDLOCK_CREATE, attributes, len(attributes), 0)
    if rules >= 0 and not ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        call(_LANDLOCK_RESTRICT, rules, 0)
        os.close(rules)


def take_at_most(*, seconds: int, memory: int) -> None:
    """The system ends this process when it works longer from now on, or gives it no more memory."""
    if sys.platform != "win32":
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + seconds)
        _limit(resource.RLIMIT_DATA, memory)


def _limit(kind: int, value: int) -> None:
    """So much, or as much as whoever started the server allows."""
    if sys.platform != "win32":
        _, most = resource.getrlimit(kind)
        resource.setrlimit(kind, (value if most == resource.RLIM_INFINITY else min(value, most), most))
