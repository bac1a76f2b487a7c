"""Identity: how fast is who is who found out beside plain Splink, in how much memory, and how well?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import company
from bench.measured import Finished, Measured, child

#: How many records the demo company has, and from which scale on so many are tried.
SIZES = ((10_000, 0.0), (100_000, 0.05), (1_600_000, 1.0))

#: Of one customer of the demo company there are so many records.
_EACH = 2.36

#: How well it is told apart, by how many times the dirt.
_DIRT = (("half the dirt", 0.5), ("as it comes", 1.0), ("double dirt", 2.0))


@dataclass(frozen=True)
class Sides:
    """One resolution of nearly all records, plain Splink over the same, and what the others then cost.

    In seconds, by step; of the clock, which other work disturbs, and of the processors.
    """

    records: int
    full: Finished
    wall: dict[str, float]
    cpu: dict[str, float]
    splink: dict[str, float]
    splink_cpu: dict[str, float]
    added: dict[str, float]
    added_cpu: dict[str, float]


def identity(folder: Path, *, scale: float) -> Iterator[Measured]:
    """Every size that the scale asks for, and then how good it is by dirt."""
    for records, least in SIZES:
        if scale >= least:
            yield from _fast(folder / str(records), records)
    for name, times in _DIRT:
        yield from _good(folder / f"dirt-{times:g}", name, times)


def _fast(folder: Path, records: int) -> Iterator[Measured]:
    company.prepared(folder, customers=round(records / _EACH))
    sides = _sides(folder)
    ours, theirs, more = (sum(s.values()) for s in (sides.wall, sides.splink, sides.added))
    cpu, their_cpu, more_cpu = (sum(s.values()) for s in (sides.cpu, sides.splink_cpu, sides.added_cpu))
    largest = records == SIZES[-1][0]
    yield Measured(
        section="identity", name=f"{sides.records:,} records", ours=(ours,), theirs=(theirs,),
        aim=3.0 if largest else None,
        note=f"{sides.records / ours:,.0f} a second; {cpu:.1f} s of CPU beside {their_cpu:.1f}: "
        + _by_step(sides.cpu),
    )  # fmt: skip
    yield Measured(
        section="identity", name=f"{sides.records:,}, and 1 % more: share of the time", unit="share",
        ours=(more / ours,), aim=0.1 if largest else None,
        note=f"{more:.1f} s; {more_cpu / cpu:.2f} of the CPU: {_by_step(sides.added_cpu)}",
    )  # fmt: skip
    yield Measured(
        section="memory", name=f"identity, {sides.records:,} records", ours=(sides.full.peak,), unit="GiB",
        aim=8.0,
    )  # fmt: skip


def _by_step(seconds: dict[str, float]) -> str:
    return ", ".join(f"{name} {said:.1f}" for name, said in seconds.items() if said >= 0.05)


def _sides(folder: Path) -> Sides:
    full, most = _child("resolve-most", folder)
    _, splink = _child("splink", folder)
    _, added = _child("resolve", folder)
    return Sides(
        most["records"], full, most["wall"], most["cpu"],
        splink["wall"], splink["cpu"], added["wall"], added["cpu"],
    )  # fmt: skip


def _good(folder: Path, name: str, times: float) -> Iterator[Measured]:
    company.prepared(folder, customers=round(SIZES[0][0] / _EACH), dirt=times)
    _child("resolve", folder)
    _, said = _child("evaluate", folder)
    for measure, aim in (("f1", 0.97), ("precision", 0.995)):
        yield Measured(
            section="identity", name=f"pairwise {measure}, {name}", ours=(said[measure],), unit="of 1",
            aim=aim if times == 1 else None, at_least=True,
        )  # fmt: skip


def _child(what: str, folder: Path) -> tuple[Finished, dict[str, Any]]:
    finished = child("-m", "bench.resolution", what, str(folder))
    return finished, json.loads((folder / "figures.json").read_text("utf-8"))
