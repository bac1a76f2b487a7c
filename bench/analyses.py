"""Analyses: how long does each take alone, beside a query written by hand, and how much memory?"""

import json
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import ibis

from bench import by_hand, company
from bench.measured import Measured, child
from shuke.engine import Engine
from shuke.graph import catalogue
from shuke.graph.names import base_table
from shuke.store.builds import Build
from shuke.tables import CANONICAL, Derived
from shuke.tables.declared import as_declared

#: What another bench measures beside a library.
_ELSEWHERE = ("baskets", "recommendations")


@dataclass(frozen=True)
class Alone:
    """One table, made several times from finished inputs: seconds of the clock, of processors, and memory."""

    rows: int
    peak: float  # GiB of resident memory, ours
    wall: tuple[float, ...]
    cpu: tuple[float, ...]
    their_wall: tuple[float, ...]
    their_cpu: tuple[float, ...]
    differences: int


def analyses(folder: Path, *, rounds: int, wanted: tuple[str, ...] = ()) -> Iterator[Measured]:
    """Every analysis of the build in `folder`, or those wanted, each in a process of its own.

    The inputs are the tables of the build. Where a query is written by hand the two sides run in turns; what
    is compared is processor time, which says more than the clock where other work runs on the machine.
    """
    build = company.project(folder).builds.current()
    for name in wanted or _measurable(build):
        child("-m", "bench.analyses", str(folder), name, str(rounds))
        found = Alone(**json.loads((folder / f"{name}.json").read_text("utf-8")))
        told = [f"{found.rows:,} rows", f"{min(found.wall):.1f} s by the clock", f"{found.peak:.2f} GiB"]
        if found.their_cpu:
            told[1] += f" beside {min(found.their_wall):.1f}"
            told.append(f"{found.differences:,} DIFFER" if found.differences else "equal")
        yield Measured(
            section="analyses", name=name, unit="s of CPU", ours=found.cpu, theirs=found.their_cpu,
            aim=2.0 if found.their_cpu else None, note=", ".join(told),
        )  # fmt: skip


def _measurable(build: Build) -> list[str]:
    steps = catalogue.derived()
    return [
        name
        for name, made in build.manifest.tables.items()
        if name in steps and steps[name].area == "analyses" and name not in _ELSEWHERE and not made.failed
    ]


def _alone(folder: Path, name: str, *, rounds: int) -> Alone:
    project, aside = company.project(folder), folder / f"aside-{name}"
    build, step = project.builds.current(), catalogue.derived()[name]
    inputs = [_files(build, read) for read in step.reads]
    answers = {
        "as_of": build.manifest.as_of, "currency": build.manifest.currency, "zone": build.manifest.zone,
        "country": project.settings.country,
    }  # fmt: skip
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    peak, differences = 0.0, 0
    for _ in range(rounds):
        shutil.rmtree(aside, ignore_errors=True)
        engine = project.engine(scratch=aside / "scratch")  # a build opens it once for all tables
        ours.append(_taken(partial(_made, engine, step, inputs, answers, aside / name)))
        engine.close()
        peak = peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT / 2**30
        if by_hand.there_is(name):
            with by_hand.inputs(project, build) as db:
                # Of the one that was just made, on the same rows.
                by_hand.view(db, name, aside / name)
                theirs.append(_taken(partial(by_hand.copy, db, name, aside / "by_hand.parquet")))
                differences = by_hand.differences(db, name, aside / name, aside / "by_hand.parquet")
    rows = by_hand.rows(aside / name)
    shutil.rmtree(aside)
    return Alone(rows, peak, *_apart(ours), *_apart(theirs), differences)


def _apart(taken: list[tuple[float, float]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """What the clock said, and what the processors."""
    return tuple(clock for clock, _ in taken), tuple(cpu for _, cpu in taken)


_UNIT = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in KiB elsewhere


def _taken(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock, and of the processors."""
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - cpu


_Files = tuple[list[Path], ibis.Schema]


def _made(engine: Engine, step: Derived, inputs: list[_Files], answers: dict[str, Any], target: Path) -> None:
    """The table as a build makes it: planned, computed, written."""
    given = {"checkpoint": engine.checkpoint, **answers}
    tables = (engine.read(*files) for files in inputs)
    made = step(*tables, **{asked: given[asked] for asked in step.keywords if asked in given})
    engine.write(as_declared(made, step), target)


def _files(build: Build, name: str) -> _Files:
    """Where a table of the build is; an earlier one is the same once more, a landed one may have no rows."""
    plain = base_table(name)
    declared = catalogue.declaration(catalogue.derived(), name)
    folders = [build.path(plain)] if plain in build.manifest.tables else []
    return folders, (declared or CANONICAL[plain]).schema


if __name__ == "__main__":
    place = Path(sys.argv[1])
    measured = _alone(place, sys.argv[2], rounds=int(sys.argv[3]))
    (place / f"{sys.argv[2]}.json").write_text(json.dumps(asdict(measured)), "utf-8")
