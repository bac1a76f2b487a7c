"""A disk that refuses: every step by which something becomes durable can be made to fail."""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.engine.default import DefaultDialect


@dataclass
class Steps:
    """What reached the disk so far; at step `refused` something happens instead."""

    refused: int | None = None
    instead: Callable[[str], None] = lambda name: None
    taken: list[str] = field(default_factory=list)

    def take(self, name: str) -> None:
        self.taken.append(name)
        if len(self.taken) == self.refused:
            self.instead(name)

    @property
    def reached(self) -> bool:
        """Whether there was a step of that number at all."""
        return self.refused is not None and len(self.taken) >= self.refused


@contextmanager
def steps(refused: int | None = None, instead: Callable[[str], None] | None = None) -> Iterator[Steps]:
    """Watch every fsync, rename, replace and commit; by default the refused one fails."""
    watched = Steps(refused, instead or fail)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("fsync", "rename", "replace"):
            patch.setattr(os, name, _announced(watched, name, getattr(os, name)))
        patch.setattr(DefaultDialect, "do_commit", _announced(watched, "commit", DefaultDialect.do_commit))
        yield watched


def fail(name: str, *, code: int = errno.EIO) -> None:
    if name == "commit":
        full = code == errno.ENOSPC
        refusal = sqlite3.OperationalError("database or disk is full" if full else "disk I/O error")
        refusal.sqlite_errorname = "SQLITE_FULL" if full else "SQLITE_IOERR"
        raise refusal
    raise OSError(code, os.strerror(code))


def _announced(watched: Steps, name: str, step: Callable[..., Any]) -> Callable[..., Any]:
    def announced(*args: Any, **kwargs: Any) -> Any:
        watched.take(name)
        return step(*args, **kwargs)

    return announced
