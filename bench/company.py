"""Company: how much memory and time do the whole import and build of the demo company take?"""

import json
import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

from bench.measured import Finished, Measured, child
from shuke import app, demo
from shuke.app import Project
from shuke.builds import pipeline
from shuke.collect.ingestion import ingest
from shuke.demo import Dirt
from shuke.settings import Settings

#: At scale 1; the generator gives each about ten lines.
CUSTOMERS = 1_400_000
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def imported(folder: Path, *, scale: float) -> Iterator[Measured]:
    """Make the company's files and import them in a process of its own; leaves the project in `folder`."""
    made = child("-m", "bench.company", "make", str(folder), str(size(scale)))
    yield Measured(section="company", name="made by the generator", ours=(made.seconds,))
    finished = child("-m", "bench.company", "import", str(folder))
    lines = sum(r.tables.get("order_items", 0) for r in project(folder).landing.receipts())
    yield Measured(
        section="company", name="import, all files", ours=(finished.seconds,),
        note=f"{size(scale):,} customers, {lines:,} order lines",
    )  # fmt: skip
    yield Measured(section="memory", name="import, all files", ours=(finished.peak,), unit="GiB", aim=4.0)


def size(scale: float) -> int:
    return max(1000, round(CUSTOMERS * scale))


def prepared(folder: Path, *, customers: int, dirt: float = 1.0) -> None:
    """A company of its own, so many times as dirty as it comes, imported into a project in `folder`."""
    child("-m", "bench.company", "make", str(folder), str(customers), str(dirt))
    child("-m", "bench.company", "import", str(folder))


def built(folder: Path) -> Finished:
    """One build of the project in a process of its own."""
    return child("-m", "bench.company", "build", str(folder))


def project(folder: Path) -> Project:
    return app.open_project(folder / "project")


def _make(folder: Path, *, customers: int, dirt: float) -> None:
    made = demo.make(folder, customers=customers, dirt=_times(dirt))
    (folder / "files.json").write_text(json.dumps([(f.source, str(f.path)) for f in made.files]), "utf-8")


def _times(times: float) -> Dirt:
    """The company's usual dirt so many times; what is there or not stays as it is."""
    usual = Dirt()
    shares = {knob.name: getattr(usual, knob.name) for knob in fields(Dirt)}
    return Dirt(**{n: s if isinstance(s, bool) else min(1.0, s * times) for n, s in shares.items()})


def _import(folder: Path) -> None:
    opened = app.init(folder / "project", Settings(name="Bench"))
    for source, path in json.loads((folder / "files.json").read_text("utf-8")):
        ingest(opened, source, [Path(path)], now=NOW)


def _build(folder: Path) -> None:
    pipeline.build(project(folder), now=NOW)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", folder, customers, *dirt]:
            _make(Path(folder), customers=int(customers), dirt=float(dirt[0]) if dirt else 1.0)
        case ["import", folder]:
            _import(Path(folder))
        case ["build", folder]:
            _build(Path(folder))
