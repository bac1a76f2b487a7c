"""What can be learnt of people by whoever may not see who they are, at any route?

Two companies are alike in everything but that: names, phones, e-mails, addresses, birth dates, what people
said and what files are called differ, and leave the same masks. Whatever a viewer or nobody at all asks, both
must answer alike, with as much work; else the answer, a count, an order, an error or the time that it takes
would tell. The questions are made from the routes, the description of the API and the columns of the tables.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from ibis.backends.sql import SQLBackend
from starlette.testclient import TestClient

from bench.addresses import readable, routes
from shuke import app
from shuke.access import sessions, tokens, users
from shuke.access.roles import Role
from shuke.access.tokens import TokenRequest
from shuke.app import Project
from shuke.builds import pipeline
from shuke.console.request_context import SESSION_COOKIE
from shuke.server import create_app
from shuke.store import disk
from shuke.views import tables, unused_fields
from tests import shop
from tests.api.conftest import OWNER
from tests.api.test_described import calls, operations

NOW = datetime.now(UTC)

#: Of each, what it is in the one company and in the other: letters change places, so that what is alike in
#: the one is as much alike in the other. Who comes first by name is not the same in both.
ADA, AVERY, WEI, BOB = (
    ("Ada North", "Ava North"), ("Avery South", "Adery South"), ("吴岚", "吴萌"),
    ("Bob Dane Jr.", "Bob Vane Sr."),
)  # fmt: skip
MOBILE, CHINESE = ("+44 7700 900123", "+44 7711 900123"), ("138 0013 9000", "138 7713 9000")
EMAIL = ("ada@example.com", "ava@example.com")
ADDRESS = ("1 Fell Lane, York", "7 Dock Road, York")
BORN = (date(1985, 3, 2), date(1985, 11, 20))
SAID = ("It broke; ring me on 07700 900123.", "It broke; ring me on 07711 900123.")
FILE = ("李雷 13899990000.csv", "韩梅 13877770000.csv")

#: How they could stand in an answer; short enough for a part of one to be found.
PLANTED = (
    "Ada North", "Avery", "吴岚", "Bob Dane", "7700900123", "7700 900123", "13800139000", "138 0013", "ada@",
    "Fell Lane", "1985-03-02", "It broke", "李雷", "13899990000",
)  # fmt: skip

#: What somebody would try who guesses; each is somebody's in the first company alone.
GUESSES = ("Ada North", "+447700900123")


@dataclass(frozen=True)
class World:
    """One of the two companies, and its doors."""

    project: Project
    entries: dict[str, tuple[dict[str, str], str]] = field(default_factory=dict)

    @cached_property
    def app(self) -> FastAPI:
        return create_app(self.project)

    @cached_property
    def client(self) -> TestClient:
        return TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)

    @cached_property
    def described(self) -> dict[str, Any]:
        described: dict[str, Any] = self.client.get("/api/openapi.json").json()
        return described

    def entered(self, who: str) -> tuple[dict[str, str], str]:
        if who not in self.entries:
            self.entries[who] = self.entry(who)
        return self.entries[who]

    def entry(self, who: str) -> tuple[dict[str, str], str]:
        """What a request of somebody carries, to either door, and what their forms send along."""
        if who == "nobody":
            return {}, ""
        user = users.get_user(self.project.operations, "admin" if who == "admin" else "viewer")
        cookie = sessions.begin(self.project.operations, self.project.key, user, now=datetime.now(UTC))
        known = sessions.verify(self.project.operations, self.project.key, cookie, now=datetime.now(UTC))
        assert known
        if who == "capped":  # an administrator's token that may no more than a viewer
            user = users.get_user(self.project.operations, "admin")
        wish = TokenRequest(name=who, role=Role.ADMIN if who == "admin" else Role.VIEWER)
        plain = tokens.issue(self.project.operations, user, wish, by=OWNER, now=NOW)
        return {"Authorization": f"Bearer {plain}", "Cookie": f"{SESSION_COOKIE}={cookie}"}, known.csrf


def founded(root: Path, which: int) -> Project:
    project = app.init(root / "shop", shop.SETTINGS)
    people = {
        "till": [
            {"record_id": "T1", "name": ADA[which], "birth_date": BORN[which], "city": "York"},
            {"record_id": "T2", "name": WEI[which], "given_name": WEI[which][1:], "city": "杭州市"},
            {"record_id": "T3", "name": AVERY[which], "address": ADDRESS[which]},
        ],
        "web": [
            {"record_id": "W1", "name": ADA[which], "address": ADDRESS[which]},
            {"record_id": "W2", "name": BOB[which], "city": "Hull"},
        ],
    }
    known = {
        "till": [("T1", "phone", MOBILE[which]), ("T2", "phone", CHINESE[which])],
        "web": [("W1", "phone", MOBILE[which]), ("W1", "email", EMAIL[which])],
    }
    # What is keyed in a company's own landing zone falls as it will; here it falls in both alike.
    first = {other: one for one, other in (ADA, AVERY, WEI, BOB, MOBILE, CHINESE, EMAIL, ADDRESS, BORN, SAID)}
    digest = shop._digest
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shop, "_digest", lambda *parts: digest(*(first.get(part, part) for part in parts)))
        landed(project, people, known, which)
    return project


def landed(project: Project, people: dict[str, Any], known: dict[str, Any], which: int) -> None:
    party = {"order_no": "A1", "recipient_name": BOB[which], "recipient_phone": CHINESE[which]}
    for source, rows in people.items():
        told = [dict(zip(("record_id", "kind", "value"), each, strict=True)) for each in known[source]]
        shop.land(
            project, source, people=rows, identifiers=told,
            order_items=[*map(shop._line, shop.LINES[source])],
            order_parties=[party | {"recipient_address": ADDRESS[which]}] if source == "till" else [],
            interactions=[shop.CALLS[0] | {"text": SAID[which]}] if source == "till" else [],
        )  # fmt: skip
    for receipt in project.landing.folder.glob("*/receipt.json"):
        disk.write_json(receipt, {**disk.read_json(receipt), "files": [FILE[which]]})


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    made = [founded(tmp_path_factory.mktemp("world"), which) for which in (0, 1)]
    shutil.copyfile(made[0].data / "key", made[1].data / "key")
    for project in made:
        pipeline.build(project, now=shop.NOW, as_of=shop.AS_OF)
        for name, role in (("admin", Role.ADMIN), ("viewer", Role.VIEWER)):
            user = users.create_user(project.operations, name, role, by=OWNER, now=NOW).user
            users.change_password(project.operations, user, "a word of their own", by=OWNER, now=NOW)
    # Found out of the code, by whoever asks first: that would count as work on one of the two.
    unused_fields.unused(made[0], made[0].open())
    yield World(made[0]), World(made[1])
    for project in made:
        project.operations.close()


@dataclass(frozen=True)
class Question:
    method: str
    url: str
    given: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.url} {self.given or ''}"


def looks(world: World) -> Iterator[Question]:
    """Every address that there is, and every table at each door."""
    customer = str(world.project.open().table("customers").customer_id.min().execute())
    for path in readable(world.app, customer):
        yield Question("GET", path, {})
    for name in world.project.builds.current().manifest.tables:
        yield Question("GET", f"/api/tables/{name}?limit=1000", {})
        yield Question("GET", f"/tables/{name}", {})


def tries(world: World) -> Iterator[Question]:
    """Each guess, wherever something can be written; each personal column, to filter, sort and search by."""
    for guess in GUESSES:
        for path, method, operation in operations(world.described):
            for call in calls(world.described, path, operation, guess):
                yield Question(
                    method.upper(), call.pop("url").replace("/tables/1", "/tables/customers"), call
                )
        for path, _, methods in routes(world.app):
            if "POST" in methods and not path.startswith("/api"):
                data = {"q": guess, "column": "name", "op": "eq", "value": guess, "a": guess, "b": "till:T1"}
                yield Question("POST", re.sub(r"{[^}]+}", "customers", path), {"data": data})
        yield Question("GET", f"/customers/{quote(guess)}", {})
        yield Question("GET", f"/customers?q={quote(guess)}", {})
    opened = world.project.open()
    known = tables.tables(world.project, opened)
    for name in opened.build.manifest.tables:
        for column in known[name].written if name in known else ():
            if column.pii:
                for asked in ({"order_by": column.name}, {"where": f"{column.name}:contains:a"}):
                    yield Question("GET", f"/api/tables/{name}", {"params": asked})
                yield Question("GET", f"/tables/{name}", {"params": {"sort": column.name}})


@dataclass
class Work:
    """How often something was worked out by the engine."""

    done: int = 0


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    counted, compiled = Work(), SQLBackend.compile

    def compile_(backend: Any, expression: Any, **options: Any) -> Any:
        counted.done += 1
        return compiled(backend, expression, **options)

    monkeypatch.setattr(SQLBackend, "compile", compile_)
    return counted


def answer(world: World, who: str, question: Question, work: Work) -> tuple[int, str, int]:
    """Status, text and work of an answer, without what is drawn by lot for each session and each call."""
    # Some forms end a session.
    headers, csrf = world.entry(who) if "data" in question.given else world.entered(who)
    given = dict(question.given)
    if "data" in given:
        given["data"] = {**given["data"], "csrf": csrf}
    headers = headers | given.pop("headers", {})
    before = work.done
    told = world.client.request(question.method, question.url, headers=headers, **given)
    text = f"{told.headers.get('location', '')}\n{told.text}"
    text = re.sub(r"[\d.,]+ s\b", "# s", text)
    text = re.sub(r"\b[0-9a-f]{16,}\b|(?<=[?&;]s=)[\w-]{20}", "#", text.replace(str(world.project.root), ""))
    return told.status_code, text, work.done - before


def apart(one: tuple[int, str, int], other: tuple[int, str, int]) -> tuple[Any, ...]:
    """Where two answers begin to differ."""
    at = next((n for n, (a, b) in enumerate(zip(one[1], other[1], strict=False)) if a != b), 0)
    return (
        one[0],
        other[0],
        one[2],
        other[2],
        one[1][max(at - 60, 0) : at + 60],
        other[1][max(at - 60, 0) : at + 60],
    )


@pytest.mark.parametrize("who", ["nobody", "viewer", "capped"])
def test_whoever_may_not_see_people_learns_nothing_of_them_by_looking(
    worlds: tuple[World, World], work: Work, who: str
):
    leaks, differ = [], []
    for question in looks(worlds[0]):
        if who == "capped" and not question.url.startswith("/api"):
            continue
        one, other = (answer(world, who, question, work) for world in worlds)
        leaks += [(str(question), part) for part in PLANTED if part.lower() in one[1].lower()]
        differ += [(str(question), apart(one, other))] if one != other else []
    assert not leaks
    assert not differ


@pytest.mark.parametrize("who", ["nobody", "viewer"])
def test_whoever_may_not_see_people_learns_nothing_of_them_by_guessing(
    worlds: tuple[World, World], work: Work, who: str
):
    differ, tried = [], 0
    for question in tries(worlds[0]):
        one, other = (answer(world, who, question, work) for world in worlds)
        tried += 1
        differ += [(str(question), apart(one, other))] if one != other else []
    assert not differ and tried > 300


def test_whoever_may_see_people_sees_all_that_was_planted(worlds: tuple[World, World], work: Work):
    """Else nobody would be told apart above."""
    told = [answer(worlds[0], "admin", question, work)[1] for question in looks(worlds[0])]
    everything = "\n".join(told)
    assert [part for part in PLANTED if part not in everything] == []
