"""What a project keeps is its owner's alone, even if everybody may look at what else they write."""

import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.datastructures import UploadFile

from shuke import app
from shuke.access.secret import project_key
from shuke.builds import pipeline
from shuke.collect.ingestion import ingest
from shuke.web import uploads
from tests import shop

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")

CARDS = "member_no,name,phone,birthday\n1,Ann Lee,07700 900123,1985-03-02\n2,Bob Ray,07700 900124,soon\n"


@pytest.fixture
def careless() -> Iterator[None]:
    """An owner whose files are everybody's."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_nobody_else_can_look_into_a_project(careless, few, tmp_path):
    project = app.init(tmp_path / "shops" / "tea", shop.SETTINGS)
    file = tmp_path / "cards.csv"
    file.write_text(CARDS, "utf-8")
    ingest(project, "club", [file], now=shop.NOW)
    pipeline.build(project, now=shop.NOW)
    uploads.keep(project, [UploadFile(io.BytesIO(CARDS.encode()), filename="cards.csv")])
    project_key(project.data / "key")
    with project.operations.writing():
        pass
    kept = {path: stat.S_IMODE(path.stat().st_mode) for path in (project.root, *project.root.rglob("*"))}
    wanted = {path: 0o700 if path.is_dir() else 0o600 for path in kept}
    assert kept == wanted
    names = {path.name for path in kept}
    assert names >= {"shuke.toml", "club.toml", "quarantine.parquet", "operations.db", "key", "current"}


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path):
    root = tmp_path / "shared"
    root.mkdir()
    root.chmod(0o750)
    app.init(root, shop.SETTINGS)
    assert stat.S_IMODE(root.stat().st_mode) == 0o750
