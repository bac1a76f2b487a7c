"""Operations databases for tests: an empty or a migrated one, each on SQLite and on PostgreSQL.

PostgreSQL is a real server, started once for the test run in a folder of its own, reachable only
through a socket in that folder.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher

from shuke.access import passwords
from shuke.store.operations import Operations, open_operations

_numbers = count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without a table in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/operations.db"
    socket: Path = request.getfixturevalue("postgres_socket")
    name = f"test_{next(_numbers)}"
    with psycopg.connect(f"host={socket} user=postgres dbname=postgres", autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {name}".encode())  # fifty times as fast as a whole database
    return f"postgresql://postgres@/postgres?host={socket}&options=-csearch_path%3D{name}"


@pytest.fixture
def operations(empty_database: str, quick_hashes: None) -> Iterator[Operations]:
    opened = open_operations(empty_database)
    yield opened
    opened.close()


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 as ever, but with the least memory and time: a test logs in more often than a person."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture(scope="session")
def postgres_socket() -> Iterator[Path]:
    """The folder in which the test run's own PostgreSQL server listens."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="shuke-pg-"))
    shutil.chown(folder, _owner() or os.getuid())
    try:
        _run(
            [
                binaries / "initdb",
                "-D",
                folder / "data",
                "-U",
                "postgres",
                "-A",
                "trust",
                "--no-sync",
                "-E",
                "UTF8",
            ]
        )
        server = _start(binaries, folder)
        try:
            yield folder
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nobody needs these databases again
            server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.fail("These tests need PostgreSQL's server. Install it: apt-get install -y postgresql")
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


def _owner() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as somebody with fewer rights."""
    return "nobody" if os.getuid() == 0 else None


def _run(command: list[str | Path]) -> None:
    done = subprocess.run(command, user=_owner(), cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _start(binaries: Path, folder: Path) -> "subprocess.Popen[bytes]":
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "16MB",
        "max_connections": "50",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        command = [str(binaries / "postgres"), "-D", str(folder / "data"), *options]
        server = subprocess.Popen(command, user=_owner(), cwd="/", stdout=log, stderr=log)
    _wait_until_ready(server, folder)
    return server


def _wait_until_ready(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    for _ in range(300):
        try:
            psycopg.connect(f"host={folder} user=postgres dbname=postgres").close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    server.kill()
    pytest.fail("PostgreSQL did not start:\n" + (folder / "log").read_text())
