"""Measured: how long did each side take, and what was aimed at?"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

#: The checkout: children are started here, so that they find this package.
HERE = Path(__file__).resolve().parents[1]

#: Bytes of a page of memory, as /proc counts it.
_PAGE = 4096

#: Seconds between two looks at how much memory a process holds.
_BETWEEN = 0.1


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One line of the report: what was measured, several times, and what it is compared with.

    `aim` is a ratio where there are times of `theirs`, else an amount of `unit`: at most, or `at_least`.
    """

    section: str
    name: str
    ours: tuple[float, ...] = ()
    theirs: tuple[float, ...] = ()
    unit: str = "s"
    aim: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Least against least: what else the machine did at the time disturbs that least."""
        return min(self.ours) / min(self.theirs) if self.ours and self.theirs else None

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None where there is none, or nothing was measured."""
        reached = self.ratio if self.theirs else min(self.ours, default=None)
        if reached is None or self.aim is None:
            return None
        return reached >= self.aim if self.at_least else reached <= self.aim

    def as_json(self) -> dict[str, Any]:
        figures = {
            side: {"min": min(times), "median": median(times), "all": list(times)}
            for side, times in (("ours", self.ours), ("theirs", self.theirs))
            if times
        }
        return {
            "section": self.section, "name": self.name, "unit": self.unit, **figures, "ratio": self.ratio,
            "aim": self.aim, "met": self.met, "note": self.note,
        }  # fmt: skip


@dataclass
class Race:
    """Two ways to do the same, run in turns."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def run(self, ours: Callable[[], Any], theirs: Callable[[], Any], *, rounds: int) -> "Race":
        for _ in range(rounds):
            self.ours.append(seconds(ours))
            self.theirs.append(seconds(theirs))
        return self


@dataclass(frozen=True)
class Finished:
    """What a process of its own took."""

    seconds: float
    cpu: float  # seconds, those of the system and of what it started among them
    peak: float  # GiB of resident memory, together with that of what it started


@dataclass
class CpuClock:
    """What a block takes: seconds, and those of CPU of this process with all its threads."""

    seconds: float = 0.0
    cpu: float = 0.0

    def __enter__(self) -> "CpuClock":
        self._began = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        began, cpu = self._began
        self.seconds, self.cpu = time.perf_counter() - began, time.process_time() - cpu


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def child(*arguments: str, at: Path = HERE, quiet: bool = False) -> Finished:
    """Run Python with these arguments and see how long it takes and how much memory it holds at most."""
    started = time.perf_counter()
    errors = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen([sys.executable, *arguments], cwd=at, stdout=subprocess.DEVNULL, stderr=errors)
    seen: list[float] = []
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, ended, seen))
    watcher.start()
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - started
    ended.set()
    watcher.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"python {' '.join(arguments)}: exit status {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in KiB elsewhere
    peak = max(used.ru_maxrss * unit / 2**30, *seen, 0.0)  # of the largest alone; all of them were looked at
    return Finished(took, used.ru_utime + used.ru_stime, peak)


def _watch(process: int, ended: threading.Event, seen: list[float]) -> None:
    while not ended.wait(_BETWEEN):
        seen.append(resident(process))


def resident(process: int) -> float:
    """GiB of memory that a process and those that it has started hold."""
    pages, waiting = 0, [process]
    while waiting:
        at = Path("/proc") / str(waiting.pop())
        try:
            pages += int((at / "statm").read_text().split()[1])
            waiting += [
                int(child)
                for task in (at / "task").iterdir()
                for child in (task / "children").read_text().split()
            ]
        except OSError:  # it has ended meanwhile
            continue
    return pages * _PAGE / 2**30
