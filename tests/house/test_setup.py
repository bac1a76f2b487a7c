"""Set-up: does it ask for what is missing, and leave alone what is there?"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: What the scripts call besides what they look for.
ORDINARY = ["bash", "cat", "dirname", "env"]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of programs that is all this machine has: the ordinary ones, and a Python."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for each in ORDINARY:
        (programs / each).symlink_to(shutil.which(each) or each)
    _program(programs, "python3", f'exec "{sys.executable}" "$@"')
    return programs


def test_nothing_is_asked_of_a_machine_that_has_everything(machine: Path):
    _program(machine, "chromium", "exit 0")
    _program(machine, "java", 'echo openjdk version \\"17.0.15\\" >&2')
    _program(machine, "apt-get", "echo asked; exit 1")
    done = _run(machine, "scripts/system.sh", "venv", "browser", "java")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_java_that_is_too_old_is_missing(machine: Path):
    _program(machine, "java", 'echo openjdk version \\"11.0.2\\" >&2')
    done = _run(machine, "scripts/system.sh", "java")
    assert done.returncode == 1 and "openjdk-17-jre-headless" in done.stderr


def test_one_who_may_not_install_is_told_what_to_ask_for(machine: Path):
    _program(machine, "apt-get", "echo asked; exit 1")
    _program(machine, "id", "echo 1000")
    done = _run(machine, "scripts/system.sh", "browser", "java")
    assert done.returncode == 1
    assert "apt-get install --no-install-recommends chromium openjdk-17-jre-headless" in done.stderr
    assert "asked" not in done.stdout


def test_what_a_release_calls_otherwise_is_found_under_its_other_name(machine: Path):
    """The release has Java 21 only; installing it makes it appear."""
    _program(machine, "id", "echo 0")
    _program(
        machine,
        "apt-cache",
        'case "$2" in *-21-*) echo "  Candidate: 21.0.1" ;; *) echo "  Candidate: (none)" ;; esac',
    )
    java = '#!/bin/sh\\necho openjdk version \\\\\\"21.0.1\\\\\\" >&2\\n'
    _program(
        machine,
        "apt-get",
        f'echo "$@" >> "{machine}/calls"; case "$*" in *install*) printf "{java}" > "{machine}/java";'
        f' "{shutil.which("chmod")}" +x "{machine}/java" ;; esac',
    )
    done = _run(machine, "scripts/system.sh", "java")
    assert done.returncode == 0, done.stderr
    update, install = (machine / "calls").read_text().splitlines()
    assert update.endswith(" update")
    assert install.endswith("install --yes --no-install-recommends openjdk-21-jre-headless")


def test_an_old_python_is_named_and_refused(machine: Path):
    (machine / "python3").unlink()
    _program(machine, "python3", 'if [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi')
    done = _run(machine, "scripts/python.sh")
    assert done.returncode == 1
    assert "3.11 or later" in done.stderr and "found Python 3.9.2" in done.stderr


def _program(folder: Path, program: str, script: str) -> None:
    path = folder / program
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _run(programs: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(programs), "HOME": str(programs), "LC_ALL": "C.UTF-8"}
    interpreter = shutil.which("bash") or os.devnull
    return subprocess.run(
        [interpreter, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
