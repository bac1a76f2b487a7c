"""Secret: one key a project, whoever asks first."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from shuke.access.secret import KEY_BYTES, project_key
from shuke.errors import Damaged


def test_the_key_is_made_once_and_private(tmp_path: Path):
    key = project_key(tmp_path / "key")
    assert len(key) == KEY_BYTES
    assert project_key(tmp_path / "key") == key
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_two_projects_have_two_keys(tmp_path: Path):
    assert project_key(tmp_path / "one") != project_key(tmp_path / "two")


def test_processes_that_ask_at_once_get_the_same_key(tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from shuke.access.secret import project_key;"
        "print(project_key(Path(sys.argv[1])).hex())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "key")]
    asked = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({process.communicate()[0] for process in asked}) == 1


def test_what_a_killed_process_left_is_not_taken_for_the_key(tmp_path: Path):
    (tmp_path / "key.new").write_bytes(b"half")
    assert len(project_key(tmp_path / "key")) == KEY_BYTES


def test_a_damaged_key_is_never_replaced(tmp_path: Path):
    (tmp_path / "key").write_bytes(b"")
    with pytest.raises(Damaged, match="damaged"):
        project_key(tmp_path / "key")
    assert (tmp_path / "key").read_bytes() == b""
