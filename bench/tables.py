"""Tables: how long does the build of each take, beside a query written by hand for the same rows?"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import by_hand, company
from bench.measured import Measured, seconds
from shuke.app import Project
from shuke.graph import catalogue


@dataclass(frozen=True)
class Compared:
    """One table, made twice from the same inputs."""

    rows: int
    ours: float
    theirs: float
    differences: int


def tables(folder: Path, *, rounds: int) -> Iterator[Measured]:
    """Build and query in turns, and compare what came of both row for row.

    What a table's build took is what its manifest says: computed, written and checked.
    """
    builds, found = [], []
    for _ in range(rounds):
        builds.append(company.built(folder))
        found.append(_compared(company.project(folder), folder))
    for name, last in found[-1].items():
        yield Measured(
            section="tables", name=name, aim=2.0, ours=tuple(r[name].ours for r in found),
            theirs=tuple(r[name].theirs for r in found),
            note=f"{last.rows:,} rows, " + (f"{last.differences:,} DIFFER" if last.differences else "equal"),
        )  # fmt: skip
    yield Measured(
        section="tables", name="all of these", aim=2.0,
        ours=tuple(sum(c.ours for c in r.values()) for r in found),
        theirs=tuple(sum(c.theirs for c in r.values()) for r in found),
    )  # fmt: skip
    yield Measured(section="company", name="build, all tables", ours=tuple(b.seconds for b in builds))
    peaks = tuple(b.peak for b in builds)
    yield Measured(section="memory", name="build, all tables", ours=peaks, unit="GiB", aim=4.0)


def _compared(project: Project, folder: Path) -> dict[str, Compared]:
    """Every table of the newest build for which there is a query, beside what the query takes and says."""
    build = project.builds.current()
    steps = catalogue.derived()
    found = {}
    for name, made in build.manifest.tables.items():
        analysed = name in steps and steps[name].area == "analyses"  # see `bench.analyses`
        if by_hand.there_is(name) and not analysed:
            target = folder / f"{name}.parquet"
            with by_hand.inputs(project, build) as db:
                theirs = seconds(partial(by_hand.copy, db, name, target))
                different = by_hand.differences(db, name, build.path(name), target)
            found[name] = Compared(made.rows, made.seconds, theirs, different)
    return found
