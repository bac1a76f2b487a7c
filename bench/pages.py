"""Pages: what does a page of the console, or an answer of the API, cost, and how long until its first byte?

    python -m bench.pages FOLDER --readers 8

FOLDER holds a company, as `bench.crowd` makes it. CPU seconds are this process's, which holds the server;
each round asks for another customer, another name, so that nothing is told twice.
"""

import argparse
import asyncio
import secrets
import statistics
import time
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bench import company
from bench.measured import Measured
from shuke.access import sessions, tokens, users
from shuke.access.audit import Actor
from shuke.access.roles import Role
from shuke.access.secret import project_key
from shuke.app import Project
from shuke.console.request_context import SESSION_COOKIE
from shuke.server import create_app

#: As in a browser that has the scripts and styles already; a page waits for nothing else.
PAGES = (
    "/", "/customers", "/customers?q={name}", "/customers?q={phone}", "/customers/{customer}",
    "/tables", "/tables/rfm", "/tables/purchases", "/alerts", "/batches", "/builds", "/dictionary",
)  # fmt: skip

#: The same for programs.
ANSWERS = (
    "/api/overview", "/api/customers", "/api/customers?q={name}", "/api/customers?q={phone}",
    "/api/customers/{customer}", "/api/tables", "/api/tables/rfm", "/api/tables/purchases", "/api/alerts",
)  # fmt: skip

#: At most, with 100,000 customers.
CPU = 0.05

#: Of eight readers at once on two cores, 19 of 20 wait no longer than this.
WAIT = 0.5


@dataclass(frozen=True)
class Asked:
    """One address as it was answered."""

    status: int
    seconds: float  # until the first byte
    cpu: float  # of the whole process, until the answer was whole


def pages(folder: Path, *, rounds: int) -> Iterator[Measured]:
    """Every page several times, in this process and without a network; the first time is one of them."""
    for page, answers in asked(company.project(folder), PAGES, rounds=rounds):
        cold = f"cold {answers[0].seconds:.2f} s"
        yield Measured(
            section="first byte", name=page, ours=tuple(one.seconds for one in answers),
            note=f"{cold}, then {_usual(answers):.3f} s of CPU" if _good(answers) else _statuses(answers),
        )  # fmt: skip


def asked(project: Project, pages: Sequence[str], *, rounds: int) -> Iterator[tuple[str, list[Asked]]]:
    """The answers to each page, one after another."""
    app, headers = create_app(project), _headers(project)
    for page in pages:
        addresses = islice(_addresses(project, page), rounds)
        yield page, [asyncio.run(_answer(app, address, headers)) for address in addresses]


def waited(project: Project, *, readers: int, rounds: int) -> list[Asked]:
    """The answers to as many readers at once, each of whom reads every page and answer in turn."""
    app, headers = create_app(project), _headers(project)
    every = (*PAGES, *ANSWERS)
    ways = {page: _addresses(project, page) for page in every}

    async def read(number: int) -> list[Asked]:
        mine = islice(cycle(every), number, number + rounds * len(every))
        return [await _answer(app, next(ways[page]), headers) for page in mine]

    async def together() -> list[list[Asked]]:
        return await asyncio.gather(*map(read, range(readers)))

    return [answer for answers in asyncio.run(together()) for answer in answers]


def _addresses(project: Project, page: str) -> Iterator[str]:
    """A page with one customer after another, from all over the company."""
    known = project.open().table("customers")
    told = known.filter(known.name.notnull() & known.phone.notnull()).order_by("customer_id")
    some = told.select("customer_id", "name", "phone").to_pyarrow()
    step = max(1, len(some) // 97)
    for row in cycle(some.to_pylist()[::step]):
        phone = row["phone"].strip("+")[-8:]
        yield page.format(customer=row["customer_id"], name=row["name"].split()[-1], phone=phone)


def _usual(answers: Sequence[Asked]) -> float:
    """CPU of an answer; the first one loads and learns what the others know."""
    return statistics.median(one.cpu for one in (answers[1:] or answers))


def _good(answers: Sequence[Asked]) -> bool:
    return all(answer.status == 200 for answer in answers)


def _statuses(answers: Sequence[Asked]) -> str:
    return "STATUS " + " ".join(sorted({str(answer.status) for answer in answers}))


async def _answer(app: Any, path: str, headers: dict[str, str]) -> Asked:
    place, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": place, "raw_path": place.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }  # fmt: skip
    status: list[int] = []
    arrived: list[float] = []
    elsewhere: list[str] = []

    asking: list[dict[str, Any]] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        # Whoever has asked stays until the answer is there.
        return asking.pop() if asking else await asyncio.Future[dict[str, Any]]()

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])
            elsewhere.extend(value.decode() for name, value in message["headers"] if name == b"location")
        elif not arrived:
            arrived.append(time.perf_counter())

    started, cpu = time.perf_counter(), time.process_time()
    await app(scope, receive, send)
    if elsewhere:  # what an address must not say is kept first, as in a browser
        return await _answer(app, elsewhere[0], headers)
    return Asked(status[0], arrived[0] - started, time.process_time() - cpu)


def _headers(project: Project) -> dict[str, str]:
    cookie, token = logged_in(project)
    return {
        "host": "localhost", "accept-language": "en", "cookie": f"{SESSION_COOKIE}={cookie}",
        "authorization": f"Bearer {token}",
    }  # fmt: skip


def logged_in(project: Project) -> tuple[str, str]:
    """The cookie of a new administrator, and a token."""
    now = datetime.now(UTC)
    by = Actor("bench", "cli")
    name = f"stopwatch-{secrets.token_hex(4)}"
    user = users.create_user(project.operations, name, Role.ADMIN, by=by, now=now).user
    users.change_password(project.operations, user, secrets.token_urlsafe(), by=by, now=now)
    wish = tokens.TokenRequest(name="bench", role=Role.ADMIN)
    cookie = sessions.begin(project.operations, project_key(project.data / "key"), user, now=now)
    return cookie, tokens.issue(project.operations, user, wish, by=by, now=now)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.pages", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--readers", type=int, default=0)
    parser.add_argument("--only", default="", help="pages whose address begins so")
    told = parser.parse_args()
    project = company.project(told.folder)
    chosen = [page for page in (*PAGES, *ANSWERS) if page.startswith(told.only)]
    for page, answers in asked(project, chosen, rounds=told.rounds):
        first, usual = answers[0].cpu, _usual(answers)
        note = "" if _good(answers) else _statuses(answers)
        print(f"{page:30} {usual:7.3f} s of CPU (aim {CPU}), the first time {first:.2f} s {note}", flush=True)
    if told.readers:
        answers = waited(project, readers=told.readers, rounds=1)
        late = statistics.quantiles([one.seconds for one in answers], n=20)[-1]
        print(f"{told.readers} readers, {len(answers)} answers: 95 % within {late:.2f} s (aim {WAIT})")


if __name__ == "__main__":
    main()
