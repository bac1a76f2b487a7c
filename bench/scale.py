"""Scale: what does the whole job take at the size of a large company, and how does it grow?

    python -m bench.scale --sizes 14000 140000 1400000 --company DIR
    python -m bench.scale --sizes 1400000 --company DIR --again first      that step anew, of what DIR keeps

Every size is made by the generator, imported from files and built, each step in a process of its own; what a
step took stands in DIR/<customers>/steps.json and is not measured again unless asked for.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from itertools import pairwise
from math import log
from pathlib import Path

from rich.console import Console

from bench import company, report
from bench.measured import Finished, Measured, child
from bench.rebuild import buy_again

SIZES = (14_000, 140_000, 1_400_000)

#: From so many customers on an aim is one.
LARGE = 100_000

#: In the order in which one comes of the other.
STEPS = ("files", "import", "first", "ids", "nothing", "more", "day")

_NAMED = {
    "import": "import of all files", "first": "first build", "nothing": "build, nothing new",
    "more": "build, 1 % more order lines", "day": "build, a day on",
}  # fmt: skip

Steps = Mapping[str, Finished]


def scale(work: Path, *, sizes: Sequence[int] = SIZES, again: Collection[str] = ()) -> Iterator[Measured]:
    """Every size by itself, and how import and first build grow from each to the next."""
    found: dict[int, Steps] = {}
    for size in sorted(sizes):
        found[size] = _taken(work / str(size), size, again)
        yield from _measured(work / str(size), size, found[size])
    for smaller, larger in pairwise(sorted(found)):
        yield from (_slope(step, smaller, larger, found) for step in ("import", "first"))


def _taken(folder: Path, size: int, again: Collection[str]) -> Steps:
    """What every step took; a step that is taken again takes those after it along, for they come of it."""
    kept = folder / "steps.json"
    known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    anew = min((STEPS.index(step) for step in again), default=len(STEPS))
    taken = {step: Finished(**known[step]) for step in STEPS[:anew] if step in known}
    for step in STEPS[len(taken) :]:
        print(f"{size:,} customers: {step}", file=sys.stderr, flush=True)
        taken[step] = _step(folder, size, step)
        kept.write_text(json.dumps({name: asdict(each) for name, each in taken.items()}, indent=1), "utf-8")
    return taken


def _step(folder: Path, size: int, step: str) -> Finished:
    project = folder / "project"
    if step == "files":
        shutil.rmtree(folder, ignore_errors=True)
        return child("-m", "bench.company", "make", str(folder), str(size))
    if step == "import":
        shutil.rmtree(project, ignore_errors=True)
        return child("-m", "bench.company", "import", str(folder))
    if step == "first":
        _forget_builds(project / "data")
    if step == "more":
        child("-m", "bench.scale", "--more", str(folder))
    day = company.NOW + timedelta(days=step == "day")
    return child("-m", "bench.dated", str(project), day.date().isoformat())


def _forget_builds(data: Path) -> None:
    """Leave what was imported from files alone."""
    shutil.rmtree(data / "builds", ignore_errors=True)
    for source in ("shuke", "again"):
        for batch in (data / "landing").glob(f"*-{source}"):
            shutil.rmtree(batch)


def _measured(folder: Path, size: int, taken: Steps) -> Iterator[Measured]:
    section, large = f"{size:,} customers", size > LARGE
    project = company.project(folder)
    lines = sum(receipt.tables.get("order_items", 0) for receipt in project.landing.receipts())
    first = taken["first"].cpu
    for step, name in _NAMED.items():
        each = taken[step]
        share = f", {each.cpu / first:.3f} of the first" if step in ("nothing", "more", "day") else ""
        yield Measured(
            section=section, name=name, ours=(each.cpu,), unit="CPU s",
            aim={"nothing": 0.5, "more": 0.1 * first if large else None}.get(step),
            note=f"{each.peak:.2f} GiB, {each.seconds:.0f} s by the clock{share}",
        )  # fmt: skip
    whole = taken["import"].cpu + first
    yield Measured(
        section=section, name="import and first build", ours=(whole,), unit="CPU s", aim=1800.0,
        note=f"{lines:,} order lines",
    )  # fmt: skip
    peak = max(taken[step].peak for step in _NAMED)
    yield Measured(section=section, name="most memory of a step", ours=(peak,), unit="GiB", aim=4.0)
    failed = [name for name, each in project.builds.current().manifest.tables.items() if each.failed]
    yield Measured(
        section=section,
        name="tables that failed",
        ours=(len(failed),),
        unit="",
        aim=0,
        note=", ".join(failed),
    )
    for name, at in (
        ("files", "files"),
        ("landed", "project/data/landing"),
        ("builds", "project/data/builds"),
    ):
        yield Measured(section=section, name=f"disk: {name}", ours=(_disk(folder / at),), unit="GiB")


def _slope(step: str, smaller: int, larger: int, found: Mapping[int, Steps]) -> Measured:
    """By which power of the number of customers the work grows."""
    grown = found[larger][step].cpu / found[smaller][step].cpu
    return Measured(
        section="log-log slope", name=f"{_NAMED[step]}, {smaller:,} to {larger:,}",
        ours=(log(grown) / log(larger / smaller),), unit="", aim=1.05 if smaller > LARGE else None,
    )  # fmt: skip


def _disk(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**30


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="bench.scale", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of customers")
    parser.add_argument("--company", type=Path, help="a folder that keeps all, to be used again")
    parser.add_argument(
        "--again", nargs="*", choices=STEPS, default=(), help="measure from this step on anew"
    )
    parser.add_argument("--more", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.more:
        buy_again(company.project(asked.more), now=company.NOW)
        return
    with tempfile.TemporaryDirectory(prefix="shuke-scale-") as aside:
        found = list(scale(asked.company or Path(aside), sizes=asked.sizes, again=asked.again))
    if asked.company:
        figures = {**report.machine(), "measured": [each.as_json() for each in found]}
        (asked.company / "scale.json").write_text(json.dumps(figures, indent=1), "utf-8")
    report.shown(found, Console(width=None if sys.stdout.isatty() else 150), title="the whole job")


if __name__ == "__main__":
    main()
