"""A project of a few files: enough for whoever looks at files alone."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shuke import app
from shuke.access.audit import Actor
from shuke.app import Project
from shuke.settings import Settings
from shuke.store.builds import Build
from shuke.store.landing import Receipt
from tests.store.test_builds import manifest

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BY = Actor("anna", "cli")


def land(project: Project, source: str = "till") -> str:
    """One batch of one file."""
    with project.landing.delivery(source) as delivery:
        _write(delivery.batch / "people.0.parquet", delivery.name)
        delivery.land(
            Receipt(
                batch=delivery.name, source=source, files=("a.csv",), received_at=NOW, read=1, loaded=1,
                unchanged=0, rejected=0, tables={"people": 1},
            )
        )  # fmt: skip
    return delivery.name


def build(project: Project) -> Build:
    """One build of one table, in force."""
    with project.builds.making() as making:
        (making.tables / "rfm").mkdir()
        _write(making.tables / "rfm" / "0.parquet", str(making.number))
        made = making.finish(manifest(making.number))
    return project.builds.point(made.number)


def _write(path: Path, told: str) -> None:
    pq.write_table(pa.table({"name": [told * 1000]}), path, compression="none")


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    """Two batches, two builds, a mapping, an analysis, a model, the key; and what is no part of it."""
    project = app.init(tmp_path / "shop", Settings(name="茶 & Co", language="en", builds_kept=2))
    for source in ("till", "网店"):
        land(project, source)
    build(project)
    build(project)
    with project.models.making() as making:
        (making.version / "model.json").write_text("{}")
        making.keep()
    project.models.use(1)
    for place in (project.mappings / "till.toml", project.root / "analyses" / "own.py"):
        place.parent.mkdir(exist_ok=True)
        place.write_text("# kept\n")
    (project.root / "notes.csv").write_text("not the project's")
    (project.work / "uploads").mkdir()
    (project.work / "uploads" / "waiting.csv").write_text("not imported yet")
    return project
