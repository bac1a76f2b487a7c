"""python -m bench: import, tables, identity, start-up, pages and memory, as ratios from one run."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from bench import company, report
from bench.analyses import analyses
from bench.baskets import associated
from bench.fits import fits
from bench.fixed import fixed
from bench.identity import identity
from bench.measured import Measured
from bench.pages import pages
from bench.recommendations import recommended
from bench.retail import imports
from bench.scale import SIZES, scale
from bench.startup import startup
from bench.tables import tables

#: 14,000 customers and 150,000 lines: meant to take about two minutes on two idle cores.
SCALE = 0.01


def main() -> None:
    asked = _asked()
    with tempfile.TemporaryDirectory(prefix="shuke-bench-", dir=asked.work) as work:
        found = []
        for line in _measured(Path(work), asked):
            found.append(line)
            print(f"{line.section}: {line.name}", file=sys.stderr, flush=True)
    machine = report.machine()
    if asked.format == "json":
        print(
            json.dumps({"scale": asked.scale, **machine, "measured": [m.as_json() for m in found]}, indent=1)
        )
        return
    said = ", ".join(f"{name} {value}" for name, value in machine.items())
    width = None if sys.stdout.isatty() else 150
    report.shown(found, Console(width=width), title=f"scale {asked.scale:g}, {asked.rounds} rounds; {said}")


def _measured(work: Path, asked: argparse.Namespace) -> Iterator[Measured]:
    if asked.only == "identity":
        return _of_identity(work, scale=asked.scale)
    if asked.only == "analyses":
        return _of_analyses(asked.company or work / "company", asked)
    if asked.only == "scale":
        return scale(asked.company or work, sizes=asked.sizes)
    alone = {"recommendations": recommended, "baskets": associated}
    if asked.only == "fits":
        return fits(rounds=asked.rounds)
    if asked.only in alone:
        return alone[asked.only](work, rounds=asked.rounds)
    return _everything(work, scale=asked.scale, rounds=asked.rounds)


def _everything(work: Path, *, scale: float, rounds: int) -> Iterator[Measured]:
    yield from imports(work, rounds=rounds)
    yield from _of_company(work, scale=scale, rounds=rounds)
    yield from analyses(work / "company", rounds=rounds)
    yield from _of_identity(work, scale=scale)
    yield from fits(rounds=rounds)
    yield from recommended(work, rounds=rounds)
    yield from associated(work, rounds=rounds)
    yield startup(rounds=2 * rounds + 1)
    yield from fixed(work, rounds=rounds)
    yield from pages(work / "company", rounds=2 * rounds + 1)


def _of_company(work: Path, *, scale: float, rounds: int) -> Iterator[Measured]:
    parts = [*company.imported(work / "company", scale=scale), *tables(work / "company", rounds=rounds)]
    for section in ("tables", "company", "memory"):
        yield from (part for part in parts if part.section == section)


def _of_analyses(folder: Path, asked: argparse.Namespace) -> Iterator[Measured]:
    """On the company in `folder`, such as `bench.scale` keeps; it is made where there is none."""
    if not (folder / "project").exists():
        company.prepared(folder, customers=company.size(asked.scale))
        company.built(folder)
    yield from analyses(folder, rounds=asked.rounds, wanted=tuple(asked.tables))


def _of_identity(work: Path, *, scale: float) -> Iterator[Measured]:
    resolved = list(identity(work / "identity", scale=scale))
    for section in ("identity", "memory"):
        yield from (part for part in resolved if part.section == section)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--scale", type=float, default=SCALE, help="1 is 1.4 million customers, 14 million lines"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each side runs, in turns")
    parser.add_argument(
        "--work", type=Path, help="a folder with room for files and builds (about 12 GB at scale 1)"
    )
    alone = ("analyses", "identity", "fits", "recommendations", "baskets", "scale")
    parser.add_argument("--only", choices=alone, help="leave all else out")
    parser.add_argument("--tables", nargs="*", default=(), help="of the analyses, only these")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, help="numbers of customers, for the whole job"
    )
    parser.add_argument(
        "--company", type=Path, help="a folder for the companies of analyses and scale, to be used again"
    )
    parser.add_argument("--format", choices=("table", "json"), default="table")
    return parser.parse_args()


if __name__ == "__main__":
    main()
