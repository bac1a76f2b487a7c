"""Crowd: does everybody get their page when many read at once while a build is made, and what does it take?

    python -m bench.crowd FOLDER --customers 100000 --clients 32 --minutes 10

FOLDER keeps the company, to be used again. Read is every address of console and API that can be, made from
the routes; the server and the builds, one after another, are processes of their own.
"""

import argparse
import http.client
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from bench import company
from bench.addresses import readable
from bench.measured import resident
from bench.pages import logged_in
from shuke.app import Project
from shuke.console.request_context import SESSION_COOKIE
from shuke.server import create_app

#: Seconds after which a page counts as never answered.
PATIENCE = 120


@dataclass(frozen=True)
class Asking:
    """What the clients read, as whom and until when."""

    port: int
    headers: Mapping[str, str]
    paths: Sequence[str]
    ends: float


@dataclass
class Answers:
    """What the clients got."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")

    def add(self, path: str, status: int, seconds: float) -> None:
        self.statuses[status] += 1
        self.seconds.append(seconds)
        self.slowest = max(self.slowest, (seconds, path))
        if status >= 500 or not status:
            self.failed[f"{status} {path}"] += 1


def main() -> None:
    asked = _asked()
    if not (asked.folder / "project").exists():
        company.prepared(asked.folder, customers=asked.customers)
        company.built(asked.folder)
    project = company.project(asked.folder)
    customer = project.open().table("customers").limit(1).to_pyarrow()["customer_id"][0].as_py()
    paths, (cookie, token) = readable(create_app(project), customer), logged_in(project)
    headers = {
        "Cookie": f"{SESSION_COOKIE}={cookie}", "Authorization": f"Bearer {token}", "Accept-Language": "en",
    }  # fmt: skip
    answers, ends = Answers(), time.monotonic() + 60 * asked.minutes
    with _served(project) as (server, port):
        readers = [
            threading.Thread(target=_read, args=(Asking(port, headers, paths, ends), number, answers))
            for number in range(asked.clients)
        ]
        for reader in readers:
            reader.start()
        builds, peak = _builds(project, server.pid, ends)
        for reader in readers:
            reader.join()
        alive = server.poll() is None
    _tell(answers, builds=builds, peak=peak, alive=alive, addresses=len(paths))
    sys.exit(bool(answers.failed) or not alive)


def _read(asking: Asking, number: int, answers: Answers) -> None:
    """Read one address after another, each client in an order of its own, until the time is over."""
    dice = random.Random(number)
    while time.monotonic() < asking.ends:
        path, started, status = dice.choice(asking.paths), time.monotonic(), 0
        connection = http.client.HTTPConnection("127.0.0.1", asking.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=asking.headers)
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        answers.add(path, status, time.monotonic() - started)


@contextmanager
def _served(project: Project) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    command = [sys.executable, "-m", "shuke", "serve", "--port", "0"]
    server = subprocess.Popen(command, cwd=project.root, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        address = next(line for line in server.stdout if "http://" in line)
        yield server, int(address.split("http://")[1].split("/")[0].rpartition(":")[2])
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def _builds(project: Project, server: int, ends: float) -> tuple[int, float]:
    """Build until the time is over: how many builds that were, and the server's most memory, in GiB."""
    made, peak = 0, 0.0
    while time.monotonic() < ends:
        build = subprocess.Popen(
            [sys.executable, "-m", "shuke", "build"],
            cwd=project.root, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        while build.poll() is None:
            peak = max(peak, resident(server))
            if time.monotonic() > ends:
                build.terminate()
            time.sleep(0.5)
        made += build.returncode == 0
    return made, peak


def _tell(answers: Answers, *, builds: int, peak: float, alive: bool, addresses: int) -> None:
    cuts = quantiles(answers.seconds, n=100) if len(answers.seconds) > 1 else [0.0] * 99
    print(f"{len(answers.seconds):,} answers of {addresses} addresses: {dict(answers.statuses)}")
    print(f"seconds: median {cuts[49]:.2f}, 95 % {cuts[94]:.2f}, slowest {answers.slowest}")
    print(f"{builds} builds made meanwhile; the server, {'alive' if alive else 'DEAD'}, held {peak:.2f} GiB")
    for what, times in answers.failed.most_common():
        print(f"FAILED {times} x {what}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.crowd", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder for the company, to be used again")
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--minutes", type=float, default=10)
    return parser.parse_args()


if __name__ == "__main__":
    main()
