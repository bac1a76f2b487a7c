"""A project of a few files: enough for whoever looks at files alone."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyrage import x25519

from shuke import app
from shuke.access.audit import Actor
from shuke.app import Project
from shuke.backup import restoring, saving
from shuke.backup.encryption import DecryptionKeys, EncryptionKeys
from shuke.backup.snapshot import BuildScope
from shuke.settings import Settings
from shuke.store.builds import Build
from shuke.store.landing import Receipt
from tests.store.test_builds import manifest

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BY = Actor("anna", "cli")

OWN = x25519.Identity.generate()
LOCKS = EncryptionKeys(recipients=(OWN.to_public(),))
KEYS = DecryptionKeys(passphrase=str, identities=(OWN,))


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
        folder = making.folder / "rfm"
        folder.mkdir()
        _write(folder / "0.parquet", str(making.number))
        kept = making.keep("rfm", folder, fingerprint=f"{making.number:032x}", seconds=0.5)
        made = making.finish(manifest(making.number, tables={"rfm": kept}))
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


@pytest.fixture
def backup(shop: Project, tmp_path: Path) -> Path:
    return save(shop, tmp_path / "shop.backup").file


def save(project: Project, file: Path, which: BuildScope = BuildScope.CURRENT) -> saving.Saved:
    return saving.back_up(project, file, locks=LOCKS, which=which, by=BY, now=NOW)


def again(file: Path, folder: Path) -> Project:
    return restoring.restore(file, folder, keys=KEYS, by=BY, now=NOW).project


def files(root: Path) -> dict[str, bytes]:
    """What a project consists of, without its database, locks and work."""
    found = (path for path in root.rglob("*") if path.is_file() and not path.name.endswith(".lock"))
    told = {path.relative_to(root).as_posix(): path.read_bytes() for path in found}
    return {n: c for n, c in told.items() if not n.startswith(("data/aside", "data/operations.db"))}
