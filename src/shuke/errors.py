"""Errors: what can go wrong, and who has to act?

ShukeError                  everything that we raise on purpose
├── WrongCall               the caller asked for what cannot be (exit status 2, HTTP 400)
│   ├── UnknownTable        no such table (404)
│   ├── UnknownCustomer     nobody answers to that (404)
│   ├── UnknownProject      no shuke.toml here
│   └── WrongSettings       shuke.toml does not say what it must
├── Unreadable              a file that is no table: nothing was imported
├── Undecided               the answer is the person's to give; says how to give it
│   ├── UnsureMapping       a column whose meaning or format must not be guessed
│   └── LikelyOverlap       lines that may have been imported before
├── TooLarge                more was sent than is taken (413)
├── TooSlow                 what was sent did not come (408)
├── Busy                    another process holds what we need; try again
│   ├── Crowded             too many ask at once (429)
│   └── Overtaken           somebody else changed it since it was looked at (409)
├── BuildFailed             a build did not hold its checks; the last one still stands
├── NotEnoughData           too little to tell from; says what would be needed
├── Denied                  not with these rights (403)
└── Unavailable             the store cannot keep anything now (503)
    ├── Unwritable          the disk takes nothing
    └── Damaged             a file of the project is not what was written there
"""

import errno
import os
from pathlib import PurePath

from shuke.languages import N_, translate


class ShukeError(Exception):
    """A message for the person concerned, in their language; never holds a personal value.

    `message` is an English template from the catalogue (mark it with `N_`); `values` fill it.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return translate(self.message).format(**self.values)


class WrongCall(ShukeError): ...


class UnknownTable(WrongCall, KeyError): ...


class UnknownCustomer(WrongCall, KeyError): ...


class UnknownBatch(WrongCall, KeyError): ...


class UnknownProject(WrongCall): ...


class WrongSettings(WrongCall, ValueError): ...


class TooLarge(ShukeError):
    """It stops being read at `largest` bytes."""

    def __init__(self, largest: int) -> None:
        super().__init__(
            N_("The request is too large; the limit is {kilobytes} KB."), kilobytes=largest // 2**10
        )


class TooSlow(ShukeError):
    def __init__(self) -> None:
        super().__init__(N_("The request body was incomplete or arrived too slowly."))


class Unreadable(ShukeError): ...


class Undecided(ShukeError): ...


class UnsureMapping(Undecided): ...


class LikelyOverlap(Undecided): ...


class Busy(ShukeError): ...


class Crowded(Busy):
    """Not now; what others have asked is being worked out."""

    def __init__(self) -> None:
        super().__init__(N_("Too many SQL queries are running. Try again in half a minute."))


class Overtaken(Busy):
    """What was decided was decided of something that has changed since."""

    def __init__(self) -> None:
        super().__init__(N_("This has changed since you loaded it. Reload and try again."))


class BuildFailed(ShukeError): ...


class NotEnoughData(ShukeError): ...


class Denied(ShukeError, PermissionError): ...


class Unavailable(ShukeError): ...


class Unwritable(Unavailable):
    """By the system's number for it; one of `CODES`."""

    _FULL = N_("The disk is full. Free some space and try again.")
    _FAILING = N_("The disk cannot be written to ({reason}).")

    #: What a disk says when it cannot keep anything, whatever is written to it.
    CODES = {  # noqa: RUF012 - nobody changes it
        errno.ENOSPC: _FULL,
        errno.EDQUOT: _FULL,
        errno.EIO: _FAILING,
        errno.EROFS: _FAILING,
        errno.EFBIG: _FAILING,
    }

    def __init__(self, code: int) -> None:
        super().__init__(self.CODES[code], reason=os.strerror(code))


class Damaged(Unavailable):
    """Something of the project is gone, cut short or overwritten; says what to do about it."""

    @classmethod
    def at(cls, path: PurePath) -> "Damaged":
        return cls(
            N_("{file} is missing or damaged. `shuke doctor` says what is lost and what to do."),
            file=in_project(path),
        )


def in_project(path: PurePath) -> str:
    """A file as one finds it from the project's folder: data/landing/000001-till/receipt.json."""
    parts = path.parts
    begins = max((place for place, part in enumerate(parts) if part == "data"), default=len(parts) - 1)
    return "/".join(parts[begins:])
