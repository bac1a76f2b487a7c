"""Restores whose process was killed: what is said of them, and how does one go on?"""

import shutil
from pathlib import Path
from unittest.mock import Mock

import pytest

from shuke.backup import restoring
from shuke.errors import Busy, UnknownProject
from shuke.integrity.examination import examined
from shuke.store import disk
from tests.backup.conftest import again, files


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_a_restore_whose_process_was_killed_is_told_and_begins_anew(
    backup, tmp_path, monkeypatch, moved: int
):
    folder = tmp_path / "again"
    killed_in_a_restore(backup, folder, moved, monkeypatch)
    (finding,) = examined(folder).findings
    assert finding.grave and finding.place == "again"
    with disk.only_one(folder / ".restoring.lock", doing="restoring"):
        with pytest.raises(Busy):
            again(backup, folder)
        with pytest.raises(UnknownProject):  # of one at work nothing is left
            examined(folder)
        assert (folder / ".restoring").exists()
    restored = again(backup, folder)
    assert files(restored.root) == files(again(backup, tmp_path / "in one go").root)
    killed_in_a_restore(backup, tmp_path / "other", moved, monkeypatch)
    assert examined(tmp_path / "other", repair=True).sound
    assert not [*(tmp_path / "other").iterdir()]


def test_what_a_restore_leaves_in_its_last_moment_is_removed_from_the_project(backup, tmp_path, monkeypatch):
    folder = tmp_path / "again"
    killed_in_a_restore(backup, folder, 4, monkeypatch)
    before = files(folder)
    assert ".restoring" in {each.place for each in examined(folder).findings}
    examined(folder, repair=True)
    assert not (folder / ".restoring").exists() and files(folder) == before


def killed_in_a_restore(backup: Path, folder: Path, moved: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a kill leaves it after so many of its files and folders have come into their place."""
    publish, left = disk.publish, iter(range(moved))

    def until_killed(aside: Path, place: Path) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        publish(aside, place)

    with monkeypatch.context() as patch:
        patch.setattr(disk, "publish", until_killed)
        patch.setattr(Path, "rmdir", Mock(side_effect=KeyboardInterrupt))
        patch.setattr(restoring, "_remove", lambda *_: None)
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(KeyboardInterrupt):
            again(backup, folder)
