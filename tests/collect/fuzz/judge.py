"""Reads file after file that was made to break a reader, and says what came of each.

    python -m tests.collect.fuzz.judge 2000 [SEED] [SIZE]

Another process reads, as a server would; if it dies, that is told of the file and the next process goes on.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shuke.collect.sheets import isolated, parquets, read
from shuke.errors import ShukeError
from shuke.languages import speaking
from tests.collect.fuzz.good_files import KINDS, good
from tests.collect.fuzz.mutations import mutations
from tests.collect.fuzz.traps import TRAPS

#: Of work, so that a busy machine is not held against a file, and of waiting.
SECONDS, WAITED, BYTES = 30, 300, 1 << 30


@dataclass(frozen=True)
class Verdict:
    outcome: str  # "table", "refused", or what is wrong
    said: str
    seconds: float  # of work, of this process and of those that read for it
    bytes: int  # the most that this process, or one that read for it, took

    def __str__(self) -> str:
        return f"{self.outcome} {self.seconds:.1f} s {self.bytes >> 20} MB {self.said}"


def made(seed: int, number: int, size: int) -> tuple[str, bytes]:
    """The broken file of a number: two of three are good files that were changed, the others are traps."""
    chance = random.Random(f"{seed} {number}")
    if number % 3 == 2:
        return TRAPS[number // 3 % len(TRAPS)](chance, chance.choice([1, size]))
    kind = list(KINDS)[number // 3 % len(KINDS)]
    content = good(kind)
    for _ in range(chance.choice([1, 1, 2])):
        with suppress(zipfile.BadZipFile, zlib.error, NotImplementedError):  # it is broken as it is
            content = chance.choice(mutations(kind))(content, chance) or b" "
    return f"a.{kind}", content


def judge(path: Path, work: Path) -> Verdict:
    """What the readers make of a file."""
    _forget_peaks()
    before, dead_before = _resident(os.getpid()), _largest_of_dead()
    begun, worked_before = time.monotonic(), _worked()
    outcome, said = _read(path, work)
    seconds, waited, dead = _worked() - worked_before, time.monotonic() - begun, _largest_of_dead()
    taken = max([_peak(os.getpid()) - before, *map(_peak, _readers()), dead if dead > dead_before else 0])
    if outcome in ("table", "refused") and (seconds > SECONDS or waited > WAITED or taken > BYTES):
        outcome = "exceeded"
    return Verdict(outcome, said, seconds, taken)


def _read(path: Path, work: Path) -> tuple[str, str]:
    try:
        sheets = read(path, work=work)
        for sheet in sheets:
            for note in sheet.notes:
                str(note)
        return "table", f"{len(sheets)} sheet(s)"
    except ShukeError as refusal:
        told = [str(refusal)]
        with speaking("zh"):
            told.append(str(refusal))
        clear = all(line.strip() and len(line.splitlines()) == 1 and len(line) < 600 for line in told)
        return "refused" if clear and path.name in told[0] else "unclear", told[0]
    except Exception:  # noqa: BLE001 - that nothing else is raised is what is asked
        return "raised", " | ".join(traceback.format_exc().splitlines()[-5:])


def _readers() -> list[int]:
    return [each.pid for each in (*isolated.POOL.idle, *parquets.READERS.kept.idle)]


def _worked() -> float:
    """Seconds of this process, of those that it has waited for, and of those that still read for it."""
    own, dead = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    files = [each for pid in _readers() if (each := Path(f"/proc/{pid}/stat")).exists()]
    ticks = sum(sum(map(int, each.read_text().rpartition(")")[2].split()[11:13])) for each in files)
    return own.ru_utime + own.ru_stime + dead.ru_utime + dead.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def _largest_of_dead() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10


def _forget_peaks() -> None:
    for pid in (os.getpid(), *_readers()):
        clear = Path(f"/proc/{pid}/clear_refs")
        if clear.exists():
            clear.write_text("5")


def _status(pid: int, line: str) -> int:
    path = Path(f"/proc/{pid}/status")
    found = [each for each in path.read_text().splitlines() if each.startswith(line)] if path.exists() else []
    return int(found[0].split()[1]) << 10 if found else 0


def _peak(pid: int) -> int:
    return _status(pid, "VmHWM")


def _resident(pid: int) -> int:
    return _status(pid, "VmRSS")


def _judged(first: int, last: int, seed: int, size: int) -> Iterator[str]:
    """A line before each file, and one after it."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, last):
            yield f"{number} begins"
            name, content = made(seed, number, size)
            path = Path(folder) / name
            path.write_bytes(content)
            yield f"{number} begins {name} {len(content)}"
            yield f"{number} {judge(path, Path(folder) / 'work')}"
            path.unlink()
            for each in (Path(folder) / "work").glob("*"):
                each.unlink()


def run(files: int, seed: int, size: int) -> int:
    """Judge so many, tell of what is wrong with any, and count it all."""
    count: Counter[str] = Counter()
    first, worst, largest = 0, 0.0, 0
    while first < files:
        program = [
            sys.executable,
            "-m",
            "tests.collect.fuzz.judge",
            "--from",
            *map(str, (first, files, seed, size)),
        ]
        process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        begins = ""
        for line in process.stdout:
            number, outcome, *rest = line.rstrip().split(" ", 2)
            first = int(number) + 1
            if outcome == "begins":
                begins = line.rstrip()
                continue
            count[outcome] += 1
            worst, largest = max(worst, float(rest[0].split()[0])), max(largest, int(rest[0].split()[2]))
            if outcome not in ("table", "refused") or "-v" in sys.argv:
                print(begins, "->", line.rstrip(), flush=True)
        if process.wait():
            count["died"] += 1
            print(begins, "-> the process died:", process.returncode, flush=True)
    print(dict(count), f"slowest {worst:.1f} s, largest {largest} MB")
    return 0 if count.keys() <= {"table", "refused"} else 1


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:] if each.isdigit()]
    if "--from" in sys.argv:
        for told in _judged(*given):
            print(told.replace("\n", " "), flush=True)
    else:
        files, seed, size = [*given, *[2000, 1, 20][len(given) :]]
        sys.exit(run(files, seed, size))
