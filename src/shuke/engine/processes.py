"""Processes: how is work given to a process of its own, which may die of it?

One that has done its work whole is kept for the next, for to start one takes longer than most work.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar, cast

from shuke import confined


class Process:
    """One process, as seen from here; OSError where none can be started."""

    def __init__(self, *program: str) -> None:
        self.why: str | None = None  # it was ended from here
        # -P: beside its file may lie modules that are called as libraries are.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-s", *program],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_surroundings(),
        )  # fmt: skip
        self.asked = cast(BinaryIO, self._process.stdin)
        self.told = cast(BinaryIO, self._process.stdout)

    @property
    def alive(self) -> bool:
        return self.why is None and self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._process.pid

    def status(self) -> int:
        """How it ended, for which this waits; below zero where a signal of the system ended it."""
        return self._process.wait()

    def end(self, why: str) -> None:
        """Stop it, whatever it is doing; may be called by another thread."""
        self.why = self.why or why
        self._process.kill()

    def close(self) -> None:
        self.end("closed")
        self._process.wait()
        for pipe in (self.asked, self.told):
            with suppress(OSError):
                pipe.close()


def _surroundings() -> dict[str, str]:
    """No more than it takes to find Python and this house."""
    known = {name: value for name, value in os.environ.items() if name in confined.KNOWS}
    home = str(Path(confined.__file__).parent.parent)
    return {**known, "PYTHONPATH": os.pathsep.join(filter(None, [home, known.get("PYTHONPATH")]))}


P = TypeVar("P", bound=Process)


class ProcessPool(Generic[P]):
    """Processes of one kind that wait for work."""

    def __init__(self, make: Callable[[], P]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self.idle: list[P] = []

    def take(self) -> P:
        while True:
            with self._lock:
                if not self.idle:
                    break
                known = self.idle.pop()
            if known.alive:
                return known
            known.close()
        return self._make()

    def give_back(self, process: P, *, whole: bool) -> None:
        """Keep it, unless it was in the midst of something."""
        if not whole or not process.alive:
            return process.close()
        with self._lock:
            return self.idle.append(process)

    def close(self) -> None:
        with self._lock:
            idle, self.idle = self.idle, []
        for each in idle:
            each.close()
